"""What jobs took on this machine, so that the next ones have an estimate. It knows no visitors."""

from __future__ import annotations

from collections.abc import Hashable
from statistics import median_low

from densenet_viz.ui.work.keeping import Kept

LAST = 3
"""Runs that count: one that took unusually long changes no estimate. Of two, the shorter counts."""
MOST = 256
"""Kinds that are kept."""


class Experience:
    """The seconds that the last runs of each kind took for a unit of work; threads may share it."""

    def __init__(self, most: int = MOST) -> None:
        self._rates = Kept(most)

    def note(self, kind: Hashable, work: float, seconds: float) -> None:
        """Takes what a run of `work` units took; a run of no kind teaches nothing."""
        if kind is not None and work > 0:
            self._rates.put(kind, (*self._rates.find(kind, ()), seconds / work)[-LAST:])

    def expected(self, kind: Hashable, work: float = 1.0) -> float | None:
        """Seconds for `work` units; None if no run of the kind is known."""
        rates = None if kind is None else self._rates.find(kind)
        return median_low(rates) * work if rates else None


EXPERIENCE = Experience()
