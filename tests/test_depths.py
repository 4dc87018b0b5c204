"""The first layer's gradient at many depths: the bundled table, and measuring it again."""

from __future__ import annotations

import json

import pytest

from densenet_viz.evaluation.families.depths import measure_depths
from densenet_viz.evaluation.families.digits import digit_batch
from densenet_viz.facts.families import BUDGET_TOLERANCE, FAMILIES
from densenet_viz.facts.gradient_flow import DEPTHS, SEEDS, specs_of
from densenet_viz.figures.depths import depths_figure
from densenet_viz.measure.gradients import measure_gradients
from densenet_viz.network.models import ASSETS
from densenet_viz.results.depths import DepthCurves, DepthPoint, curves_from_json, curves_to_json

BUNDLED = curves_from_json(json.loads((ASSETS / "gradients.json").read_text("utf-8")))


def test_the_bundled_table_has_every_setting_of_the_page() -> None:
    assert len(BUNDLED.seeds) == SEEDS
    for norm in ("none", "batch"):
        assert BUNDLED.families(norm) == FAMILIES
        for family in FAMILIES:
            points = BUNDLED.of(family, norm)
            assert tuple(point.depth for point in points) == DEPTHS
            for point in points:
                (dense,) = [p for p in BUNDLED.of("dense", norm) if p.depth == point.depth]
                assert abs(point.parameters - dense.parameters) <= (
                    BUDGET_TOLERANCE * dense.parameters
                )


def test_the_bundled_table_is_measured_again() -> None:
    """Its shallowest networks; another processor adds in another order."""
    flow = measure_gradients(
        specs_of(FAMILIES, DEPTHS[0], BUNDLED.growth_rate, "none"),
        digit_batch(BUNDLED.pictures),
        seeds=BUNDLED.seeds[:1],
    )
    for one in flow.families:
        point = BUNDLED.of(one.family, "none")[0]
        assert one.kept("output")[0] == pytest.approx(point.output[0], rel=0.01)
        assert one.spec.parameters == point.parameters


def test_json_gives_the_curves_back() -> None:
    assert curves_from_json(curves_to_json(BUNDLED)) == BUNDLED
    with pytest.raises(ValueError, match="format"):
        curves_from_json({"format": 0})


def test_depths_are_measured_with_progress() -> None:
    parts: list[float] = []
    seen: list[DepthCurves] = []
    curves = measure_depths(
        ["plain", "dense"],
        (16, 10),
        3,
        ("none",),
        seeds=[0, 1],
        pictures=8,
        on_progress=parts.append,
        on_curves=seen.append,
    )
    assert [point.depth for point in curves.of("dense", "none")] == [10, 16]
    assert [len(one.points) for one in seen] == [2, 4]
    assert parts == sorted(parts)
    assert parts[-1] == 1
    figure = depths_figure(curves, "none", "output", ["plain", "dense"])
    assert [list(line.x) for line in figure.data] == [[10, 16]] * 2


def test_a_gradient_has_vanished_from_the_depth_after_which_it_stays_small() -> None:
    def point(depth: int, part: float) -> DepthPoint:
        return DepthPoint("plain", depth, "none", 1, (part,) * 3, (part,) * 3)

    points = (point(10, 0.005), point(22, 0.5), point(34, 0.009), point(46, 0.001))
    curves = DepthCurves(6, 8, (0, 1, 2), {}, points)
    assert curves.vanished_at("plain", "none", "output", 0.01) == 34
    assert curves.vanished_at("plain", "none", "output", 1e-4) is None
    assert curves.vanished_at("dense", "none", "output", 0.01) is None
