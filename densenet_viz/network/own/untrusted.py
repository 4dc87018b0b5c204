"""A visitor's weight file: its unpacked size is limited before a reader unpacks it.

Pickled code never runs anywhere in this project. But a few bytes can also use very much memory: a
compressed ZIP, a header with millions of names, or one of the harmless calls that torch allows in
a pickle.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Mapping

import torch
from torch import Tensor

from densenet_viz.network.own.spec import SIZE_LIMIT, OwnModelError
from densenet_viz.network.weights import State, WeightsError, named_weights, read_file

HEADER_LIMIT = 4 * 1024**2
"""Bytes of names and shapes: a safetensors header, or the pickle in a .pth."""
NAMES_LIMIT = 20_000
DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)

_WRAPPERS = ("state_dict", "model_state_dict", "model")
_PREFIXES = ("module.", "model.", "_orig_mod.")
_CALLS = {"bytearray", "Tensor"}
"""Calls that torch's reader would make with any size; no state dict needs them."""
_UNREADABLE = "The file is not a readable weight file (.safetensors, or .pth with weights only)."
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""torch's magic number, at the start of a .pth that is no ZIP (as before torch 1.6)."""
_LEGACY_PICKLES = 5
"""Magic number, version, machine, the state dict and the list of its storages, then raw values."""


def read_weights(data: bytes) -> State:
    """The weights of a .safetensors or .pth file by name, in torchvision's names as they are today.

    What training tools add around a state dict is removed: one mapping (`state_dict`, `model`,
    `model_state_dict`) and the prefixes of DataParallel and compiled modules.

    Returns:
        Dense tensors in memory, in one of `DTYPES`; shapes and values are not checked.

    Raises:
        OwnModelError: the file is too large, not readable, or holds something else.
    """
    if len(data) > SIZE_LIMIT:
        raise OwnModelError(f"The file is larger than {SIZE_LIMIT >> 20} MB.")
    safetensors = data[8:9] == b"{"
    if safetensors:
        _check_header(data)
    elif data.startswith(_LEGACY):
        _check_pickles(data, _LEGACY_PICKLES)
    else:
        data = _repacked(data)
    try:
        state = _without_prefixes(
            named_weights(_unwrapped(read_file(data, safetensors=safetensors)))
        )
    except WeightsError as error:
        raise OwnModelError(
            f"{_capital(str(error))}. Is it a state dict (.safetensors, or .pth with weights only)?"
        ) from None
    _check_tensors(state)
    return state


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _check_header(data: bytes) -> None:
    """A safetensors file begins with the length of its JSON header, in 8 bytes."""
    if int.from_bytes(data[:8], "little") > HEADER_LIMIT:
        raise OwnModelError(_UNREADABLE)


def _repacked(data: bytes) -> bytes:
    """The same ZIP with unpacked entries, after a check that their sizes are within the limits.

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


def _packed(given: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            content = given.read(entry)
            if entry.filename.endswith("data.pkl"):
                _check_pickles(content, 1)
            archive.writestr(entry.filename, content)
    return made.getvalue()


def _check_pickles(data: bytes, count: int) -> None:
    """Reads the names that the first pickles would call, without calling any."""
    stream = io.BytesIO(data)
    try:
        for _pickle in range(count):
            for code, value, _place in pickletools.genops(stream):
                if code.name == "GLOBAL" and str(value).split(" ")[-1] in _CALLS:
                    raise OwnModelError(_UNREADABLE)
                if stream.tell() > HEADER_LIMIT:
                    raise OwnModelError(_UNREADABLE)
    except OwnModelError:
        raise
    except Exception:  # pickletools raises many kinds for hostile bytes
        raise OwnModelError(_UNREADABLE) from None


def _unwrapped(raw: object) -> object:
    """The state dict, without what training tools add around it."""
    if isinstance(raw, Mapping):
        for name in _WRAPPERS:
            if isinstance(raw.get(name), Mapping):
                return raw[name]
    return raw


def _without_prefixes(state: State) -> State:
    for _layer in range(len(_PREFIXES)):
        found = next((p for p in _PREFIXES if all(key.startswith(p) for key in state)), None)
        if found is None or not state:
            break
        state = {key.removeprefix(found): value for key, value in state.items()}
    return state


def _check_tensors(state: State) -> None:
    if len(state) > NAMES_LIMIT:
        raise OwnModelError(f"The file has more than {NAMES_LIMIT:,} weights.")
    for key, value in state.items():
        if value.dtype not in DTYPES:
            kind = str(value.dtype).removeprefix("torch.")
            raise OwnModelError(
                f"The file's {key[:80]} is {kind}; float16, bfloat16, float32 and float64 are read."
            )
        if not _is_dense(value):
            raise OwnModelError(f"The file's {key[:80]} has no readable values.")


def _is_dense(value: Tensor) -> bool:
    """Whether it is a plain tensor in memory: not of a subclass and not without values."""
    return type(value) in (Tensor, torch.nn.Parameter) and value.device.type == "cpu"
