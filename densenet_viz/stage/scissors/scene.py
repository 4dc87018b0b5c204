"""The connections of a network to be cut, and what it answers then, as one JSON scene."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypedDict

from densenet_viz.facts.connections import Connection, connections_of, pack_cuts, reader_name
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.reuse import Reuse
from densenet_viz.stage.shared.words import entering

SHOWN = 5
"""Classes whose probability is shown."""


class ScissorsBlock(TypedDict):
    """A block; `weights` are those of its connections, reader after reader."""

    block: int
    layers: int
    entering: str
    next: str
    colours: list[str]
    weights: list[float]


class ScissorsBar(TypedDict):
    """A class, and its probability in the whole network and in the cut one, 0 to 1."""

    name: str
    whole: float
    now: float


class Greedy(TypedDict):
    """What the greedy search cut, and how many connections it kept."""

    cuts: str
    kept: int


class ScissorsScene(TypedDict):
    """What `scissors.js` shows; `logits` are those of `answer`, whole and cut."""

    blocks: list[ScissorsBlock]
    start: int
    cuts: str
    answer: str
    now: str
    logits: list[float]
    bars: list[ScissorsBar]
    greedy: Greedy | None
    palette: str
    served: bool


def scissors_scene(
    spec: DenseNetSpec,
    reuse: Reuse,
    cuts: Collection[Connection],
    whole: tuple[Prediction, ...],
    now: tuple[Prediction, ...],
    logits: tuple[float, float],
    *,
    start: int = 1,
    greedy: tuple[Collection[Connection], int] | None = None,
    served: bool = True,
) -> ScissorsScene:
    """The scene (`Scene` in scissors.js).

    Args:
        spec: of the network.
        reuse: how strongly each connection is read; it shades the cells and orders the presets.
        cuts: the connections that are cut.
        whole: all classes in the whole network, the most probable first.
        now: all classes in the cut network, the most probable first.
        logits: of the whole network's answer, whole and cut.
        start: the block that is shown first, from 1.
        greedy: what the greedy search cut and how many connections it kept, if it ran.
        served: whether a server answers other cuts; on a slide, nothing else can be cut.
    """
    shares = {one.index: one.probability for one in now}
    first = {one.index: one for one in (*whole[: SHOWN - 1], now[0], *whole)}
    shown = list(first.values())[:SHOWN]
    return {
        "blocks": [_block(spec, reuse, block) for block in range(1, len(spec.block_config) + 1)],
        "start": start,
        "cuts": pack_cuts(cuts),
        "answer": whole[0].label,
        "now": now[0].label,
        "logits": [round(value, 4) for value in logits],
        "bars": [
            {
                "name": one.label,
                "whole": next(each.probability for each in whole if each.index == one.index),
                "now": shares[one.index],
            }
            for one in shown
        ],
        "greedy": greedy and {"cuts": pack_cuts(greedy[0]), "kept": greedy[1]},
        "palette": CIVIDIS,
        "served": served,
    }


def _block(spec: DenseNetSpec, reuse: Reuse, block: int) -> ScissorsBlock:
    layers = spec.block_config[block - 1]
    return {
        "block": block,
        "layers": layers,
        "entering": entering(block),
        "next": reader_name(spec, block, layers + 1),
        "colours": [layer_colour(layer) for layer in range(layers + 1)],
        "weights": [float(f"{reuse.of(one):.4g}") for one in connections_of(spec, block)],
    }
