"""A small scoreboard with a row that is best by each measure, one behind it, and a baseline."""

from __future__ import annotations

from typing import Any

from densenet_viz.scores import Interval, Score, Scoreboard


def board(**changes: Any) -> Scoreboard:
    """Of 3 scenes and 2 pairs; `changes` replace fields."""
    given: dict[str, Any] = {
        "model": "scenes",
        "seed": 4,
        "scenes": 3,
        "pairs": 2,
        "date": "2026-01-02 03:04 UTC",
        "versions": {"torch": "2.13.0"},
        "machine": {"processor": "Acme 9"},
        "notes": ("No picture has a tag.",),
        "rows": (
            row("good", 0.9, 0.1),
            row("better", 0.95, 0.05),
            row("edges", 0.99, 0.01, is_baseline=True),
        ),
    }
    return Scoreboard(**(given | changes))


def row(method: str, pointing: float, deletion: float, *, is_baseline: bool = False) -> Score:
    """One method's means, each with its interval."""
    measures = {
        "pointing_game": Interval(pointing, pointing - 0.01, 1.0, 3),
        "deletion_auc": Interval(deletion, 0.0, deletion + 0.01, 2),
    }
    return Score(method, method.title(), "positive part", is_baseline, measures)
