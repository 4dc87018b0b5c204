"""What a file is, by its first bytes or by the names in its ZIP: never by its ending.

Only files that the app cannot open have a row; each row says what the file is and which lines make
a file of it that opens.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from densenet_viz.network.own.errors import OwnModelError

SAVE = """import torch
torch.save(model.state_dict(), "weights.pth")  # where the model was trained"""

WHOLE_MODEL = """import torch
# This runs code of the file: do it only if you trust the file.
model = torch.load("model.pth", map_location="cpu", weights_only=False)
torch.save(model.state_dict(), "weights.pth")"""


def whole_model_lines(path: tuple[str, ...]) -> str:
    """The lines that save the weights of a whole model, which stands under these names."""
    inside = "".join(f"[{name!r}]" for name in path)
    return WHOLE_MODEL.replace("model.state_dict()", f"model{inside}.state_dict()")


TORCHSCRIPT = """import torch
model = torch.jit.load("model.pt", map_location="cpu")  # only if you trust the file
torch.save(model.state_dict(), "weights.pth")"""

CHECKPOINT = """import torch
# This runs code of the file: do it only if you trust the file.
saved = torch.load("model.pth", map_location="cpu", weights_only=False)
torch.save(saved["state_dict"], "weights.pth")  # the name under which the weights are saved"""

PICKLE = """import pickle, torch
# This runs code of the file: do it only if you trust the file.
with open("model.pkl", "rb") as file:
    saved = pickle.load(file)
torch.save(saved, "weights.pth")  # if it is a model: saved.state_dict()"""

NUMPY = """import torch
# This runs code of the file: do it only if you trust the file.
saved = torch.load("model.pth", weights_only=False)  # or pickle.load, or dict(np.load("model.npz"))
torch.save({name: torch.tensor(value) for name, value in saved.items()}, "weights.pth")"""

FASTAI = """import torch
from fastai.vision.all import Learner
from torchvision.models import densenet121
learn = Learner(dls, densenet121(num_classes=dls.c))  # torchvision's own head; then train it
torch.save(learn.model.state_dict(), "weights.pth")"""

KERAS = """import re
import keras, torch
model = keras.models.load_model("model.h5", compile=False)
torches = {"conv1_conv": "features.conv0", "conv1_bn": "features.norm0",
           "bn": "features.norm5", model.layers[-1].name: "classifier"}
state = {}
for layer in model.layers:
    name = torches.get(layer.name, layer.name.replace("/", "_"))
    name = torches.get(name, name)
    part = {"0_bn": "norm1", "1_conv": "conv1", "1_bn": "norm2", "2_conv": "conv2"}
    if found := re.fullmatch(r"conv(\\d)_block(\\d+)_(\\d_\\w+)", name):
        block, number, inside = int(found[1]) - 1, found[2], part.get(found[3])
        name = f"features.denseblock{block}.denselayer{number}.{inside}" if inside else ""
    elif found := re.fullmatch(r"pool(\\d)_(bn|conv)", name):
        inside = "norm" if found[2] == "bn" else "conv"
        name = f"features.transition{int(found[1]) - 1}.{inside}"
    values = [torch.tensor(value) for value in layer.get_weights()]
    if not values or not name:
        continue
    if len(values) == 4:  # a norm
        for key, value in zip(("weight", "bias", "running_mean", "running_var"), values):
            state[f"{name}.{key}"] = value
    else:
        axes = (3, 2, 0, 1) if values[0].ndim == 4 else (1, 0)
        for key, value in zip(("weight", "bias"), [values[0].permute(*axes), *values[1:]]):
            state[f"{name}.{key}"] = value.contiguous()
torch.save(state, "weights.pth")  # for keras.applications' DenseNets"""


@dataclass(frozen=True)
class Kind:
    """A kind of file that the app cannot open.

    `starts` are first bytes, `holds` tells it by the names in a ZIP; one of the two is given.
    """

    sentence: str
    lines: str = ""
    starts: tuple[bytes, ...] = ()
    holds: Callable[[set[str]], bool] | None = None


