"""Which steps of a training are kept, and the files of their weights."""

from __future__ import annotations

from pathlib import Path

KEPT = 12
"""Kept steps by default."""
MOST_KEPT = 24
_SPAN = 100
"""The last step divided by the first one after 0."""


def kept_steps(steps: int, count: int) -> tuple[int, ...]:
    """Steps whose weights are kept: 0, and others with equal ratios up to the last step.

    Args:
        steps: of the whole training, at least 1.
        count: 0 for none, else at least 2; of few steps, fewer are kept.

    >>> kept_steps(1250, 12)
    (0, 12, 20, 31, 50, 79, 125, 198, 314, 498, 789, 1250)
    >>> kept_steps(3, 12), kept_steps(1250, 0)
    ((0, 1, 2, 3), ())
    """
    if count == 0:
        return ()
    first = max(1.0, steps / _SPAN)
    ratio = (steps / first) ** (1 / max(1, count - 2))
    return (0, *sorted({round(steps / ratio**place) for place in range(count - 1)}))


def kept_file(folder: Path, name: str, step: int) -> Path:
    """The weights of a training after a step."""
    return folder / f"{name}.step-{step:06}.safetensors"
