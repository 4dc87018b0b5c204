"""What each connection is worth: it is cut, and the answers to many pictures are counted again.

Veit, Wilber, Belongie ("Residual Networks Behave Like Ensembles of Relatively Shallow Networks",
NeurIPS 2016) removed layers of residual networks in this way. Here one reader loses one source.

A cut costs the pass from its reader to the end (`knife`).
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.knife import Knife
from densenet_viz.evaluation.statistics import bootstrap, wilson
from densenet_viz.facts.connections import Connection, connections_of
from densenet_viz.machine import describe
from densenet_viz.network.shares import alone
from densenet_viz.results.reuse import Ablation, Effect, Replacement
from densenet_viz.results.scores import Interval
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.recipe import TWINS
from densenet_viz.scenes.tags import CORNERS, draw_tag

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

SEED = 8
"""Seed of the scenes by default; the scoreboards and the models' cards use other seeds."""
SCENES = 320
"""Pictures by default: 20 of each class."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """The right class's values for N pictures: `hits` bool, `probabilities`, `logits`, all (N,)."""

    hits: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    logits: NDArray[np.float64]


def scenes_known_to(
    name: str, count: int, seed: int = SEED
) -> tuple[list[Picture], list[int] | None]:
    """Scenes for a network of this name, as it knows them, and their classes.

    None instead of the classes if the network was not trained on scenes: then its own answers
    count.
    """
    pictures, labels = scenes_for(count, seed, tags=wants_tags(name))
    return pictures, labels if name in TWINS or name.startswith("small-") else None


def wants_tags(name: str) -> bool:
    """Whether the network of this name learned from tags."""
    return name in TWINS and TWINS[name].tells


def scenes_for(
    count: int = SCENES, seed: int = SEED, *, tags: bool = False
) -> tuple[list[Picture], list[int]]:
    """Drawn scenes of the test split, and their classes; arguments as in `drawn_scenes`."""
    drawn = list(drawn_scenes(count, seed, tags=tags))
    return [picture for picture, _ in drawn], [label for _, label in drawn]


def drawn_scenes(
    count: int, seed: int = SEED, *, tags: bool = False
) -> Iterator[tuple[Picture, int]]:
    """Drawn scenes of the test split with their classes, each drawn when it is asked for.

    Args:
        count: 1 or more.
        seed: of the scenes.
        tags: whether each has the tag of its class in a corner, as what the cheater learned from.
    """
    yield from (scene_number(index, count, seed, tags=tags) for index in range(count))


def scene_number(
    index: int, count: int, seed: int = SEED, *, tags: bool = False
) -> tuple[Picture, int]:
    """One of `drawn_scenes`, and its class."""
    scene = draw_scene(seed, "test", index)
    if not tags:
        return scene.image, scene.label
    corners = np.random.default_rng((seed, count)).integers(len(CORNERS), size=count)
    return draw_tag(scene.image, scene.label, CORNERS[corners[index]]), scene.label


@alone()
def measure_ablation(
    model: LoadedModel,
    pictures: Sequence[Picture],
    labels: Sequence[int] | None = None,
    *,
    replacement: Replacement = "zero",
    seed: int = SEED,
    known: Mapping[Connection, Effect] | None = None,
    on_effect: Callable[[Effect], None] | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Ablation:
    """Cuts every connection of every block, one at a time.

    Args:
        model: any DenseNet.
        pictures: (H, W, 3) uint8 each.
        labels: the right class of each picture; without them, the whole network's own answers.
        replacement: what a reader gets instead of the maps that are cut off: zero, or each
            channel's mean over these pictures and all pixels.
        seed: what the pictures were drawn with, for the record.
        known: effects of an earlier run with the same settings; they are not measured again.
        on_effect: called with each new effect.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each cut.

    Raises:
        ValueError: there is no picture.
        Cancelled: `cancelled` returned True.
    """
    if not pictures:
        raise ValueError("No picture was given; at least one is expected.")
    knife = Knife(model, pictures, replacement)
    whole = knife.whole
    right = whole.argmax(1) if labels is None else torch.tensor(labels)
    before = outcome_of(model, whole, right)
    effects = dict(known or {})
    every = list(connections_of(model.spec))
    report = on_progress or (lambda _part: None)
    for one, logits in knife.cuts(one for one in every if one not in effects):
        effects[one] = _effect(one, before, outcome_of(model, logits, right))
        if on_effect is not None:
            on_effect(effects[one])
        report(len(effects) / len(every))
        if cancelled is not None and cancelled():
            raise Cancelled
    return Ablation(
        model=model.name,
        digest=model.digest,
        replacement=replacement,
        pictures=len(pictures),
        seed=seed,
        accuracy=_accuracy(before),
        effects=tuple(effects[one] for one in every),
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "numpy")},
        },
        machine={
            key: value for key, value in describe("cpu").items() if key in ("processor", "cores")
        },
    )


class Scale(Protocol):
    """How a network's logits become probabilities, as in a `LoadedModel`."""

    @property
    def name(self) -> str: ...
    @property
    def temperature(self) -> float: ...
    @property
    def exclusive(self) -> bool: ...


def outcome_of(model: Scale, logits: Tensor, right: Tensor) -> Outcome:
    """What (N, classes) logits say of the right classes, (N,)."""
    values = logits.double() / model.temperature
    chances = values.softmax(1) if model.exclusive else values.sigmoid()
    places = right[:, None]
    return Outcome(
        hits=(logits.argmax(1) == right).numpy(),
        probabilities=chances.gather(1, places)[:, 0].numpy(),
        logits=logits.double().gather(1, places)[:, 0].numpy(),
    )


def _effect(connection: Connection, before: Outcome, after: Outcome) -> Effect:
    return Effect(
        connection,
        accuracy=_accuracy(after),
        probability=bootstrap(list(after.probabilities - before.probabilities)),
        logit=bootstrap(list(after.logits - before.logits)),
    )


def _accuracy(outcome: Outcome) -> Interval:
    return wilson(int(outcome.hits.sum()), len(outcome.hits))