def _ends(names: set[str], *endings: str) -> bool:
    return any(name.endswith(endings) for name in names)


KINDS = (
    Kind(
        "This is a Keras model (HDF5), not a file of torch. These lines make one of it.",
        KERAS,
        starts=(b"\x89HDF\r\n\x1a\n",),
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
        "This is an ONNX model. Its export changes the names of the weights and joins the norms "
        "with the convolutions, so save the weights from torch.",
        SAVE,
        starts=tuple(bytes((8, version, then)) for version in range(1, 20) for then in b"\x12:B"),
    ),
    Kind(
        "This is a TensorFlow Lite model. Save the weights where the model was trained, with "
        "torch's names.",
        starts=(b"\x1c\x00\x00\x00TFL3", b"\x18\x00\x00\x00TFL3", b"\x20\x00\x00\x00TFL3"),
    ),
    Kind(
        "This is a web page, not a weight file: the download probably failed. Download it again.",
        starts=(b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML", b"<?xml"),
    ),
    Kind(
        "This is a pointer of Git LFS, not the weights. Run git lfs pull in its folder first.",
        starts=(b"version https://git-lfs",),
    ),
    Kind(
        "This is a file of NumPy arrays, not of torch. These lines make tensors of them.",
        NUMPY,
        starts=(b"\x93NUMPY",),
        holds=lambda names: bool(names) and all(name.endswith(".npy") for name in names),
    ),
    Kind(
        "This is a picture, not a weight file.",
        starts=(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    ),
    Kind(
        "This is a packed archive. Unpack it first, and upload the weight file in it.",
        starts=(b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh"),
    ),
)


def check_kind(data: bytes) -> None:
    """Refuses a file of a known kind that holds no readable weights, by its name.

    Raises:
        OwnModelError: it is one of `KINDS`; `lines` convert it.
    """
    names = _names_in(data)
    for kind in KINDS:
        by_names = kind.holds is not None and names is not None and kind.holds(names)
        if by_names or data.startswith(kind.starts):
            raise OwnModelError(kind.sentence, kind.lines)


def _names_in(data: bytes) -> set[str] | None:
    """The names in a ZIP, or None if it is no ZIP."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return set(archive.namelist())
    except Exception:  # zipfile raises many kinds for hostile bytes
        return None


@dataclass(frozen=True)
class Architecture:
    """A network that is no DenseNet of torchvision's kind, told by the names of its weights."""

    title: str
    part: tuple[str, ...]
    """Parts of a weight's name; one of them is enough."""
    reason: str = "The app explains DenseNets."


ARCHITECTURES = (
    Architecture(
        "a DenseNet with the names of pytorch-cifar",
        ("dense1.0.bn1.", "trans1.bn."),
        "The app reads the names of torchvision's DenseNet, and its order of the maps.",
    ),
    Architecture("a ResNet", ("layer1.0.conv1.", "layer1.0.bn1.", "layer1.0.downsample.")),
    Architecture("a vision transformer", ("patch_embed.", "attn.qkv.", "cls_token", "in_proj_")),
    Architecture("a ConvNeXt", ("stages.0.blocks.0.conv_dw", "layer_scale")),
    Architecture(
        "an EfficientNet or MobileNet",
        ("conv_pwl.", "conv_dw.", "_depthwise_conv.", ".block.0.0.", ".conv.0.0.weight"),
    ),
    Architecture("an Inception network", ("Mixed_5b", "inception3a.", "Conv2d_1a_3x3")),
    Architecture("a U-Net", ("decoder.", "up1.", "upconv", "segmentation_head")),
    Architecture("a VGG or AlexNet", ("features.0.weight",)),
)


def architecture_of(keys: list[str]) -> Architecture | None:
    """The other network that these weights are of, if it is a known one."""
    return next(
        (each for each in ARCHITECTURES if any(part in key for part in each.part for key in keys)),
        None,
    )
