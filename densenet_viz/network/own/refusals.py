"""Why a file without a DenseNet of torchvision's names cannot be used, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from torch import Tensor

from densenet_viz.network.own.architectures import architecture_of
from densenet_viz.network.own.conversions import (
    ADAPTER,
    AVERAGED,
    DEEPSPEED,
    DISTRIBUTED,
    FSDP,
    LEARNER,
    NUMPY,
    PARTS,
    SAVE,
    UNPRUNED,
    whole_model_lines,
)
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.inert import Inert
from densenet_viz.network.own.names import printable
from densenet_viz.network.own.renaming import numbered_lines

Path = tuple[str | int, ...]
"""The names of the mappings around something in a file, and its number in a list."""

_DEPTH = 8
_MODULES = ("torch.nn.", "torchvision.", "fastai.", "timm.", "monai.", "torchxrayvision.")
_HARMLESS = ("argparse", "numpy", "pathlib", "datetime", "collections", "builtins", "omegaconf")
_LAYERS = re.compile(r"(^|[._])denselayer\d+\.")
_IN_PARTS = re.compile(r"(\.weight_(orig|mask|g|v)|\.parametrizations\..*)$")
_QUANTISED = (".zero_point", "_packed_params._packed_params", ".weight_scale", ".SCB")

# What a mapping of a file has, and so what the file is: sentence and lines.
_MAPPINGS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("ds_config",),
        "This is one part of a checkpoint of DeepSpeed. These lines join the parts.",
        DEEPSPEED,
    ),
    (
        ("shadow_params",),
        "The file holds averaged weights without their names (shadow_params of torch_ema). These "
        "lines save them with names.",
        AVERAGED,
    ),
    (
        ("param_groups", "state"),
        "This is the state of an optimiser, not of a network. Upload the file of the model.",
        SAVE,
    ),
    (
        ("python", "numpy"),
        "This is the state of random numbers, not of a network. Upload the file of the model.",
        SAVE,
    ),
    (
        ("last_epoch", "_step_count"),
        "This is the state of a learning-rate schedule, not of a network. Upload the file of the "
        "model.",
        SAVE,
    ),
)
# Parts of weights' names, and so what the weights are: sentence and lines.
_NAMES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("flat_param",),
        "The weights are joined into long rows without names, as FSDP keeps them. These lines save "
        "them with their names.",
        FSDP,
    ),
    (
        (".lora_A.", ".lora_B."),
        "The file holds an adapter (LoRA), which changes a network that is saved elsewhere. These "
        "lines join both.",
        ADAPTER,
    ),
    (
        _QUANTISED,
        "The network is quantised: its weights are whole numbers. Save it before that.",
        SAVE,
    ),
)


def why_no_network(content: object) -> OwnModelError:
    """What a file holds that has no DenseNet of torchvision's names.

    Args:
        content: as `read_content` gives it.
    """
    keys = list(_keys(content, _DEPTH))
    models = list(_objects(content, (), _DEPTH))
    library = next((each for each in models if each[0].called.startswith(_MODULES)), None)
    if library is not None:
        return _whole(*library)
    return (
        _by_mapping(content)
        or _by_names(content, keys)
        or _without_names(content, keys, models)
        or _layers_only(keys)
        or OwnModelError(
            f"The file has no features.conv0.weight, and its first weight is {printable(keys[0])}. "
            "Is it a DenseNet with torchvision's names?"
        )
    )


def _whole(whole: Inert, path: Path) -> OwnModelError:
    called = printable(whole.called)
    if called.startswith("fastai."):
        return OwnModelError(
            f"The file is an export of fastai ({called}); reading it would run code of the file. "
            "These lines save its network's weights.",
            LEARNER,
        )
    if "TrainingArguments" in called:
        return OwnModelError(
            "The file holds the arguments of a training, not weights. Upload the file of the "
            "model, model.safetensors or pytorch_model.bin."
        )
    return OwnModelError(
        f"The file holds a whole model ({called}), not weights alone; reading it would run code "
        "of the file. These lines save its weights.",
        whole_model_lines(path, called.split(".")[0]),
    )


def _by_mapping(content: object) -> OwnModelError | None:
    given = set(content) if isinstance(content, Mapping) else set()
    return next(
        (OwnModelError(said, lines) for names, said, lines in _MAPPINGS if set(names) <= given),
        None,
    )


def _by_names(content: object, keys: list[str]) -> OwnModelError | None:
    for parts, sentence, lines in _NAMES:
        if any(part in key for part in parts for key in keys):
            return OwnModelError(sentence, lines)
    if any(_LAYERS.search(key) for key in keys) and any(_IN_PARTS.search(key) for key in keys):
        return OwnModelError(
            "The file keeps weights in parts, as pruning, weight_norm and spectral_norm do. These "
            "lines join them.",
            UNPRUNED,
        )
    if any(key == "conv0.weight" or key.endswith(".conv0.weight") for key in keys):
        return OwnModelError(
            "The file has a first convolution (features.conv0.weight) but no layers of a dense "
            "block (features.denseblock1). Is it a DenseNet?"
        )
    if (other := architecture_of(keys)) is not None:
        sentence = f"These are the weights of {other.title}. {other.reason}"
        return OwnModelError(sentence, other.lines)
    if any(each.ndim == 5 for each in _tensors(content, _DEPTH)):
        return OwnModelError(
            "These are the weights of a network of volumes. The app explains networks of pictures."
        )
    return None


def _without_names(
    content: object, keys: list[str], models: list[tuple[Inert, Path]]
) -> OwnModelError | None:
    """For a file without named weights: whole models, arrays, or tensors in a list."""
    if any(key.endswith(".weight") for key in keys):
        return None
    if any(_arrays(content, _DEPTH)):
        return OwnModelError(
            "The file holds NumPy arrays, not tensors; reading them would run code of the file. "
            "These lines make tensors of them.",
            NUMPY,
        )
    if models:
        return _whole(*models[0])
    if keys:
        return None
    if isinstance(content, Tensor):
        return OwnModelError(
            "The file holds a weight without its name, as each part of a distributed checkpoint "
            "does (.distcp). These lines join the parts.",
            DISTRIBUTED,
        )
    if any(True for _ in _tensors(content, _DEPTH)):
        return OwnModelError(
            "The file holds weights without their names. These lines save them with names.", SAVE
        )
    return OwnModelError(
        "The file has no named weights. Is it a state dict (.safetensors, or .pth with weights "
        "only)?",
        SAVE,
    )


def _layers_only(keys: list[str]) -> OwnModelError | None:
    if not any(_LAYERS.search(key) for key in keys):
        return None
    if lines := numbered_lines(keys):
        return OwnModelError(
            "The file has the parts of a DenseNet by their numbers in a Sequential, and does not "
            "say whether a ReLU follows the last norm, as the app's DenseNets have it. If one "
            "does, these lines give the weights torchvision's names.",
            lines,
        )
    return OwnModelError(
        "The file has layers of a DenseNet but no features.conv0.weight, the first convolution. If "
        "it is one part of several, these lines join them.",
        PARTS,
    )


def _objects(content: object, path: Path, depth: int) -> Iterator[tuple[Inert, Path]]:
    """Objects that may be models, with the names under which they stand."""
    if isinstance(content, Inert):
        if content.called.split(".")[0] not in _HARMLESS:
            yield content, path
    elif isinstance(content, Mapping) and depth:
        for key, value in content.items():
            yield from _objects(value, (*path, key), depth - 1)


def _arrays(content: object, depth: int) -> Iterator[Inert]:
    """What stands for NumPy arrays."""
    if isinstance(content, Inert) and content.called.endswith("multiarray._reconstruct"):
        yield content
    elif isinstance(content, Mapping) and depth:
        for value in content.values():
            yield from _arrays(value, depth - 1)


def _tensors(content: object, depth: int) -> Iterator[Tensor]:
    if isinstance(content, Tensor):
        yield content
    elif isinstance(content, Mapping) and depth:
        for value in content.values():
            yield from _tensors(value, depth - 1)


def _keys(content: object, depth: int) -> Iterator[str]:
    """Names of tensors, the outer mappings' first."""
    if not isinstance(content, Mapping) or depth == 0:
        return
    for key, value in content.items():
        if isinstance(key, str) and isinstance(value, Tensor):
            yield key
    for value in content.values():
        yield from _keys(value, depth - 1)
