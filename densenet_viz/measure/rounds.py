"""How to time several things beside each other: in turns, with progress and a way to stop."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from traceback import clear_frames

import torch

from densenet_viz.errors import Cancelled

_ROUNDING = 1e-9
"""By so much a sum of parts may miss the whole."""


def orders(count: int, rounds: int, seed: int = 0) -> Iterator[list[int]]:
    """For each round the order in which `count` things run, drawn anew and the same every time.

    Nothing always runs after the same neighbour, and a machine that grows slow or quick with time
    hits all alike.

    >>> [sorted(order) for order in orders(3, 2)]
    [[0, 1, 2], [0, 1, 2]]
    """
    generator = random.Random(seed)  # noqa: S311  # an order, no secret
    for _ in range(rounds):
        yield generator.sample(range(count), count)


def wait_for(device: str) -> None:
    """Returns when the device has done what it was given: a GPU works behind our back."""
    if device == "cuda":
        torch.cuda.synchronize()


def seconds_of(run: Callable[[], object], device: str) -> float:
    """Wall-clock seconds of one call, until the device is done with it."""
    wait_for(device)
    began = time.perf_counter()
    run()
    wait_for(device)
    return time.perf_counter() - began


@contextmanager
def given_back(device: str) -> Iterator[None]:
    """Afterwards the memory that was used within is free again: torch keeps none of a GPU's.

    An error's frames would hold the tensors of what failed; they forget them, but for those of
    functions within functions, which Python lets nobody clear.
    """
    try:
        yield
    except BaseException as error:
        clear_frames(error.__traceback__)
        raise
    finally:
        if device == "cuda":
            torch.cuda.empty_cache()


class Steps:
    """Walks through work whose parts' weights are known: reports 0 to 1, asks whether to stop.

    The last step reports exactly 1.
    """

    def __init__(
        self,
        total: float,
        on_progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._total = total
        self._done = 0.0
        self._report = on_progress or (lambda _part: None)
        self._cancelled = cancelled or (lambda: False)
        self._report(0.0)

    def step(self, weight: float) -> None:
        """`weight` more is done.

        Raises:
            Cancelled: somebody wants it to stop.
        """
        self._done += weight
        part = self._done / self._total
        self._report(part if part < 1 - _ROUNDING else 1.0)
        self.look()

    def look(self) -> None:
        """Asks whether to stop.

        Raises:
            Cancelled: somebody wants it to stop.
        """
        if self._cancelled():
            raise Cancelled("The measurement was cancelled.")
