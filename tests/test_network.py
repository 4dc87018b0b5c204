"""What the arithmetic computes is what live networks show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.network._torchvision import densenet
from densenet_viz.network.build import build, build_start
from densenet_viz.network.densenet import OwnDenseLayer, OwnDenseNet, TorchvisionDenseNet


class Ledger(TorchDispatchMode):
    """An oracle apart from hooks: every operation that writes a new tensor, as torch runs it."""

    WRITES = ("convolution", "native_batch_norm", "relu", "cat", "max_pool2d", "avg_pool2d")

    def __init__(self) -> None:
        super().__init__()
        self.values = 0
        self.multiply_adds = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        written = result[0] if isinstance(result, tuple) else result
        if any(part in name for part in self.WRITES) or name in ("addmm", "mean"):
            self.values += written.numel()
        if "convolution" in name:
            self.multiply_adds += args[1].numel() * written.shape[2] * written.shape[3]
        elif name == "addmm":
            self.multiply_adds += args[1].shape[1] * written.shape[1]
        return result


def run(network: nn.Module, spec: DenseNetSpec, device: str = "cpu") -> Ledger:
    with torch.no_grad(), Ledger() as ledger:
        network.to(device)(torch.zeros(1, 3, spec.input_size, spec.input_size, device=device))
    return ledger


def assert_equal_to_live(network: nn.Module, spec: DenseNetSpec, device: str = "cpu") -> None:
    assert sum(weight.numel() for weight in network.parameters()) == spec.parameters
    for row in spec.rows:
        if row.kind in ("dense layer", "transition"):
            module = network.get_submodule(row.module)
            assert sum(weight.numel() for weight in module.parameters()) == row.parameters
    ledger = run(network, spec, device)
    assert ledger.multiply_adds == spec.multiply_adds
    assert ledger.values * 4 == spec.activation_bytes


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in ("densenet121", "densenet264") else pytest.mark.slow)
        for name in VARIANTS
    ],
)
def test_the_five_variants(name: str) -> None:
    """On torch's meta device, which runs every operation's shapes without its numbers."""
    with torch.device("meta"):
        network = TorchvisionDenseNet(VARIANTS[name]).eval()
    assert_equal_to_live(network, VARIANTS[name], "meta")


@st.composite
def specs(draw: st.DrawFn) -> DenseNetSpec:
    try:
        return DenseNetSpec(
            growth_rate=draw(st.integers(1, 12)),
            block_config=tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))),
            initial_channels=draw(st.integers(1, 24)),
            bottleneck=draw(st.booleans()),
            compression=draw(st.sampled_from([0.1, 0.29, 0.3, 0.5, 0.75, 1.0])),
            num_classes=draw(st.integers(1, 12)),
            input_size=draw(st.integers(29, 70)),
        )
    except SpecError:
        assume(False)
        raise


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(spec=specs())
def test_any_spec(spec: DenseNetSpec) -> None:
    assert_equal_to_live(build(spec, seed=0), spec)


@pytest.mark.parametrize("bottleneck", [True, False])
def test_the_plain_counterpart(bottleneck: bool) -> None:
    spec = DenseNetSpec(8, (3,), 12, bottleneck, num_classes=2, input_size=32)
    block = nn.Sequential(
        *(
            OwnDenseLayer(row.in_channels, spec, writes=row.out_channels)
            for row in spec.dense_rows(1)
        )
    ).eval()
    size = spec.block_sizes[0]
    with torch.no_grad(), Ledger() as ledger:
        out = block(torch.zeros(1, 12, size, size))
    cost = spec.plain_block_cost(1)
    assert out.shape == (1, 36, size, size)
    assert sum(weight.numel() for weight in block.parameters()) == cost.parameters
    assert ledger.multiply_adds == cost.multiply_adds
    assert ledger.values * 4 == cost.activation_bytes


SMALL = DenseNetSpec(6, (2, 3), 10, num_classes=5, input_size=40)


def test_our_own_class_equals_torchvisions() -> None:
    """The same weights under the same names give the same answer."""
    theirs = build(SMALL, seed=3)
    ours = OwnDenseNet(SMALL).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


def test_it_computes_what_stock_torchvision_computes() -> None:
    stock = densenet.DenseNet(6, (2, 3), 10, num_classes=5).eval()
    ours = build(SMALL)
    ours.load_state_dict(stock.state_dict())
    x = torch.randn(2, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), stock(x))


@pytest.fixture(params=[True, False], ids=["torchvision", "own"])
def network(request: pytest.FixtureRequest) -> nn.Module:
    return build(DenseNetSpec(6, (2, 3), 10, request.param, num_classes=5, input_size=40), seed=1)


def test_no_relu_is_in_place_and_hooks_see_norms(network: nn.Module) -> None:
    assert all(not m.inplace for m in network.modules() if isinstance(m, nn.ReLU))
    seen = {}
    norm = network.get_submodule("features.norm5")
    relu = network.get_submodule("relu")
    norm.register_forward_hook(lambda _m, _i, out: seen.update(norm=out))
    relu.register_forward_hook(lambda _m, _i, out: seen.update(relu=out))
    with torch.no_grad():
        network(torch.randn(1, 3, 40, 40, generator=torch.Generator().manual_seed(0)))
    assert (seen["norm"] < 0).any()
    torch.testing.assert_close(seen["relu"], seen["norm"].clamp(min=0))


def test_a_seed_repeats_and_leaves_the_global_generator_alone() -> None:
    state = torch.get_rng_state()
    first, again, other = (build(SMALL, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    weights = [
        n.get_submodule("features.conv0").weight.detach().numpy() for n in (first, again, other)
    ]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_first_weights_follow_hes_rule() -> None:
    weight = build(DenseNetSpec(num_classes=2), seed=0).get_submodule("features.conv0").weight
    assert isinstance(weight, torch.Tensor)
    assert float(weight.detach().std()) == pytest.approx((2 / (3 * 49)) ** 0.5, rel=0.05)


@pytest.mark.parametrize("bottleneck", [True, False])
@pytest.mark.parametrize(("until_block", "last"), [(1, "transition1"), (2, "denseblock2")])
def test_a_start_has_the_weights_of_the_whole(
    bottleneck: bool, until_block: int, last: str
) -> None:
    spec = DenseNetSpec(6, (2, 3), 10, bottleneck, num_classes=5, input_size=40)
    whole = build(spec, seed=1).state_dict()
    start = build_start(spec, until_block, seed=1)
    made = start.state_dict()
    names = list(whole)[: list(whole).index("features.norm5.weight")]
    stops = [name for name in names if name.startswith(f"features.{last}.")][-1]
    assert list(made) == names[: names.index(stops) + 1]
    for name, weight in made.items():
        assert torch.equal(weight, whole[name])
    parameters = sum(weight.numel() for weight in start.parameters())
    assert parameters == spec.parameters_until(until_block)
