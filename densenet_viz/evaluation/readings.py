"""Which part of a method's map is measured: settings, signs and smoothing, as rows of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from densenet_viz.attribution import METHODS, Method
from densenet_viz.evaluation.baselines import SMOOTHING, Heat, smooth
from densenet_viz.results.attributions import Attribution


def positive_part(result: Attribution) -> Heat:
    """Summed over the colours; values that lower the class's score become 0."""
    return np.maximum(result.heat, 0)


def positive_part_smoothed(result: Attribution) -> Heat:
    """Summed over the colours, smoothed with their signs; then negative values become 0."""
    fine = smooth(result.heat, SMOOTHING * len(result.heat))
    return np.maximum(fine, 0).astype(np.float32)


def absolute_value_smoothed(result: Attribution) -> Heat:
    """Absolute values, summed over the colours and smoothed."""
    strength = np.abs(result.values).sum(axis=0)
    return smooth(strength, SMOOTHING * len(strength)).astype(np.float32)


_TREATMENTS: Mapping[str, Callable[[Attribution], Heat]] = {
    "positive part": positive_part,
    "positive part, smoothed": positive_part_smoothed,
    "absolute value, smoothed": absolute_value_smoothed,
}


@dataclass(frozen=True)
class Reading:
    """One row of the scoreboard: a method, its settings, and how its signs are treated."""

    name: str
    method: str
    treatment: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The method's title, followed by its settings."""
        return ", ".join([METHODS[self.method].title, *map(str, self.settings.values())])

    def heat(self, result: Attribution) -> Heat:
        """The method's map as (H, W) values from 0 up, treated as this row says."""
        return _TREATMENTS[self.treatment](result)


_CHOSEN: tuple[Reading, ...] = (
    Reading("grad-cam", "grad-cam", "positive part"),
    Reading("grad-cam-block-3", "grad-cam", "positive part", {"layer": "block 3"}),
    Reading("integrated-gradients", "integrated-gradients", "positive part"),
    Reading("integrated-gradients-smoothed", "integrated-gradients", "positive part, smoothed"),
    Reading("integrated-gradients-absolute", "integrated-gradients", "absolute value, smoothed"),
    Reading("occlusion", "occlusion", "positive part"),
    Reading("saliency", "saliency", "positive part"),
    Reading("saliency-smoothed", "saliency", "positive part, smoothed"),
    Reading("saliency-absolute", "saliency", "absolute value, smoothed"),
)

_COARSE = ("layers", "perturbations")
"""Families whose maps are too coarse to need smoothing."""


def _usual(row: Method) -> tuple[Reading, ...]:
    """A method as the app shows it and, if its map has fine detail, also smoothed."""
    plain = Reading(row.name, row.name, "positive part")
    if row.family in _COARSE:
        return (plain,)
    return (plain, Reading(f"{row.name}-smoothed", row.name, "positive part, smoothed"))


READINGS: tuple[Reading, ...] = (
    *_CHOSEN,
    *(
        reading
        for row in METHODS.values()
        if row.name not in {chosen.method for chosen in _CHOSEN}
        for reading in _usual(row)
    ),
)
"""The first row of each method measures what the app shows: its defaults, positive values only."""


def readings_of(methods: Sequence[str]) -> tuple[Reading, ...]:
    """The rows of these methods, in the scoreboard's order."""
    return tuple(reading for reading in READINGS if reading.method in methods)
