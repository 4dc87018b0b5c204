"""How many bytes of tensors are alive at the same time while something runs, exactly."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LiveBytes(TorchDispatchMode):
    """Follows every tensor storage that operations make on a CPU until it is freed.

    A storage counts once, even if several tensors use it, from the operation that returned it until
    its last user frees it. Memory that an operation uses only inside itself (like a convolution's
    working memory) is not counted, and the storages in `apart` are not counted either.

    `peak` is the largest number of bytes alive at the same time, `now` the number alive now.
    """

    def __init__(self, apart: Iterable[Tensor] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.peak = 0
        self._known: set[int] = {tensor.untyped_storage()._cdata for tensor in apart}

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        _types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        returned = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(returned):
            if isinstance(leaf, Tensor):
                self._follow(leaf.untyped_storage())
        return returned

    def _follow(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key not in self._known:
            self._known.add(key)
            self.now += storage.nbytes()
            self.peak = max(self.peak, self.now)
            weakref.finalize(storage, self._freed, key, storage.nbytes())

    def _freed(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size
