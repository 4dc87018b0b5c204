"""The scoreboard of a network of sixteen classes that is as small as possible."""

from __future__ import annotations

from typing import Any

from densenet_viz.evaluation import evaluate
from densenet_viz.results.scores import Scoreboard
from tests.small_models import tiny


def scored(name: str = "scenes", **changes: Any) -> Scoreboard:
    """The scoreboard of two quick methods on 4 scenes and 3 pairs; `changes` replace options."""
    given: dict[str, Any] = {
        "methods": ("grad-cam", "saliency"),
        "scenes": 4,
        "pairs": 3,
        "perturb": 2,
        "seed": 9,
        "workers": 1,
    }
    return evaluate(tiny(name), **(given | changes))
