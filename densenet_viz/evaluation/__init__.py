"""Attribution methods measured against the true masks of drawn scenes.

Importing this loads neither torch nor Captum; the first use of `evaluate` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from densenet_viz.evaluation.scoreboard import EvaluationError, evaluate

__all__ = ["EvaluationError", "evaluate"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from densenet_viz.evaluation import scoreboard

        return getattr(scoreboard, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
