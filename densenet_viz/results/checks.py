"""A map beside the one that Captum makes by its plain call."""

from __future__ import annotations

from dataclasses import dataclass

from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Maps


@dataclass(frozen=True)
class Effort:
    """What one computation of a map took.

    `bytes` is the most memory that the process used above what it used before; None if this system
    does not tell.
    """

    seconds: float
    bytes: int | None


@dataclass(frozen=True, eq=False)
class CaptumCheck:
    """A map, computed again, and Captum's plain call on the network's plain modules, one after the
    other in one run.

    `theirs` has the shape of `ours.values`. `cosine` (-1 to 1) and `rank` (Spearman's, -1 to 1; 0
    if one map is the same everywhere) compare the values; `largest_difference` is the largest
    absolute difference as a part of Captum's largest absolute value, 0 or more.
    """

    ours: Attribution
    theirs: Maps
    classes: str
    our_effort: Effort
    their_effort: Effort
    cosine: float
    rank: float
    largest_difference: float
