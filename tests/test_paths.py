"""The gradient's paths back through a block, against Jacobians written out, and their scene."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from torch import Tensor

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure.paths import gradient_paths
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.flows import GradientPaths
from densenet_viz.stage.paths.scene import paths_scene
from tests.exact_models import exact_model
from tests.small_models import picture, small_model

THREE = DenseNetSpec(
    growth_rate=2, block_config=(3, 2), initial_channels=4, num_classes=3, input_size=32
)
OWN = DenseNetSpec(
    growth_rate=3,
    block_config=(1, 3),
    initial_channels=4,
    bottleneck=False,
    compression=0.75,
    num_classes=3,
    input_size=32,
)
TARGET = 1


def end_and_gradient(model: LoadedModel, block: int) -> tuple[Tensor, Tensor]:
    """What stands at a block's end, and its gradient by torch's own cross-entropy."""
    kept: list[Tensor] = []

    def keep(_module: object, _args: object, output: Tensor) -> None:
        output.retain_grad()
        kept.append(output)

    module = model.network.get_submodule(f"features.denseblock{block}")
    handle = module.register_forward_hook(keep)
    logits = model.network(model.tensor(picture(32)))
    handle.remove()
    torch.nn.functional.cross_entropy(logits, torch.tensor([TARGET])).backward()
    assert kept[0].grad is not None
    slope = torch.softmax(logits[0].detach(), 0)
    slope[TARGET] -= 1
    return kept[0].detach(), kept[0].grad / slope.norm()


@pytest.mark.parametrize(("spec", "block"), [(THREE, 1), (THREE, 2), (OWN, 2)])
def test_each_length_is_the_sum_over_all_paths_of_that_length(
    spec: DenseNetSpec, block: int
) -> None:
    """Every path by itself, as a product of the layers' Jacobians between its stops."""
    model = exact_model(spec)
    found = gradient_paths(model, picture(32), block=block, target=TARGET)
    end, gradient = end_and_gradient(model, block)
    entering, k, layers = spec.block_inputs[block - 1], spec.growth_rate, found.layers

    def part(source: int) -> slice:
        return (
            slice(0, entering)
            if source == 0
            else slice(entering + k * (source - 1), entering + k * source)
        )

    def jacobian(layer: int, source: int) -> Tensor:
        read = end[:, : entering + k * (layer - 1)]
        module = model.network.get_submodule(f"features.denseblock{block}.denselayer{layer}")
        whole = torch.autograd.functional.jacobian(lambda x: module([x])[0], read)
        cut = whole[:, :, :, 0, part(source)]
        return cut.reshape(k * end.shape[2] * end.shape[3], -1).double()

    for source in range(layers + 1):
        later = range(source + 1, layers + 1)
        total = torch.zeros(gradient[0, part(source)].numel(), dtype=torch.float64)
        by_length = []
        for length in range(layers - source + 1):
            paths = torch.zeros_like(total)
            chosen = list(combinations(later, length))
            assert found.count(source, length) == len(chosen)
            for path in chosen:
                stops = [source, *path]
                value = gradient[0, part(stops[-1])].flatten().double()
                for place in range(len(path), 0, -1):
                    value = jacobian(stops[place], stops[place - 1]).T @ value
                paths += value
            by_length.append(paths)
            total += paths
        assert found.whole[source] == pytest.approx(float(total.norm()), rel=1e-4)
        np.testing.assert_allclose(
            found.norms[source, : len(by_length)],
            [float(one.norm()) for one in by_length],
            rtol=1e-3,
            atol=1e-7,
        )
        np.testing.assert_allclose(
            found.shares[source, : len(by_length)],
            [float(one @ total / (total @ total)) for one in by_length],
            rtol=1e-3,
            atol=1e-5,
        )
        assert not found.norms[source, len(by_length) :].any()
    assert found.chain(1) == found.norms[1, layers - 1]


