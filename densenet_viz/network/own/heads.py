"""The classifier of a weight file: which weights are its, and what they compute.

A head is one linear layer, or several with ReLUs between them. Dropout does nothing after
training; a batch norm is joined exactly with the linear layer before it if it directly follows that
one, or else with the one after it. A file does not name ReLUs: one is assumed between two linear
layers, and the gap in the modules' numbers says whether it stands before or after a norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.finding import Found, check_weight
from densenet_viz.network.own.kinds import FASTAI
from densenet_viz.network.own.layout import HeadModule
from densenet_viz.network.own.reading import is_number, natural, printable
from densenet_viz.network.own.spec import MOST_CLASSES
from densenet_viz.network.weights import State

NAMES = ("classifier", "class_layers", "fc", "last_linear", "head", "heads", "linear", "out")
"""The usual names, the most usual first."""
MOST_MODULES = 12
"""The most linear layers and norms of a head."""
MOST_VALUES = 64_000_000
"""The most weights of one linear layer: a few bytes of a file can claim more."""
_IN_PARTS = ("weight_g", "weight_v", "weight_orig", "weight_mask", "weight_u")
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
        OwnModelError: no part reads so many values, several do, or it is a head of another kind.
    """
    groups = _groups(found)
    heads: dict[str, Head] = {}
    refused: dict[str, OwnModelError] = {}
    for name, group in groups.items():
        try:
            layers, modules = _layers(name, group, channels)
        except OwnModelError as error:
            refused[name] = error
            continue
        left_out = tuple(key for key in found.others if not _belongs(key, name))
        heads[name] = Head(name, layers, modules, left_out)
    head = _chosen(found, heads, refused, channels)
    _check_alone(head, groups, channels)
    return head


def _chosen(
    found: Found, heads: dict[str, Head], refused: dict[str, OwnModelError], channels: int
) -> Head:
    """The head among the parts that could be it: one with a usual name, the outermost first."""
    usual = [name for name in heads if _is_usual(name, found)]
    if not usual:
        for name, error in refused.items():
            # It is meant to be the head, or it is known how to make one of it.
            if _is_usual(name, found) or error.lines:
                raise error
    outer = [name for name in usual if not name.startswith(found.prefix)]
    names = outer or usual or list(heads)
    if not names:
        raise OwnModelError(
            "The file has the network's features but no classifier: no weight reads their "
            f"{channels:,} values."
        )
    if not usual and len(names) > 1:
        parts = ", ".join(map(printable, names[:4]))
        raise OwnModelError(
            f"Several parts of the file read the last maps: {parts}. Save the one that classifies "
            "under the name classifier."
        )
    return heads[names[0]]


def _is_usual(name: str, found: Found) -> bool:
    return name.removeprefix(found.prefix) in NAMES


