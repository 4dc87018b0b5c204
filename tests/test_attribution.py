"""Every method against an independent computation, and the engine's manners."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from densenet_viz.attribution import (
    METHODS,
    AttributionError,
    Cancelled,
    Choice,
    Method,
    Number,
    asking,
    attribute,
)
from densenet_viz.attribution.rows.noise import ROUNDED
from densenet_viz.attribution.twins import fused_of
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution
from tests.exact_models import cosine, exact_model
from tests.small_models import OWN_SPEC, SPEC, picture, small_model
from tests.tiers import in_tiers

PICTURE = picture()
QUICK: dict[str, dict[str, Any]] = {
    "integrated-gradients": {"n_steps": 12},
    "smoothgrad": {"samples": 3},
    "gradient-shap": {"samples": 4},
    "layer-conductance": {"n_steps": 8},
    "score-cam": {"channels": 8},
    "internal-influence": {"n_steps": 8},
    "neuron-integrated-gradients": {"n_steps": 8},
    "feature-ablation": {"segments": 8},
    "shapley-sampling": {"segments": 6, "permutations": 2},
    "kernel-shap": {"segments": 6, "samples": 20},
    "lime": {"segments": 6, "samples": 20},
    "rise": {"samples": 20},
    "deeplift-shap": {"samples": 2},
}
"""Settings that keep a test short; a method that is not named here runs with its defaults."""


@pytest.fixture(params=in_tiers([SPEC, OWN_SPEC], {SPEC}), ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    """In float64, so that no ReLU is open here and closed in an oracle."""
    return exact_model(request.param)


@pytest.fixture
def short_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor with bfloat16 arithmetic; others emulate it."""
    for module in ("attribution.twins", "network.fused.network"):
        name = f"densenet_viz.{module}.backward_dtype"
        monkeypatch.setattr(name, lambda _own, _device: torch.bfloat16)


def score(model: LoadedModel, x: torch.Tensor, target: int) -> torch.Tensor:
    return model.network(x)[0, target]


def gradient(model: LoadedModel, x: torch.Tensor, target: int) -> torch.Tensor:
    """(N, 3, S, S), of each picture's own score."""
    x = x.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(model.network(x)[:, target].sum(), x)
    return found


def plain_input(model: LoadedModel) -> torch.Tensor:
    return model.tensor(PICTURE)


def blank(model: LoadedModel, level: float) -> torch.Tensor:
    return model.uniform((level,) * 3)


def assert_close(given: np.ndarray, expected: torch.Tensor) -> None:
    """Both were computed in float64, and then a map is kept in float32."""
    reference = expected.detach().numpy()
    scale = np.abs(reference).max()
    assert scale > 0
    assert given.shape == reference.shape
    np.testing.assert_allclose(given, reference, rtol=0, atol=1e-6 * scale)


# -- oracles --------------------------------------------------------------------------------


def test_the_input_is_value_minus_mean_by_deviation() -> None:
    model = small_model()
    normal = (PICTURE / 255 - np.array(model.mean)) / np.array(model.std)
    expected = np.moveaxis(normal, 2, 0)[None]
    np.testing.assert_allclose(model.tensor(PICTURE).numpy(), expected, atol=1e-5)
    white = (1 - np.array(model.mean)) / np.array(model.std)
    np.testing.assert_allclose(model.uniform((1.0,) * 3)[0, :, 5, 7].numpy(), white, atol=1e-5)


def test_saliency_is_the_signed_gradient(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="saliency", target=2)
    assert_close(result.values, gradient(model, plain_input(model), 2)[0])
    assert result.values.min() < 0 < result.values.max()


