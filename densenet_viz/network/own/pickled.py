"""Python's own reader of pickles with names of ours: nothing that a file names is imported or run.

There are four kinds of names: tensors are rebuilt here, from the bytes of the file and never from
new memory; a dictionary is a `Dictionary`; settings of a training (an `argparse.Namespace`) are
`Settings`; and every other name (a class of a model) is an `Inert`, which takes anything and does
nothing. NumPy's texts and numbers are kept as they are (`numpy_values`).
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.inert import Dictionary, Inert, Settings
from densenet_viz.network.own.names import printable
from densenet_viz.network.own.numpy_values import NUMPY_VALUES, Encoded, NumpyScalar
from densenet_viz.network.own.spec import MOST_CLASSES

NAMES_LIMIT = 20_000
"""The most weights of a file, and the most entries of a ZIP."""
UNREADABLE = "The file is not a readable weight file (.safetensors, or .pth with weights only)."

_REFUSED = {
    *("os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "importlib", "runpy"),
    *("ctypes", "pty", "webbrowser"),
}
"""Modules of which a weight file has no need: a file that names them is an attack."""
_REFUSED_BUILTINS = {"eval", "exec", "compile", "open", "__import__", "input", "breakpoint"}
_SETTINGS = {
    *("Namespace", "SimpleNamespace", "AttributeDict", "AttrDict", "EasyDict", "CfgNode"),
    *("ConfigDict", "Munch"),
}
"""Classes that hold settings: argparse's, Lightning's, easydict's, yacs', MMEngine's, munch's."""
_STORAGES = {
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "QInt8Storage": torch.int8,
    "QUInt8Storage": torch.uint8,
    "QInt32Storage": torch.int32,
    "UntypedStorage": torch.uint8,
}


@dataclass(frozen=True, eq=False)
class Storage:
    """Values of a file, in bytes of their own."""

    dtype: torch.dtype
    read: Callable[[], memoryview]


class Reader(pickle._Unpickler):
    """Reads one pickle; in Python, because the one in C takes memory for any memo number."""

    def __init__(self, data: io.BytesIO, storage: Callable[[Any], Storage]) -> None:
        super().__init__(data, encoding="latin-1")
        self._storage = storage
        self.is_plain = True
        self.content: object = None

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        _check_name(module, name)
        if full in _BUILDERS:
            return _BUILDERS[full]
        if module in ("torch", "torch.storage", "torch.cuda") and name in _STORAGES:
            return StorageKind(_STORAGES[name])
        kind = getattr(torch, name, None) if module == "torch" else None
        if isinstance(kind, torch.dtype):
            return kind
        self.is_plain = False
        if name in _SETTINGS:
            return Settings
        if module.split(".")[0] == "numpy" and name in NUMPY_VALUES:
            return NUMPY_VALUES[name]
        return type("Inert", (Inert,), {"called": printable(full)})

    def persistent_load(self, pid: Any) -> Storage:
        return self._storage(pid)


@dataclass(frozen=True)
class StorageKind:
    dtype: torch.dtype


def _check_name(module: str, name: str) -> None:
    """Refuses a name that no weight file needs."""
    root = module.split(".")[0]
    last = name.split(".")[-1]
    if root in _REFUSED or (root in ("builtins", "__builtin__") and last in _REFUSED_BUILTINS):
        raise OwnModelError(
            f"The file wants to call {printable(f'{module}.{name}')}, which no weight file needs. "
            "It was not called, and the file is refused."
        )


@dataclass(frozen=True, eq=False)
class _Pending:
    """A tensor of a file whose values are not read yet; `unlike` says why it has none."""

    storage: Storage | None
    offset: int = 0
    size: tuple[int, ...] = ()
    stride: tuple[int, ...] = ()
    dtype: torch.dtype | None = None

    def tensor(self) -> Tensor:
        """A view of the storage's bytes; it may repeat values, but never leaves them."""
        assert self.storage is not None
        numbers = (self.offset, *self.size, *self.stride)
        if not all(type(number) is int and number >= 0 for number in numbers) or (
            len(self.size) != len(self.stride) or len(self.size) > _MOST_SIDES
        ):
            raise OwnModelError(UNREADABLE)
        data = self.storage.read()
        dtype = self.storage.dtype if self.dtype is None else self.dtype
        whole = len(data) // dtype.itemsize
        last = self.offset + sum(
            (side - 1) * step for side, step in zip(self.size, self.stride, strict=True)
        )
        if 0 in self.size:
            return torch.empty(self.size, dtype=dtype)
        if last >= whole:
            raise OwnModelError(UNREADABLE)
        flat = torch.frombuffer(data, dtype=dtype, count=whole)
        return flat.as_strided(self.size, self.stride, self.offset)


