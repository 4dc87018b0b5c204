"""Where a DenseNet's weights are in a file: in which mapping, and behind which prefix.

Training code saves a state dict inside other mappings (`state_dict`, `model`), under the name that
the network has in a larger module (`module.`, `backbone.`, `model.densenet121.`), and beside a copy
with averaged weights (EMA, SWA). All of these are found by the stem's weight, whatever their names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from densenet_viz.network.own.conversions import DEEPSPEED
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.names import printable
from densenet_viz.network.own.refusals import Path, why_no_network
from densenet_viz.network.weights import State, modern_key

DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)

_DEPTH = 6
"""How many mappings inside each other are looked into."""
_MOST = 20
"""The most networks of a file."""
_STEM = re.compile(r"^(?P<prefix>(?:.*?\.)??)(?P<features>(?:features\.)?)conv0\.weight$")
_LAYERS = re.compile(r"(^|\.)denselayer\d+\.")
_FEATURE = re.compile(r"(conv|norm|relu|pool|denseblock|transition)\d+\.|(norm_final|final_norm)\.")
"""What a weight of the features begins with, where "features." does not stand before it."""
_AVERAGED = {"ema", "average", "averaged", "avg", "swa", "shadow"}
WRAPPERS = ("_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "_orig_mod.")
"""What torch's own wrappers (FSDP, activation checkpoints, compile) put between names."""
_COUNTERS = ("num_batches_tracked", "n_averaged")


@dataclass(frozen=True, eq=False)
class FoundNetwork:
    """One DenseNet's weights in a file.

    `features` are by their names inside `features.`, in torchvision's names of today; `others` are
    all other weights of the same mapping, by their full names.
    """

    name: str
    """What tells it from the file's other networks; "" if there is no other name."""
    path: Path
    """The names of the mappings around it, the outer one first."""
    prefix: str
    start: str
    """What stands before each weight of the features: the prefix, and usually "features."."""
    features: State
    others: State
    averaged: bool
    monai: bool
    """Whether its layers have MONAI's names."""
    wrapped: bool
    """Whether names in the file have parts of torch's own wrappers, which are left out here."""


def networks_in(content: object) -> tuple[FoundNetwork, ...]:
    """The DenseNets of a file, the one to take first: averaged weights before others.

    Args:
        content: as `read_content` gives it.

    Raises:
        OwnModelError: there is none; the sentence says what the file holds.
    """
    found = [each for given in _states(content, (), _DEPTH) for each in _networks(*given)]
    if not found:
        raise why_no_network(content)
    return tuple(sorted(_called_apart(found), key=lambda each: not each.averaged))


def _called_apart(found: list[FoundNetwork]) -> list[FoundNetwork]:
    """The networks with names of their own."""
    names: Counter[str] = Counter()
    apart = []
    for each in found:
        names[each.name] += 1
        count = names[each.name]
        apart.append(each if count == 1 else replace(each, name=f"{each.name}.{count}"))
    return apart


def _states(content: object, path: Path, depth: int) -> Iterator[tuple[Path, State, bool]]:
    """The mappings with a stem's weight, by the path of their names, and whether they had wrappers.

    The weights' names are without those of wrappers.
    """
    if not isinstance(content, Mapping) or depth == 0:
        return
    given = {key: value for key, value in content.items() if isinstance(key, str)}
    named = _unwrapped(given)
    if any(_STEM.match(key) and isinstance(value, Tensor) for key, value in named.items()):
        state = {key: value for key, value in named.items() if isinstance(value, Tensor)}
        yield path, state, named.keys() != given.keys()
        return
    for place, value in content.items():
        yield from _states(value, (*path, place), depth - 1)


def _unwrapped(named: Mapping[str, object]) -> Mapping[str, object]:
    """The same with names as they were before torch wrapped the modules.

    Raises:
        OwnModelError: two of them have the same name then.
    """
    plain = {without_wrappers(key): value for key, value in named.items()}
    if len(plain) < len(named):
        raise OwnModelError("The file has a weight both with a wrapper's name and without it.")
    return plain


