"""The scoreboard's scene against boards whose order and words are known by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from densenet_viz.results.scores import MEASURES, Interval, Score
from densenet_viz.stage.scoreboard.scene import scoreboard_scene, worse_than_edges
from tests.facts import names_in
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


TITLES = ("Good", "Level", "Touching", "Bad", "Worst", "Third", "Torn", "Random")


@pytest.mark.parametrize(
    ("rows", "facts"),
    [
        ((GOOD, EDGES), ["Good", "90.0%"]),
        ((GOOD,), ["Good", "90.0%"]),
        ((LEVEL, EDGES), ["Level", "35.0%"]),
        ((BAD, GOOD, EDGES), ["Good", "90.0%", "Bad", "edge detector"]),
        (ALL, ["Good", "90.0%", "2 methods", "edge detector"]),
        ((EDGES, RANDOM), []),
    ],
)
def test_headline_names_the_best_method_and_who_is_worse(
    rows: tuple[Score, ...], facts: list[str]
) -> None:
    known = (*TITLES, "90.0%", "35.0%", "2 methods", "edge detector")
    assert names_in(measure(*rows)["headline"], *known) == facts


def test_headline_gives_the_lowest_where_lower_is_better() -> None:
    headline = measure(*ALL, name="deletion_auc")["headline"]
    assert names_in(headline, *TITLES, "10.0%") == ["Good", "10.0%"]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ((GOOD, EDGES), []),
        ((GOOD, LEVEL, EDGES), ["Level"]),
        ((GOOD, TOUCHING, LEVEL, EDGES), ["Level", "Touching"]),
        ((GOOD, LEVEL, BAD, EDGES), ["Bad"]),  # who is worse, and not who is level
        ((WORST, BAD, row("third", (0.15, 0.1, 0.2)), EDGES), ["Bad", "Third", "Worst"]),
    ],
)
def test_verdict_holds_every_method_against_the_edge_detector(
    rows: tuple[Score, ...], named: list[str]
) -> None:
    verdict = measure(*rows)["verdict"]
    assert "edge detector" in verdict
    assert names_in(verdict, *TITLES) == named


@pytest.mark.parametrize("rows", [(GOOD, BAD, RANDOM), (EDGES, RANDOM)])
def test_there_is_no_verdict_without_a_method_and_an_edge_detector(rows: tuple[Score, ...]) -> None:
    assert measure(*rows)["verdict"] == ""


def test_verdict_tells_level_from_worse() -> None:
    level, worse = (measure(GOOD, one, EDGES)["verdict"] for one in (LEVEL, BAD))
    assert level.replace("Level", "") != worse.replace("Bad", "")


def test_verdict_follows_the_measures_own_direction() -> None:
    # By deletion this one is better than the edge detector, by the object it is worse.
    torn = row("torn", (0.2, 0.1, 0.3), (0.2, 0.1, 0.3))
    assert names_in(measure(torn, EDGES)["verdict"], *TITLES) == ["Torn"]
    assert names_in(measure(torn, EDGES, name="deletion_auc")["verdict"], *TITLES) == []


def test_rows_of_one_title_are_told_apart_by_their_treatment() -> None:
    first = row("s", (0.2, 0.1, 0.3), title="Saliency", treatment="positive part")
    second = row("s-absolute", (0.9, 0.8, 1.0), title="Saliency", treatment="absolute value")
    drawn = measure(first, second, EDGES)
    facts = ["Saliency (absolute value)", "90.0%", "Saliency (positive part)"]
    assert names_in(drawn["headline"], *facts) == facts
    assert names_in(drawn["verdict"], *facts) == ["Saliency (positive part)"]


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
    facts = [
        *("scenes", "1,200", "1,100", "seed 4", "2026-01-02 03:04 UTC"),
        *("torch 2.13.0", "captum 0.9", "95%"),
    ]
    assert names_in(scoreboard_scene(board(GOOD))["caption"], *facts) == facts
    facts.remove("1,100")
    assert names_in(scoreboard_scene(board(GOOD, pairs=0))["caption"], *facts) == facts
    assert "two" not in scoreboard_scene(board(GOOD, pairs=0))["caption"]


def test_scene_is_plain_json() -> None:
    drawn = scoreboard_scene(board(*ALL))
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn


@pytest.mark.parametrize("rows", [(), (row("unmeasured"),)], ids=["no rows", "no measures"])
def test_a_board_without_a_measure_is_refused(rows: tuple[Score, ...]) -> None:
    with pytest.raises(ValueError, match="no measured row"):
        scoreboard_scene(board(*rows))