def integral_by_hand(
    model: LoadedModel, start: torch.Tensor, target: int, nodes: Any, weights: Any
) -> torch.Tensor:
    x = plain_input(model)
    total = torch.zeros_like(x)
    for some in np.array_split(np.arange(len(nodes)), -(-len(nodes) // 32)):
        places = torch.tensor(nodes[some]).view(-1, 1, 1, 1)
        each = gradient(model, start + places * (x - start), target)
        total += (torch.tensor(weights[some]).view(-1, 1, 1, 1) * each).sum(0)
    return total * (x - start)


def rise_of(model: LoadedModel, start: torch.Tensor, target: int) -> float:
    with torch.no_grad():
        return float(score(model, plain_input(model), target) - score(model, start, target))


@pytest.mark.parametrize(
    ("baseline", "level"), [("black", 0.0), ("white", 1.0), ("grey", 0.5), ("mean", None)]
)
def test_integrated_gradients_are_the_quadrature_done_by_hand(
    model: LoadedModel, baseline: str, level: float | None
) -> None:
    result = attribute(
        model,
        PICTURE,
        method="integrated-gradients",
        target=1,
        n_steps=11,
        rule="gauss-legendre",
        baseline=baseline,
    )
    start = torch.zeros_like(blank(model, 0.0)) if level is None else blank(model, level)
    nodes, weights = np.polynomial.legendre.leggauss(11)
    expected = integral_by_hand(model, start, 1, (nodes + 1) / 2, weights / 2)
    assert_close(result.values, expected[0])
    assert result.convergence_delta == pytest.approx(
        float(expected.sum()) - rise_of(model, start, 1), abs=1e-3 * float(expected.abs().sum())
    )


def test_adaptive_steps_are_the_trapezoids_between_the_nodes_they_name(model: LoadedModel) -> None:
    """From the blurred picture: in one of one colour, which value of a max pool's window is the
    largest depends on rounding."""
    from densenet_viz.attribution.baselines import BLUR
    from densenet_viz.attribution.starts import blur

    result = attribute(model, PICTURE, method="integrated-gradients", target=1, baseline="blur")
    nodes, start = np.array(result.nodes), blur(plain_input(model), BLUR)
    assert (nodes[0], nodes[-1]) == (0.0, 1.0)
    assert (np.diff(nodes) > 0).all()
    x = plain_input(model)
    places = [start + float(node) * (x - start) for node in nodes]
    slopes = [(gradient(model, place, 1) * (x - start))[0].double() for place in places]
    with torch.no_grad():
        scores = [float(score(model, place, 1)) for place in places]
    expected = np.zeros((3, 64, 64))
    for piece, length in enumerate(np.diff(nodes)):
        area = ((slopes[piece] + slopes[piece + 1]) / 2 * length).numpy()
        ratio = (scores[piece + 1] - scores[piece]) / area.sum()
        expected += area * (min(max(ratio, 0.5), 1.5) if ratio > 0 else 1)
    assert_close(result.values, torch.from_numpy(expected))
    assert len(nodes) == result.forward_passes - 1 == result.backward_passes


@pytest.mark.usefixtures("short_numbers")
@pytest.mark.parametrize("target", [0, 1, 2])
def test_rounded_steps_are_held_to_the_score_that_is_not(target: int) -> None:
    model = small_model()
    asked: dict[str, Any] = {"method": "integrated-gradients", "target": target, "n_steps": 64}
    fast = attribute(model, PICTURE, **asked)
    rise = rise_of(model, blank(model, 0.0), target)
    assert fast.convergence_delta == pytest.approx(fast.values.sum() - rise, abs=2e-4)
    assert abs(fast.convergence_delta) <= 0.0105 * abs(rise)
    assert cosine(fast.values, whole(**asked).values) > 0.99


@pytest.mark.parametrize("target", [0, 1, 2])
def test_adaptive_steps_add_up_to_a_hundredth(model: LoadedModel, target: int) -> None:
    """Completeness (paper, section 3), and the map that many equal steps give."""
    result = attribute(model, PICTURE, method="integrated-gradients", target=target, n_steps=300)
    start = blank(model, 0.0)
    rise = rise_of(model, start, target)
    assert abs(result.values.sum() - rise) <= 0.0105 * abs(rise)
    assert result.convergence_delta == pytest.approx(result.values.sum() - rise, abs=2e-4)
    steps = 100
    fine = integral_by_hand(
        model, start, target, (np.arange(steps) + 0.5) / steps, np.full(steps, 1 / steps)
    )[0].numpy()
    assert cosine(fine, result.values) > 0.99


def test_noise_as_a_baseline_is_the_mean_over_its_drawings(model: LoadedModel) -> None:
    from densenet_viz.attribution.baselines import NOISE_DRAWINGS, baseline_inputs

    starts = baseline_inputs(model, plain_input(model), "noise")
    assert len(starts) == NOISE_DRAWINGS
    pixels = starts * torch.tensor(model.std).view(3, 1, 1) + torch.tensor(model.mean).view(3, 1, 1)
    assert 0 <= pixels.min() < 0.01 < 0.99 < pixels.max() <= 1
    result = attribute(
        model,
        PICTURE,
        method="integrated-gradients",
        target=1,
        n_steps=8,
        rule="gauss-legendre",
        baseline="noise",
    )
    nodes, weights = np.polynomial.legendre.leggauss(8)
    each = [integral_by_hand(model, one[None], 1, (nodes + 1) / 2, weights / 2) for one in starts]
    assert_close(result.values, torch.stack(each).mean(0)[0])


def test_the_blurred_baseline_keeps_the_mean_and_loses_the_detail(model: LoadedModel) -> None:
    from scipy.ndimage import gaussian_filter1d

    from densenet_viz.attribution.baselines import BLUR, baseline_inputs

    x = plain_input(model)
    soft = baseline_inputs(model, x, "blur")
    expected = gaussian_filter1d(
        gaussian_filter1d(x.numpy(), BLUR * 64, axis=2, mode="nearest", truncate=3.0),
        *(BLUR * 64,),
        axis=3,
        mode="nearest",
        truncate=3.0,
    )
    np.testing.assert_allclose(soft.numpy(), expected, atol=2e-3)


def test_input_x_gradient_is_that_product(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="input-x-gradient", target=2)
    x = plain_input(model)
    assert_close(result.values, (x * gradient(model, x, 2))[0])


@pytest.mark.parametrize("form", ["mean", "squared", "variance"])
@pytest.mark.parametrize("over", ["saliency", "input-x-gradient"])
def test_smoothgrad_is_the_plain_loop_over_noisy_copies(
    model: LoadedModel, over: str, form: str
) -> None:
    result = attribute(
        model,
        PICTURE,
        method="smoothgrad",
        target=2,
        over=over,
        form=form,
        samples=5,
        noise=20,
        seed=7,
    )
    x = plain_input(model)
    noise = torch.randn((5, 3, 64, 64), generator=torch.Generator().manual_seed(7))
    copies = [x + 0.2 * (x.max() - x.min()) * one for one in noise]
    each = torch.stack(
        [gradient(model, one, 2)[0] * (one[0] if over != "saliency" else 1) for one in copies]
    ).double()
    expected = {
        "mean": each.mean(0),
        "squared": (each**2).mean(0),
        "variance": each.var(0, unbiased=False),
    }
    assert_close(result.values, expected[form].float())


@pytest.mark.usefixtures("short_numbers")
@pytest.mark.parametrize("form", ["mean", "squared", "variance"])
def test_many_noisy_copies_may_be_rounded_on_the_way_forward(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model()
    asked = {"method": "smoothgrad", "target": 2, "form": form}
    fast = attribute(model, PICTURE, samples=ROUNDED, **asked).values
    few = attribute(model, PICTURE, samples=ROUNDED - 1, **asked).values
    assert cosine(fast, whole(samples=ROUNDED, **asked).values) > 0.99
    monkeypatch.setattr(asking, "rounded_of", fused_of)
    again = attribute(model, PICTURE, samples=ROUNDED - 1, **asked).values
    np.testing.assert_array_equal(few, again)  # few copies are never rounded


def test_noise_goes_under_any_gradient_method(model: LoadedModel) -> None:
    from densenet_viz.attribution.rows.noise import NOISE_OVER

    for over in NOISE_OVER:
        row = METHODS["smoothgrad"].settings(model.spec, {"over": over, "samples": 2, "noise": 1})
        noisy = attribute(model, PICTURE, method="smoothgrad", target=2, **row).values
        plain = attribute(model, PICTURE, method=over, target=2).values
        assert cosine(noisy, plain) > 0.8, over


def test_gradient_shap_is_the_plain_loop_over_its_draws(model: LoadedModel) -> None:
    """Captum's draws, in their order: baselines (NumPy), noise (torch), places (NumPy)."""
    from densenet_viz.attribution.baselines import baseline_inputs

    result = attribute(model, PICTURE, method="gradient-shap", target=2, samples=6, seed=3)
    x = plain_input(model)
    starts = baseline_inputs(model, x, "noise", 3)
    random = np.random.RandomState(3)
    chosen = random.choice(len(starts), 6).tolist()
    spread = (0.09 * (x.max() - x.min())).float()
    noise = torch.randn((6, 3, 64, 64), generator=torch.Generator().manual_seed(3)) * spread
    places = random.uniform(0.0, 1.0, 6)
    total = torch.zeros_like(x)
    for index, place, one in zip(chosen, places, noise, strict=True):
        start, end = starts[index][None], x + one
        total += gradient(model, start + place * (end - start), 2) * (end - start)
    assert_close(result.values, (total / 6)[0])


def at_module(
    model: LoadedModel, module: str, x: torch.Tensor, target: int
) -> tuple[torch.Tensor, torch.Tensor]:
    kept: list[torch.Tensor] = []
    hook = model.network.get_submodule(module).register_forward_hook(
        lambda _module, _inputs, output: kept.append(output)
    )
    value = score(model, x, target)
    hook.remove()
    (slopes,) = torch.autograd.grad(value, kept)
    return kept[0].detach(), slopes


def enlarged(coarse: torch.Tensor) -> torch.Tensor:
    return nn.functional.interpolate(coarse, (64, 64), mode="bilinear", align_corners=False)[0]


def test_internal_influence_is_the_mean_slope_on_the_path(model: LoadedModel) -> None:
    result = attribute(
        model, PICTURE, method="internal-influence", target=2, n_steps=9, layer="transition 1"
    )
    x, start = plain_input(model), blank(model, 0.0)
    nodes, weights = np.polynomial.legendre.leggauss(9)
    total = sum(
        weight * at_module(model, "features.transition1", start + float(node) * (x - start), 2)[1]
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True)
    )
    assert isinstance(total, torch.Tensor)
    assert_close(result.values, enlarged(total.float().sum(1, keepdim=True)))


@pytest.mark.parametrize("layer", ["block 1", "transition 1", "block 2"])
def test_conductance_through_a_whole_cut_is_the_whole_rise(model: LoadedModel, layer: str) -> None:
    result = attribute(
        model, PICTURE, method="layer-conductance", target=2, n_steps=100, layer=layer
    )
    rise = rise_of(model, blank(model, 0.0), 2)
    assert result.values.sum() == pytest.approx(rise, rel=0.04)


def test_conductance_is_captums_on_the_plain_network(model: LoadedModel) -> None:
    from captum.attr import LayerConductance

    layer = model.network.get_submodule("features.denseblock2")
    maps = LayerConductance(model.network, layer).attribute(
        plain_input(model), baselines=blank(model, 0.0), target=2, n_steps=10
    )
    result = attribute(
        model, PICTURE, method="layer-conductance", target=2, n_steps=10, layer="block 2"
    )
    coarse = maps.sum(1, keepdim=True)
    assert_close(result.values, enlarged(coarse) * (coarse.shape[-1] / 64) ** 2)


def test_layer_gradient_x_activation_is_that_product(model: LoadedModel) -> None:
    result = attribute(
        model, PICTURE, method="layer-gradient-x-activation", target=2, layer="block 2 layer 1"
    )
    maps, slopes = at_module(model, "features.denseblock2.denselayer1", plain_input(model), 2)
    assert_close(result.values, enlarged((maps * slopes).sum(1, keepdim=True)))


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        ("final", "relu"),
        ("block 1", "features.denseblock1"),
        ("transition 1", "features.transition1"),
        ("block 2", "features.denseblock2"),
        ("block 1 layer 2", "features.denseblock1.denselayer2"),
    ],
)
def test_grad_cam_is_the_paper_formula(model: LoadedModel, layer: str, module: str) -> None:
    """Selvaraju et al., equations 1 and 2, without the closing ReLU."""
    result = attribute(model, PICTURE, method="grad-cam", target=3, layer=layer)
    maps, slopes = at_module(model, module, plain_input(model), 3)
    coarse = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True)
    assert_close(result.values, enlarged(coarse))


