"""Do large weights mean important connections? Notions of importance, compared by their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from densenet_viz.evaluation.agreement import rank_correlation
from densenet_viz.facts.connections import Connection
from densenet_viz.results.scores import Interval

RESAMPLES = 1000
FEWEST = 4
"""Connections that a rank correlation needs at least."""


def rank_agreement(
    one: Mapping[Connection, float],
    other: Mapping[Connection, float],
    connections: Sequence[Connection],
) -> Interval | None:
    """Spearman's rho over some connections, with the 95% bootstrap interval over connections.

    The resampling has a fixed seed: the same numbers give the same interval.

    Args:
        one: the importance of each connection by one notion, such as its mean absolute weight.
        other: by another notion, such as the size of the effect of cutting it.
        connections: those that are compared.

    Returns:
        None if there are fewer than `FEWEST`, or if all are equally important by a notion.
    """
    first = np.array([one[each] for each in connections], dtype=np.float64)
    second = np.array([other[each] for each in connections], dtype=np.float64)
    if len(connections) < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    drawn = np.random.default_rng(0).integers(0, len(first), (RESAMPLES, len(first)))
    found = [
        rank_correlation(first[places], second[places])
        for places in drawn
        if np.ptp(first[places]) > 0 and np.ptp(second[places]) > 0
    ]
    low, high = np.quantile(found, [0.025, 0.975])
    rho = rank_correlation(first, second)
    return Interval(rho, min(rho, float(low)), max(rho, float(high)), len(first))


def flatness(weights: Mapping[Connection, float]) -> float:
    """How equally a reader reads its sources: its smallest weight as a part of its largest one.

    The median over all readers with at least three sources; 1 is quite flat.
    """
    columns: dict[tuple[int, int], list[float]] = {}
    for each, weight in weights.items():
        columns.setdefault((each.block, each.reader), []).append(weight)
    parts = [min(column) / max(column) for column in columns.values() if len(column) >= 3]
    return float(np.median(parts)) if parts else 1.0
