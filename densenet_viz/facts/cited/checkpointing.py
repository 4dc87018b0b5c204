"""What the authors of checkpointing measured, cited; nothing here was measured by us."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedStep:
    """A training step as published: gigabytes of GPU memory and seconds."""

    network: str
    batch: int
    machine: str
    plain_gigabytes: float
    efficient_gigabytes: float
    plain_seconds: float
    efficient_seconds: float
    source: str

    @property
    def memory_ratio(self) -> float:
        """Memory with checkpointing, as a part of the memory without it."""
        return self.efficient_gigabytes / self.plain_gigabytes

    @property
    def time_ratio(self) -> float:
        """How many times as long a step takes with checkpointing."""
        return self.efficient_seconds / self.plain_seconds


PUBLISHED_STEP = PublishedStep(
    "DenseNet-BC-100 (k = 12)",
    64,
    "NVIDIA Pascal Titan X",
    2.863,
    1.605,
    0.165,
    0.207,
    "Pleiss et al., efficient_densenet_pytorch, README",
)
"""The table of the authors' implementation; its text says 15-20% more time, its table 25%."""

EFFICIENT_PAPER = (
    "Pleiss, Chen, Huang, Li, van der Maaten, Weinberger, "
    "“Memory-Efficient Implementation of DenseNets” (2017)"
)