@pytest.mark.parametrize(
    ("layer", "module"), [("final", "relu"), ("block 1", "features.denseblock1")]
)
def test_layer_cam_is_the_paper_formula(model: LoadedModel, layer: str, module: str) -> None:
    """Jiang et al., equations 5 and 6, without the closing ReLU."""
    result = attribute(model, PICTURE, method="layer-cam", target=3, layer=layer)
    maps, slopes = at_module(model, module, plain_input(model), 3)
    assert_close(result.values, enlarged((slopes.relu() * maps).sum(1, keepdim=True)))


@pytest.mark.parametrize(
    ("layer", "module"), [("final", "relu"), ("transition 1", "features.transition1")]
)
def test_grad_cam_plus_plus_is_the_paper_formula(
    model: LoadedModel, layer: str, module: str
) -> None:
    """Chattopadhay et al., equations 10 and 19: derivatives of exp(score), divided by it."""
    result = attribute(model, PICTURE, method="grad-cam-plus-plus", target=3, layer=layer)
    maps, slopes = at_module(model, module, plain_input(model), 3)
    coarse = torch.zeros_like(maps[:, :1])
    for one, slope in zip(maps[0], slopes[0], strict=True):
        below = 2 * slope**2 + one.sum() * slope**3
        alpha = torch.where(below != 0, slope**2 / below, 0.0)
        coarse += (alpha * slope.relu()).sum() * one
    assert_close(result.values, enlarged(coarse))


