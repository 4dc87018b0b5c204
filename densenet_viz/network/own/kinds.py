"""What a file is, by its first bytes or by the names in its ZIP: never by its ending.

Only files that the app cannot open have a row; each row says what the file is and which lines make
a file of it that opens.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from densenet_viz.network.own.conversions import (
    EXPORTED,
    HDF5,
    KERAS,
    KERAS_WEIGHTS,
    NUMPY_ARCHIVE,
    PARTS,
    SAVE,
    TORCHSCRIPT,
)
from densenet_viz.network.own.errors import OwnModelError

INCOMPLETE = (
    "The file is not complete: the download or the copy probably stopped before its end. Get it "
    "again."
)
_WEIGHT_ENDINGS = (".pth", ".pt", ".ckpt", ".bin", ".tar", ".safetensors", ".h5", ".keras")
_TABLE_END = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
"""The last bytes of a table of LevelDB, as TensorFlow's index of a checkpoint is one."""
_LOOKED_AT = 1000
_WEB_PAGES = (b"<!doctype", b"<html", b"<?xml")
_HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Kind:
    """A kind of file that the app cannot open.

    `starts` are first bytes, `holds` tells it by the names in a ZIP, and `looks` by the bytes; one
    of them is given, or several.
    """

    sentence: str
    lines: str = ""
    starts: tuple[bytes, ...] = ()
    holds: Callable[[set[str]], bool] | None = None
    looks: Callable[[bytes], bool] | None = None


def _ends(names: set[str], *endings: str) -> bool:
    return any(name.endswith(endings) for name in names)


def _is_torch(names: set[str]) -> bool:
    return any(name.rpartition("/")[2] == "data.pkl" for name in names)


def _is_text(data: bytes) -> bool:
    begin = data[:_LOOKED_AT]
    try:
        text = begin.decode("utf-8-sig", "strict" if len(data) <= _LOOKED_AT else "ignore")
    except UnicodeDecodeError:
        return False
    return bool(text) and all(letter.isprintable() or letter.isspace() for letter in text)


def _is_json(data: bytes) -> bool:
    return data[:1] in (b"{", b"[") and _is_text(data)


def _is_index(data: bytes) -> bool:
    return _is_json(data) and b'"weight_map"' in data[:1_000_000]


def _is_onnx(data: bytes) -> bool:
    """The version of ONNX's format, from 3 on, and then a text or the graph."""
    begins = (
        len(data) > 5
        and data[:1] == b"\x08"
        and 3 <= data[1] < 20
        and data[2:3] in (b"\x12", b":", b"B")
    )
    return begins and not _is_core_ml(data)


def _is_core_ml(data: bytes) -> bool:
    """A version, and then a description that begins with an input or an output."""
    start = 4 if data[3:4] < b"\x80" else 5
    return data[:1] == b"\x08" and data[2:3] == b"\x12" and data[start : start + 1] == b"\n"


