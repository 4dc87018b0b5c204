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

from densenet_viz.machine import undisturbed

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
        while not _NUMPY.acquire(timeout=0.1):
            waiting()
        before = np.random.get_state()  # noqa: NPY002  # Captum draws from it
        try:
            np.random.seed(seed)  # noqa: NPY002
            with undisturbed():
                yield
        finally:
            np.random.set_state(before)  # noqa: NPY002
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
