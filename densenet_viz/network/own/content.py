"""A visitor's weight file becomes tensors by name, within limits; nothing of it ever runs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_safetensors

from densenet_viz.network.own.conversions import DISTRIBUTED, NUMPY, NUMPY_PICKLE, PICKLE
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.kinds import INCOMPLETE, check_kind
from densenet_viz.network.own.names import natural
from densenet_viz.network.own.pickled import (
    DEPTH,
    NAMES_LIMIT,
    UNREADABLE,
    Reader,
    Storage,
    plain_values,
)
from densenet_viz.network.own.spec import SIZE_LIMIT

METADATA = "__metadata__"
"""What safetensors calls the texts beside the tensors."""
HEADER_LIMIT = 4 * 1024**2
"""Bytes of names and shapes: a safetensors header, or the pickle in a .pth."""
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""torch's magic number, at the start of a .pth that is no ZIP (as before torch 1.6)."""
_LOOKED_AT = 65_536
"""Bytes of a pickle in which its kind is looked for."""


def read_content(data: bytes) -> tuple[object, bool]:
    """What a .safetensors or .pth file holds: tensors, plain values, `Dictionary` and `Inert`.

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
        if data.startswith(b"\x80") and not data.startswith(_LEGACY):
            raise _without_torch(data)
        reader = _legacy(data) if data.startswith(_LEGACY) else _zipped(data)
        return reader.content, reader.is_plain
    except OwnModelError:
        raise
    except Exception:  # the readers raise many kinds for hostile bytes
        raise OwnModelError(UNREADABLE) from None


def _safetensors(data: bytes) -> object:
    """The tensors in the order of their names: the file's own order is not kept by its writer.

    Texts that the file keeps beside them are under `METADATA`.
    """
    if int.from_bytes(data[:8], "little") > HEADER_LIMIT:  # the length of its header
        raise OwnModelError(UNREADABLE)
    try:
        read = read_safetensors(data)
    except SafetensorError as error:
        if "not fully covered" in str(error):
            raise OwnModelError(INCOMPLETE) from None
        raise
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    tensors = dict(sorted(read.items(), key=lambda item: natural(item[0])))
    return {**tensors, METADATA: header.get(METADATA)}


def _zipped(data: bytes) -> Reader:
    """The pickle in a ZIP of torch, with the storages beside it."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if not len(names) == len(entries) <= NAMES_LIMIT:
        raise OwnModelError(UNREADABLE)
    if sum(entry.file_size for entry in entries) > SIZE_LIMIT:
        raise OwnModelError(f"The file unpacks to more than {SIZE_LIMIT >> 20} MB.")
    (pickled,) = (entry for entry in entries if entry.filename.rpartition("/")[2] == "data.pkl")
    folder = pickled.filename.removesuffix("data.pkl")
    order = f"{folder}byteorder"
    if pickled.file_size > HEADER_LIMIT:
        with archive.open(pickled) as file:
            raise _too_much(file.read(_LOOKED_AT), NUMPY)
    if order in names and archive.read(order).strip() != b"little":
        raise OwnModelError(UNREADABLE)
    read: dict[str, memoryview] = {}

    def bytes_of(key: str) -> memoryview:
        if key not in read:
            read[key] = memoryview(bytearray(archive.read(f"{folder}data/{key}")))
        return read[key]

    def storage(pid: Any) -> Storage:
        _tag, kind, key, _device, _count = pid
        return Storage(kind.dtype, lambda: bytes_of(str(key)))

    reader = Reader(io.BytesIO(archive.read(pickled)), storage)
    reader.content = plain_values(reader.load(), DEPTH, {})
    return reader


def _legacy(data: bytes) -> Reader:
    """Five pickles (number, version, machine, content, keys of storages), then the storages."""
    stream = io.BytesIO(data[:HEADER_LIMIT])
    kinds: dict[str, torch.dtype] = {}
    kept: dict[str, memoryview] = {}

    def storage(pid: Any) -> Storage:
        _tag, kind, key, _device, _count, view = pid
        if view is not None:
            raise OwnModelError(UNREADABLE)
        kinds[str(key)] = kind.dtype
        return Storage(kind.dtype, lambda: kept[str(key)])

    for _number in range(3):
        Reader(stream, storage).load()
    reader = Reader(stream, storage)
    pending = reader.load()
    keys = Reader(stream, storage).load()
    place = stream.tell()
    for key in keys:
        count = int.from_bytes(data[place : place + 8], "little")
        end = place + 8 + count * kinds[str(key)].itemsize
        if end > len(data):
            raise OwnModelError(INCOMPLETE)
        kept[str(key)] = memoryview(bytearray(data[place + 8 : end]))
        place = end
    reader.content = plain_values(pending, DEPTH, {})
    return reader


def _without_torch(data: bytes) -> OwnModelError:
    """What is wrong with a pickle that torch did not write."""
    if b"torch.distributed.checkpoint.metadata" in data[:_LOOKED_AT]:
        return OwnModelError(
            "This is the list of a distributed checkpoint, whose weights are in other files "
            "(.distcp). These lines join them.",
            DISTRIBUTED,
        )
    if _holds_numpy(data[:_LOOKED_AT]):
        return _too_much(data[:_LOOKED_AT], NUMPY_PICKLE)
    return OwnModelError(
        "This is a pickle, not a file of torch.save: reading it would run code of the file. These "
        "lines make a file of torch.",
        PICKLE,
    )


def _too_much(begin: bytes, lines: str) -> OwnModelError:
    """What is wrong with a pickle whose own values are many bytes."""
    if not _holds_numpy(begin):
        return OwnModelError(UNREADABLE)
    return OwnModelError(
        "The file holds NumPy arrays, not tensors; reading them would run code of the file. These "
        "lines make tensors of them.",
        lines,
    )


def _holds_numpy(begin: bytes) -> bool:
    return any(name in begin for name in (b"numpy.core.multiarray", b"numpy._core.multiarray"))
