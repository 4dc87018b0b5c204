"""The classifier of a weight file: which weights are its, and what they compute.

A head is one linear layer, or several with ReLUs between them. Dropout does nothing after
training; a batch norm is joined exactly with the linear layer before it if it directly follows that
one, or else with the one after it. A file does not name ReLUs: one is assumed between two linear
layers, and the gap in the modules' numbers says whether it stands before or after a norm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.finding import FoundNetwork
from densenet_viz.network.own.head_layers import Linear, linear_layers
from densenet_viz.network.own.layout import HeadModule
from densenet_viz.network.own.names import printable
from densenet_viz.network.weights import State

if TYPE_CHECKING:
    from torch import Tensor

NAMES = ("classifier", "class_layers", "fc", "last_linear", "head", "heads", "linear", "out")
"""The usual names, the most usual first."""
_PROJECTS = re.compile(r"(^|_)(proj|projector|projection|embedding|embed)(_|$)")
_ANGLES = re.compile(r"(^|_)(arc|arcface|cosface|cosine|margin|metric)(_|$)|arcface|cosface")


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


def head_of(found: FoundNetwork, channels: int) -> Head:
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
            layers, modules = linear_layers(name, group, channels)
        except OwnModelError as error:
            refused[name] = error
            continue
        left_out = tuple(key for key in found.others if not _belongs(key, name))
        heads[name] = Head(name, layers, modules, left_out)
    head = _chosen(found, heads, refused, channels)
    _check_alone(head, groups, channels)
    return head


def _chosen(
    found: FoundNetwork, heads: dict[str, Head], refused: dict[str, OwnModelError], channels: int
) -> Head:
    """The head among the parts that could be it: one with a usual name, the outermost first."""
    usual = [name for name in heads if _last(name) in NAMES]
    if not usual:
        for name, error in refused.items():
            # It is meant to be the head, or it is known how to make one of it.
            if _last(name) in NAMES or error.lines:
                raise error
    outer = [name for name in usual if not name.startswith(found.prefix)]
    names = outer or usual or list(heads)
    if not names:
        raise OwnModelError(
            "The file has the network's features but no classifier: no weight reads their "
            f"{channels:,} values. Save the whole network, which names classes."
        )
    if not usual and len(names) > 1:
        parts = ", ".join(map(printable, names[:4]))
        raise OwnModelError(
            f"Several parts of the file read the last maps: {parts}. Save the one that classifies "
            "under the name classifier."
        )
    if _ANGLES.search(_last(names[0])):
        raise OwnModelError(
            f"The file's head {printable(names[0])} compares angles (ArcFace and its kind); the "
            "app reads heads of linear layers."
        )
    if _PROJECTS.search(_last(names[0])):
        raise OwnModelError(
            f"The file's head {printable(names[0])} makes a vector by which pictures are compared "
            "(contrastive learning); it names no classes. Train a classifier on the features "
            "first, and save both."
        )
    return heads[names[0]]


def _is_matrix(value: Tensor) -> bool:
    return value.ndim == 2 or (value.ndim == 4 and value.shape[2:] == (1, 1))


def _check_alone(head: Head, groups: dict[str, State], channels: int) -> None:
    """Refuses a head that another part of the file goes on from, or stands before.

    Raises:
        OwnModelError: there is such a part.
    """
    outputs = head.widths[-1]
    for name, group in groups.items():
        if name == head.name:
            continue
        first = next((value for value in group.values() if _is_matrix(value)), None)
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


def _groups(found: FoundNetwork) -> dict[str, State]:
    """The weights outside the features, by the module that they are of; likely heads first."""
    groups: dict[str, State] = {}
    for key, value in found.others.items():
        name = _module_of(key, found.prefix)
        groups.setdefault(name, {})[key.removeprefix(name).lstrip(".")] = value

    def rank(name: str) -> tuple[int, bool]:
        last = _last(name)
        return (NAMES.index(last) if last in NAMES else len(NAMES), name.startswith(found.prefix))

    return {name: groups[name] for name in sorted(groups, key=rank)}


def _module_of(key: str, prefix: str) -> str:
    """The outermost module that a weight shares with nothing of the network's own prefix.

    >>> _module_of("module.fc.weight", "module.backbone.")
    'module.fc'
    >>> _module_of("module.backbone.classifier.0.weight", "module.backbone.")
    'module.backbone.classifier'
    """
    parts, around = key.split("."), prefix.split(".")[:-1]
    shared = next(
        (place for place, (a, b) in enumerate(zip(parts, around, strict=False)) if a != b),
        min(len(parts), len(around)),
    )
    return ".".join(parts[: shared + 1])


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _belongs(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")
