"""Random numbers from a seed, in one thread alone.

Captum draws from the generators of the whole process. Two threads that draw at once would change
each other's numbers; here each has its own generator, and the numbers are those that
`torch.manual_seed(seed)` gives in a process with one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from densenet_viz.machine import lending

_DRAWS = frozenset(
    {
        *(torch.bernoulli, torch.multinomial, torch.normal, torch.rand, torch.randint),
        *(torch.randn, torch.randperm, torch.Tensor.random_),
    }
)

_NUMPY = Lock()
"""Held while a thread draws from NumPy's only generator."""


@contextmanager
def drawing(
    seed: int, *, with_numpy: bool = False, waiting: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """All that this thread draws from torch comes from `seed`; with `with_numpy`, from NumPy, too.

    NumPy has one generator for all threads, so only one thread at a time may draw from it;
    `waiting` is called again and again until it is this thread's turn.
    """
    with _Drawing(seed):
        if not with_numpy:
            yield
            return
        generator = _NumpyTurn(waiting)
        generator.take()
        try:
            np.random.seed(seed)  # noqa: NPY002
            with lending(generator.give, generator.take):
                yield
        finally:
            generator.give()


class _NumpyTurn:
    """NumPy's only generator, in the state of one thread while that thread has it."""

    def __init__(self, waiting: Callable[[], None]) -> None:
        self._waiting = waiting
        self._outer: Any = None
        self._own: Any = None

    def take(self) -> None:
        """Waits for the generator, and puts it into the state that it had when it was given."""
        while not _NUMPY.acquire(timeout=0.1):
            self._waiting()
        self._outer = np.random.get_state()  # noqa: NPY002  # Captum draws from it
        if self._own is not None:
            np.random.set_state(self._own)  # noqa: NPY002

    def give(self) -> None:
        """Gives it back in the state in which it was found; nothing, if it was given already."""
        if self._outer is None:
            return
        self._own = np.random.get_state()  # noqa: NPY002
        np.random.set_state(self._outer)  # noqa: NPY002
        self._outer = None
        _NUMPY.release()


class _Drawing(TorchFunctionMode):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self, func: Any, _types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = dict(kwargs or {})
        if func in _DRAWS:
            named["generator"] = self._generator
        return func(*args, **named)
