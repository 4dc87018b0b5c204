"""What capture returns is what the network computed, and the network is left as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure import capture
from densenet_viz.network.build import build, build_start
from densenet_viz.results.traces import NetworkTrace

SPEC = DenseNetSpec(4, (3, 2), 10, num_classes=5, input_size=48)
PICTURE = np.zeros((48, 48, 3), np.uint8)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return build(SPEC, seed=0)


@pytest.fixture(scope="module")
def tensor() -> Tensor:
    return torch.randn(1, 3, 48, 48, generator=torch.Generator().manual_seed(1))


def traced(network: nn.Module, tensor: Tensor, **kwargs: object) -> NetworkTrace:
    return capture(network, tensor, spec=SPEC, trained=False, picture=PICTURE, **kwargs)  # type: ignore[arg-type]


def test_maps_are_those_of_each_layer(network: nn.Module, tensor: Tensor) -> None:
    """Against the network taken apart by hand, layer by layer."""
    trace = traced(network, tensor)
    with torch.no_grad():
        x = tensor
        for name in ("conv0", "norm0", "relu0", "pool0"):
            x = network.get_submodule(f"features.{name}")(x)
        np.testing.assert_allclose(trace.blocks[0].entering, x[0], atol=1e-5)
        for layer in (1, 2, 3):
            new = network.get_submodule(f"features.denseblock1.denselayer{layer}")(x)
            seen = trace.blocks[0].layers[layer - 1]
            assert seen.input_shape == tuple(x.shape[1:])
            np.testing.assert_allclose(seen.maps, new[0], atol=1e-5)
            x = torch.cat([x, new], 1)
        step = trace.transitions[0]
        np.testing.assert_allclose(step.given, x[0], atol=1e-5)
        for name, maps in (
            ("norm", None),
            ("relu", step.activated),
            ("conv", step.mixed),
            ("pool", step.pooled),
        ):
            x = network.get_submodule(f"features.transition1.{name}")(x)
            if maps is not None:
                np.testing.assert_allclose(maps, x[0], atol=1e-5)
        assert trace.logits is not None
        np.testing.assert_allclose(trace.logits, network(tensor)[0], atol=1e-5)


def test_sources_cover_a_layers_input(network: nn.Module, tensor: Tensor) -> None:
    third = traced(network, tensor).blocks[0].layers[2]
    assert [(s.layer, s.start, s.stop) for s in third.sources] == [
        (0, 0, 10),
        (1, 10, 14),
        (2, 14, 18),
    ]
    assert third.output_channels == 22


def test_costs_are_counted_as_computed(network: nn.Module, tensor: Tensor) -> None:
    trace = traced(network, tensor)
    assert trace.mismatches == ()
    assert [block.cost for block in trace.blocks] == [SPEC.block_cost(1), SPEC.block_cost(2)]
    assert trace.parameters == SPEC.parameters


def test_a_wrong_spec_shows_as_mismatches(network: nn.Module, tensor: Tensor) -> None:
    wrong = replace(SPEC, compression=0.3)
    trace = capture(network, tensor, spec=wrong, trained=False, picture=PICTURE)
    assert any(
        "transition 1: measured (11, 6, 6), computed (6, 6, 6)" in m for m in trace.mismatches
    )
    assert any(m.startswith("parameters: measured") for m in trace.mismatches)


@pytest.mark.parametrize(("until", "transitions"), [(1, 1), (2, 1)])
def test_it_can_stop_after_a_block(
    network: nn.Module, tensor: Tensor, until: int, transitions: int
) -> None:
    trace = traced(network, tensor, until_block=until)
    assert len(trace.blocks) == until
    assert len(trace.transitions) == transitions
    assert trace.logits is None
    assert trace.mismatches == ()


def test_the_start_of_a_network_is_all_that_has_to_be_built(
    network: nn.Module, tensor: Tensor
) -> None:
    whole = traced(network, tensor, until_block=1)
    start = traced(build_start(SPEC, 1, seed=0), tensor, until_block=1)
    assert start.mismatches == ()
    assert start.parameters == SPEC.parameters_until(1)
    for one, other in zip(start.blocks[0].layers, whole.blocks[0].layers, strict=True):
        np.testing.assert_allclose(one.maps, other.maps, atol=1e-5)  # rounding of two paths
    wrong = replace(SPEC, initial_channels=11)
    told = capture(
        build_start(SPEC, 1, seed=0),
        tensor,
        spec=wrong,
        trained=False,
        picture=PICTURE,
        until_block=1,
    )
    assert any(text.startswith("parameters: measured") for text in told.mismatches)


def hooks(network: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in network.modules())


def test_hooks_and_mode_are_given_back_even_after_an_error(tensor: Tensor) -> None:
    network = build(SPEC, seed=0).train()
    traced(network, tensor, until_block=1)
    assert hooks(network) == 0
    assert network.training
    network.get_submodule("features.denseblock2.denselayer1").conv1 = None
    with pytest.raises(TypeError):
        traced(network, tensor)
    assert hooks(network) == 0
    assert network.training


def test_the_result_is_a_copy(network: nn.Module, tensor: Tensor) -> None:
    trace = traced(network, tensor)
    before = network.get_submodule("features.transition1.conv").weight.clone()
    trace.transitions[0].weight[:] = 0
    assert torch.equal(network.get_submodule("features.transition1.conv").weight, before)


def test_wrong_arguments_are_refused(network: nn.Module, tensor: Tensor) -> None:
    with pytest.raises(ValueError, match=r"\(1, 3, H, W\) is expected"):
        traced(network, tensor.repeat(2, 1, 1, 1))
    with pytest.raises(ValueError, match="1 to 2 are allowed"):
        traced(network, tensor, until_block=3)
