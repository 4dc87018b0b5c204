"""Time and memory of training steps, with checkpointing and without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from densenet_viz.results.timings.seconds import Timed, ratio_of


@dataclass(frozen=True)
class TrainingStep(Timed):
    """One model's training step: forward, cross-entropy, backward; no optimiser.

    `peak_bytes` is the most memory that the step used at a time, without the weights and pictures:
    maps kept for the backward pass, gradients of maps and weights, and intermediate results.
    """

    model: str
    batch: int
    memory_efficient: bool
    peak_bytes: int
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class TrainingRun:
    """Training steps measured in one run; `weight_bytes` are each model's weights, separately."""

    machine: Mapping[str, str]
    steps: tuple[TrainingStep, ...]
    weight_bytes: Mapping[str, int]

    def pair(self, model: str) -> tuple[TrainingStep, TrainingStep] | None:
        """The model's step without and with checkpointing; None if it has no such option."""
        found = {step.memory_efficient: step for step in self.steps if step.model == model}
        return (found[False], found[True]) if len(found) == 2 else None

    def memory_ratio(self, model: str) -> float | None:
        """The peak with checkpointing, as a part of the plain step's peak."""
        pair = self.pair(model)
        return pair[1].peak_bytes / pair[0].peak_bytes if pair else None

    def time_ratio(self, model: str) -> float | None:
        """How many times as long a step takes with checkpointing."""
        pair = self.pair(model)
        return ratio_of(pair[1].seconds, pair[0].seconds) if pair else None


def step_rows(run: TrainingRun) -> list[dict[str, Any]]:
    """A row for each step, as plain types; rows with checkpointing have the ratios."""
    return [
        {
            "model": step.model,
            "batch": step.batch,
            "checkpointing": step.memory_efficient,
            "peak_bytes": step.peak_bytes,
            "weight_bytes": run.weight_bytes[step.model],
            "median_ms": round(1000 * step.median, 3),
            "spread_ms": round(1000 * step.spread, 3),
            "peak_ratio": _rounded(run.memory_ratio(step.model) if step.memory_efficient else None),
            "time_ratio": _rounded(run.time_ratio(step.model) if step.memory_efficient else None),
            "rounds": len(step.seconds),
        }
        for step in run.steps
    ]


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 4)
