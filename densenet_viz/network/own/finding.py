"""Where a DenseNet's weights are in a file: in which mapping, and behind which prefix.

Training code saves a state dict inside other mappings (`state_dict`, `model`), under the name that
the network has in a larger module (`module.`, `backbone.`, `model.densenet121.`), and beside a copy
with averaged weights (EMA, SWA). All of these are found by the stem's weight, whatever their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.kinds import FASTAI, WHOLE_MODEL, architecture_of
from densenet_viz.network.own.reading import NAMES_LIMIT, Inert, printable
from densenet_viz.network.weights import State, modern_key

DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)

_DEPTH = 3
"""How many mappings inside each other are looked into."""
_STEM = re.compile(r"^(?P<prefix>(?:.*?\.)??)(?P<features>(?:features\.)?)conv0\.weight$")
_LAYERS = re.compile(r"(^|\.)denselayer\d+\.")
_AVERAGED = re.compile(r"(^|[._])(ema|averaged?|swa|shadow)([._]|$)|_ema|ema_|^n_averaged$", re.I)
_COUNTERS = ("num_batches_tracked", "n_averaged")


@dataclass(frozen=True, eq=False)
class Found:
    """One DenseNet's weights in a file.

    `features` are by their names inside `features.`, in torchvision's names of today; `others` are
    all other weights of the same mapping, by their full names.
    """

    name: str
    """What tells it from the file's other networks; "" if there is no other name."""
    path: tuple[str, ...]
    """The names of the mappings around it, the outer one first."""
    prefix: str
    start: str
    """What stands before each weight of the features: the prefix, and usually "features."."""
    features: State
    others: State
    averaged: bool
    monai: bool
    """Whether its layers have MONAI's names."""


def networks_in(content: object) -> tuple[Found, ...]:
    """The DenseNets of a file, the one to take first: averaged weights before others.

    Args:
        content: as `read_content` gives it.

    Raises:
        OwnModelError: there is none; the sentence says what the file holds.
    """
    found = [
        each for path, state in _states(content, (), _DEPTH) for each in _networks(path, state)
    ]
    if not found:
        raise _no_network(content)
    return tuple(sorted(found, key=lambda each: not each.averaged))


def _states(
    content: object, path: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str, ...], State]]:
    """The mappings with a stem's weight, by the path of their names."""
    if not isinstance(content, Mapping) or depth == 0:
        return
    named = {key: value for key, value in content.items() if isinstance(key, str)}
    if any(_STEM.match(key) and isinstance(value, Tensor) for key, value in named.items()):
        yield path, _tensors(named)
        return
    for key, value in named.items():
        yield from _states(value, (*path, key), depth - 1)


def _tensors(named: Mapping[str, object]) -> State:
    state = {key: value for key, value in named.items() if isinstance(value, Tensor)}
    if len(state) > NAMES_LIMIT:
        raise OwnModelError(f"The file has more than {NAMES_LIMIT:,} weights.")
    return state


def _networks(path: tuple[str, ...], state: State) -> Iterator[Found]:
    """One network for each prefix that stands before a stem."""
    stems = [found for key in state if (found := _STEM.match(key))]
    starts = [found["prefix"] + found["features"] for found in stems]
    for stem, start in zip(stems, starts, strict=True):
        inside = {
            _modern(key.removeprefix(start)): value
            for key, value in state.items()
            if key.startswith(start) and not key.endswith(_COUNTERS)
        }
        if not any(_LAYERS.search(key) for key in inside):
            continue
        others = {
            key: value
            for key, value in state.items()
            if not key.startswith(tuple(starts)) and not key.endswith(_COUNTERS)
        }
        prefix = stem["prefix"]
        called = ".".join(part for part in (*path, prefix.rstrip(".")) if part)
        averaged = bool(_AVERAGED.search(called)) or "n_averaged" in state
        monai = any(".layers." in key for key in state)
        yield Found(
            *(printable(called), path, prefix, start),
            *(_checked(inside), others, averaged, monai),
        )


def _modern(key: str) -> str:
    """A weight's name inside `features.` in torchvision's names of today.

    >>> _modern("denseblock1.denselayer2.norm.1.weight"), _modern("norm_final.bias")
    ('denseblock1.denselayer2.norm1.weight', 'norm5.bias')
    >>> _modern("denseblock1.denselayer2.layers.conv1.weight")  # MONAI
    'denseblock1.denselayer2.conv1.weight'
    """
    key = re.sub(r"(denselayer\d+\.)layers\.", r"\1", modern_key(key))
    return re.sub(r"^(norm_final|final_norm|norm[1-9])\.(?=\w+$)", "norm5.", key)


def _checked(state: State) -> State:
    for key, value in state.items():
        check_weight(f"features.{key}", value)
    return state


def check_weight(key: str, value: Tensor) -> None:
    """Raises `OwnModelError` for a weight that is no dense tensor of one of `DTYPES`."""
    if value.dtype not in DTYPES:
        kind = str(value.dtype).removeprefix("torch.")
        raise OwnModelError(
            f"The file's {printable(key)} is {kind}; float16, bfloat16, float32 and float64 are "
            "read."
        )
    plain = type(value) in (Tensor, torch.nn.Parameter) and value.layout is torch.strided
    if not plain or value.device.type != "cpu":
        raise OwnModelError(f"The file's {printable(key)} has no readable values.")


def _no_network(content: object) -> OwnModelError:
    """Why a file without a DenseNet cannot be used."""
    whole = next(_models(content, _DEPTH), None)
    if whole is not None:
        return OwnModelError(
            f"The file holds a whole model ({printable(whole.called)}), not weights alone; reading "
            "it would run code of the file. These lines save its weights.",
            FASTAI if whole.called.startswith("fastai.") else WHOLE_MODEL,
        )
    keys = list(_keys(content, _DEPTH))
    if not keys:
        return OwnModelError(
            "The file has no named weights. Is it a state dict (.safetensors, or .pth with weights "
            "only)?"
        )
    if any(_STEM.match(key) for key in keys):
        return OwnModelError(
            "The file has a first convolution (features.conv0.weight) but no layers of a dense "
            "block (features.denseblock1). Is it a DenseNet?"
        )
    if (other := architecture_of(keys)) is not None:
        return OwnModelError(f"These are the weights of {other.title}. {other.reason}")
    if any(_LAYERS.search(key) for key in keys):
        return OwnModelError(
            "The file has layers of a DenseNet but no features.conv0.weight, the first convolution."
        )
    return OwnModelError(
        f"The file has no features.conv0.weight, and its first weight is {printable(keys[0])}. Is "
        "it a DenseNet with torchvision's names?"
    )


def _models(content: object, depth: int) -> Iterator[Inert]:
    if isinstance(content, Inert):
        if content.called.startswith(("torch.nn.", "torchvision.", "fastai.")) or (
            content.called.split(".")[0] not in ("argparse", "numpy", "pathlib", "datetime")
        ):
            yield content
    elif isinstance(content, Mapping) and depth:
        for value in content.values():
            yield from _models(value, depth - 1)


def _keys(content: object, depth: int) -> Iterator[str]:
    """Names of tensors, the outer mappings' first."""
    if not isinstance(content, Mapping) or depth == 0:
        return
    for key, value in content.items():
        if isinstance(key, str) and isinstance(value, Tensor):
            yield key
    for value in content.values():
        yield from _keys(value, depth - 1)
