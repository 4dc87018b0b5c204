"""The four families: their counts against networks that run, and their equal budgets."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from densenet_viz.facts.arithmetic.limits import SpecError
from densenet_viz.facts.families import (
    BUDGET_TOLERANCE,
    FAMILIES,
    Family,
    FamilySpec,
    dense_spec,
    matched,
)
from densenet_viz.network.families import build_family, weight_layers

SETTINGS = [
    dense_spec(10, 4),
    dense_spec(16, 6, norm="none"),
    dense_spec(22, 5, bottleneck=True, compression=0.7),
    dense_spec(16, 8, input_size=32, input_channels=3, num_classes=16, compression=1),
]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dense", SETTINGS)
def test_counts_are_those_of_the_live_network(dense: FamilySpec, family: Family) -> None:
    spec = matched(dense, family)
    network = build_family(spec, seed=0)
    assert spec.parameters == sum(weight.numel() for weight in network.parameters())
    assert len(weight_layers(network)) == spec.depth == dense.depth
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 3, spec.input_size, spec.input_size))
    assert spec.multiply_adds == counter.get_total_flops() // 2


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("depth", [10, 58, 106])
@pytest.mark.parametrize("growth_rate", [3, 16])
def test_budgets_are_equal(family: Family, depth: int, growth_rate: int) -> None:
    dense = dense_spec(depth, growth_rate)
    away = abs(matched(dense, family).parameters - dense.parameters)
    assert away <= BUDGET_TOLERANCE * dense.parameters


@pytest.mark.parametrize("family", FAMILIES)
def test_a_block_is_its_equation(family: Family) -> None:
    spec = matched(dense_spec(10, 4, norm="none"), family)
    network = build_family(spec, seed=1).double()
    x = torch.randn(2, 3, 16, 16, dtype=torch.double)
    maps = network.features.conv0(x)
    for block in (1, 2, 3):
        first, second = getattr(network.features, f"block{block}").layers
        one = first(maps)
        if family == "dense":
            kept = [maps, one]
            maps = torch.cat([*kept, second(torch.cat(kept, 1))], 1)
        elif family == "aggregated":
            maps = torch.cat([maps, one, second(one)], 1)
        else:
            maps = second(one) + (maps if family == "residual" else 0)
        if block < 3:
            maps = getattr(network.features, f"transition{block}")(maps)
    logits = network.classifier(maps.relu().mean((2, 3)))
    torch.testing.assert_close(network(x), logits)


def test_a_dense_network_with_norms_has_torchvisions_names() -> None:
    names = dict(build_family(dense_spec(16, 4)).named_modules())
    assert isinstance(names["features.denseblock3.denselayer4.conv1"], nn.Conv2d)


@pytest.mark.parametrize(
    "settings",
    [
        {"depth": 11},
        {"depth": 154},
        {"widths": (4, 4, 8)},
        {"widths": (0, 0, 0)},
        {"input_size": 3},
        {"norm": "layer"},
        {"compression": 0},
        {"family": "plain", "bottleneck": True},
        {"family": "plain", "widths": (4, 8, 16), "initial_channels": 5},
        {"family": "other"},
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(SpecError):
        FamilySpec(**{"family": "dense", **settings})  # type: ignore[arg-type]
