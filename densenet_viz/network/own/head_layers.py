"""The linear layers of a head: read in their order, with the norms joined exactly.

A file does not name ReLUs: one is assumed between two linear layers, and the gap in the modules'
numbers says whether it stands before or after a norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from densenet_viz.network.own.conversions import FASTAI, SAVE
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.finding import check_weight
from densenet_viz.network.own.layout import HeadModule
from densenet_viz.network.own.names import is_number, natural, printable
from densenet_viz.network.own.spec import MOST_CLASSES
from densenet_viz.network.weights import State

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


def linear_layers(
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
        if any(key.endswith("zero_point") for key in group):
            raise OwnModelError(
                f"The file's {printable(name)} is quantised: its weights are whole numbers. Save "
                "the network before that.",
                SAVE,
            )
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
    if weight.ndim == 1:
        one = len(weight) == 1
        count, what = ("1 number", "PReLU") if one else (f"{len(weight):,} numbers", "LayerNorm")
        raise OwnModelError(
            f"The file's {name}.weight is {count}; a linear layer has 2 sides. Is it a {what}? The "
            "app reads heads of linear layers, batch norms and ReLUs."
        )
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
        f"The file's {name}.weight reads {weight.shape[1]:,} values, and the part before it gives "
        f"{width:,}: it also reads something else, or the features are pooled in another way."
    )


def _concatenated(name: str) -> OwnModelError:
    return OwnModelError(
        f"The file's {name} reads the maximum and the mean of the last maps, as fastai's heads do "
        "(concat pooling). The app reads heads after the mean alone. These lines train one.",
        FASTAI,
    )
