"""Gradient sizes of small networks, against a forward pass that is written here by hand."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, batch_norm, conv2d, cross_entropy, linear

from densenet_viz.errors import Cancelled
from densenet_viz.facts.families import FAMILIES, Family, FamilySpec, dense_spec, matched
from densenet_viz.measure.direct import logits_without
from densenet_viz.measure.gradients import (
    Examples,
    measure_direct,
    measure_gradients,
    sizes_by_layer,
)
from densenet_viz.network.families import build_family, weight_layers
from densenet_viz.results.gradients import GradientFlow, flow_to_json

EXACT = {"rtol": 1e-9, "atol": 1e-15}
"""Float64: only the order of additions differs."""


def small(family: Family, norm: str = "none", depth: int = 10) -> FamilySpec:
    return matched(dense_spec(depth, 4, norm=norm, input_size=8), family)


def batch(dtype: torch.dtype = torch.double) -> Examples:
    pictures = torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(3), dtype=dtype)
    return Examples(pictures, torch.arange(6))


class ByHand:
    """A network of a family from its bare weights; keeps what every weight layer writes."""

    def __init__(self, spec: FamilySpec, network: torch.nn.Module) -> None:
        self.spec = spec
        self.layers = [module for _, module in weight_layers(network)]
        self.weights = [layer.weight.detach().clone().requires_grad_() for layer in self.layers]
        self.written: list[Tensor] = []

    def convolve(self, maps: Tensor, *, norm: bool = True) -> Tensor:
        place = len(self.written)
        if norm:
            if self.spec.norm == "batch":
                maps = batch_norm(maps, None, None, training=True)
            maps = maps * (maps > 0)  # a gradient of 0 at 0
        weight = self.weights[place]
        self.written.append(conv2d(maps, weight, padding=weight.shape[-1] // 2))
        return self.written[-1]

    def block(self, maps: Tensor) -> Tensor:
        one = self.convolve(maps)
        if self.spec.family == "dense":
            two = self.convolve(torch.cat([maps, one], 1))
            return torch.cat([maps, one, two], 1)
        two = self.convolve(one)
        if self.spec.family == "residual":
            return maps + two
        return torch.cat([maps, one, two], 1) if self.spec.family == "aggregated" else two

    def loss(self, examples: Examples) -> Tensor:
        maps = self.convolve(examples.pictures.mean(1, keepdim=True), norm=False)
        for number in range(3):
            maps = self.block(maps)
            if number < 2:
                maps = avg_pool2d(self.convolve(maps), 2)
        if self.spec.norm == "batch":
            maps = batch_norm(maps, None, None, training=True)
        pooled = (maps * (maps > 0)).mean((2, 3))
        self.written.append(linear(pooled, self.weights[-1]))
        return cross_entropy(self.written[-1], examples.labels)


@pytest.mark.parametrize("norm", ["none", "batch"])
@pytest.mark.parametrize("family", FAMILIES)
def test_sizes_are_those_of_an_independent_pass(family: Family, norm: str) -> None:
    spec, examples = small(family, norm), batch()
    network = build_family(spec, seed=4).double().train()
    hand = ByHand(spec, network)
    loss = hand.loss(examples)
    found = torch.autograd.grad(loss, hand.written + hand.weights)
    norms = [float(gradient.square().sum().sqrt()) for gradient in found]
    output, weight, value = sizes_by_layer(network, examples)
    np.testing.assert_allclose(value, loss.item(), **EXACT)
    np.testing.assert_allclose(output, norms[: spec.depth], **EXACT)
    np.testing.assert_allclose(weight, norms[spec.depth :], **EXACT)
    assert all(weight.grad is None for weight in network.parameters())


@pytest.mark.parametrize("norm", ["none", "batch"])
@pytest.mark.parametrize("cut", ["none", "first", "every"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_cut_leaves_the_values_as_they_are(family: Family, cut: str, norm: str) -> None:
    spec, examples = small(family, norm, depth=16), batch()
    network = build_family(spec, seed=5).double().train()
    stem, logits = logits_without(network, family, examples.pictures, cut)  # type: ignore[arg-type]
    torch.testing.assert_close(logits, network(examples.pictures))
    assert stem.shape == (6, spec.initial_channels, 8, 8)


def chain(hand: ByHand, examples: Examples, cut: Callable[[int, int], bool]) -> Tensor:
    """Depth 10, so two layers in each block; `cut(block, source)` detaches in later reads."""
    maps = hand.convolve(examples.pictures.mean(1, keepdim=True), norm=False)
    for block in range(3):
        far = maps.detach() if cut(block, 0) else maps
        one = hand.convolve(maps)
        late = one.detach() if cut(block, 1) else one
        if hand.spec.family == "dense":
            maps = torch.cat([far, late, hand.convolve(torch.cat([far, one], 1))], 1)
        elif hand.spec.family == "residual":
            maps = far + hand.convolve(one)
        else:
            maps = torch.cat([far, late, hand.convolve(one)], 1)
        if block < 2:
            maps = avg_pool2d(hand.convolve(maps), 2)
    hand.written.append(linear((maps * (maps > 0)).mean((2, 3)), hand.weights[-1]))
    return cross_entropy(hand.written[-1], examples.labels)


@pytest.mark.parametrize("family", ["residual", "dense", "aggregated"])
def test_cut_gradients_are_those_of_an_independent_pass(family: Family) -> None:
    spec, examples = small(family), batch(torch.float)
    direct = measure_direct(spec, examples, seeds=[7])
    cuts: dict[str, Callable[[int, int], bool]] = {
        "whole": lambda _block, _source: False,
        "first": lambda block, source: (block, source) == (0, 0),
        "every": lambda _block, _source: True,
    }
    double = Examples(examples.pictures.double(), examples.labels)
    for name, cut in cuts.items():
        hand = ByHand(spec, build_family(spec, seed=7).double())
        loss = chain(hand, double, cut)
        (expected,) = torch.autograd.grad(loss, hand.written[0])
        # Float32 against float64, through ten layers.
        np.testing.assert_allclose(getattr(direct, name), [float(expected.norm())], rtol=1e-4)
    assert direct.whole[0] != direct.first[0] != direct.every[0]


def test_a_plain_network_has_no_direct_connection() -> None:
    direct = measure_direct(small("plain"), batch(torch.float), seeds=[0, 1])
    assert direct.whole.tolist() == direct.first.tolist() == direct.every.tolist()


def test_seeds_are_rows_and_progress_is_told() -> None:
    specs = [small("plain"), small("dense")]
    parts: list[float] = []
    flows: list[GradientFlow] = []
    flow = measure_gradients(
        specs, batch(torch.float), seeds=[2, 9], on_progress=parts.append, on_flow=flows.append
    )
    assert parts == sorted(parts)
    assert len(parts) == 4
    assert parts[-1] == 1
    assert [one.families[0].output.shape for one in flows] == [(1, 10), (2, 10)]
    dense = flow.of("dense")
    assert dense is not None
    assert flow.of("residual") is None
    alone = sizes_by_layer(build_family(specs[1], seed=9).train(), batch(torch.float))
    np.testing.assert_allclose(dense.output[1], alone[0], rtol=1e-5)  # float32, other threads
    low, high = dense.range_of("weight")
    assert (low <= dense.middle("weight")).all()
    assert (dense.middle("weight") <= high).all()
    np.testing.assert_allclose(dense.kept("output"), dense.output[:, 0] / dense.output[:, -1])
    form = flow_to_json(flow)
    assert form["depth"] == 10
    assert [len(row["output"][0]) for row in form["families"]] == [10, 10]


def test_a_vanished_gradient_keeps_nothing() -> None:
    from densenet_viz.results.gradients import LayerGradients

    zero = np.zeros((1, 10))
    gradients = LayerGradients(small("plain"), (0,), zero, zero, np.ones(1))
    assert gradients.kept("output").tolist() == [0]


def test_measuring_stops_when_asked() -> None:
    with pytest.raises(Cancelled):
        measure_gradients([small("plain")], batch(torch.float), cancelled=lambda: True)
    with pytest.raises(Cancelled):
        measure_direct(small("plain"), batch(torch.float), cancelled=lambda: True)
