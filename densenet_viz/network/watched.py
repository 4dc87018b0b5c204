"""Two small twins with the weights that they had during their training, not only the last ones.

One learned from scenes whose tags say nothing, the other one (the cheater) from scenes whose tags
say the class. Their first weights, their scenes and the order of these are the same.
`python -m densenet_viz train watched` trains them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import ASSETS, ModelUnavailable
from densenet_viz.network.weights import load_strictly, read_checked, read_state
from densenet_viz.results.watched import TagShares

WatchedName = Literal["scenes", "cheater"]

NAMES: tuple[WatchedName, ...] = get_args(WatchedName)
TITLES: Mapping[WatchedName, str] = {"scenes": "Honest network", "cheater": "Cheater"}
SPEC = DenseNetSpec(
    growth_rate=8,
    block_config=(4, 4, 4),
    initial_channels=16,
    bottleneck=False,
    num_classes=16,
    input_size=128,
)
MANIFEST = "watched.json"


@dataclass(frozen=True, eq=False)
class Watched:
    """One twin at every kept step: `steps` (counted from 0), `models` and `shares` go together."""

    name: WatchedName
    steps: tuple[int, ...]
    models: tuple[LoadedModel, ...]
    shares: tuple[TagShares, ...]


def watched_file(folder: Path, name: WatchedName) -> Path:
    """The file of all kept weights of one twin in a folder."""
    return folder / f"watched.{name}.safetensors"


@cache
def read_told() -> dict[str, Any]:
    """What the training wrote about both twins (`watched.json`).

    Raises:
        ModelUnavailable: it is missing or damaged.
    """
    try:
        told: dict[str, Any] = json.loads((ASSETS / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise _unavailable() from None
    return told


@cache
def load_watched() -> tuple[Watched, ...]:
    """Both twins, checked and loaded once: the honest one, the cheater.

    Raises:
        ModelUnavailable: a file is missing or damaged.
    """
    told = read_told()
    try:
        return tuple(_loaded(told, name) for name in NAMES)
    except (OSError, ValueError, KeyError, TypeError):  # a WeightsError is a ValueError
        raise _unavailable() from None


def _loaded(told: Mapping[str, Any], name: WatchedName) -> Watched:
    row, steps = told["networks"][name], tuple(told["steps"])
    stacked = read_state(read_checked(watched_file(ASSETS, name), row["sha256"]), safetensors=True)
    models = []
    for place, step in enumerate(steps):
        network = build(SPEC)
        load_strictly(network, {key: value[place] for key, value in stacked.items()})
        models.append(
            LoadedModel(
                name=f"watched-{name}-{step}",
                title=f"{TITLES[name]} after {step:,} steps",
                spec=SPEC,
                network=network.eval(),
                labels=tuple(told["labels"]),
                input_size=SPEC.input_size,
                mean=tuple(told["mean"]),
                std=tuple(told["std"]),
                provenance=f"Kept by `train watched` after {step:,} of {steps[-1]:,} steps.",
                knows="Knows only the kinds of object that this project draws.",
                trained=step > 0,
            )
        )
    shares = tuple(TagShares(**share) for share in row["shares"])
    return Watched(name, steps, tuple(models), shares)


def _unavailable() -> ModelUnavailable:
    return ModelUnavailable(
        "The kept weights cannot be used: their files are missing or damaged. Download the "
        "project again, or train them with `python -m densenet_viz train watched`."
    )
