"""Attribution methods compared with true masks and baselines, one measure at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from densenet_viz.results.scores import Interval, Measure, Score, Scoreboard

EDGES = "edge"
"""Part of the name of the edge-detector baseline: it sees the picture but not the network."""


class Row(TypedDict):
    """A method's mean and interval in one measure."""

    id: str
    mean: float
    low: float
    high: float
    text: str
    range: str
    count: int
    isWorse: bool


class MeasureScene(TypedDict):
    """One measure: its words, its two lines where they are known, and its rows, the best first."""

    name: str
    title: str
    headline: str
    explanation: str
    verdict: str
    higherIsBetter: bool
    chance: float | None
    edges: float | None
    rows: list[Row]


class Method(TypedDict):
    """A row of the table: a cell a measure."""

    id: str
    title: str
    treatment: str
    isBaseline: bool
    cells: list[str]


class ScoreboardScene(TypedDict):
    """What `scoreboard.js` shows."""

    measures: list[MeasureScene]
    methods: list[Method]
    caption: str


def scoreboard_scene(board: Scoreboard) -> ScoreboardScene:
    """The scene of `scoreboard.js`: for each measure its rows, best first, and its texts.

    Raises:
        ValueError: the scoreboard has no row with a measure.
    """
    measures = board.measured()
    if not measures:
        raise ValueError("the scoreboard has no measured row")
    return {
        "measures": [_measure(board, measure) for measure in measures],
        "methods": [
            {
                "id": row.method,
                "title": row.title,
                "treatment": row.treatment,
                "isBaseline": row.is_baseline,
                "cells": [_cell(row.measures.get(measure.name)) for measure in measures],
            }
            for row in board.rows
        ],
        "caption": _caption(board),
    }


def worse_than_edges(board: Scoreboard, measure: Measure) -> tuple[Score, ...]:
    """The methods whose whole interval is worse than the edge detector's, best first.

    Empty if there is no edge detector or no method is worse.
    """
    edges = _edges(board, measure)
    if edges is None:
        return ()
    return tuple(
        row
        for row in board.ranked(measure.name)
        if not row.is_baseline and _clearly_below(measure, row, edges)
    )


def _measure(board: Scoreboard, measure: Measure) -> MeasureScene:
    worse = worse_than_edges(board, measure)
    edges = _edges(board, measure)
    return {
        "name": measure.name,
        "title": measure.title,
        "headline": _headline(board, measure, worse),
        "explanation": measure.explanation,
        "verdict": _verdict(board, measure, worse),
        "higherIsBetter": measure.higher_is_better,
        "chance": measure.chance,
        "edges": None if edges is None else edges.measures[measure.name].mean,
        "rows": [
            _row(row, row.measures[measure.name], row in worse)
            for row in board.ranked(measure.name)
        ],
    }


def _row(row: Score, interval: Interval, is_worse: bool) -> Row:
    return {
        "id": row.method,
        "mean": interval.mean,
        "low": interval.low,
        "high": interval.high,
        "text": f"{interval.mean:.1%}",
        "range": f"{100 * interval.low:.1f}–{100 * interval.high:.1f}%",
        "count": interval.count,
        "isWorse": is_worse,
    }


def _edges(board: Scoreboard, measure: Measure) -> Score | None:
    rows = board.ranked(measure.name)
    return next((row for row in rows if row.is_baseline and EDGES in row.method), None)


def _clearly_below(measure: Measure, row: Score, other: Score) -> bool:
    one, two = row.measures[measure.name], other.measures[measure.name]
    return one.high < two.low if measure.higher_is_better else one.low > two.high


def _headline(board: Scoreboard, measure: Measure, worse: Sequence[Score]) -> str:
    best = board.best(measure.name)
    if best is None:
        return "Only baselines were measured"
    first = f"{_named(board, best)} is best: {best.measures[measure.name].mean:.1%}"
    if not worse:
        return first
    if len(worse) == 1:
        return f"{first}. {_named(board, worse[0])} is worse than an edge detector"
    return f"{first}. {len(worse)} methods are worse than an edge detector"


def _verdict(board: Scoreboard, measure: Measure, worse: Sequence[Score]) -> str:
    """How the methods compare with the edge detector, which does not use the network."""
    edges = _edges(board, measure)
    methods = [row for row in board.ranked(measure.name) if not row.is_baseline]
    if edges is None or not methods:
        return ""
    behind = "which sees the picture but not the network"
    if worse:
        names = _listed([_named(board, row) for row in worse])
        return f"Worse than an edge detector, {behind}: {names}."
    level = [row for row in methods if not _clearly_below(measure, edges, row)]
    if level:
        names = _listed([_named(board, row) for row in level])
        return f"Not clearly better than an edge detector, {behind}: {names}."
    return f"Every method is better than an edge detector, {behind}."


def _named(board: Scoreboard, row: Score) -> str:
    """The title, with the treatment if another row has the same title."""
    same = [one for one in board.rows if one.title == row.title]
    return row.title if len(same) == 1 else f"{row.title} ({row.treatment})"


def _listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence.

    >>> _listed(["a"]), _listed(["a", "b"]), _listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), names[-1]])


def _cell(interval: Interval | None) -> str:
    return "" if interval is None else str(interval)


def _caption(board: Scoreboard) -> str:
    pairs = f" and {board.pairs:,} of two" if board.pairs else ""
    versions = ", ".join(f"{name} {version}" for name, version in board.versions.items())
    return (
        f"Model “{board.model}”, {board.scenes:,} scenes of one object{pairs}, seed {board.seed}, "
        f"measured {board.date} with {versions}. Bars show 95% intervals of the mean."
    )
