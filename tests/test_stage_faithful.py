"""The scene of the measures: the order of the pixels, the best of each row, and the words."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from densenet_viz.stage.faithful.scene import LEVELS, MEASURES, Line, packed_order
from densenet_viz.stage.shared.outline import outline
from tests.facts import names_in
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


def test_curves_of_logits_have_an_axis_of_their_own() -> None:
    given = scene(line("A", -2.5), axis="logit")
    assert given["axis"] == {"name": "logit", "low": -3, "high": 1}
    assert given["lines"][0]["areas"]["deletion"] == "−2.50"
    assert "logit" in given["sentence"]
    assert scene(line("A"))["axis"] == {"name": "probability", "low": 0, "high": 1}


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
    assert "lower" in row("Deletion, area", *methods)["better"]
    # Where all are alike none is best, and a single one has nobody to beat.
    assert not any(one["best"] for one in row("Insertion, area", *methods)["values"])
    assert not any(one["best"] for one in row("Deletion, area", line("A"))["values"])


def test_methods_that_read_alike_share_the_mark() -> None:
    lines = (line("A", 0.2501), line("B", 0.2499), line("C", 0.5))
    assert [one["best"] for one in row("Deletion, area", *lines)["values"]] == [1, 1, 0, 0]


def test_the_title_says_what_to_see() -> None:
    """Methods are called α and β, which stand in no word."""
    a, b = "α", "β"
    cases = {
        "faster than random": [line(a, 0.5)],
        "as slow as random": [line(a, 0.6)],
        "alike": [line(a), line(b)],
        "one ahead": [line(a, 0.25, energy=0.5), line(b, energy=0.25)],
        "each ahead": [line(a, 0.25, energy=0.25), line(b, energy=0.5)],
    }
    titles = {case: scene(*methods)["title"] for case, methods in cases.items()}
    assert len(set(titles.values())) == len(cases)
    assert {case: names_in(title, a, b) for case, title in titles.items()} == {
        "faster than random": [a],
        "as slow as random": [a],
        "alike": [],
        "one ahead": [a],
        "each ahead": [a, b],
    }
    leads = [a, "deletion", b, "energy"]
    assert names_in(titles["each ahead"], *leads) == leads


def test_two_that_are_equally_good_are_ahead_of_a_third() -> None:
    a, b, c = "α", "β", "γ"
    ahead = [line(a, 0.25, energy=0.2), line(b, energy=0.5), line(c, energy=0.5)]
    assert names_in(scene(*ahead)["title"], a, b, c) == [a, b]
    both = [line(a), line(b, 0.25, energy=0.5), line(c, 0.25, energy=0.5)]
    assert names_in(scene(*both)["title"], a, b, c) == [b, c]


def test_before_all_are_measured_nobody_is_ahead() -> None:
    given = scene(line("α", 0.1), planned=2)
    assert "α" not in given["title"]
    facts = ["α", "10%", "Random map", "60%"]
    assert names_in(given["sentence"], *facts) == facts


def test_every_measure_has_its_sentence() -> None:
    for measure in MEASURES.values():
        assert measure.meaning.endswith(".")
        assert measure.better in ("lower", "higher")


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="5 methods were given; up to 4 are allowed"):
        scene(line("A"), planned=5)
    with pytest.raises(ValueError, match=r"A map is \(4, 4\); the picture's \(8, 8\)"):
        scene(line("A", size=4))
