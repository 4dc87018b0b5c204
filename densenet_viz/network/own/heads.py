"""The classifier of a weight file: which weights are its, and what they compute.

A head is one linear layer, or several with ReLUs between them. Dropout does nothing after
training; a batch norm is joined exactly with the linear layer before it if it directly follows that
one, or else with the one after it. A file does not name ReLUs: one is assumed between two linear
layers, and the gap in the modules' numbers says whether it stands before or after a norm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.finding import Found, check_weight
from densenet_viz.network.own.kinds import FASTAI
from densenet_viz.network.own.layout import HeadModule
from densenet_viz.network.own.reading import printable
from densenet_viz.network.weights import State

NAMES = ("classifier", "class_layers", "fc", "last_linear", "head", "heads", "linear", "out")
"""The usual names, the most usual first."""
MOST_LINEAR = 6
"""The most linear layers of a head."""
_EPSILON = 1e-5
"""torch's default of a batch norm."""


@dataclass(frozen=True, eq=False)
class Linear:
    """weight (out, in) and bias (out,), float32."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True, eq=False)
class Head:
    """What follows the mean of the last maps: linear layers with a ReLU between two of them.

    `name` is the head's name in the file, `modules` what it holds there, `left_out` the names of
    weights that belong to nothing that is read.
    """

    name: str
    layers: tuple[Linear, ...]
    modules: tuple[HeadModule, ...]
    left_out: tuple[str, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """Outputs of each layer; the last are the network's."""
        return tuple(len(layer.bias) for layer in self.layers)


def head_of(found: Found, channels: int) -> Head:
    """The head that reads the network's last maps.

    Args:
        found: the network's weights.
        channels: how many maps its last block gives.

    Raises:
        OwnModelError: no group of weights reads so many values, or it is a head of another kind.
    """
    groups = _groups(found)
    refused = None
    for name, group in groups.items():
        try:
            layers, modules = _layers(name, group, channels)
        except OwnModelError as error:
            # It is meant to be the head, or it is known how to make one of it.
            if name.removeprefix(found.prefix) in NAMES or error.lines:
                refused = refused or error
            continue
        left_out = tuple(key for key in found.others if not _belongs(key, name))
        return Head(name, layers, modules, left_out)
    raise refused or OwnModelError(
        "The file has the network's features but no classifier: no weight reads their "
        f"{channels:,} values."
    )


def _groups(found: Found) -> dict[str, State]:
    """The weights outside the features, by the module that they are of; likely heads first."""
    groups: dict[str, State] = {}
    for key, value in found.others.items():
        inside = key.removeprefix(found.prefix)
        first = inside.split(".")[0]
        start = key[: len(key) - len(inside)] + first
        groups.setdefault(start, {})[key.removeprefix(start).lstrip(".")] = value

    def rank(name: str) -> tuple[int, bool]:
        last = name.removeprefix(found.prefix)
        own = last in NAMES
        return (NAMES.index(last) if own else len(NAMES), not name.startswith(found.prefix))

    return {name: groups[name] for name in sorted(groups, key=rank)}


