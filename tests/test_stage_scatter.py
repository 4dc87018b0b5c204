"""The scatter stage's scene, and the Pareto front against a brute force."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from densenet_viz.stage.scatter.scene import (
    Axis,
    Better,
    Column,
    Group,
    Panel,
    Point,
    Row,
    leading,
    pareto_front,
    scatter_scene,
)

LOWER, HIGHER = Axis("Cost", better="lower"), Axis("Accuracy", "%", better="higher")
GROUPS = (Group("ours", "#D55E00", "circle"), Group("theirs", "#0072B2", "square"))


def point(name: str, x: float, y: float, **more: Any) -> Point:
    return Point(name, x, y, name.upper(), more.pop("group", "ours"), **more)


POINTS = (point("a", 1, 70), point("b", 2, 80), point("c", 3, 75, group="theirs"))
PANEL = Panel("one", "Title", "Sentence.", LOWER, HIGHER, POINTS, front=True, lines=(("a", "c"),))


def scene(*panels: Panel, **more: Any) -> dict[str, Any]:
    return scatter_scene(panels or (PANEL,), groups=GROUPS, label="All", **more)


def beaten(one: Point, other: Point, x: Better, y: Better) -> bool:
    """Whether `other` is at least as good on both axes and better on one."""
    across = (one.x - other.x) * (1 if x == "lower" else -1)
    up = (other.y - one.y) * (1 if y == "higher" else -1)
    return across >= 0 and up >= 0 and (across > 0 or up > 0)


@pytest.mark.parametrize("x", ["lower", "higher"])
@pytest.mark.parametrize("y", ["lower", "higher"])
@pytest.mark.parametrize("seed", range(8))
def test_front_is_what_no_point_beats(x: Better, y: Better, seed: int) -> None:
    # Few values on a grid, so that many points are equal on one axis or on both.
    places = np.random.default_rng(seed).integers(0, 7, (25, 2))
    points = [point(f"{index}", *map(float, place)) for index, place in enumerate(places)]
    free = {one.id for one in points if not any(beaten(one, other, x, y) for other in points)}
    front = pareto_front(points, x, y)
    assert set(front) == free
    assert len(front) == len(free)
    across = [next(one.x for one in points if one.id == name) for name in front]
    assert across == sorted(across)


def test_a_second_value_takes_no_part_in_the_front() -> None:
    points = (*POINTS, point("c", 0.5, 99))
    assert [one.x for one in leading(points)] == [1, 2, 3]
    assert pareto_front(points, "lower", "higher") == ("a", "b")


def test_front_needs_to_know_what_is_better() -> None:
    with pytest.raises(ValueError, match="better end"):
        scene(Panel("one", "", "", Axis("Cost"), HIGHER, POINTS, front=True))


def test_scene_is_plain_json_with_front_lines_and_points() -> None:
    made = json.loads(json.dumps(scene(lit=["b", "b", "unknown", "a"])))
    panel = made["panels"][0]
    assert panel["front"] == ["a", "b"]
    assert panel["lines"] == [["a", "c"]]
    assert [one["id"] for one in panel["points"]] == ["a", "b", "c"]
    assert panel["x"] == {
        "title": "Cost",
        "unit": "",
        "log": False,
        "better": "lower",
        "from_zero": False,
    }
    assert made["lit"] == ["b", "a"]
    assert made["groups"][1] == {"name": "theirs", "colour": "#0072B2", "mark": "square"}


def test_rows_take_their_labels_from_the_points() -> None:
    column = Column("cost", "Cost", "counted", cited=False)
    rows = [Row("b", "ours", ("2",)), Row("z", "theirs", ("9",))]
    made = scene(columns=[column], rows=rows, lit=["z"])
    assert [(row["label"], row["cells"]) for row in made["rows"]] == [("B", ["2"]), ("z", ["9"])]
    assert made["lit"] == ["z"]


def replaced(**values: Any) -> Panel:
    return Panel(**{**PANEL.__dict__, **values})


@pytest.mark.parametrize(
    ("panels", "more", "words"),
    [
        ([], {}, "0 panels"),
        ([PANEL] * 5, {}, "5 panels"),
        ([replaced(points=(), lines=(), front=False)], {}, "no points"),
        ([replaced(points=(point("a", math.nan, 1),), lines=())], {}, "at nan"),
        ([replaced(x=Axis("Cost", log=True, better="lower"), points=(point("a", 0, 1),))], {}, "0"),
        ([replaced(points=(point("a", 1, 1, group="none"),))], {}, "group: 'none'"),
        ([replaced(lines=(("a", "q"),))], {}, "joins 'q'"),
        ([PANEL], {"rows": [Row("a", "ours", ("1",))]}, "1 cells for 0 columns"),
        ([PANEL], {"rows": [Row("a", "none", ())]}, "group: 'none'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    panels: list[Panel], more: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        scatter_scene(panels, groups=GROUPS, label="All", **more)


def test_a_mark_that_nobody_draws_is_refused() -> None:
    star: Any = "star"
    with pytest.raises(ValueError, match="'star'"):
        scatter_scene([PANEL], groups=[Group("ours", "red", star)], label="All")