KINDS = (
    Kind("The file is empty.", looks=lambda data: not data),
    Kind(
        "This is an HDF5 file with weights of torch. These lines make a file of torch of it.",
        HDF5,
        looks=lambda data: data.startswith(_HDF5) and b"denselayer" in data,
    ),
    Kind(
        "This is a Keras model (HDF5), not a file of torch. These lines make one of it.",
        KERAS,
        looks=lambda data: data.startswith(_HDF5) and b"model_config" in data,
    ),
    Kind(
        "This file has the weights of a Keras model (HDF5), without the model. These lines make a "
        "file of torch of it.",
        KERAS_WEIGHTS,
        starts=(_HDF5,),
    ),
    Kind(
        "This is a Keras model, not a file of torch. These lines make one of it.",
        KERAS.replace("model.h5", "model.keras"),
        holds=lambda names: _ends(names, "model.weights.h5"),
    ),
    Kind(
        "This is a TorchScript file: it holds a program beside the weights. These lines save the "
        "weights alone.",
        TORCHSCRIPT,
        holds=lambda names: _ends(names, "/constants.pkl") or any("/code/" in n for n in names),
    ),
    Kind(
        "This is a program of torch.export: it holds a graph beside the weights. These lines save "
        "the weights alone.",
        EXPORTED,
        holds=lambda names: _ends(names, "serialized_exported_program.json", "/archive_format"),
    ),
    Kind(
        "This is a SavedModel of TensorFlow. If it is a DenseNet of Keras, load it in Keras, save "
        'it with model.save("model.keras"), and use these lines.',
        KERAS.replace("model.h5", "model.keras"),
        starts=(b"\x08\x01\x12",),
        holds=lambda names: _ends(names, "saved_model.pb"),
    ),
    Kind(
        "This is a Core ML model. Save the weights where the model was trained, with torch.",
        SAVE,
        looks=_is_core_ml,
    ),
    Kind(
        "This is an ONNX model. Its export changes the names of the weights and joins the norms "
        "with the convolutions, so save the weights from torch.",
        SAVE,
        looks=_is_onnx,
    ),
    Kind(
        "This is a TensorFlow Lite model. Save the weights where the model was trained, with "
        "torch's names.",
        starts=(b"\x1c\x00\x00\x00TFL3", b"\x18\x00\x00\x00TFL3", b"\x20\x00\x00\x00TFL3"),
    ),
    Kind(
        "This is the index of a TensorFlow checkpoint. The app reads weights of torch.",
        looks=lambda data: data.endswith(_TABLE_END),
    ),
    Kind(
        "This is a model of OpenVINO. Save the weights where the model was trained, with torch.",
        SAVE,
        looks=lambda data: data.startswith(b"<?xml") and b"<net " in data[:_LOOKED_AT],
    ),
    Kind(
        "This is a TensorRT engine, made for one kind of GPU. Save the weights where the model was "
        "trained, with torch.",
        SAVE,
        starts=(b"ptrt", b"ftrt"),
    ),
    Kind("This is a language model (GGUF). The app explains DenseNets.", starts=(b"GGUF",)),
    Kind(
        "This is a file of Lua Torch (.t7), as the authors' first DenseNets are. The app reads "
        "files of PyTorch.",
        starts=(b"\x04\x00\x00\x00\x01\x00\x00\x00", b"\x03\x00\x00\x00\x01\x00\x00\x00"),
    ),
    Kind(
        "This is a file of MXNet. The app reads files of PyTorch.",
        starts=(b"\x12\x01\x00\x00\x00\x00\x00\x00",),
    ),
    Kind("This is a file of MATLAB. The app reads files of PyTorch.", starts=(b"MATLAB ",)),
    Kind(
        "This is a web page, not a weight file: the download probably failed. Download it again.",
        looks=lambda data: data[:99].lstrip().lower().startswith(_WEB_PAGES),
    ),
    Kind(
        "This is a pointer of Git LFS, not the weights. Run git lfs pull in its folder first.",
        starts=(b"version https://git-lfs",),
    ),
    Kind(
        "This is the index of weights that are saved in several files. Upload one file: these "
        "lines make it of the parts.",
        PARTS,
        looks=_is_index,
    ),
    Kind(
        "This is a JSON file, not weights. Upload the weights here (model.safetensors, or "
        "pytorch_model.bin), and a JSON of labels as the labels.",
        looks=_is_json,
    ),
    Kind(
        "This is a NumPy array without a name, not weights of torch. Save all weights by name.",
        SAVE,
        starts=(b"\x93NUMPY",),
    ),
    Kind(
        "This is a file of NumPy arrays, not of torch. These lines make tensors of them.",
        NUMPY_ARCHIVE,
        holds=lambda names: bool(names) and all(name.endswith(".npy") for name in names),
    ),
    Kind(
        "This is a picture, not a weight file.",
        starts=(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
        looks=lambda data: data[128:132] == b"DICM",
    ),
    Kind("This is a document, not a weight file.", starts=(b"%PDF", b"\xd0\xcf\x11\xe0")),
    Kind(
        "This is a packed archive. Unpack it first, and upload the weight file in it.",
        starts=(b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ"),
        holds=lambda names: _ends(names, *_WEIGHT_ENDINGS) and not _is_torch(names),
        looks=lambda data: data[257:262] == b"ustar",
    ),
    Kind(
        "This is a ZIP without a weight file in it.",
        holds=lambda names: not _is_torch(names),
    ),
    Kind("This is a text, not a weight file.", looks=_is_text),
)
"""The first row that fits decides."""


def check_kind(data: bytes) -> None:
    """Refuses a file of a known kind that holds no readable weights, by its name.

    Raises:
        OwnModelError: it is one of `KINDS`; `lines` convert it.
    """
    names = _names_in(data)
    for kind in KINDS:
        by_names = kind.holds is not None and names is not None and kind.holds(names)
        by_bytes = data.startswith(kind.starts) or (kind.looks is not None and kind.looks(data))
        if by_names or by_bytes:
            raise OwnModelError(kind.sentence, kind.lines)
    if data.startswith(b"PK") and names is None:
        raise OwnModelError(INCOMPLETE)


def _names_in(data: bytes) -> set[str] | None:
    """The names in a ZIP, or None if it is no ZIP."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return set(archive.namelist())
    except Exception:  # zipfile raises many kinds for hostile bytes
        return None
