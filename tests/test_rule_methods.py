"""The methods that hand the score back by rules: against Captum, and small nets done by hand."""

from __future__ import annotations

import copy
import inspect
import re
import threading
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from captum.attr._utils.lrp_rules import Alpha1_Beta0_Rule, EpsilonRule, IdentityRule
from torch import Tensor, nn

from densenet_viz.attribution import METHODS, Method, attribute
from densenet_viz.attribution.asking import Asking, Watch
from densenet_viz.attribution.baselines import BLUR, baseline_inputs
from densenet_viz.attribution.ours.deeplift import multipliers, use_rescale_rule
from densenet_viz.attribution.ours.relevance import give_rules
from densenet_viz.attribution.ours.relevance_rules import (
    box_rule,
    gamma_rule,
    in_proportion,
    positive_rule,
)
from densenet_viz.attribution.ours.replacing import Ruled
from densenet_viz.attribution.rows.rules import ROWS, baselines_at_once
from densenet_viz.attribution.starts import blur
from densenet_viz.attribution.unsuited import UNSUITED
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.models import LoadedModel, load_model
from densenet_viz.results.attributions import Attribution
from densenet_viz.scenes.generator import PairScene, draw_pair, draw_scene
from tests.exact_models import exact_model
from tests.small_models import OWN_SPEC, SPEC, picture, small_model
from tests.tiers import in_tiers

PICTURE = picture()
NAMES = tuple(row.name for row in ROWS)


