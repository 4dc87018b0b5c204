"""What each connection is worth: it is cut, and the answers to many pictures are counted again.

Veit, Wilber, Belongie ("Residual Networks Behave Like Ensembles of Relatively Shallow Networks",
NeurIPS 2016) removed layers of residual networks in this way. Here one reader loses one source.

Everything before the reader stays as it is, so it is computed once for all cuts of a reader: a cut
costs the pass from its reader to the end.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.attribution.twins import fused_of, twin_of
from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.statistics import bootstrap, wilson
from densenet_viz.facts.connections import Connection, connections_of, reader_norm
from densenet_viz.machine import describe
from densenet_viz.network.cuts import Means, cut_norm
from densenet_viz.network.fused.parts import DenseLayer, FinalNorm, FusedBlock, Transition
from densenet_viz.network.shares import alone, in_shares
from densenet_viz.results.reuse import Ablation, Effect, Replacement
from densenet_viz.results.scores import Interval
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import draw_scene
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


def scenes_for(
    count: int = SCENES, seed: int = SEED, *, tags: bool = False
) -> tuple[list[Picture], list[int]]:
    """Drawn scenes of the test split, and their classes.

    Args:
        count: 1 or more.
        seed: of the scenes.
        tags: whether each has the tag of its class in a corner, as what the cheater learned from.
    """
    drawn = [draw_scene(seed, "test", index) for index in range(count)]
    labels = [scene.label for scene in drawn]
    if not tags:
        return [scene.image for scene in drawn], labels
    rng = np.random.default_rng((seed, count))
    corners = [CORNERS[place] for place in rng.integers(len(CORNERS), size=count)]
    images = [
        draw_tag(scene.image, scene.label, corner)
        for scene, corner in zip(drawn, corners, strict=True)
    ]
    return images, labels


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


def outcome_of(model: LoadedModel, logits: Tensor, right: Tensor) -> Outcome:
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


class Knife:
    """Runs pictures through a network with one connection cut, and what is before it only once.

    Attributes:
        whole: (N, classes) float32, the logits of the whole network.
    """

    def __init__(
        self, model: LoadedModel, pictures: Sequence[Picture], replacement: Replacement = "zero"
    ) -> None:
        self._spec = model.spec
        self._network = twin_of(model)
        self._fused = fused_of(model)
        self._dtype = self._fused.backward_dtype
        x = torch.cat([model.tensor(picture) for picture in pictures])
        self._entering: dict[int, Tensor] = {}
        """By block, the (N, h, w, C) maps that enter it."""
        self.whole = self._walk(x)
        self._means = self.means() if replacement == "mean" else None

    def means(self) -> Means:
        """By block, the mean of each channel at its end over all pictures and pixels."""
        return {block: self._ends(block).double().mean((0, 1, 2)) for block in self._entering}

    def _walk(self, x: Tensor) -> Tensor:
        """Runs the whole network and keeps what enters each block."""
        maps = _in_parts(lambda part: self._fused.stem.forward(part, None), x)
        block = 0
        for place in self._fused.places:
            if place.startswith("block"):
                block += 1
                self._entering[block] = maps
            maps = self._forward(place, maps)
        return self._fused.classify(maps)

    def _forward(self, place: str, maps: Tensor) -> Tensor:
        return _in_parts(lambda part: self._fused.part(place).forward(part, None), maps)

    def _ends(self, block: int) -> Tensor:
        """(N, h, w, C), the maps at a block's end."""
        return self._forward(f"block {block}", self._entering[block])

    def cuts(self, connections: Iterable[Connection]) -> Iterator[tuple[Connection, Tensor]]:
        """Each connection with the (N, classes) logits of the network without it."""
        block, ends = 0, torch.empty(0)
        for one in connections:
            if one.block != block:
                block, ends = one.block, self._ends(one.block)
            yield one, self._cut(one, ends)

    def _cut(self, one: Connection, ends: Tensor) -> Tensor:
        """(N, classes) from the (N, h, w, C) maps at the end of the whole block."""
        name = reader_norm(self._spec, one.block, one.reader)
        norm = self._network.get_submodule(name)
        assert isinstance(norm, nn.BatchNorm2d)
        values = self._means[one.block] if self._means else None
        other = cut_norm(norm, one.channels(self._spec), values)
        if one.reader > self._spec.block_config[one.block - 1]:
            after, place = self._after(name, other)
            maps = _in_parts(lambda part: after.forward(part, None), ends)
        else:
            parent = name.rpartition(".")[0]
            layer = DenseLayer(_with_norm(self._network, parent, other), self._dtype, ends.dtype)
            maps = _in_parts(lambda part: self._refill(one, layer, part), ends)
            place = f"block {one.block}"
        return self._fused.onward(maps.permute(0, 3, 1, 2), place)

    def _after(self, name: str, norm: nn.BatchNorm2d) -> tuple[Transition | FinalNorm, str]:
        """What reads a block's end, with another norm, and its place."""
        if name == "features.norm5":
            return FinalNorm(norm, self._dtype), "final"
        parent = name.rpartition(".")[0]
        number = parent.removeprefix("features.transition")
        made = Transition(_with_norm(self._network, parent, norm), self._dtype)
        return made, f"transition {number}"

    def _refill(self, one: Connection, layer: DenseLayer, ends: Tensor) -> Tensor:
        """The block's end, (n, h, w, C), after another layer and what follows it in the block."""
        block = self._fused.part(f"block {one.block}")
        assert isinstance(block, FusedBlock)
        made = ends.clone()
        for each in (layer, *block.layers[one.reader :]):
            maps = made[..., : each.reads]
            written = each.forward(maps, torch.empty_like(maps), None)
            made[..., each.reads : each.reads + each.writes] = written
        return made


def _with_norm(network: nn.Module, parent: str, norm: nn.BatchNorm2d) -> nn.Module:
    """A copy of a layer or a transition that shares all weights but the norm's."""
    from copy import copy

    module = network.get_submodule(parent)
    made = copy(module)
    made._modules = {  # a shallow copy shares this dictionary
        name: norm if name in ("norm", "norm1") else child
        for name, child in module.named_children()
    }
    return made


def _in_parts(work: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
    """`work` for shares of a batch, joined; nothing is kept for a backward pass."""

    def share(start: int, stop: int) -> Tensor:
        with torch.no_grad():  # each thread has its own switch
            return work(batch[start:stop])

    return torch.cat(in_shares(share, len(batch)))
