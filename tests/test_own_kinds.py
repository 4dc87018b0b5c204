"""Files that do not open: each is called by its name."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable

import pytest
import safetensors.torch
import torch
from torch import nn

from densenet_viz.network.own.loading import read_weight_file
from tests.own_layouts import WIDTH, State, headed, monai, net, refusal, under
from tests.small_models import saved

ONE = torch.ones(1)


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "Keras"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100) + b"model_config", "Keras model"),
        (b"\x93NUMPY\x01\0" + bytes(100), "NumPy array"),
        (saved(torch.zeros(3)), "distributed"),
        (zipped("config.json", "metadata.json", "model.weights.h5"), "Keras"),
        (bytes((8, 7, 0x12, 7)) + b"pytorch" + bytes(100), "ONNX"),
        (b"\x1c\x00\x00\x00TFL3" + bytes(100), "TensorFlow Lite"),
        (b"<!DOCTYPE html><html>404</html>", "web page"),
        (b"\n <html><title>Virus scan warning", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        (zipped("a.npy", "b.npy"), "NumPy"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\x1f\x8b\x08" + bytes(100), "archive"),
        (
            saved({"conv1.weight": torch.zeros(1), "layer1.0.conv1.weight": torch.zeros(1)}),
            "ResNet",
        ),
        (saved({"patch_embed.proj.weight": torch.zeros(1)}), "transformer"),
        (saved({"features.0.weight": torch.zeros(1)}), "VGG"),
        (saved({"dense1.0.bn1.weight": torch.zeros(1)}), "pytorch-cifar"),
        (
            saved(
                {
                    k: v[..., None] if v.ndim == 4 else v
                    for k, v in monai(net().state_dict()).items()
                }
            ),
            "volumes",
        ),
        (saved(headed(nn.BatchNorm1d(2 * WIDTH), nn.Linear(2 * WIDTH, 2)).state_dict()), "fastai"),
        (
            saved(
                {
                    key.replace("features.", "0.0.").replace("classifier.", "1."): value
                    for key, value in headed(nn.BatchNorm1d(2 * WIDTH), nn.Linear(2 * WIDTH, 2))
                    .state_dict()
                    .items()
                }
            ),
            "fastai",
        ),
        (
            saved(
                {
                    key.replace("features.", "encoder.features."): value
                    for key, value in net().state_dict().items()
                    if "classifier" not in key
                }
                | {"decoder.blocks.0.conv1.0.weight": torch.zeros(4, 24, 3, 3)}
            ),
            "U-Net",
        ),
        (
            saved(dict(net().state_dict()) | {"features.conv1.weight": torch.zeros(12, 12, 3, 3)}),
            "deep stem",
        ),
        (
            saved({k: v for k, v in net().state_dict().items() if "classifier" not in k}),
            "classifier",
        ),
    ],
)
def test_another_file_is_called_by_its_name(data: bytes, fact: str) -> None:
    assert fact in str(refusal(data))


def test_a_quantised_head_is_named() -> None:
    """As torch.ao.quantization.quantize_dynamic leaves a network: its convolutions stay."""
    state: dict[str, object] = dict(without(dict(net().state_dict()), "classifier"))
    state |= {"classifier.scale": torch.tensor(1.0), "classifier.zero_point": torch.tensor(0)}
    state["classifier._packed_params._packed_params"] = (torch.zeros(0), None)
    assert "quantised" in str(refusal(saved(state)))


def test_a_pickle_without_torch_is_named() -> None:
    error = refusal(pickle.dumps({"a": [1]}))
    assert "pickle" in str(error)
    assert "weights.pth" in error.lines


def test_a_weight_with_and_without_a_wrapper_is_refused() -> None:
    state = dict(net().state_dict())
    twice = state | {"_orig_mod.classifier.bias": torch.zeros(3)}
    assert "wrapper" in str(refusal(saved(twice)))


# -- other containers ---------------------------------------------------------------------------


def packed(name: str, data: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"", "empty"),
        (b"\x08\x01\x12\xf0\xa2\x01\n\x80\x01" + bytes(100), "SavedModel"),
        (zipped("model/saved_model.pb", "model/variables/variables.index"), "SavedModel"),
        (b"\x08\x05\x12\x80\x01\n\x20\n\x05input" + bytes(100), "Core ML"),
        (bytes((8, 8)) + b"\x3a\x90\x01" + bytes(100), "ONNX"),
        (b'<?xml version="1.0"?>\n<net name="d" version="11"/>', "OpenVINO"),
        (b"GGUF\x03\0\0\0" + bytes(100), "GGUF"),
        (b"\4\0\0\0\1\0\0\0\3\0\0\0V 1" + bytes(100), "Lua"),
        (b"MATLAB 5.0 MAT-file" + bytes(100), "MATLAB"),
        (json.dumps({"weight_map": {"a": "model-00001-of-00002.safetensors"}}).encode(), "index"),
        (json.dumps({"architecture": "densenet121"}).encode(), "JSON"),
        (b"id,label\n0,cat\n", "text"),
        ("étiquettes\n".encode() * 300, "text"),
        (b"%PDF-1.7\n" + bytes(100), "document"),
        (bytes(128) + b"DICM" + bytes(100), "picture"),
        (zipped("run/best.pth"), "archive"),
        (zipped("word/document.xml"), "ZIP"),
        (zipped("archive/archive_format", "archive/data/weights/weight_0"), "torch.export"),
        (packed("model.pth", saved({})), "archive"),
    ],
)
def test_a_container_is_called_by_its_name(data: bytes, fact: str) -> None:
    assert fact in str(refusal(data))


@pytest.mark.parametrize("kind", ["zip", "safetensors", "legacy"])
def test_a_file_that_was_cut_off_is_not_complete(kind: str) -> None:
    state = dict(net().state_dict())
    legacy = io.BytesIO()
    torch.save(state, legacy, _use_new_zipfile_serialization=False)
    whole = {
        "zip": saved(state),
        "safetensors": safetensors.torch.save(state),
        "legacy": legacy.getvalue(),
    }[kind]
    assert read_weight_file(whole).outputs == 3
    assert "not complete" in str(refusal(whole[: len(whole) * 3 // 4]))


# -- other names and other networks ---------------------------------------------------------------


def without_classifier() -> State:
    return {key: v for key, v in net().state_dict().items() if "classifier" not in key}


def flat(state: State) -> State:
    """As timm's features_only names the features."""
    return {key.replace("features.", "features_"): value for key, value in state.items()}


