"""A visitor's weight file becomes tensors by name, within limits; nothing of it ever runs.

Pickled code never runs anywhere in this project. A pickle is read by Python's own reader with three
kinds of names: tensors are rebuilt here, from the bytes of the file and never from new memory; a
dictionary is a `Content`; and every other name (an `argparse.Namespace`, a NumPy number, a class of
a model) is an `Inert`, which takes anything and does nothing. No module that it names is imported.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from safetensors.torch import load as read_safetensors
from torch import Tensor

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.kinds import check_kind
from densenet_viz.network.own.spec import SIZE_LIMIT

HEADER_LIMIT = 4 * 1024**2
"""Bytes of names and shapes: a safetensors header, or the pickle in a .pth."""
NAMES_LIMIT = 20_000
"""The most weights of a file, and the most entries of a ZIP."""

_REFUSED = {
    *("os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "importlib", "runpy"),
    *("ctypes", "pty", "webbrowser"),
}
"""Modules of which a weight file has no need: a file that names them is an attack."""
_REFUSED_BUILTINS = {"eval", "exec", "compile", "open", "__import__", "input", "breakpoint"}
_UNREADABLE = "The file is not a readable weight file (.safetensors, or .pth with weights only)."
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""torch's magic number, at the start of a .pth that is no ZIP (as before torch 1.6)."""
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
    "UntypedStorage": torch.uint8,
}


class Content(dict[Any, Any]):
    """A dictionary of a file: plain, whatever its class was there."""

    __slots__ = ()

    def __init__(self, *_args: Any, **_named: Any) -> None:
        super().__init__()

    def __setstate__(self, _state: Any) -> None:
        pass


class Inert:
    """Stands for an object that a pickle names; it takes anything, keeps nothing, does nothing."""

    called = ""
    """The full name of what it stands for."""

    def __new__(cls, *_args: Any, **_named: Any) -> Inert:
        return object.__new__(cls)

    def __init__(self, *_args: Any, **_named: Any) -> None:
        pass

    def _nothing(self, *_args: Any) -> None:
        pass

    __setstate__ = __setitem__ = append = extend = add = _nothing


@dataclass(frozen=True, eq=False)
class _Storage:
    """Values of a file, in bytes of their own."""

    dtype: torch.dtype
    read: Callable[[], memoryview]


def read_content(data: bytes) -> tuple[object, bool]:
    """What a .safetensors or .pth file holds: tensors, plain values, `Content` and `Inert`.

    Args:
        data: the file's bytes. The kind is told by them, not by a name.

    Returns:
        The content, and whether it is plain: whether torch reads it with `weights_only=True`.

    Raises:
        OwnModelError: the file is too large, of another kind, not readable, or names something
            that no weight file needs.
    """
    if len(data) > SIZE_LIMIT:
        raise OwnModelError(f"The file is larger than {SIZE_LIMIT >> 20} MB.")
    check_kind(data)
    try:
        if data[8:9] == b"{":
            return _safetensors(data), True
        reader = _legacy(data) if data.startswith(_LEGACY) else _zipped(data)
        return reader.content, reader.is_plain
    except OwnModelError:
        raise
    except Exception:  # the readers raise many kinds for hostile bytes
        raise OwnModelError(_UNREADABLE) from None


def _safetensors(data: bytes) -> object:
    """The tensors in the order of their names: the file's own order is not kept by its writer."""
    if int.from_bytes(data[:8], "little") > HEADER_LIMIT:  # the length of its header
        raise OwnModelError(_UNREADABLE)
    return dict(sorted(read_safetensors(data).items(), key=lambda item: natural(item[0])))


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key that sorts names with their numbers as numbers.

    >>> sorted(["a.10", "a.9", "a.x"], key=natural)
    ['a.9', 'a.10', 'a.x']
    """
    return tuple(
        (not is_number(part), int(part) if is_number(part) else 0, part) for part in name.split(".")
    )


def is_number(part: str) -> bool:
    """Whether a part of a name is the number of a module."""
    return part.isascii() and part.isdecimal() and len(part) < 7


class _Reader(pickle._Unpickler):
    """Reads one pickle; in Python, because the one in C takes memory for any memo number."""

    def __init__(self, data: io.BytesIO, storage: Callable[[Any], _Storage]) -> None:
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
            return _StorageKind(_STORAGES[name])
        kind = getattr(torch, name, None) if module == "torch" else None
        if isinstance(kind, torch.dtype):
            return kind
        self.is_plain &= full == "_codecs.encode"
        return type("Inert", (Inert,), {"called": printable(full)})

    def persistent_load(self, pid: Any) -> _Storage:
        return self._storage(pid)


@dataclass(frozen=True)
class _StorageKind:
    dtype: torch.dtype


def _check_name(module: str, name: str) -> None:
    """Refuses a name that no weight file needs."""
    root = module.split(".")[0]
    last = name.split(".")[-1]
    if root in _REFUSED or (root in ("builtins", "__builtin__") and last in _REFUSED_BUILTINS):
        _refuse_name(f"{module}.{name}")


def _zipped(data: bytes) -> _Reader:
    """The pickle in a ZIP of torch, with the storages beside it."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if not len(names) == len(entries) <= NAMES_LIMIT:
        raise OwnModelError(_UNREADABLE)
    if sum(entry.file_size for entry in entries) > SIZE_LIMIT:
        raise OwnModelError(f"The file unpacks to more than {SIZE_LIMIT >> 20} MB.")
    (pickled,) = (entry for entry in entries if entry.filename.endswith("data.pkl"))
    folder = pickled.filename.removesuffix("data.pkl")
    order = f"{folder}byteorder"
    if pickled.file_size > HEADER_LIMIT or (
        order in names and archive.read(order).strip() != b"little"
    ):
        raise OwnModelError(_UNREADABLE)
    read: dict[str, memoryview] = {}

    def bytes_of(key: str) -> memoryview:
        if key not in read:
            read[key] = memoryview(bytearray(archive.read(f"{folder}data/{key}")))
        return read[key]

    def storage(pid: Any) -> _Storage:
        _storage, kind, key, _device, _count = pid
        return _Storage(kind.dtype, lambda: bytes_of(str(key)))

    reader = _Reader(io.BytesIO(archive.read(pickled)), storage)
    reader.content = _plain(reader.load(), _DEPTH, {})
    return reader


