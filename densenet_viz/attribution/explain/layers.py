"""What is inside the network: a layer's maps, weighted, in the picture's pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor
from torch.nn.functional import interpolate

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.explain.quadrature import legendre
from densenet_viz.attribution.parameters import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


def grad_cam(asking: Asking, settings: Settings) -> Explanation:
    """A layer's maps, each weighted by its mean gradient; both signs kept, scaled to the input."""
    maps, slopes = asking.at(str(settings["layer"]))
    coarse = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True)
    return Explanation(enlarge(coarse, asking.size))


def layer_gradient_x_activation(asking: Asking, settings: Settings) -> Explanation:
    """A layer's maps, each value times its own gradient, added up over the channels."""
    maps, slopes = asking.at(str(settings["layer"]))
    return Explanation(enlarge((slopes * maps).sum(1, keepdim=True), asking.size))


def layer_conductance(asking: Asking, settings: Settings) -> Explanation:
    """How much of the integrated gradients flows through each place of a layer.

    At each step, the change of each activation times the score's gradient with respect to it, with
    the steps at the Gauss-Legendre nodes, as in Captum (Dhamdhere et al., section 3;
    Shrikumar, Su, Kundaje, "Computationally Efficient Measures of Internal Neuron Importance",
    2018).
    """
    places, _weights = legendre(int(settings["n_steps"]) + 1)

    def flow(maps: Tensor, slopes: Tensor) -> Tensor:
        return (maps[1:] - maps[:-1]) * slopes[:-1]

    return Explanation(spread(_along_path(asking, settings, places, flow), asking.size))


def internal_influence(asking: Asking, settings: Settings) -> Explanation:
    """A layer's gradient, averaged on the path from the baseline to the picture."""
    places, weights = legendre(int(settings["n_steps"]))

    def slope(_maps: Tensor, slopes: Tensor) -> Tensor:
        return slopes * weights.to(slopes).view(-1, 1, 1, 1)

    return Explanation(enlarge(_along_path(asking, settings, places, slope), asking.size))


def _along_path(
    asking: Asking,
    settings: Settings,
    places: Tensor,
    part: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """(1, 1, h, w): the sum of `part` over a layer's maps and slopes on the path."""
    starts = baseline_inputs(asking.model, asking.x, str(settings["baseline"]))
    total: Tensor | None = None
    for start in starts:
        path = start + places.to(asking.x).view(-1, 1, 1, 1) * (asking.x - start)
        maps, slopes = asking.at(str(settings["layer"]), path)
        one = part(maps, slopes).sum((0, 1))[None, None] / len(starts)
        total = one if total is None else total + one
    assert total is not None
    return total


def enlarge(coarse: Tensor, size: int) -> Tensor:
    """(1, 1, h, w) in the pixels of the input, (1, S, S); bilinear."""
    return interpolate(coarse, (size, size), mode="bilinear", align_corners=False)[0]


def spread(coarse: Tensor, size: int) -> Tensor:
    """The same for shares: each place's share is spread over its pixels, so the sum stays."""
    return enlarge(coarse, size) * (coarse.shape[-1] * coarse.shape[-2] / size**2)