@pytest.mark.parametrize(
    ("layer", "module"), [("final", "relu"), ("block 1", "features.denseblock1")]
)
def test_score_cam_is_the_paper_algorithm(model: LoadedModel, layer: str, module: str) -> None:
    """Wang et al., algorithm 1, map by map: the baseline's score falls out of the softmax."""
    result = attribute(model, PICTURE, method="score-cam", target=3, layer=layer, channels=1024)
    maps, x = at_module(model, module, plain_input(model), 3)[0], plain_input(model)
    scores = []
    for one in maps[0]:
        seen = enlarged(one[None, None])[0]
        span = float(seen.max() - seen.min())
        mask = (seen - seen.min()) / (span or 1.0)  # a map of zeros lets nothing through
        with torch.no_grad():
            scores.append(score(model, x * mask, 3) - score(model, blank(model, 0.0), 3))
    weights = torch.stack(scores).exp() / torch.stack(scores).exp().sum()
    coarse = sum(weight * one for weight, one in zip(weights, maps[0], strict=True))
    assert isinstance(coarse, torch.Tensor)
    assert_close(result.values, enlarged(coarse[None, None]))


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        ("final", "relu"),
        ("transition 1", "features.transition1"),
        ("block 1 layer 2", "features.denseblock1.denselayer2"),
    ],
)
def test_a_channel_s_pixels_are_the_path_integral_by_hand(
    model: LoadedModel, layer: str, module: str
) -> None:
    """Of the mean of the channel that adds most to class 3, with Gauss-Legendre steps."""
    asked = {"layer": layer, "n_steps": 8, "baseline": "white"}
    result = attribute(model, PICTURE, method="neuron-integrated-gradients", target=3, **asked)
    x, start = plain_input(model), blank(model, 1.0)
    maps, slopes = at_module(model, module, x, 3)
    best = int((maps * slopes).sum((0, 2, 3)).argmax())
    assert result.parameters["channel"] == best + 1
    kept: list[torch.Tensor] = []
    hook = model.network.get_submodule(module).register_forward_hook(
        lambda _module, _given, made: kept.append(made)
    )
    total = torch.zeros_like(x)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    for node, weight in zip((1 + nodes) / 2, weights / 2, strict=True):
        place = (start + node * (x - start)).requires_grad_()
        model.network(place)
        total += weight * torch.autograd.grad(kept.pop()[:, best].mean(), place)[0]
    hook.remove()
    assert_close(result.values, (total * (x - start))[0])


