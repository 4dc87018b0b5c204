"""Counting a live network: against the arithmetic, against torchinfo, and leaving no trace."""

from __future__ import annotations

import io
from dataclasses import fields
from functools import partial

import pytest
import torch
import torchinfo
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import KINDS, Inventory, LeafCount
from densenet_viz.facts.arithmetic.resnet import ResNetSpec
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.facts.systems import NAMED_SPECS
from densenet_viz.measure.inventory import file_bytes, take_inventory
from densenet_viz.network.build import blank, build
from densenet_viz.network.densenet import OwnDenseNet, TorchvisionDenseNet
from densenet_viz.network.resnet import PreactivationResNet, TorchvisionResNet, build_resnet
from tests.live_counts import counted
from tests.tiers import in_tiers

SMALL = DenseNetSpec(6, (2, 3), 10, num_classes=5, input_size=40)


def live(spec: DenseNetSpec | ResNetSpec) -> nn.Module:
    return build(spec, seed=0) if isinstance(spec, DenseNetSpec) else build_resnet(spec, seed=0)


def shapes_of(spec: ResNetSpec) -> nn.Module:
    """On torch's meta device, which runs every operation's shapes without its numbers."""
    return blank(partial(PreactivationResNet if spec.preactivation else TorchvisionResNet, spec))


@st.composite
def resnets(draw: st.DrawFn) -> ResNetSpec:
    form = draw(st.sampled_from(["plain", "first", "activated"]))
    return ResNetSpec(
        units=tuple(draw(st.lists(st.integers(1, 2), min_size=4, max_size=4))),
        preactivation=form == "activated",
        stride_first=form == "first",
        num_classes=draw(st.integers(1, 12)),
        input_size=draw(st.integers(1, 70)),
    )


@st.composite
def densenets(draw: st.DrawFn) -> DenseNetSpec:
    blocks = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    return DenseNetSpec(
        growth_rate=draw(st.integers(1, 12)),
        block_config=blocks,
        initial_channels=draw(st.integers(16, 24)),  # so that every transition keeps a map
        bottleneck=draw(st.booleans()),
        compression=draw(st.sampled_from([0.29, 0.5, 0.75, 1.0])),
        num_classes=draw(st.integers(1, 12)),
        input_size=draw(st.integers(32, 70)),
    )


def totals(of: DenseNetSpec | Inventory) -> tuple[int, int, int]:
    return of.parameters, of.multiply_adds, of.activation_bytes


@settings(max_examples=12, deadline=None)
@given(spec=densenets())
def test_any_densenet_is_counted_as_computed(spec: DenseNetSpec) -> None:
    """tests/test_network.py holds the spec's totals against what torch's operations write."""
    computed = inventory_of(spec)
    assert take_inventory(live(spec), input_size=spec.input_size) == computed
    assert totals(computed) == totals(spec)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(spec=resnets())
def test_any_resnet_is_counted_as_computed(spec: ResNetSpec) -> None:
    assert take_inventory(shapes_of(spec), input_size=spec.input_size) == inventory_of(spec)


@pytest.mark.parametrize("spec", VARIANTS.values())
def test_the_rows_of_a_variant_are_the_sums_of_their_leaves(spec: DenseNetSpec) -> None:
    assert totals(inventory_of(spec)) == totals(spec)


# -- torchinfo, which knows nothing of this project -------------------------------------------


def assert_torchinfo_agrees(network: nn.Module, inventory: Inventory, size: int) -> None:
    """It takes biases and a norm's weights for multiply-adds too, once each; we do not."""
    told = torchinfo.summary(network, (1, 3, size, size), device="meta", verbose=0)
    theirs = {id(info.module): info for info in told.summary_list}
    assert told.total_params == inventory.parameters
    extra = 0
    for leaf in inventory.leaves:
        info = theirs[id(network.get_submodule(leaf.module))]
        assert info.num_params == leaf.parameters
        if leaf.kind == "batch norm":
            extra += leaf.parameters
        elif leaf.kind == "classifier":
            extra += leaf.parameters - leaf.multiply_adds
        else:
            assert info.macs == leaf.multiply_adds
    assert told.total_mult_adds == inventory.multiply_adds + extra