def _check_alone(head: Head, groups: dict[str, State], channels: int) -> None:
    """Refuses a head that another part of the file goes on from, or stands before.

    Raises:
        OwnModelError: there is such a part.
    """
    outputs = head.widths[-1]
    for name, group in groups.items():
        if name == head.name:
            continue
        first = next((value for value in group.values() if value.ndim in (2, 4)), None)
        reads = 0 if first is None else first.shape[1]
        mean = next((v for k, v in group.items() if k.endswith("running_mean")), None)
        before = mean is not None and first is None and mean.numel() == channels
        if before or (reads == outputs != channels and outputs > 1):
            where = "stands before" if before else f"reads the {outputs:,} outputs of"
            raise OwnModelError(
                f"The file's {printable(name)} {where} {printable(head.name)}, and a file of "
                "weights does not say how they are joined. Save the whole head as one "
                "nn.Sequential with the name classifier."
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
    made = _Making(channels)
    for module, part in _modules(name, group):
        full = f"{name}.{module}".rstrip(".")
        if "running_mean" in part:
            made.add_norm(full, module, part)
        else:
            made.add_linear(full, module, part)
    if not made.layers:
        raise OwnModelError(f"The file's {printable(name)} has no linear layer.")
    if made.norm is not None:
        raise OwnModelError(
            f"The file's {printable(name)} ends with a norm after a ReLU, which gives no scores."
        )
    return tuple(made.layers), tuple(made.modules)


class _Making:
    """A head while its modules are read, in their order."""

    def __init__(self, channels: int) -> None:
        self.layers: list[Linear] = []
        self.modules: list[HeadModule] = []
        self.norm: tuple[Tensor, Tensor] | None = None
        """What a norm that waits for the next linear layer multiplies by and adds."""
        self._width, self._before, self._activated = channels, "", False

    def add_norm(self, full: str, module: str, part: State) -> None:
        scale, shift = _norm(printable(full), part, self._width)
        follows = _follows(module, self._before)
        if self.layers and self.norm is None and not self._activated and follows:
            self.layers[-1] = _scaled(self.layers[-1], scale, shift)
            activated = False
        else:
            activated = bool(self.layers) and not self._activated
            self._activated |= activated
            earlier = self.norm or (torch.ones(self._width), torch.zeros(self._width))
            self.norm = earlier[0] * scale, earlier[1] * scale + shift
        has_weights = "weight" in part
        self.modules.append(
            HeadModule(full, "norm", self._width, self._width, has_weights, activated)
        )
        self._before = module

    def add_linear(self, full: str, module: str, part: State) -> None:
        said = printable(full)
        weight = _matrix(said, part)
        if weight.shape[1] != self._width:
            raise _other_width(said, weight, self._width, first=not self.layers)
        has_bias = "bias" in part
        bias = _vector(said, part, len(weight)) if has_bias else torch.zeros(len(weight))
        # Two numbers that follow each other leave no place for a ReLU.
        numbered = is_number(module) and is_number(self._before)
        room = not (numbered and _follows(module, self._before))
        activated = bool(self.layers) and not self._activated and room
        self.modules.append(
            HeadModule(full, "linear", self._width, len(weight), has_bias, activated)
        )
        joined = bool(self.layers) and not (activated or self._activated)
        if self.norm is not None:
            bias, weight, self.norm = bias + weight @ self.norm[1], weight * self.norm[0], None
        if joined:
            earlier = self.layers.pop()
            bias, weight = bias + weight @ earlier.bias, weight @ earlier.weight
        self.layers.append(Linear(weight, bias))
        self._width, self._before, self._activated = len(bias), module, False
        if len(self.modules) > MOST_MODULES:
            raise OwnModelError(f"The file's {said} is one of more than {MOST_MODULES} modules.")


def _follows(module: str, before: str) -> bool:
    """Whether a module directly follows another; modules without numbers are taken to."""
    if is_number(module) and is_number(before):
        return int(module) == int(before) + 1
    return True


def _scaled(layer: Linear, scale: Tensor, shift: Tensor) -> Linear:
    return Linear(layer.weight * scale[:, None], layer.bias * scale + shift)


def _modules(name: str, group: State) -> list[tuple[str, State]]:
    """The modules of a head with their weights: by their numbers, or in the order of the file.

    Raises:
        OwnModelError: a weight is kept in two parts, as weight_norm and pruning keep it.
    """
    modules: dict[str, State] = {}
    for key, value in group.items():
        if key.endswith(_IN_PARTS) or "parametrizations." in key:
            raise OwnModelError(
                f"The file keeps a weight of {printable(name)} in parts, as weight_norm, "
                "spectral_norm or pruning do. Join them before you save: torch.nn.utils."
                "parametrize.remove_parametrizations, remove_weight_norm, or prune.remove."
            )
        module, _, last = key.rpartition(".")
        modules.setdefault(module, {})[last] = value
    parts = [
        (module, part)
        for module, part in modules.items()
        if "weight" in part or "running_mean" in part
    ]
    numbered = all(is_number(part) for module, _ in parts for part in module.split(".") if part)
    return sorted(parts, key=lambda item: natural(item[0])) if numbered else parts


def _matrix(name: str, part: Mapping[str, Tensor]) -> Tensor:
    """(out, in) weights of a linear layer, or of a 1 x 1 convolution."""
    weight = part["weight"]
    check_weight(f"{name}.weight", weight)
    if weight.ndim == 4 and weight.shape[2:] == (1, 1):
        weight = weight.flatten(1)
    if weight.ndim != 2 or 0 in weight.shape:
        sides = " × ".join(map(str, weight.shape))
        raise OwnModelError(f"The file's {name}.weight is {sides}; a linear layer has 2 sides.")
    if len(weight) > MOST_CLASSES or weight.numel() > MOST_VALUES:
        raise OwnModelError(
            f"The file's {name}.weight has {len(weight):,} outputs; at most {MOST_CLASSES:,} are "
            "allowed."
        )
    return weight.detach().float()


def _vector(name: str, part: Mapping[str, Tensor], length: int, key: str = "bias") -> Tensor:
    value = part.get(key)
    if value is None or tuple(value.shape) != (length,):
        raise OwnModelError(f"The file's {name}.{key} is not {length:,} numbers.")
    check_weight(f"{name}.{key}", value)
    return value.detach().float()


def _norm(name: str, part: Mapping[str, Tensor], width: int) -> tuple[Tensor, Tensor]:
    """What a batch norm multiplies by and adds."""
    if part["running_mean"].numel() == 2 * width:
        raise _concatenated(name)
    mean, variance = (_vector(name, part, width, f"running_{key}") for key in ("mean", "var"))
    scale = 1 / (variance + _EPSILON).sqrt()
    if "weight" not in part:  # a norm without weights of its own
        return scale, -mean * scale
    scale = _vector(name, part, width, "weight") * scale
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
