"""The scene of the measures: the order of the pixels, the best of each row, and the words."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from densenet_viz.stage.faithful import LEVELS, MEASURES, Line, packed_order
from densenet_viz.stage.outline import outline
from tests.stage_scenes.faithful import MASK, SIZE, line, scene


@pytest.mark.parametrize(("size", "steps"), [(8, 16), (64, 16), (128, 16), (224, 16), (224, 12)])
def test_the_bytes_say_who_is_gone_at_each_step(size: int, steps: int) -> None:
    count = size * size
    rank = np.random.default_rng(size).permutation(count).astype(np.int32).reshape(size, size)
    places = np.frombuffer(base64.b64decode(packed_order(rank)), np.uint8).reshape(size, size)
    for step in range(steps + 1):
        level = LEVELS * step / steps
        gone = rank < round(count * step / steps)
        beyond = np.count_nonzero((places < level) != gone)
        assert beyond <= (0 if LEVELS % steps == 0 else count / LEVELS + 1)


def test_the_scene_holds_all_lines_and_what_the_pictures_need() -> None:
    given = json.loads(json.dumps(scene(line("A"), line("B", 0.25), planned=3)))
    assert [one["title"] for one in given["lines"]] == ["A", "B", "Random map"]
    assert given["lines"][1]["deletion"] == [1, 0.25, 0]
    assert given["lines"][1]["areas"] == {"deletion": "25%", "insertion": "50%"}
    assert [bool(one["colour"]) for one in given["lines"]] == [True, True, False]
    assert given["waiting"] == ["More"]
    assert (given["mean"], given["size"], given["notes"]) == ([1, 2, 3], SIZE, ["Mind this."])
    assert given["outline"] == outline(MASK)
    assert scene(line("A"), mask=None)["outline"] == ""


def row(title: str, *methods: Line) -> dict[str, Any]:
    return next(one for one in scene(*methods)["measures"] if one["title"] == title)


def test_only_measures_that_were_taken_have_a_row() -> None:
    titles = [one["title"] for one in scene(line("A"))["measures"]]
    assert titles == ["Deletion, area", "Insertion, area", "Infidelity, unexplained"]
    found = row("Pointing game", line("A", pointing=1.0), line("B", pointing=0.0))
    assert [one["text"] for one in found["values"]] == ["hit", "miss", "–"]


def test_the_best_method_is_marked_by_the_right_direction() -> None:
    methods = (line("A", 0.25, energy=0.25), line("B", 0.5, energy=0.75))
    assert [one["best"] for one in row("Deletion, area", *methods)["values"]] == [1, 0, 0]
    assert [one["best"] for one in row("Energy in the object", *methods)["values"]] == [0, 1, 0]
    assert row("Deletion, area", *methods)["better"] == "lower is better"
    # Where all are alike none is best, and a single one has nobody to beat.
    assert not any(one["best"] for one in row("Insertion, area", *methods)["values"])
    assert not any(one["best"] for one in row("Deletion, area", line("A"))["values"])


def test_methods_that_read_alike_share_the_mark() -> None:
    lines = (line("A", 0.2501), line("B", 0.2499), line("C", 0.5))
    assert [one["best"] for one in row("Deletion, area", *lines)["values"]] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("methods", "title"),
    [
        (
            [line("A", 0.5)],
            "Without the pixels that A marks, ring is gone soonest",
        ),
        ([line("A", 0.6)], "A takes ring away no sooner than what asks no network"),
        ([line("A"), line("B")], "No measure tells these maps apart"),
        (
            [line("A", 0.25, energy=0.5), line("B", energy=0.25)],
            "A is ahead in every measure that tells these maps apart",
        ),
        (
            [line("A", 0.25, energy=0.25), line("B", energy=0.5)],
            "The measures disagree: A leads in deletion, B in energy in the object",
        ),
    ],
)
def test_the_title_says_what_to_see(methods: list[Line], title: str) -> None:
    assert scene(*methods)["title"] == title


def test_before_all_are_measured_nobody_is_ahead() -> None:
    given = scene(line("A", 0.1), planned=2)
    assert given["title"] == "Do the highest pixels matter to the network’s ring?"
    assert given["sentence"].endswith("A 10%, Random map 60%.")


def test_every_measure_has_its_sentence() -> None:
    for measure in MEASURES.values():
        assert measure.meaning.endswith(".")
        assert measure.better in ("lower", "higher")


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="5 methods were given; up to 4 are allowed"):
        scene(line("A"), planned=5)
    with pytest.raises(ValueError, match=r"A map is \(4, 4\); the picture's \(8, 8\)"):
        scene(line("A", size=4))