def _legacy(data: bytes) -> _Reader:
    """Five pickles (number, version, machine, content, keys of storages), then the storages."""
    stream = io.BytesIO(data[:HEADER_LIMIT])
    kinds: dict[str, torch.dtype] = {}
    kept: dict[str, memoryview] = {}

    def storage(pid: Any) -> _Storage:
        _storage, kind, key, _device, _count, view = pid
        if view is not None:
            raise OwnModelError(_UNREADABLE)
        kinds[str(key)] = kind.dtype
        return _Storage(kind.dtype, lambda: kept[str(key)])

    for _number in range(3):
        _Reader(stream, storage).load()
    reader = _Reader(stream, storage)
    pending = reader.load()
    keys = _Reader(stream, storage).load()
    place = stream.tell()
    for key in keys:
        count = int.from_bytes(data[place : place + 8], "little")
        end = place + 8 + count * kinds[str(key)].itemsize
        if end > len(data):
            raise OwnModelError(_UNREADABLE)
        kept[str(key)] = memoryview(bytearray(data[place + 8 : end]))
        place = end
    reader.content = _plain(pending, _DEPTH, {})
    return reader


@dataclass(frozen=True, eq=False)
class _Pending:
    """A tensor of a file whose values are not read yet; `unlike` says why it has none."""

    storage: _Storage | None
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
            raise OwnModelError(_UNREADABLE)
        data = self.storage.read()
        dtype = self.storage.dtype if self.dtype is None else self.dtype
        whole = len(data) // dtype.itemsize
        last = self.offset + sum(
            (side - 1) * step for side, step in zip(self.size, self.stride, strict=True)
        )
        if 0 in self.size:
            return torch.empty(self.size, dtype=dtype)
        if last >= whole:
            raise OwnModelError(_UNREADABLE)
        flat = torch.frombuffer(data, dtype=dtype, count=whole)
        return flat.as_strided(self.size, self.stride, self.offset)


_DEPTH = 6
"""How many dictionaries or lists inside each other are read."""
_MOST_SIDES = 8
_MOST_ITEMS = 100
"""The most entries of a list that are looked into."""


def _rebuild(storage: _Storage, offset: int, size: Any, stride: Any, *_more: Any) -> _Pending:
    return _Pending(storage, offset, tuple(size), tuple(stride))


def _rebuild_typed(storage: _Storage, offset: int, size: Any, stride: Any, *more: Any) -> _Pending:
    _grad, _hooks, dtype, *_rest = more
    return _Pending(storage, offset, tuple(size), tuple(stride), dtype)


def _rebuild_parameter(data: Any, *_more: Any) -> Any:
    return data


def _without_values(*_given: Any) -> _Pending:
    """A sparse, quantised or nested tensor, or one on no device."""
    return _Pending(None)


_BUILDERS: dict[str, Any] = {
    "collections.OrderedDict": Content,
    "collections.defaultdict": Content,
    "collections.Counter": Content,
    "torch._utils._rebuild_tensor": _rebuild,
    "torch._utils._rebuild_tensor_v2": _rebuild,
    "torch._utils._rebuild_tensor_v3": _rebuild_typed,
    "torch._utils._rebuild_parameter": _rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _rebuild_parameter,
    "torch._utils._rebuild_sparse_tensor": _without_values,
    "torch._utils._rebuild_qtensor": _without_values,
    "torch._utils._rebuild_nested_tensor": _without_values,
    "torch._utils._rebuild_meta_tensor_no_storage": _without_values,
    "torch.Size": lambda sides=(): tuple(sides),
}


def _plain(content: Any, depth: int, seen: dict[int, Any]) -> Any:
    """Dictionaries with text as keys, tensors, and `Inert`.

    A dictionary that stands in several places, or in itself, is kept in the first one only.
    """
    place = id(content)  # of the pickle's own objects, which live until the end
    if place in seen:
        return seen[place]
    if isinstance(content, _Pending):
        seen[place] = torch.empty(0) if content.storage is None else content.tensor()
        return seen[place]
    if isinstance(content, (list, tuple)):
        content = {str(index): value for index, value in enumerate(content[:_MOST_ITEMS])}
    if not isinstance(content, dict) or depth == 0:
        return content if isinstance(content, Inert) else None
    if len(content) > NAMES_LIMIT:
        raise OwnModelError(f"The file has more than {NAMES_LIMIT:,} weights.")
    seen[place] = None
    return {
        key: _plain(value, depth - 1, seen)
        for key, value in content.items()
        if isinstance(key, str)
    }


def printable(name: str) -> str:
    """A name of a file as a page may show it: letters, digits, dots, at most 60 of them."""
    return "".join(letter for letter in name if letter.isalnum() or letter in "._")[:60]


def _refuse_name(name: str) -> NoReturn:
    raise OwnModelError(
        f"The file wants to call {printable(name)}, which no weight file needs. It was not called, "
        "and the file is refused."
    )