@pytest.mark.parametrize(
    "name",
    in_tiers([name for name in NAMED_SPECS if name.startswith("resnet")], {"resnet50"}),
)
def test_torchinfo_counts_the_same_in_resnets(name: str) -> None:
    spec = NAMED_SPECS[name]
    assert isinstance(spec, ResNetSpec)
    assert_torchinfo_agrees(shapes_of(spec), counted(name).inventory, 224)


@pytest.mark.parametrize("kind", [TorchvisionDenseNet, OwnDenseNet])
def test_torchinfo_counts_the_same_in_densenets(
    kind: type[TorchvisionDenseNet] | type[OwnDenseNet],
) -> None:
    network = blank(partial(kind, VARIANTS["densenet121"]))
    assert_torchinfo_agrees(network, counted("densenet121").inventory, 224)


# -- what it leaves behind --------------------------------------------------------------------


def test_modes_hooks_and_gradients_are_given_back() -> None:
    network = live(SMALL).train()
    network.get_submodule("features.norm5").eval()
    state = {name: value.clone() for name, value in network.state_dict().items()}
    modes = {name: module.training for name, module in network.named_modules()}
    assert take_inventory(network, input_size=40) == inventory_of(SMALL)
    assert {name: module.training for name, module in network.named_modules()} == modes
    assert not any(module._forward_hooks for module in network.modules())
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert torch.is_grad_enabled()


def test_they_are_given_back_when_the_network_breaks() -> None:
    network = live(SMALL).train()
    network.get_submodule("classifier").register_forward_pre_hook(lambda _m, _a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take_inventory(network, input_size=40)
    assert all(module.training for module in network.modules())
    assert not any(module._forward_hooks for module in network.modules())
    assert torch.is_grad_enabled()
    assert torch.utils._python_dispatch._get_current_dispatch_mode() is None


def test_saving_memory_counts_the_same() -> None:
    network = build(SMALL, memory_efficient=True)
    assert take_inventory(network, input_size=40) == inventory_of(SMALL)


def test_saving_memory_needs_torchvision() -> None:
    with pytest.raises(ValueError, match="bottleneck"):
        build(DenseNetSpec(bottleneck=False), memory_efficient=True)


def test_the_file_is_as_large_as_torch_writes_it() -> None:
    network, written = live(SMALL), io.BytesIO()
    torch.save(network.state_dict(), written)
    assert file_bytes(network) == len(written.getvalue())
    assert file_bytes(network) > inventory_of(SMALL).weight_bytes


# -- the frozen values ------------------------------------------------------------------------


def test_a_table_adds_up_in_both_directions() -> None:
    inventory = inventory_of(SMALL)
    assert inventory.places == ("stem", "block 1", "transition 1", "block 2", "head")
    table = inventory.table("parameters")
    assert tuple(table) == inventory.places
    assert sum(sum(row.values()) for row in table.values()) == inventory.parameters
    assert {kind for row in table.values() for kind in row} == set(KINDS)
    # block 1: 10 maps in, 24 of the bottleneck, 6 new; then 16 in
    norms = 2 * (10 + 24 + 16 + 24)
    assert table["block 1"] == {
        "batch norm": norms,
        "1×1": (10 + 16) * 24,
        "3×3": 2 * 9 * 24 * 6,
    }
    assert table["transition 1"] == {"batch norm": 2 * 22, "transition": 22 * 11}
    assert table["head"] == {"batch norm": 2 * 29, "classifier": 29 * 5 + 5}


def test_totals_are_sums_over_leaves() -> None:
    leaves = (
        LeafCount("a", "3×3", "stem", 9, 0, 3, 90),
        LeafCount("b", "batch norm", "stem", 6, 6, 0, 0),
        LeafCount("c", "classifier", "head", 20, 0, 0, 16),
    )
    inventory = Inventory(leaves, 400)
    assert [field.name for field in fields(inventory)] == ["leaves", "activation_bytes"]
    assert (inventory.parameters, inventory.running_statistics) == (35, 6)
    assert (inventory.keras_biases, inventory.keras_total) == (3, 44)
    assert (inventory.multiply_adds, inventory.weight_bytes) == (106, 164)
    assert inventory.depth_parts == {"convolutions": 1, "batch norms": 1, "classifier": 1}
    assert inventory.depth == 3
