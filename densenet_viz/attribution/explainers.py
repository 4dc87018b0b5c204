"""One function a method: what to ask Captum, and what comes back.

Each takes a model whose lock is held, the input (1, 3, S, S), the class and the method's settings,
and returns signed values (3 or 1, S, S) with the convergence delta where the method has one.
The class's score is its logit, the number before softmax.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from densenet_viz.attribution.parameters import Settings

if TYPE_CHECKING:
    from torch import Tensor

    from densenet_viz.network.loaded import Colour, LoadedModel

Explanation = tuple["Tensor", float | None]


def saliency(model: LoadedModel, x: Tensor, target: int, _settings: Settings) -> Explanation:
    """The gradient of the score by each input value, with its sign."""
    from captum.attr import Saliency

    given = x.detach().clone().requires_grad_()
    values = Saliency(model.network).attribute(given, target=target, abs=False)
    return values[0], None


def integrated_gradients(
    model: LoadedModel, x: Tensor, target: int, settings: Settings
) -> Explanation:
    """The path integral of the gradient from the baseline, by Gauss-Legendre quadrature."""
    from captum.attr import IntegratedGradients

    values, delta = IntegratedGradients(model.network).attribute(
        x,
        baselines=model.uniform(baseline_colour(model, str(settings["baseline"]))),
        target=target,
        n_steps=settings["n_steps"],
        method="gausslegendre",
        internal_batch_size=integration_batch(model.input_size),
        return_convergence_delta=True,
    )
    return values[0], float(delta)


def grad_cam(model: LoadedModel, x: Tensor, target: int, settings: Settings) -> Explanation:
    """A layer's maps, each weighted by its mean gradient; both signs kept, scaled to the input."""
    from captum.attr import LayerAttribution, LayerGradCam

    layer = model.network.get_submodule(cam_module(str(settings["layer"])))
    coarse = LayerGradCam(model.network, layer).attribute(x, target=target)
    size = (model.input_size, model.input_size)
    fine = LayerAttribution.interpolate(coarse, size, interpolate_mode="bilinear")
    return fine[0], None


def occlusion(model: LoadedModel, x: Tensor, target: int, settings: Settings) -> Explanation:
    """How far the score falls when a window is covered, averaged over the windows on a pixel."""
    from captum.attr import Occlusion

    window, stride = settings["window"], settings["stride"]
    values = Occlusion(model.network).attribute(
        x.contiguous(),
        sliding_window_shapes=(3, window, window),
        strides=(3, stride, stride),
        baselines=model.uniform(baseline_colour(model, str(settings["baseline"]))),
        target=target,
        perturbations_per_eval=occlusion_batch(model.input_size),
    )
    return values[0, :1], None  # a window covers all three colours, so they are alike


BASELINES = ("black", "white", "grey", "mean")


def baseline_colour(model: LoadedModel, name: str) -> Colour:
    """The colour of a picture that shows nothing; "mean" is that of the training pictures."""
    levels = {"black": 0.0, "white": 1.0, "grey": 0.5}
    return model.mean if name == "mean" else (levels[name],) * 3


def cam_module(layer: str) -> str:
    """The module of a layer's name: a block's concatenated maps, or "final" after norm and ReLU.

    >>> cam_module("block 3"), cam_module("final")
    ('features.denseblock3', 'relu')
    """
    return "relu" if layer == "final" else f"features.denseblock{layer.removeprefix('block ')}"


def occlusion_batch(size: int) -> int:
    """Covered pictures that go through together: as many pixels as 8 at 224 px, 32 at most.

    >>> occlusion_batch(224), occlusion_batch(128), occlusion_batch(448)
    (8, 24, 2)
    """
    return max(1, min(32, 8 * 224**2 // size**2))


def integration_batch(size: int) -> int:
    """Steps that go through together: 4 at 224 px keep the gradient under 1 GB, 8 at most.

    >>> integration_batch(224), integration_batch(128), integration_batch(448)
    (4, 8, 1)
    """
    return max(1, min(8, 4 * 224**2 // size**2))
