"""The command gradients."""

from __future__ import annotations

import json

import pytest

from densenet_viz.cli import main
from densenet_viz.evaluation.families.digits import digit_batch
from densenet_viz.facts.families import BUDGET_TOLERANCE, FAMILIES, FamilySpec, dense_spec
from densenet_viz.facts.gradient_flow import DEPTHS, GROWTH_RATES, memory_of, specs_of
from densenet_viz.measure.gradients import sizes_by_layer
from densenet_viz.network.families import build_family
from tests.tiers import in_tiers

SMALL = ["gradients", "--depth", "10", "--growth-rate", "4", "--pictures", "8", "--seeds", "2"]


def test_gradients_are_those_of_the_networks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--norm", "none", "--direct", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["family"] for row in told["families"]] == ["plain", "residual", "dense"]
    assert (told["depth"], told["pictures"], told["norm"]) == (10, 8, "none")
    spec = dense_spec(10, 4, norm="none")
    output, _, loss = sizes_by_layer(build_family(spec, seed=1).train(), digit_batch(8))
    dense = told["families"][2]
    assert dense["output"][1] == pytest.approx(output, rel=1e-4)
    assert dense["losses"][1] == pytest.approx(loss, rel=1e-4)
    plain = told["direct"][0]
    assert plain["whole"] == plain["without_any_direct_connection"]
    assert main(SMALL) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3 + 10 + 3


@pytest.mark.parametrize(
    "words",
    [
        ["--families", "plain,other"],
        ["--families", ""],
        ["--depth", "11"],
        ["--depth", "9"],
        ["--norm", "layer"],
        ["--seeds", "0"],
        ["--out", "found.json"],
    ],
)
def test_what_cannot_be_met_is_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["gradients", *words])
    except SystemExit as left:
        code = left.code  # type: ignore[assignment]
    assert code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("growth_rate", in_tiers(GROWTH_RATES, first={3}))
@pytest.mark.parametrize("norm", ["none", "batch"])
def test_every_setting_of_the_page_has_equal_budgets(growth_rate: int, norm: str) -> None:
    for depth in DEPTHS:
        specs = specs_of(FAMILIES, depth, growth_rate, norm)  # type: ignore[arg-type]
        dense = next(spec for spec in specs if spec.family == "dense").parameters
        assert [spec.depth for spec in specs] == [depth] * 4
        assert all(abs(one.parameters - dense) <= BUDGET_TOLERANCE * dense for one in specs)


def test_memory_grows_with_the_network_and_the_batch() -> None:
    small: list[FamilySpec] = specs_of(FAMILIES, 22, 4, "batch")
    large = specs_of(FAMILIES, 106, 8, "batch")
    assert 0 < memory_of(small) < memory_of(large) < 3e9
    assert memory_of(small, 128) == 2 * memory_of(small, 64)


def test_the_batch_has_every_digit() -> None:
    batch = digit_batch()
    assert batch.pictures.shape == (64, 3, 16, 16)
    assert set(batch.labels.tolist()) == set(range(10))
