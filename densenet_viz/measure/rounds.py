"""How to time several things in turns, with progress and a way to stop."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from traceback import clear_frames

import torch

from densenet_viz.errors import Cancelled

_ROUNDING = 1e-9
"""The largest allowed difference between a sum of parts and the whole."""


def orders(count: int, rounds: int, seed: int = 0) -> Iterator[list[int]]:
    """For each round a new random order of `count` things; the same orders every time.

    So nothing always runs after the same neighbour, and if the machine gets slower or faster, it
    affects all equally.

    >>> [sorted(order) for order in orders(3, 2)]
    [[0, 1, 2], [0, 1, 2]]
    """
    generator = random.Random(seed)  # noqa: S311  # an order, no secret
    for _ in range(rounds):
        yield generator.sample(range(count), count)


def wait_for(device: str) -> None:
    """Waits until the device has finished: a GPU works asynchronously."""
    if device == "cuda":
        torch.cuda.synchronize()


def seconds_of(run: Callable[[], object], device: str) -> float:
    """Wall-clock seconds of one call, until the device has finished."""
    wait_for(device)
    began = time.perf_counter()
    run()
    wait_for(device)
    return time.perf_counter() - began


@contextmanager
def given_back(device: str) -> Iterator[None]:
    """Frees the memory that was used inside; torch keeps none of a GPU's.

    An error's frames would keep the tensors of the failed call. They are cleared, except frames of
    nested functions, which Python cannot clear.
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
    """Reports progress from 0 to 1 through weighted parts of work, and checks whether to stop.

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
        """Adds `weight` to the finished work.

        Raises:
            Cancelled: the work was cancelled.
        """
        self._done += weight
        part = self._done / self._total
        self._report(part if part < 1 - _ROUNDING else 1.0)
        self.look()

    def look(self) -> None:
        """Checks whether to stop.

        Raises:
            Cancelled: the work was cancelled.
        """
        if self._cancelled():
            raise Cancelled("The measurement was cancelled.")