def without(state: State, part: str) -> State:
    return {key: value for key, value in state.items() if part not in key}


def half(state: State, *, second: bool) -> State:
    names = sorted(state)
    middle = len(names) // 2
    return {name: state[name] for name in (names[middle:] if second else names[:middle])}


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (lambda: flat(without_classifier()), "features_only"),
        (lambda: without(dict(net().state_dict()), "running_"), "GroupNorm"),
        (lambda: without(dict(net().state_dict()), "norm"), "norms"),
        (lambda: dict(net().state_dict()) | {"pool.p": torch.tensor([3.0])}, "GeM"),
        (
            lambda: dict(net().state_dict()) | {"features.relu0.weight": torch.zeros(1)},
            "PReLU",
        ),
        (lambda: headed(nn.Linear(WIDTH, 8), nn.PReLU(), nn.Linear(8, 3)).state_dict(), "PReLU"),
        (lambda: headed(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 3)).state_dict(), "LayerNorm"),
        (
            lambda: without_classifier() | {"arcface.weight": torch.zeros(7, WIDTH)},
            "angles",
        ),
        (
            lambda: (
                under("encoder_q.", dict(net().state_dict()))
                | under("encoder_k.", dict(net().state_dict()))
            ),
            "MoCo",
        ),
        (
            lambda: (
                under("backbone.", without_classifier())
                | {"roi_heads.box_predictor.cls_score.weight": torch.zeros(2, 8)}
            ),
            "detector",
        ),
        (lambda: without_classifier() | {"projector.weight": torch.zeros(8, WIDTH)}, "contrastive"),
        (
            lambda: dict(net().state_dict()) | {"features.conv0.weight_fake_quant.scale": ONE},
            "rounded",
        ),
        (lambda: half(dict(net().state_dict()), second=False), "one part of several"),
        (lambda: half(dict(net().state_dict()), second=True), "one part of several"),
        (lambda: {"a.lora_A.weight": torch.zeros(2), "a.lora_B.weight": torch.zeros(2)}, "LoRA"),
        (lambda: {"_fsdp_wrapped_module.flat_param": torch.zeros(9)}, "FSDP"),
        (lambda: {"ds_config": {}, "optimizer_state_dict": {}}, "DeepSpeed"),
        (lambda: {key: torch.zeros(0) for key in net().state_dict()}, "DeepSpeed"),
        (lambda: {"shadow_params": [torch.zeros(2)], "decay": 0.99}, "shadow_params"),
        (lambda: [torch.zeros(2), torch.zeros(3)], "without their names"),
        (lambda: torch.optim.AdamW(net().parameters()).state_dict(), "optimiser"),
        (lambda: {"last_epoch": 3, "_step_count": 4}, "schedule"),
        (lambda: {"features.0.weight": torch.zeros(8, 1, 3, 3, 3)}, "VGG"),
        (lambda: {"body.weight": torch.zeros(8, 1, 3, 3, 3)}, "volumes"),
        (lambda: {"vit.encoder.layer.0.attention.query.weight": torch.zeros(2)}, "transformer"),
        (lambda: {"resnet.encoder.stages.0.x.weight": torch.zeros(2)}, "ResNet"),
    ],
)
def test_another_network_is_called_by_its_name(content: Callable[[], object], fact: str) -> None:
    assert fact in str(refusal(saved(content())))


class HistoryBuffer:
    """An object that a checkpoint holds beside its weights, as MMEngine's do."""


def test_an_object_beside_weights_is_no_whole_model() -> None:
    state = {"log": {"loss": HistoryBuffer()}, "state_dict": {"body.weight": torch.zeros(2)}}
    assert "whole model" not in str(refusal(saved(state)))


def test_a_class_that_is_not_installed_is_named_in_the_lines() -> None:
    error = refusal(saved({"model": HistoryBuffer()}))
    assert "whole model" in str(error)
    assert "tests" in error.lines  # the package of the class