DEPTH = 8
"""How many dictionaries or lists inside each other are read."""
_MOST_SIDES = 8
_LARGEST = 1 << 63
_MOST_ITEMS = 100
"""The most entries of a list that are looked into; of a list of texts, all that may be labels."""


def _rebuild(storage: Storage, offset: int, size: Any, stride: Any, *_more: Any) -> _Pending:
    return _Pending(storage, offset, tuple(size), tuple(stride))


def _rebuild_typed(storage: Storage, offset: int, size: Any, stride: Any, *more: Any) -> _Pending:
    _grad, _hooks, dtype, *_rest = more
    return _Pending(storage, offset, tuple(size), tuple(stride), dtype)


def _rebuild_parameter(data: Any, *_more: Any) -> Any:
    return data


def _rebuild_subclass(rebuild: Any, kind: Any, args: Any, *_more: Any) -> Any:
    """A tensor of a class of its own (MONAI's MetaTensor), as a plain tensor."""
    known = rebuild in (_rebuild, _rebuild_typed, _rebuild_parameter)
    return rebuild(*args) if known else kind()


def _without_values(*_given: Any) -> _Pending:
    """A sparse, quantised or nested tensor, or one on no device."""
    return _Pending(None)


_BUILDERS: dict[str, Any] = {
    "collections.OrderedDict": Dictionary,
    "collections.defaultdict": Dictionary,
    "collections.Counter": Dictionary,
    "_codecs.encode": Encoded,
    "torch._utils._rebuild_tensor": _rebuild,
    "torch._utils._rebuild_tensor_v2": _rebuild,
    "torch._utils._rebuild_tensor_v3": _rebuild_typed,
    "torch._utils._rebuild_parameter": _rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _rebuild_parameter,
    "torch._tensor._rebuild_from_type_v2": _rebuild_subclass,
    "torch._utils._rebuild_sparse_tensor": _without_values,
    "torch._utils._rebuild_qtensor": _without_values,
    "torch._utils._rebuild_nested_tensor": _without_values,
    "torch._utils._rebuild_meta_tensor_no_storage": _without_values,
    "torch.Size": lambda sides=(): tuple(sides),
}


def plain_values(content: Any, depth: int, seen: dict[int, Any]) -> Any:
    """Dictionaries with texts and numbers as keys (a list's are numbers), and what is in them.

    That is tensors, `Inert`, and texts and whole numbers, which may be labels.

    A dictionary that stands in several places, or in itself, is kept in the first one only.
    """
    place = id(content)  # of the pickle's own objects, which live until the end
    if place in seen:
        return seen[place]
    if isinstance(content, _Pending):
        seen[place] = torch.empty(0) if content.storage is None else content.tensor()
        return seen[place]
    if isinstance(content, (list, tuple)):
        texts = all(isinstance(one, (str, NumpyScalar)) for one in content)
        content = dict(enumerate(content[: MOST_CLASSES + 1 if texts else _MOST_ITEMS]))
    if not isinstance(content, dict) or depth == 0:
        return content if isinstance(content, Inert) or _is_name(content) else None
    if len(content) > NAMES_LIMIT:
        raise OwnModelError(f"The file has more than {NAMES_LIMIT:,} weights.")
    seen[place] = None
    if "param_groups" in content:  # an optimiser's: as large as the network, and never needed
        return dict.fromkeys(key for key in content if type(key) is str)
    return {
        key: plain_values(value, depth - 1, seen) for key, value in content.items() if _is_name(key)
    }


def _is_name(value: Any) -> bool:
    """Whether it is a text, or a whole number of a few digits (Python writes no very long one)."""
    return type(value) is str or (type(value) is int and abs(value) < _LARGEST)