def _belongs(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


def _layers(
    name: str, group: State, channels: int
) -> tuple[tuple[Linear, ...], tuple[HeadModule, ...]]:
    """The linear layers of a group, with its norms joined.

    Raises:
        OwnModelError: they do not follow each other from `channels` values on.
    """
    norm: tuple[Tensor, Tensor] | None = None
    layers: list[Linear] = []
    modules: list[HeadModule] = []
    width, before = channels, ""
    for module, part in _modules(group):
        full = f"{name}.{module}".rstrip(".")
        said = printable(full)
        activated = bool(layers) and not any(each.activated for each in modules[_last(modules) :])
        if "running_mean" in part:
            scale, shift = _norm(said, part, width)
            if layers and norm is None and _follows(module, before):
                layers[-1] = _scaled(layers[-1], scale, shift)
                activated = False
            else:
                norm = (
                    (scale, shift) if norm is None else (norm[0] * scale, norm[1] * scale + shift)
                )
            modules.append(HeadModule(full, "norm", width, width, activated=activated))
            before = module
            continue
        weight = _matrix(said, part)
        if weight.shape[1] != width:
            raise _other_width(said, weight, width, first=not layers)
        has_bias = "bias" in part
        bias = _vector(said, part, len(weight)) if has_bias else torch.zeros(len(weight))
        modules.append(HeadModule(full, "linear", width, len(weight), has_bias, activated))
        if norm is not None:
            bias, weight, norm = bias + weight @ norm[1], weight * norm[0], None
        layers.append(Linear(weight, bias))
        width, before = len(weight), module
        if len(layers) > MOST_LINEAR:
            raise OwnModelError(f"The file's {said} is one of more than {MOST_LINEAR} layers.")
    if not layers:
        raise OwnModelError(f"The file's {printable(name)} has no linear layer.")
    if norm is not None:
        raise OwnModelError(
            f"The file's {printable(name)} ends with a norm after a ReLU, which gives no scores."
        )
    return tuple(layers), tuple(modules)


def _last(modules: list[HeadModule]) -> int:
    """The place after the last linear layer."""
    places = [place for place, each in enumerate(modules) if each.kind == "linear"]
    return places[-1] + 1 if places else 0


def _follows(module: str, before: str) -> bool:
    """Whether a module directly follows another; modules without numbers are taken to."""
    if module.isdecimal() and before.isdecimal():
        return int(module) == int(before) + 1
    return True


def _scaled(layer: Linear, scale: Tensor, shift: Tensor) -> Linear:
    return Linear(layer.weight * scale[:, None], layer.bias * scale + shift)


def _modules(group: State) -> Iterator[tuple[str, State]]:
    """The modules of a head with their weights, in the order of the file."""
    modules: dict[str, State] = {}
    for key, value in group.items():
        module, _, last = key.rpartition(".")
        modules.setdefault(module, {})[last] = value
    return ((name, part) for name, part in modules.items() if "weight" in part)


def _matrix(name: str, part: Mapping[str, Tensor]) -> Tensor:
    """(out, in) weights of a linear layer, or of a 1 x 1 convolution."""
    weight = part["weight"]
    check_weight(f"{name}.weight", weight)
    if weight.ndim == 4 and weight.shape[2:] == (1, 1):
        weight = weight.flatten(1)
    if weight.ndim != 2 or 0 in weight.shape:
        sides = " × ".join(map(str, weight.shape))
        raise OwnModelError(f"The file's {name}.weight is {sides}; a linear layer has 2 sides.")
    return weight.detach().float()


def _vector(name: str, part: Mapping[str, Tensor], length: int, key: str = "bias") -> Tensor:
    value = part.get(key)
    if value is None or tuple(value.shape) != (length,):
        raise OwnModelError(f"The file's {name}.{key} is not {length:,} numbers.")
    check_weight(f"{name}.{key}", value)
    return value.detach().float()


def _norm(name: str, part: Mapping[str, Tensor], width: int) -> tuple[Tensor, Tensor]:
    """What a batch norm multiplies by and adds."""
    if len(part["running_mean"]) == 2 * width:
        raise _concatenated(name)
    mean, variance = (_vector(name, part, width, f"running_{key}") for key in ("mean", "var"))
    scale = _vector(name, part, width, "weight") / (variance + _EPSILON).sqrt()
    return scale, _vector(name, part, width) - mean * scale


def _other_width(name: str, weight: Tensor, width: int, *, first: bool) -> OwnModelError:
    if first and weight.shape[1] == 2 * width:
        return _concatenated(name)
    return OwnModelError(
        f"The file's {name}.weight reads {weight.shape[1]:,} values; the part before it gives "
        f"{width:,}."
    )


def _concatenated(name: str) -> OwnModelError:
    return OwnModelError(
        f"The file's {name} reads the maximum and the mean of the last maps, as fastai's heads do "
        "(concat pooling). The app reads heads after the mean alone. These lines train one.",
        FASTAI,
    )
