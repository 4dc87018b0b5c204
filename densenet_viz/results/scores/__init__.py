"""Attribution methods measured against true masks: frozen values, and their JSON form. No torch."""

from densenet_viz.results.scores.form import FORMAT, from_json, to_json
from densenet_viz.results.scores.values import (
    MEASURES,
    Interval,
    Measure,
    PrecisionRecall,
    Score,
    Scoreboard,
)

__all__ = [
    "FORMAT",
    "MEASURES",
    "Interval",
    "Measure",
    "PrecisionRecall",
    "Score",
    "Scoreboard",
    "from_json",
    "to_json",
]
