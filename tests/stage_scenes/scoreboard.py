"""Scoreboards whose order is known by hand."""

from __future__ import annotations

from typing import Any

from densenet_viz.scores import Interval, Score, Scoreboard

Ends = tuple[float, float, float]
"""A mean and the two ends of its interval."""


def row(
    method: str,
    rises: Ends | None = None,
    falls: Ends | None = None,
    *,
    title: str | None = None,
    treatment: str = "positive part",
    is_baseline: bool = False,
) -> Score:
    """A row with one measure that rises with quality, one that falls, or both."""
    given = {"energy_inside": rises, "deletion_auc": falls}
    measures = {name: Interval(*ends, 1200) for name, ends in given.items() if ends}
    return Score(method, title or method.title(), treatment, is_baseline, measures)


EDGES = row("edge-map", (0.5, 0.4, 0.6), (0.5, 0.4, 0.6), is_baseline=True, title="Edges")
RANDOM = row("random", (0.1, 0.05, 0.15), (0.9, 0.85, 0.95), is_baseline=True)
GOOD = row("good", (0.9, 0.8, 1.0), (0.1, 0.0, 0.2))
LEVEL = row("level", (0.35, 0.3, 0.41), (0.65, 0.59, 0.7))
TOUCHING = row("touching", (0.3, 0.2, 0.4), (0.7, 0.6, 0.8))
BAD = row("bad", (0.2, 0.1, 0.3), (0.8, 0.7, 0.9))
WORST = row("worst", (0.1, 0.0, 0.2), (0.9, 0.8, 1.0))
ALL = (WORST, GOOD, EDGES, BAD, RANDOM, LEVEL, TOUCHING)


def board(*rows: Score, **changes: Any) -> Scoreboard:
    """A scoreboard with these rows."""
    given: dict[str, Any] = {
        "model": "scenes",
        "seed": 4,
        "scenes": 1200,
        "pairs": 1100,
        "date": "2026-01-02 03:04 UTC",
        "versions": {"torch": "2.13.0", "captum": "0.9"},
        "rows": rows,
    }
    return Scoreboard(**(given | changes))