def test_a_chosen_channel_is_kept_and_must_be_one_of_the_layers() -> None:
    asked = {"method": "neuron-integrated-gradients", "n_steps": 8, "layer": "block 1 layer 1"}
    result = attribute(small_model(), PICTURE, **asked, channel=4)
    assert result.parameters["channel"] == 4
    with pytest.raises(AttributionError, match=r"channel=5 .*block 1 layer 1.* 1 to 4"):
        attribute(small_model(), PICTURE, **asked, channel=5)


@pytest.mark.parametrize("target", [0, 3])
def test_full_gradient_and_the_classifiers_bias_are_the_score(
    model: LoadedModel, target: int
) -> None:
    """Srinivas, Fleuret, equation 2: input and biases together are complete, the input is not."""
    result = attribute(model, PICTURE, method="full-gradient", target=target)
    x = plain_input(model)
    whole = float(score(model, x, target).detach())
    bias = float(model.network.get_submodule("classifier").bias[target].detach())
    # The map is kept in float32, in 64 x 64 values.
    assert float(result.values.sum(dtype=np.float64)) + bias == pytest.approx(whole, abs=1e-4)
    assert float((x * gradient(model, x, target)).sum()) + bias != pytest.approx(whole, abs=1e-2)


@pytest.mark.parametrize(("window", "stride"), [(16, 16), (13, 6), (20, 7)])
def test_occlusion_is_the_plain_loop(model: LoadedModel, window: int, stride: int) -> None:
    result = attribute(
        model,
        PICTURE,
        method="occlusion",
        target=4,
        window=window,
        stride=stride,
        baseline="grey",
    )
    x, cover = plain_input(model), blank(model, 0.5)
    falls, counts = torch.zeros(64, 64), torch.zeros(64, 64)
    steps = range(0, 64 - window + stride, stride)
    with torch.no_grad():
        whole = score(model, x, 4)
        for top in steps:
            for left in steps:
                rows, columns = slice(top, top + window), slice(left, left + window)
                covered = x.clone()
                covered[..., rows, columns] = cover[..., rows, columns]
                falls[rows, columns] += whole - score(model, covered, 4)
                counts[rows, columns] += 1
    assert counts.min() >= 1
    assert_close(result.values, (falls / counts)[None])