def without_wrappers(name: str) -> str:
    """A weight's name without those of torch's own wrappers.

    >>> without_wrappers("features._fsdp_wrapped_module.denseblock1._orig_mod.conv")
    'features.denseblock1.conv'
    """
    for wrapper in WRAPPERS:
        name = name.replace(wrapper, "")
    return name


def _networks(path: Path, state: State, wrapped: bool) -> Iterator[FoundNetwork]:
    """One network for each prefix that stands before a stem."""
    stems = [found for key in state if (found := _STEM.match(key))]
    if len(stems) > _MOST:
        raise OwnModelError(f"The file has more than {_MOST} networks.")
    starts = [found["prefix"] + found["features"] for found in stems]
    weights = {key: value for key, value in state.items() if not key.endswith(_COUNTERS)}
    inner = {key for start in starts for key in weights if _is_inside(key, start)}
    others = {key: value for key, value in weights.items() if key not in inner}
    for stem, start in zip(stems, starts, strict=True):
        names = [key for key in weights if _is_inside(key, start)]
        inside = _renamed(start, {key: weights[key] for key in names})
        if not any(_LAYERS.search(key) for key in inside):
            continue
        prefix = stem["prefix"]
        called = ".".join(str(part) for part in (*path, prefix.rstrip(".")) if part != "")
        tokens = set(re.split(r"[._]", called.casefold()))
        averaged = bool(tokens & _AVERAGED) or "n_averaged" in state
        monai = any(re.search(r"denselayer\d+\.layers\.", key) for key in names)
        yield FoundNetwork(
            name=printable(called),
            path=path,
            prefix=prefix,
            start=start,
            features=_checked(inside),
            others=others,
            averaged=averaged,
            monai=monai,
            wrapped=wrapped,
        )


def _is_inside(key: str, start: str) -> bool:
    """Whether a weight belongs to the features that begin with `start`."""
    inside = key.removeprefix(start)
    if len(inside) + len(start) != len(key):
        return False
    return start.endswith("features.") or _FEATURE.match(inside) is not None


def _renamed(start: str, state: State) -> State:
    """The features' weights by their names of today.

    Raises:
        OwnModelError: two of them have the same name then.
    """
    renamed: State = {}
    has_norm5 = any(key.startswith(f"{start}norm5.") for key in state)
    for key, value in state.items():
        name = _modern(key.removeprefix(start), last_norm=not has_norm5)
        if name in renamed:
            raise OwnModelError(f"The file has features.{printable(name)} under two names.")
        renamed[name] = value
    return renamed


def _modern(key: str, *, last_norm: bool = True) -> str:
    """A weight's name inside `features.` in torchvision's names of today.

    >>> _modern("denseblock1.denselayer2.norm.1.weight"), _modern("norm_final.bias")
    ('denseblock1.denselayer2.norm1.weight', 'norm5.bias')
    >>> _modern("denseblock1.denselayer2.layers.conv1.weight")  # MONAI
    'denseblock1.denselayer2.conv1.weight'
    """
    key = re.sub(r"(denselayer\d+\.)layers\.", r"\1", modern_key(key))
    key = re.sub(r"^(norm_final|final_norm)\.(?=\w+$)", "norm5.", key)
    return re.sub(r"^norm[3-9]\.(?=\w+$)", "norm5.", key) if last_norm else key


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
    if value.numel() == 0:
        raise OwnModelError(
            f"The file's {printable(key)} has no values: it is quantised or sparse, or its values "
            "are in other files, as DeepSpeed saves them. These lines join those files.",
            DEEPSPEED,
        )
    plain = type(value) in (Tensor, torch.nn.Parameter) and value.layout is torch.strided
    if not plain or value.device.type != "cpu":
        raise OwnModelError(f"The file's {printable(key)} has no readable values.")