@pytest.fixture(params=in_tiers([SPEC, OWN_SPEC], {OWN_SPEC}), ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    """In float64, so that no ReLU or max pool goes one way here and another way in Captum."""
    return exact_model(request.param)


@pytest.fixture(scope="module")
def scenes() -> LoadedModel:
    return load_model("scenes")


def from_captum(network: nn.Module, ask: Callable[[nn.Module], Tensor]) -> Tensor:
    """Captum on a copy of the network; it warns that it hangs hooks on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ask(copy.deepcopy(network)).detach()


def assert_close(given: Any, expected: Tensor, within: float = 1e-6) -> None:
    """Both were computed in float64, and then a map is kept in float32."""
    reference = expected.detach().numpy()
    scale = np.abs(reference).max()
    assert scale > 0
    np.testing.assert_allclose(np.asarray(given), reference, atol=within * scale, rtol=0)


def asking(model: LoadedModel, target: int = 2) -> Asking:
    return Asking(model, model.tensor(PICTURE), target, watch=Watch(1))


# -- rectified ReLUs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "oracle"),
    [("guided-backprop", "GuidedBackprop"), ("deconvolution", "Deconvolution")],
)
def test_rectified_relus_are_captums(model: LoadedModel, method: str, oracle: str) -> None:
    x = model.tensor(PICTURE)
    expected = from_captum(
        model.network, lambda net: getattr(captum.attr, oracle)(net).attribute(x.clone(), target=2)
    )
    result = attribute(model, PICTURE, method=method, target=2)
    assert_close(result.values, expected[0])
    assert result.values.min() < 0 < result.values.max()
    assert (result.forward_passes, result.backward_passes) == (2, 1)


@pytest.mark.parametrize(
    ("layer", "module"), [("final", "relu"), ("transition 1", "features.transition1")]
)
def test_guided_grad_cam_is_captums(model: LoadedModel, layer: str, module: str) -> None:
    x = model.tensor(PICTURE)
    expected = from_captum(
        model.network,
        lambda net: captum.attr.GuidedGradCam(net, net.get_submodule(module)).attribute(
            x.clone(), target=4, interpolate_mode="bilinear"
        ),
    )
    result = attribute(model, PICTURE, method="guided-grad-cam", target=4, layer=layer)
    assert_close(result.values, expected[0])


# -- DeepLIFT -------------------------------------------------------------------------------


class Once(nn.Module):
    """Times one."""

    def forward(self, x: Tensor) -> Tensor:
        return x * 1


def pooled_by(model: LoadedModel, *pools: nn.Module) -> nn.Module:
    """The model's network with another max pool."""
    network = copy.deepcopy(model.network)
    network.get_submodule("features").register_module("pool0", nn.Sequential(*pools))
    return network


def that_captum_can(model: LoadedModel) -> nn.Module:
    """Max pool windows that share no pixel, and something between ReLU and pool."""
    return pooled_by(model, Once(), nn.MaxPool2d(2))


def lifted(network: nn.Module, x: Tensor, starts: Tensor, target: int) -> Tensor:
    """(N, ...) contributions against each baseline, by the rule as it is here."""
    ours = copy.deepcopy(network)
    use_rescale_rule(ours)
    slopes, _rises = multipliers(ours, x, starts, target)
    return slopes * (x - starts)


@pytest.mark.parametrize("baseline", ["noise", "blur"])
def test_deeplift_is_captums_where_captums_adds_up(model: LoadedModel, baseline: str) -> None:
    """With baselines of many colours: in a part of one, rounding chooses a max pool's largest."""
    network, x = that_captum_can(model), model.tensor(PICTURE).contiguous()
    start = baseline_inputs(model, x, baseline)[:1]
    expected = from_captum(
        network, lambda net: captum.attr.DeepLift(net).attribute(x, start, target=1)
    )
    assert_close(lifted(network, x, start, 1), expected)


def test_several_baselines_at_once_are_captums_deep_lift_shap(model: LoadedModel) -> None:
    network, x = that_captum_can(model), model.tensor(PICTURE).contiguous()
    starts = baseline_inputs(model, x, "noise", 5, 3)
    expected = from_captum(
        network, lambda net: captum.attr.DeepLiftShap(net).attribute(x, starts, target=1)
    )
    assert_close(lifted(network, x, starts, 1).mean(0, keepdim=True), expected)


class Overlapping(nn.Module):
    """(N, 1, 1, 5) to (N, 1): the sum of two windows' maxima; they share the middle pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d((1, 3), stride=(1, 2))

    def forward(self, x: Tensor) -> Tensor:
        maxima: Tensor = self.pool(x)
        return maxima.sum((1, 2, 3))[:, None]


@pytest.mark.parametrize(
    ("x", "start", "expected"),
    [
        # Both maxima rise by 5, both by the middle pixel.
        ([0, 0, 5, 0, 1], [0, 0, 0, 0, 0], [0, 0, 10, 0, 0]),
        # The first falls from 3 to 1: the pixel that held it; the second rises from 0 to 1.
        ([0, 0, 1, 0, 0], [3, 0, 0, 0, 0], [-2, 0, 1, 0, 0]),
        # The first stays at 4, the second falls from 4 to 2 by the middle pixel.
        ([4, 0, 2, 0, 1], [4, 0, 4, 0, 1], [0, 0, -2, 0, 0]),
    ],
)
def test_overlapping_windows_add_their_shares(
    x: list[float], start: list[float], expected: list[float]
) -> None:
    rows = [torch.tensor(row, dtype=torch.float32).view(1, 1, 1, 5) for row in (x, start)]
    found = lifted(Overlapping(), rows[0], rows[1], 0)
    assert found.flatten().tolist() == pytest.approx(expected)


def test_the_rescale_rule_by_hand() -> None:
    """relu(2a - 4b) at (3, 1) rises from relu(2 - 4) = 0 to 2 while its argument rises from -2."""
    network = nn.Sequential(nn.Linear(2, 1, bias=False), nn.ReLU())
    network[0].weight.data = torch.tensor([[2.0, -4.0]])
    use_rescale_rule(network)
    both = torch.tensor([[3.0, 1.0], [1.0, 1.0]], requires_grad=True)
    (slopes,) = torch.autograd.grad(network(both)[1:].sum(), both)
    assert slopes[1].tolist() == pytest.approx([2 * 2 / 4, -4 * 2 / 4])


@pytest.mark.parametrize(
    "pools",
    [
        (nn.MaxPool2d(3, stride=2, padding=1),),  # as it is
        (nn.MaxPool2d(2),),  # right behind a ReLU, whose hook runs before the pool's
        (Once(), nn.MaxPool2d(3, stride=2, padding=1)),  # windows that overlap
    ],
    ids=["as it is", "behind a ReLU", "overlapping"],
)
def test_captum_misses_what_is_kept_here(model: LoadedModel, pools: tuple[nn.Module, ...]) -> None:
    """The reasons why there is a rule of our own; when Captum mends its own, this test tells."""
    network, start = pooled_by(model, *pools), model.uniform((0.0, 0.0, 0.0))
    x = model.tensor(PICTURE).contiguous()
    theirs = from_captum(
        network, lambda net: captum.attr.DeepLift(net).attribute(x, start, target=1)
    )
    with torch.no_grad():
        rise = float(network(x)[0, 1] - network(start)[0, 1])
    assert abs(float(theirs.sum()) - rise) > 0.005 * abs(rise)
    assert float(lifted(network, x, start, 1).sum()) == pytest.approx(rise, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("baseline", ["black", "blur"])
def test_deeplift_adds_up_on_the_bundled_model(
    scenes: LoadedModel, index: int, baseline: str
) -> None:
    image = draw_scene(7, "test", index).image
    result = attribute(scenes, image, method="deeplift", baseline=baseline)
    x, target = scenes.tensor(image), result.target.index
    start = scenes.uniform((0.0, 0.0, 0.0))
    if baseline == "blur":
        start = blur(x, BLUR)
    with torch.no_grad():
        rise = float(scenes.network(x)[0, target] - scenes.network(start)[0, target])
    assert abs(rise) > 1
    assert result.values.sum(dtype=np.float64) == pytest.approx(rise, rel=0.01)


@pytest.mark.slow
def test_deeplift_adds_up_on_an_untrained_densenet_121() -> None:
    network, random = build(VARIANTS["densenet121"], seed=1), torch.Generator().manual_seed(0)
    x, start = torch.randn(2, 1, 3, 64, 64, generator=random)
    with torch.no_grad():
        rise = float(network(x)[0, 9] - network(start)[0, 9])
    assert lifted(network, x, start, 9).sum().item() == pytest.approx(rise, rel=0.01)


@pytest.mark.parametrize("distribution", ["noise", "colours", "blurs"])
def test_deeplift_shap_is_the_mean_over_its_baselines(distribution: str) -> None:
    model, samples = exact_model(), 11
    settings = {"distribution": distribution, "samples": samples, "seed": 3}
    result = attribute(model, PICTURE, method="deeplift-shap", target=2, **settings)
    starts, x = (
        baseline_inputs(model, model.tensor(PICTURE), distribution, 3, samples),
        model.tensor(PICTURE),
    )
    alone = [lifted(model.network, x, start[None], 2) for start in starts]
    assert_close(result.values, torch.cat(alone).mean(0))
    with torch.no_grad():
        rise = float((model.network(x) - model.network(starts))[:, 2].mean())
    assert result.values.sum(dtype=np.float64) == pytest.approx(rise, rel=1e-5)
    batches = -(-samples // baselines_at_once(model.spec))
    assert result.forward_passes == samples + batches + 1
    assert result.backward_passes == result.forward_passes - 1


def test_drawn_baselines_are_pictures_and_follow_their_seed() -> None:
    model = small_model()
    mean, std = (np.array(row).reshape(1, 3, 1, 1) for row in (model.mean, model.std))
    for distribution in ("noise", "colours", "blurs"):
        first, again, other = (
            baseline_inputs(model, model.tensor(PICTURE), distribution, seed, 5).numpy()
            for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, again)
        assert np.abs(first - other).max() > 0.01
        levels = first * std + mean
        assert levels.min() >= -1e-5
        assert levels.max() <= 1 + 1e-5
        spread = levels.std((2, 3))
        assert (spread.max() < 1e-6) == (distribution == "colours")
    assert np.ptp(spread.mean(1)) > 0.01  # the blurs are of different widths


# -- relevance ------------------------------------------------------------------------------


def handed(layer: Callable[[Tensor], Tensor], rule: Any, given: Tensor, relevance: Tensor) -> Any:
    """What the rule hands to the inputs, as a list."""
    x = given.clone().requires_grad_()
    output = Ruled(layer, rule)(x)
    assert torch.equal(output, layer(given))
    return torch.autograd.grad(output, x, relevance)[0].flatten().tolist()


WEIGHT = torch.tensor([[1.0, -2.0, 3.0], [-4.0, 1.0, 0.0]])
GIVEN = torch.tensor([[2.0, 1.0, 1.0]])
"""Outputs: 2 - 2 + 3 = 3 and -8 + 1 = -7."""


def linear(given: Tensor, weight: Tensor) -> Tensor:
    return given @ weight.T


def plain(given: Tensor) -> Tensor:
    return linear(given, WEIGHT)


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        (in_proportion(plain), [2 / 3, -2 / 3, 1], [8 / 7, -1 / 7, 0]),
        # Positive parts of the first count half as much again: 3, -2, 4.5 of 5.5; negative ones of
        # the second, which is negative: -12, 1 of -11.
        (gamma_rule(linear, WEIGHT, 0.5), [3 / 5.5, -2 / 5.5, 4.5 / 5.5], [12 / 11, -1 / 11, 0]),
        (positive_rule(linear, WEIGHT), [2 / 5, 0, 3 / 5], [0, 1, 0]),
        # From low = -1 and high = 4: w+ (x - low) and w- (x - high).
        (
            box_rule(linear, WEIGHT, torch.tensor([[-1.0]]), torch.tensor([[4.0]])),
            [3 / 15, 6 / 15, 6 / 15],
            [8 / 10, 2 / 10, 0],
        ),
    ],
    ids=["epsilon", "gamma", "alpha1-beta0", "box"],
)
def test_rules_by_hand(rule: Any, first: list[float], second: list[float]) -> None:
    for share, chosen in ((first, 0), (second, 1)):
        relevance = 6 * nn.functional.one_hot(torch.tensor([chosen]), 2).float()
        expected = [6 * part for part in share]
        assert handed(plain, rule, GIVEN, relevance) == pytest.approx(expected, rel=1e-5)
    both = handed(plain, rule, GIVEN, torch.tensor([[6.0, -3.0]]))
    assert both == pytest.approx([6 * a - 3 * b for a, b in zip(first, second, strict=True)])


def test_without_a_rule_relevance_is_handed_on_unchanged() -> None:
    relevance = torch.tensor([[5.0, -1.0, 2.0]])
    assert handed(lambda given: given * 7 + 1, None, GIVEN, relevance) == [5, -1, 2]


ONE_BLOCK = DenseNetSpec(
    growth_rate=4, block_config=(3,), initial_channels=16, num_classes=6, input_size=64
)


@pytest.mark.parametrize("bottleneck", [True, False])
def test_positive_relevance_is_captums_up_to_the_stem(bottleneck: bool) -> None:
    """Captum with the same rules, set one by one, on a network without a transition."""
    model = exact_model(replace(ONE_BLOCK, bottleneck=bottleneck))
    x = model.tensor(PICTURE).contiguous()

    def relevance(net: nn.Module) -> Tensor:
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                module.rule = Alpha1_Beta0_Rule()  # type: ignore[assignment]
            elif isinstance(module, nn.BatchNorm2d):
                module.rule = IdentityRule()  # type: ignore[assignment]
        found: Tensor = captum.attr.LayerLRP(net, net.get_submodule("features.pool0")).attribute(
            x.clone().requires_grad_(), target=3
        )
        return found

    ours, kept = copy.deepcopy(model.network), []
    give_rules(ours, None, torch.tensor(-2.0).double(), torch.tensor(2.0).double())
    ours.get_submodule("features.pool0").register_forward_hook(
        lambda _module, _given, output: kept.append(output)
    )
    score = ours(x.clone().requires_grad_())[0, 3]
    (found,) = torch.autograd.grad(score, kept, score.detach())
    assert_close(found, from_captum(model.network, relevance), within=1e-5)


@pytest.mark.parametrize("rule", ["gamma", "alpha1-beta0"])
@pytest.mark.parametrize("target", [0, 3])
def test_relevance_adds_up_to_the_score(model: LoadedModel, rule: str, target: int) -> None:
    result = attribute(model, PICTURE, method="lrp", target=target, rule=rule)
    with torch.no_grad():
        score = float(model.network(model.tensor(PICTURE))[0, target])
    assert result.values.sum(dtype=np.float64) == pytest.approx(score, rel=0.01)
    assert np.isfinite(result.values).all()


@pytest.mark.slow
def test_without_its_norms_identity_relevance_would_be_lost(scenes: LoadedModel) -> None:
    """Captum's epsilon rule throughout is input times gradient, and does not add up."""
    image = draw_scene(0, "test", 0).image
    x = scenes.tensor(image).contiguous()
    target = attribute(scenes, image, method="saliency").target.index

    def relevance(net: nn.Module) -> Tensor:
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.rule = EpsilonRule()  # type: ignore[assignment]
        found: Tensor = captum.attr.LRP(net).attribute(x.clone(), target=target)
        return found

    theirs = from_captum(scenes.network, relevance)
    linear_part = attribute(scenes, image, method="input-x-gradient", target=target).values
    assert np.corrcoef(theirs.numpy().ravel(), linear_part.ravel())[0, 1] > 0.999
    ours = attribute(scenes, image, method="lrp", target=target).values
    with torch.no_grad():
        score = float(scenes.network(x)[0, target])
    assert abs(float(theirs.sum())) < 0.2 * score
    assert ours.sum(dtype=np.float64) == pytest.approx(score, rel=0.01)


def test_relevance_of_the_pooled_transition_by_hand() -> None:
    """The convolution and the average after it share out as one linear layer."""
    network = small_model().network
    reads = network.get_submodule("features.transition1.conv").weight.shape[1]
    given = torch.rand(1, reads, 2, 2, generator=torch.Generator().manual_seed(1)) + 0.1
    weight = network.get_submodule("features.transition1.conv").weight.detach()[:, :, 0, 0]
    give_rules(network, None, torch.tensor(-1.0), torch.tensor(1.0))
    step = network.get_submodule("features.transition1")
    x = given.clone().requires_grad_()
    output = step.pool(step.conv(x))
    relevance = torch.randn(output.shape, generator=torch.Generator().manual_seed(2))
    (found,) = torch.autograd.grad(output, x, relevance)
    parts = weight.clamp(min=0)[:, :, None, None] * given  # (writes, reads, 2, 2)
    shares = parts / parts.sum((1, 2, 3), keepdim=True)
    assert_close(found[0], (relevance[0][:, None] * shares).sum(0), within=1e-5)  # float32


def correlation(model: LoadedModel, scene: PairScene, method: str, **settings: Any) -> float:
    """Of the maps for the two objects' classes, colours added up."""
    maps = [
        attribute(model, scene.image, method=method, target=label, **settings).values.sum(0).ravel()
        for label in scene.labels
    ]
    return float(np.corrcoef(maps[0], maps[1])[0, 1])


@pytest.mark.slow
@pytest.mark.parametrize("index", range(2))
def test_relevance_tells_two_classes_apart_and_deconvolution_does_not(
    scenes: LoadedModel, index: int
) -> None:
    scene = draw_pair(0, "test", index)
    assert correlation(scenes, scene, "lrp") < 0.5
    assert correlation(scenes, scene, "lrp", rule="alpha1-beta0") < 0.5
    assert correlation(scenes, scene, "deconvolution") > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("index", range(2))
def test_relevance_finds_the_object(scenes: LoadedModel, index: int) -> None:
    scene = draw_pair(0, "test", index)
    for label, mask in zip(scene.labels, scene.masks, strict=True):
        values = attribute(scenes, scene.image, method="lrp", target=label).values.sum(0)
        other = scene.masks[0] ^ scene.masks[1] ^ mask
        assert values[mask].mean() > 3 * abs(values[~mask].mean())
        assert values[mask].mean() > values[other].mean()


# -- manners --------------------------------------------------------------------------------


def state_of(network: nn.Module) -> list[object]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return [
        *(type(module) for module in network.modules()),
        *(len(getattr(module, kind)) for module in network.modules() for kind in kinds),
        *((weight.requires_grad, weight.grad is None) for weight in network.parameters()),
        *(float(tensor.double().sum()) for tensor in network.state_dict().values()),
    ]


@pytest.mark.parametrize("method", NAMES)
def test_the_network_stays_as_it_was_and_the_cost_is_foretold(method: str) -> None:
    model = small_model()
    before = state_of(model.network)
    result = attribute(model, PICTURE, method=method)
    assert state_of(model.network) == before
    row = METHODS[method]
    cost = row.cost(model.spec, row.settings(model.spec, {}))
    assert (result.forward_passes, result.backward_passes) == (cost.forward + 1, cost.backward)
    assert (result.convergence_delta is not None) == row.complete


def test_threads_on_one_model_get_what_each_gets_alone() -> None:
    model = small_model()
    alone = {method: attribute(model, PICTURE, method=method).values for method in NAMES}
    together: list[tuple[str, np.ndarray]] = []
    start = threading.Barrier(2)

    def work(methods: tuple[str, ...]) -> None:
        start.wait()
        together.extend((name, attribute(model, PICTURE, method=name).values) for name in methods)

    threads = [threading.Thread(target=work, args=(order,)) for order in (NAMES, NAMES[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 2 * len(NAMES)
    for name, values in together:
        np.testing.assert_array_equal(values, alone[name])


def test_previews_are_means_so_far() -> None:
    model = replace(exact_model(), spec=VARIANTS["densenet121"])  # so large that two go at once
    seen: list[Attribution] = []
    settings = {"samples": 4, "distribution": "colours"}
    result = attribute(
        model, PICTURE, method="deeplift-shap", target=1, on_preview=seen.append, **settings
    )
    starts = baseline_inputs(model, model.tensor(PICTURE), "colours", 0, 4)
    two = lifted(model.network, model.tensor(PICTURE), starts[:2], 1).mean(0)
    assert_close(seen[0].values, two)
    assert np.abs(seen[0].values - result.values).max() > 1e-3 * np.abs(result.values).max()


# -- what is not here -----------------------------------------------------------------------

HELPERS = {
    "Attribution",
    "ClassSummarizer",
    "Count",
    "GradientAttribution",
    "ImageMaskInput",
    "InterpretableEmbeddingBase",
    "InterpretableInput",
    "LLMAttributionResult",
    "LayerAttribution",
    "MSE",
    "Max",
    "Mean",
    "Min",
    "NeuronAttribution",
    "PerturbationAttribution",
    "ProductBaselines",
    "RemoteLLMProvider",
    "StdDev",
    "Sum",
    "Summarizer",
    "SummarizerSingleTensor",
    "TextTemplateInput",
    "TextTokenInput",
    "TokenReferenceBase",
    "VLLMProvider",
    "Var",
}
"""Base classes, inputs, results and statistics: nothing of them attributes by itself."""


def test_every_attribution_class_of_captum_is_offered_or_says_why_not() -> None:
    public = {name for name in captum.attr.__all__ if inspect.isclass(getattr(captum.attr, name))}
    refused = [name for row in UNSUITED for name in row.captum]
    assert len(refused) == len(set(refused))
    offered = {name for row in METHODS.values() for name in classes_of(row)} - set(refused)
    assert sorted([*offered, *refused, *HELPERS]) == sorted(public)


def classes_of(row: Method) -> list[str]:
    """The classes of Captum in a method's call with its default settings."""
    if row.call is None:
        return []
    call = row.call(row.settings(DenseNetSpec(), {}))
    return re.findall(r"\w+", call.title)


def test_what_is_offered_is_a_method_and_what_is_refused_is_none() -> None:
    names = [row.name for row in UNSUITED]
    assert len(names) == len(set(names))
    assert not set(names) & set(METHODS)
    for row in UNSUITED:
        assert row.reason.endswith(".")
        assert len(row.reason) > 60