def test_predictions_are_the_softmax(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="saliency")
    with torch.no_grad():
        chances = model.network(plain_input(model))[0].softmax(0)
    best = chances.argsort(descending=True)[:5]
    assert [p.index for p in result.predictions] == best.tolist()
    assert [p.label for p in result.predictions] == [model.labels[i] for i in best]
    assert [p.probability for p in result.predictions] == pytest.approx(chances[best].tolist())
    assert result.target == result.predictions[0]


def test_a_chosen_target_is_named_with_its_own_probability(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="saliency", target=5)
    with torch.no_grad():
        chance = float(model.network(plain_input(model))[0].softmax(0)[5])
    assert (result.target.index, result.target.label) == (5, "tall ship")
    assert result.target.probability == pytest.approx(chance)


def whole(spec: DenseNetSpec = SPEC, **asked: Any) -> Attribution:
    """The answer in float64, nothing of it rounded to bfloat16."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("attribution.twins", "network.fused.network"):
            name = f"densenet_viz.{module}.backward_dtype"
            patch.setattr(name, lambda own, _device: own)
        return attribute(exact_model(spec), PICTURE, **asked)


# -- manners --------------------------------------------------------------------------------


def quick(model: LoadedModel, method: str, **more: Any) -> Attribution:
    return attribute(model, PICTURE, method=method, **QUICK.get(method, {}), **more)


def hooks_on(network: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in network.modules() for kind in kinds)


def state_of(network: nn.Module) -> list[object]:
    return [
        *(module.training for module in network.modules()),
        *((weight.requires_grad, weight.grad is None) for weight in network.parameters()),
        *(float(tensor.double().sum()) for tensor in network.state_dict().values()),
        hooks_on(network),
    ]


@pytest.fixture
def odd_model() -> LoadedModel:
    return small_odd_model()


def small_odd_model() -> LoadedModel:
    """One whose modes are not all alike, so that a blanket restoring shows."""
    model = small_model()
    model.network.get_submodule("features.norm0").train()
    next(model.network.parameters()).requires_grad_(False)
    return model


@cache
def alone(method: str) -> Attribution:
    """What a method answers when nothing else runs."""
    return quick(small_model(), method)


@dataclass
class Run:
    """One answer with all that was reported on the way, and the model before and after it."""

    method: str
    result: Attribution
    progress: list[float]
    looks: list[Attribution]
    before: list[object]
    after: list[object]


@pytest.fixture(scope="module", params=METHODS)
def run(request: pytest.FixtureRequest) -> Run:
    model, progress, looks = small_odd_model(), [], []
    before = state_of(model.network)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("densenet_viz.attribution.asking.PREVIEW_SECONDS", 0.0)
        result = quick(model, request.param, on_progress=progress.append, on_preview=looks.append)
    return Run(request.param, result, progress, looks, before, state_of(model.network))


def test_the_model_is_given_back_as_it_was(run: Run) -> None:
    assert run.after == run.before
    assert run.after[-1] == 0  # hooks


def test_values_are_finite_float32_in_input_pixels(run: Run) -> None:
    values = run.result.values
    assert values.dtype == np.float32
    assert values.shape in ((1, 64, 64), (3, 64, 64))
    assert values.flags.c_contiguous
    assert np.isfinite(values).all()
    assert (run.result.convergence_delta is not None) == METHODS[run.method].complete


def test_the_passes_and_the_progress_keep_to_what_is_foretold(run: Run) -> None:
    settings = METHODS[run.method].settings(SPEC, QUICK.get(run.method, {}))
    cost = METHODS[run.method].cost(SPEC, settings)
    assert 1 < run.result.forward_passes <= cost.forward + 1
    assert run.result.computed_by.startswith(("Captum 0.9.0 · ", "ours: "))
    assert run.result.backward_passes <= cost.backward
    assert (run.result.backward_passes == 0) == (cost.backward == 0)
    assert run.progress == sorted(run.progress)
    assert (run.progress[0], run.progress[-1]) == (0.0, 1.0)


def test_previews_are_of_the_maps_form_and_not_finished(run: Run) -> None:
    assert run.result.finished
    assert all(look.values.shape == run.result.values.shape for look in run.looks)
    assert not any(look.finished for look in run.looks)
    assert all(np.isfinite(look.values).all() for look in run.looks)


@pytest.mark.usefixtures("short_numbers")
@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC], ids=["torchvision", "own class"])
@pytest.mark.parametrize("method", METHODS)
def test_a_processors_short_numbers_keep_the_map(spec: DenseNetSpec, method: str) -> None:
    """bfloat16 on the way back, and for integrated gradients forward, too: one ReLU may jump."""
    exact = whole(spec, method=method, **QUICK.get(method, {})).values
    assert cosine(exact, quick(small_model(spec), method).values) > 0.99


@pytest.mark.usefixtures("short_numbers")
@pytest.mark.parametrize("method", ["grad-cam", "layer-conductance"])
@pytest.mark.parametrize("layer", ["block 1", "transition 1"])
def test_short_numbers_reach_a_layer_before_a_dense_block(method: str, layer: str) -> None:
    """A fault once: autograd gave a block float32, and its weights were bfloat16."""
    exact = whole(method=method, layer=layer).values
    assert (
        cosine(exact, attribute(small_model(), PICTURE, method=method, layer=layer).values) > 0.99
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_known_answer_saves_a_pass_and_changes_nothing(method: str) -> None:
    model = small_model()
    with torch.no_grad():
        logits = model.network(model.tensor(PICTURE))[0].numpy()
    first, second = alone(method), quick(model, method, logits=logits)
    np.testing.assert_array_equal(first.values, second.values)
    assert second.forward_passes == first.forward_passes - 1
    assert [one.index for one in first.predictions] == [one.index for one in second.predictions]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("allowed", [0, 1])
def test_a_cancel_stops_before_the_next_batch(
    odd_model: LoadedModel, method: str, allowed: int
) -> None:
    calls, before = [], state_of(odd_model.network)

    def cancelled() -> bool:
        calls.append(None)
        return len(calls) > allowed

    with pytest.raises(Cancelled):
        quick(odd_model, method, cancelled=cancelled)
    assert len(calls) == allowed + 1
    assert state_of(odd_model.network) == before


@pytest.mark.parametrize("method", METHODS)
def test_a_failure_on_the_way_leaves_the_model_clean(odd_model: LoadedModel, method: str) -> None:
    before = state_of(odd_model.network)

    def fails(part: float) -> None:
        if part > 0:
            raise OSError("the page is gone")

    with pytest.raises(OSError, match="the page is gone"):
        quick(odd_model, method, on_progress=fails)
    assert state_of(odd_model.network) == before


@pytest.mark.parametrize("calls", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_ten_threads_on_one_model_get_what_each_gets_alone(calls: int) -> None:
    """Ten sessions, ten methods at a time, one model: not one value differs."""
    model, names = small_model(), list(METHODS)
    together: list[tuple[str, np.ndarray]] = []
    start = threading.Barrier(10)

    def work(first: int) -> None:
        methods = [names[(first + step) % len(names)] for step in range(calls // 10)]
        start.wait()
        together.extend((method, quick(model, method).values) for method in methods)

    threads = [threading.Thread(target=work, args=(2 * number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == calls
    for method, values in together:
        np.testing.assert_array_equal(values, alone(method).values)
    assert hooks_on(model.network) == 0


def test_another_threads_hooks_on_the_network_are_not_seen() -> None:
    """What a page measures on the model itself does not reach into an explanation."""
    model = small_model()
    model.network.get_submodule("relu").register_forward_hook(lambda *_given: torch.zeros(1))
    for method in METHODS:
        np.testing.assert_array_equal(quick(model, method).values, alone(method).values)


def test_a_picture_of_another_size_is_fitted() -> None:
    model = small_model()
    given = picture(150)
    assert attribute(model, given).values.shape == (1, 64, 64)
    np.testing.assert_array_equal(
        attribute(model, given).values, attribute(model, model.picture(given)).values
    )


# -- requests that cannot be fulfilled ------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "facts"),
    [
        ({"method": "magic"}, "'magic'.*grad-cam.*saliency"),
        ({"target": 6}, "target=6 .*0 to 5"),
        ({"target": -1}, "target=-1 "),
        ({"target": True}, "target=True "),
        ({"target": 1.0}, r"target=1\.0 "),
        ({"target": "star"}, "target='star' "),
        ({"method": "saliency", "n_steps": 9}, "'n_steps'.*none"),
        ({"method": "grad-cam", "depth": 1}, "'depth'.*layer"),
        ({"layer": "block 3"}, "layer='block 3' .*block 1, transition 1, block 2, final, "),
        ({"method": "integrated-gradients", "n_steps": 301}, "n_steps=301 .*8 to 300"),
        ({"device": "tpu"}, "device='tpu' .*auto, cpu"),
        ({"method": "integrated-gradients", "n_steps": 9.5}, r"n_steps=9\.5 "),
        ({"method": "integrated-gradients", "n_steps": True}, "n_steps=True "),
        (
            {"method": "integrated-gradients", "baseline": "red"},
            "black, white, grey, mean, blur, noise",
        ),
        ({"method": "occlusion", "window": 33}, "window=33 .*4 to 32"),
        ({"method": "occlusion", "window": 8, "stride": 9}, "stride=9 .*window=8"),
        ({"method": "occlusion", "stride": "x" * 900}, r"stride='x{56}\.\.\. "),
    ],
)
def test_what_is_not_allowed_is_said_before_anything_runs(
    request_: dict[str, Any], facts: str
) -> None:
    model = small_model()
    ran: list[object] = []
    model.network.register_forward_pre_hook(lambda *given: ran.append(given))
    with pytest.raises(AttributionError, match=facts):
        attribute(model, PICTURE, **request_)
    assert not ran


def test_a_numpy_index_is_a_target() -> None:
    assert attribute(small_model(), PICTURE, target=np.int64(4)).target.index == 4


# -- the rows -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_method_has_its_texts(method: Method) -> None:
    assert METHODS[method.name] is method
    assert method.title
    assert method.question.endswith("?")
    assert method.question.count("?") == 1
    assert method.caution.endswith(".")
    assert method.unit
    assert any(character.isdigit() for character in method.paper)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "spec",
    [SPEC, replace(VARIANTS["densenet121"], input_size=128), VARIANTS["densenet201"]],
    ids=["64 px", "128 px", "224 px"],
)
def test_defaults_are_within_their_limits(method: str, spec: DenseNetSpec) -> None:
    row = METHODS[method]
    settings = row.settings(spec, {})
    for parameter in row.parameters(spec):
        assert settings[parameter.name] == parameter.default
        assert parameter.title
        if isinstance(parameter, Number):
            assert parameter.low <= parameter.default <= parameter.high
        else:
            assert isinstance(parameter, Choice)
            assert parameter.default in parameter.choices
    assert row.cost(spec, settings).forward <= 300


def test_default_occlusion_is_a_fifth_of_the_picture_and_half_of_that() -> None:
    settings = METHODS["occlusion"].settings(VARIANTS["densenet121"], {})
    assert (settings["window"], settings["stride"]) == (45, 22)


def test_methods_are_listed_without_loading_a_framework() -> None:
    code = (
        "import sys, densenet_viz.attribution as a, densenet_viz.network.models as m; "
        "assert len(a.METHODS) >= 4 and len(m.MODELS) >= 5; "
        "sys.exit(' '.join({'torch', 'captum', 'torchvision'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_captum_is_loaded_when_a_map_is_made_and_not_before() -> None:
    code = (
        "import sys, densenet_viz.attribution.engine, densenet_viz.structure.through, "
        "densenet_viz.evaluation.faithfulness, densenet_viz.evaluation.scoreboard, "
        "densenet_viz.network.models; sys.exit('captum' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_wrong_name_in_the_package_is_an_attribute_error() -> None:
    import densenet_viz.attribution as package

    with pytest.raises(AttributeError, match="explain_all"):
        _ = package.explain_all