def test_the_parts_make_up_the_gradient_that_autograd_sends_through_the_block() -> None:
    model = exact_model(THREE)
    found = gradient_paths(model, picture(32), block=1, target=TARGET)
    caught: list[Tensor] = []

    def keep(_module: object, _args: object, output: Tensor) -> None:
        output.retain_grad()
        caught.append(output)

    names = ["features.pool0", *(f"features.denseblock1.denselayer{i}.conv2" for i in (1, 2, 3))]
    handles = [model.network.get_submodule(name).register_forward_hook(keep) for name in names]
    logits = model.network(model.tensor(picture(32)))
    for handle in handles:
        handle.remove()
    torch.nn.functional.cross_entropy(logits, torch.tensor([TARGET])).backward()
    slope = torch.softmax(logits[0].detach(), 0)
    slope[TARGET] -= 1
    expected = [float((one.grad / slope.norm()).norm()) for one in caught if one.grad is not None]
    np.testing.assert_allclose(found.whole, expected, rtol=1e-4)
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, rtol=1e-6)


def test_a_network_that_is_sure_still_has_a_direction() -> None:
    """Where the right class's probability rounds to 1 the gradient is tiny and not nothing."""
    model = small_model(THREE)
    with torch.no_grad():
        model.network.classifier.bias.copy_(torch.tensor([0.0, 60.0, 0.0]))  # type: ignore[union-attr]
    found = gradient_paths(model, picture(32), block=1, target=TARGET)
    assert (found.whole > 0).all()


def test_the_network_is_left_as_it_was() -> None:
    model = small_model(THREE)
    gradient_paths(model, picture(32), block=1, target=TARGET)
    assert all(weight.grad is None for weight in model.network.parameters())
    assert not any(module._forward_hooks for module in model.network.modules())


@pytest.mark.parametrize(
    ("block", "target", "words"),
    [(0, 0, "1 to 2"), (3, 0, "1 to 2"), (1, 3, "0 to 2"), (1, -1, "0 to 2")],
)
def test_what_is_not_there_is_refused(block: int, target: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        gradient_paths(small_model(THREE), picture(32), block=block, target=target)


# -- the scene ----------------------------------------------------------------------------------


def by_hand(shares: list[float], whole: list[float], chain: float) -> GradientPaths:
    """Three layers; only what the scene reads of the first one is filled in."""
    parts = np.zeros((4, 4))
    parts[1, :3] = shares
    norms = np.zeros((4, 4))
    norms[1, 2], norms[2, 1], norms[3, 0] = chain, 1.0, whole[3]
    return GradientPaths(3, "ring", np.array(whole), norms, parts)


def test_the_scene_counts_paths_and_tells_shares() -> None:
    scene = paths_scene(by_hand([0.5, 0.4, 0.1], [9, 3, 2, 2], 0.001), after="transition 3")
    assert [(one["count"], one["share"]) for one in scene["lengths"]] == [
        (1, 0.5),
        (2, 0.4),
        (1, 0.1),
    ]
    assert all(one in scene["title"] for one in ("90%", "at most 1 of 2"))
    assert [one["paths"] for one in scene["lengths"]] == ["1 path", "2 paths", "1 path"]
    assert "transition 3" in scene["lengths"][0]["sentence"]
    assert "all 2 later layers" in scene["lengths"][2]["sentence"]
    assert scene["whole"] == [1.5, 1, 1]
    assert scene["chain"] == [0.0005, 0.5, 1]
    assert "1.50 times" in scene["bars"]
    assert "less than 0.01" in scene["bars"]
    assert "4 paths" in scene["sentence"]


def test_lengths_that_bring_nothing_are_left_out_but_for_the_longest() -> None:
    scene = paths_scene(by_hand([1.0, 0.0, 0.0], [1, 1, 1, 1], 0.0), after="the classifier")
    assert [one["length"] for one in scene["lengths"]] == [0, 2]
    assert all(one in scene["title"] for one in ("100%", "no other layer"))
    assert scene["lengths"][1]["percent"] == "0.0%"


def test_paths_that_work_against_the_rest_are_told_with_a_minus() -> None:
    scene = paths_scene(by_hand([1.2, -0.2, 0.0], [1, 1, 1, 1], 0.0), after="the classifier")
    assert scene["lengths"][1]["percent"] == "−20.0%"


def test_where_no_gradient_comes_the_scene_says_so() -> None:
    scene = paths_scene(by_hand([0, 0, 0], [0, 0, 0, 0], 0.0), after="the classifier")
    assert "No gradient" in scene["title"]
    assert scene["whole"] == [0, 0, 0]
