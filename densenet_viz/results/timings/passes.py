"""Times of forward passes, as multiples of ResNet50's: measured here, and cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from densenet_viz.facts.systems import REFERENCE, SYSTEMS
from densenet_viz.results.timings.seconds import Timed, quartiles, ratio_of, ratios_of


@dataclass(frozen=True)
class Timing(Timed):
    """Forward passes of one model: `seconds` holds one pass of `batch` pictures for each round."""

    model: str
    device: str
    batch: int
    threads: int
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Benchmark:
    """Interleaved timings from one run, with the machine and the method."""

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

    def ratio_range(self, model: str, batch: int, device: str) -> tuple[float, float]:
        """The first and third quartile of the rounds' ratios.

        Raises:
            KeyError: one of the two was not measured.
        """
        reference = self.timing(REFERENCE, batch, device)
        return quartiles(ratios_of(self.timing(model, batch, device).seconds, reference.seconds))


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
