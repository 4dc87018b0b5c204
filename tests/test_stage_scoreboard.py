"""The scoreboard's scene against boards whose order and words are known by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from densenet_viz.scores import MEASURES, Interval, Score
from densenet_viz.stage.scoreboard import scoreboard_scene, worse_than_edges
from tests.stage_scenes.scoreboard import (
    ALL,
    BAD,
    EDGES,
    GOOD,
    LEVEL,
    RANDOM,
    TOUCHING,
    WORST,
    board,
    row,
)

RISES, FALLS = MEASURES["energy_inside"], MEASURES["deletion_auc"]
ASKED = MEASURES["energy_on_asked"]


def measure(*rows: Score, name: str = "energy_inside") -> dict[str, Any]:
    measures = scoreboard_scene(board(*rows))["measures"]
    return next(one for one in measures if one["name"] == name)


@pytest.mark.parametrize("name", ["energy_inside", "deletion_auc"])
def test_rows_stand_by_what_is_better_whichever_way_that_is(name: str) -> None:
    drawn = measure(*ALL, name=name)
    assert [one["id"] for one in drawn["rows"]] == [
        "good",
        "edge-map",
        "level",
        "touching",
        "bad",
        "worst",  # as good as random and given before it
        "random",
    ]
    assert drawn["higherIsBetter"] == (name == "energy_inside")


@pytest.mark.parametrize("given", [RISES, FALLS], ids=lambda one: one.name)
def test_worse_are_methods_whose_whole_interval_is(given: Any) -> None:
    # One that overlaps or touches the edge detector's is not, and no baseline is ever called so.
    assert worse_than_edges(board(*ALL), given) == (BAD, WORST)
    rows = measure(*ALL, name=given.name)["rows"]
    assert [one["id"] for one in rows if one["isWorse"]] == ["bad", "worst"]


def test_nothing_is_worse_without_an_edge_detector() -> None:
    assert worse_than_edges(board(WORST, RANDOM), RISES) == ()
    # A method that has the word in its name is no baseline.
    assert worse_than_edges(board(WORST, row("edge-method", (0.9, 0.8, 1.0))), RISES) == ()


def test_a_method_without_the_measure_is_not_compared() -> None:
    half = row("half", None, (0.9, 0.8, 1.0))
    assert worse_than_edges(board(half, EDGES), RISES) == ()
    assert worse_than_edges(board(half, EDGES), FALLS) == (half,)


def test_a_row_has_its_numbers_and_their_words() -> None:
    assert measure(row("one", (0.12345, 0.1, 0.15678)))["rows"] == [
        {
            "id": "one",
            "mean": 0.12345,
            "low": 0.1,
            "high": 0.15678,
            "text": "12.3%",
            "range": "10.0–15.7%",
            "count": 1200,
            "isWorse": False,
        }
    ]


def test_lines_stand_at_the_edge_detector_and_at_chance() -> None:
    assert measure(GOOD, EDGES)["edges"] == 0.5
    assert measure(GOOD, EDGES)["chance"] is None
    assert measure(GOOD)["edges"] is None
    asked = Score("one", "One", "", False, {ASKED.name: Interval(0.6, 0.5, 0.7, 9)})
    assert measure(asked, name=ASKED.name)["chance"] == 0.5


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((GOOD, EDGES), "Good does best: 90.0%"),
        ((GOOD,), "Good does best: 90.0%"),
        ((LEVEL, EDGES), "Level does best: 35.0%"),
        ((BAD, GOOD, EDGES), "Good does best: 90.0%. Bad does worse than an edge detector"),
        (ALL, "Good does best: 90.0%. 2 methods do worse than an edge detector"),
        ((EDGES, RANDOM), "Only baselines were measured"),
    ],
)
def test_headline_names_the_best_method_and_who_is_worse(
    rows: tuple[Score, ...], words: str
) -> None:
    assert measure(*rows)["headline"] == words


def test_headline_gives_the_lowest_where_lower_is_better() -> None:
    assert measure(*ALL, name="deletion_auc")["headline"].startswith("Good does best: 10.0%")


BEHIND = "an edge detector, which knows the picture and nothing of the network"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((GOOD, EDGES), f"Every method does better than {BEHIND}."),
        ((GOOD, LEVEL, EDGES), f"Not clearly better than {BEHIND}: Level."),
        ((GOOD, TOUCHING, LEVEL, EDGES), f"Not clearly better than {BEHIND}: Level and Touching."),
        ((GOOD, LEVEL, BAD, EDGES), f"Worse than {BEHIND}: Bad."),
        (
            (WORST, BAD, row("third", (0.15, 0.1, 0.2)), EDGES),
            f"Worse than {BEHIND}: Bad, Third and Worst.",
        ),
        ((GOOD, BAD, RANDOM), ""),
        ((EDGES, RANDOM), ""),
    ],
)
def test_verdict_holds_every_method_against_the_edge_detector(
    rows: tuple[Score, ...], words: str
) -> None:
    assert measure(*rows)["verdict"] == words


def test_verdict_follows_the_measures_own_direction() -> None:
    # By deletion this one is better than the edge detector, by the object it is worse.
    torn = row("torn", (0.2, 0.1, 0.3), (0.2, 0.1, 0.3))
    assert measure(torn, EDGES)["verdict"] == f"Worse than {BEHIND}: Torn."
    assert measure(torn, EDGES, name="deletion_auc")["verdict"].startswith("Every method")


def test_rows_of_one_title_are_told_apart_by_their_treatment() -> None:
    first = row("s", (0.2, 0.1, 0.3), title="Saliency", treatment="positive part")
    second = row("s-absolute", (0.9, 0.8, 1.0), title="Saliency", treatment="absolute value")
    drawn = measure(first, second, EDGES)
    assert drawn["headline"] == (
        "Saliency (absolute value) does best: 90.0%. "
        "Saliency (positive part) does worse than an edge detector"
    )
    assert drawn["verdict"] == f"Worse than {BEHIND}: Saliency (positive part)."


def test_measures_come_in_their_own_order_with_their_words() -> None:
    measures = scoreboard_scene(board(row("late", None, (0.5, 0.4, 0.6)), GOOD))["measures"]
    assert [one["name"] for one in measures] == ["energy_inside", "deletion_auc"]
    assert measures[1]["title"] == "Deletion"
    assert measures[1]["explanation"] == FALLS.explanation


def test_what_was_not_measured_is_an_empty_cell_and_no_row() -> None:
    half = row("half", None, (0.5, 0.4, 0.6), treatment="absolute value")
    drawn = scoreboard_scene(board(half, EDGES))
    assert drawn["methods"] == [
        {
            "id": "half",
            "title": "Half",
            "treatment": "absolute value",
            "isBaseline": False,
            "cells": ["", "50.0% (40.0–60.0)"],
        },
        {
            "id": "edge-map",
            "title": "Edges",
            "treatment": "positive part",
            "isBaseline": True,
            "cells": ["50.0% (40.0–60.0)", "50.0% (40.0–60.0)"],
        },
    ]
    ids = [[one["id"] for one in each["rows"]] for each in drawn["measures"]]
    assert ids == [["edge-map"], ["half", "edge-map"]]


def test_caption_says_what_was_measured_when_and_with_what() -> None:
    made = "measured 2026-01-02 03:04 UTC with torch 2.13.0, captum 0.9."
    bars = "Bars are 95% intervals of the mean."
    assert scoreboard_scene(board(GOOD))["caption"] == (
        f"Model “scenes”, 1,200 scenes of one object and 1,100 of two, seed 4, {made} {bars}"
    )
    assert scoreboard_scene(board(GOOD, pairs=0))["caption"] == (
        f"Model “scenes”, 1,200 scenes of one object, seed 4, {made} {bars}"
    )


def test_scene_is_plain_json() -> None:
    drawn = scoreboard_scene(board(*ALL))
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn


@pytest.mark.parametrize("rows", [(), (row("unmeasured"),)], ids=["no rows", "no measures"])
def test_a_board_without_a_measure_is_refused(rows: tuple[Score, ...]) -> None:
    with pytest.raises(ValueError, match="no measured row"):
        scoreboard_scene(board(*rows))
