"""What was measured on a machine: times of passes, and time and memory of training steps.

Absolute times belong to their machine. What travels is a ratio, and since every model runs once in
each round, a ratio is the median over the rounds: what slows the machine down slows both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from densenet_viz.systems import REFERENCE, SYSTEMS


def spread_of(seconds: tuple[float, ...]) -> float:
    """The interquartile range, with the ends included; 0 for a single value.

    >>> spread_of((1.0, 2.0, 3.0, 4.0, 5.0))
    2.0
    """
    if len(seconds) < 2:
        return 0.0
    low, _, high = quantiles(seconds, n=4, method="inclusive")
    return high - low


def ratio_of(ours: tuple[float, ...], theirs: tuple[float, ...]) -> float:
    """The median of the ratios, round by round.

    >>> ratio_of((2.0, 9.0, 6.0), (1.0, 3.0, 3.0))  # the second round was slow for both
    2.0
    """
    return median(one / other for one, other in zip(ours, theirs, strict=True))


@dataclass(frozen=True)
class Timing:
    """Forward passes of one model: `seconds` holds one pass of `batch` pictures for each round."""

    model: str
    device: str
    batch: int
    threads: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def spread(self) -> float:
        """The interquartile range, in seconds."""
        return spread_of(self.seconds)


@dataclass(frozen=True)
class Benchmark:
    """Interleaved timings from one run, with what they were measured on and how."""

    machine: Mapping[str, str]
    timings: tuple[Timing, ...]

    def timing(self, model: str, batch: int, device: str) -> Timing:
        """
        Raises:
            KeyError: that was not measured.
        """
        for timing in self.timings:
            if (timing.model, timing.batch, timing.device) == (model, batch, device):
                return timing
        raise KeyError(f"{model}, batch {batch}, on {device} was not measured")

    def ratio(self, model: str, batch: int, device: str) -> float:
        """How many times as long as ResNet50 a pass takes.

        Raises:
            KeyError: one of the two was not measured.
        """
        reference = self.timing(REFERENCE, batch, device)
        return ratio_of(self.timing(model, batch, device).seconds, reference.seconds)


def cited_ratio(model: str, device: str) -> float:
    """Keras's time of a step of 32 pictures, as a multiple of its ResNet50's.

    >>> round(cited_ratio("densenet121", "cpu"), 2)
    1.32
    """
    ours, theirs = SYSTEMS[model].cited, SYSTEMS[REFERENCE].cited
    return ours.gpu_ms / theirs.gpu_ms if device == "cuda" else ours.cpu_ms / theirs.cpu_ms


def rows_of(benchmark: Benchmark) -> list[dict[str, Any]]:
    """A row for each model and batch, as plain types that JSON and CSV can hold."""
    return [
        {
            "model": timing.model,
            "device": timing.device,
            "batch": timing.batch,
            "threads": timing.threads,
            "median_ms": round(1000 * timing.median, 3),
            "spread_ms": round(1000 * timing.spread, 3),
            "ratio_to_resnet50": round(
                benchmark.ratio(timing.model, timing.batch, timing.device), 4
            ),
            "cited_ratio": round(cited_ratio(timing.model, timing.device), 4),
            "rounds": len(timing.seconds),
        }
        for timing in benchmark.timings
    ]


@dataclass(frozen=True)
class TrainingStep:
    """One model's training step: forward, cross-entropy, backward; no optimiser.

    `peak_bytes` is the most that the step held at a time beside the weights and the pictures: maps
    kept for the way back, gradients of maps and weights, and what is being computed.
    """

    model: str
    batch: int
    memory_efficient: bool
    peak_bytes: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def spread(self) -> float:
        """The interquartile range, in seconds."""
        return spread_of(self.seconds)


@dataclass(frozen=True)
class TrainingRun:
    """Training steps measured in one run; `weight_bytes` are each model's weights, held apart."""

    machine: Mapping[str, str]
    steps: tuple[TrainingStep, ...]
    weight_bytes: Mapping[str, int]

    def pair(self, model: str) -> tuple[TrainingStep, TrainingStep] | None:
        """The model's step without and with checkpointing; None where it has no such switch."""
        found = {step.memory_efficient: step for step in self.steps if step.model == model}
        return (found[False], found[True]) if len(found) == 2 else None

    def memory_ratio(self, model: str) -> float | None:
        """How much of the plain step's peak remains with checkpointing."""
        pair = self.pair(model)
        return pair[1].peak_bytes / pair[0].peak_bytes if pair else None

    def time_ratio(self, model: str) -> float | None:
        """How many times as long a step takes with checkpointing."""
        pair = self.pair(model)
        return ratio_of(pair[1].seconds, pair[0].seconds) if pair else None


def step_rows(run: TrainingRun) -> list[dict[str, Any]]:
    """A row for each step, as plain types; ratios stand in the rows with checkpointing."""
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
