"""A visitor's weight file becomes tensors by name: its size is limited before a reader unpacks it.

Pickled code never runs anywhere in this project. What a pickle names beside tensors (an
`argparse.Namespace`, a NumPy number, a class of a model) is replaced by `Inert`, which takes
anything and does nothing; nothing that a file names is imported or called. But a few bytes can also
use very much memory: a compressed ZIP, a header with millions of names, or one of the harmless
calls that torch allows in a pickle.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING  # Python 2's names, as torch reads them
from collections.abc import Iterator
from threading import Lock
from typing import Any, NoReturn

import torch
from safetensors.torch import load as read_safetensors

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.kinds import CHECKPOINT, check_kind
from densenet_viz.network.own.spec import SIZE_LIMIT

HEADER_LIMIT = 4 * 1024**2
"""Bytes of names and shapes: a safetensors header, or the pickle in a .pth."""
NAMES_LIMIT = 20_000
"""The most weights of a file, and the most entries of a ZIP."""

_CALLS = {"bytearray", "Tensor"}
"""Calls that torch's reader would make with any size; no state dict needs them."""
_REFUSED = {
    *("os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "importlib", "runpy", "code"),
    *("pickle", "ctypes", "pty", "commands", "webbrowser", "http", "urllib", "requests"),
}
"""Modules of which a weight file has no need: a file that names them is an attack."""
_TORCHS = ("torch.", "collections.OrderedDict", "_codecs.encode")
"""The beginnings of names that torch knows in a file of weights."""
_MAPPINGS = {"collections.defaultdict"}
_PLAIN_BUILTINS = {"set", "frozenset", "slice", "range", "complex", "list", "dict", "int", "float"}
_PLAIN_BUILTINS |= {"str", "bool", "tuple", "object", "bytes", "type"}
_UNREADABLE = "The file is not a readable weight file (.safetensors, or .pth with weights only)."
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""torch's magic number, at the start of a .pth that is no ZIP (as before torch 1.6)."""
_LEGACY_PICKLES = 5
"""Magic number, version, machine, the state dict and the list of its storages, then raw values."""
_ONE_AT_A_TIME = Lock()
"""torch's list of safe names is the process's."""


class Inert:
    """Stands for an object that a pickle names; it takes anything, keeps nothing, does nothing."""

    called = ""
    """The full name of what it stands for."""

    def __new__(cls, *_args: Any, **_named: Any) -> Inert:
        return object.__new__(cls)

    def __init__(self, *_args: Any, **_named: Any) -> None:
        pass

    def __setstate__(self, _state: Any) -> None:
        pass


def read_content(data: bytes) -> tuple[object, bool]:
    """What a .safetensors or .pth file holds: tensors, plain values, mappings, and `Inert`.

    Args:
        data: the file's bytes. The kind is told by them, not by a name.

    Returns:
        The content, and whether it is plain: whether torch reads it without a stand-in.

    Raises:
        OwnModelError: the file is too large, of another kind, not readable, or names something
            that no weight file needs.
    """
    if len(data) > SIZE_LIMIT:
        raise OwnModelError(f"The file is larger than {SIZE_LIMIT >> 20} MB.")
    check_kind(data)
    if data[8:9] == b"{":
        _check_header(data)
        return _safetensors(data), True
    if data.startswith(_LEGACY):
        names = _names_called(data, _LEGACY_PICKLES)
    else:
        data, names = _repacked(data)
    return _pickled(data, names), all(name.startswith(_TORCHS) for name in names)


def _safetensors(data: bytes) -> object:
    try:
        return read_safetensors(data)
    except Exception:  # the reader raises many kinds for hostile bytes
        raise OwnModelError(_UNREADABLE) from None


def _pickled(data: bytes, names: set[str]) -> object:
    """The content of a torch file; what torch's reader does not know is `Inert`."""
    stands_in: list[Any] = [(_inert(name), name) for name in sorted(names)]
    try:
        with _ONE_AT_A_TIME, torch.serialization.safe_globals(stands_in):
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception:  # the reader raises many kinds for hostile bytes
        others = [name for name in sorted(names) if not name.startswith(("torch.", "collections."))]
        if others:
            raise OwnModelError(
                f"The file holds an object of {printable(others[0])}, so it is not read. These "
                "lines save the weights alone.",
                CHECKPOINT,
            ) from None
        raise OwnModelError(_UNREADABLE) from None


def _inert(name: str) -> Any:
    return _empty if name in _MAPPINGS else type("Inert", (Inert,), {"called": name})


def _empty(*_args: Any) -> dict[Any, Any]:
    return {}


def _check_header(data: bytes) -> None:
    """A safetensors file begins with the length of its JSON header, in 8 bytes."""
    if int.from_bytes(data[:8], "little") > HEADER_LIMIT:
        raise OwnModelError(_UNREADABLE)


def _repacked(data: bytes) -> tuple[bytes, set[str]]:
    """The same ZIP with unpacked entries, and the names that its pickles call.

    It is made after a check that the sizes are within the limits.

    Two readers can find different directories in one hostile ZIP, so torch gets a new one, made
    here from the checked entries.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            entries = given.infolist()
            if not len({entry.filename for entry in entries}) == len(entries) <= NAMES_LIMIT:
                raise OwnModelError(_UNREADABLE)
            if sum(entry.file_size for entry in entries) > SIZE_LIMIT:
                raise OwnModelError(f"The file unpacks to more than {SIZE_LIMIT >> 20} MB.")
            return _packed(given, entries)
    except OwnModelError:
        raise
    except Exception:  # zipfile raises many kinds for hostile bytes
        raise OwnModelError(_UNREADABLE) from None


def _packed(given: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> tuple[bytes, set[str]]:
    made, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            content = given.read(entry)
            if entry.filename.endswith("data.pkl"):
                names |= _names_called(content, 1)
            archive.writestr(entry.filename, content)
    return made.getvalue(), names


def _names_called(data: bytes, count: int) -> set[str]:
    """The names that the first pickles would call; none is called.

    Raises:
        OwnModelError: one of them has no place in a weight file.
    """
    names = set(_globals(data, count))
    for name in sorted(names):
        module, _, last = name.rpartition(".")
        root = module.split(".")[0]
        plain = root != "builtins" or last in _PLAIN_BUILTINS
        if root in _REFUSED or not plain:
            _refuse_name(name)
    return names


def _globals(data: bytes, count: int) -> Iterator[str]:
    stream = io.BytesIO(data)
    try:
        for _pickle in range(count):
            for code, value, _place in pickletools.genops(stream):
                if code.name == "GLOBAL":
                    module, name = str(value).split(" ", 1)
                    if name in _CALLS:
                        raise OwnModelError(_UNREADABLE)
                    module, name = NAME_MAPPING.get((module, name), (module, name))
                    yield f"{IMPORT_MAPPING.get(module, module)}.{name}"
                if stream.tell() > HEADER_LIMIT:
                    raise OwnModelError(_UNREADABLE)
    except OwnModelError:
        raise
    except Exception:  # pickletools raises many kinds for hostile bytes
        raise OwnModelError(_UNREADABLE) from None


def printable(name: str) -> str:
    """A name of a file as a page may show it: letters, digits, dots, at most 60 of them."""
    return "".join(letter for letter in name if letter.isalnum() or letter in "._")[:60]


def _refuse_name(name: str) -> NoReturn:
    raise OwnModelError(
        f"The file wants to call {printable(name)}, which no weight file needs. It was not called, "
        "and the file is refused."
    )
