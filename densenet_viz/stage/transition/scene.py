"""The transition stage: a transition's trace as one JSON scene for `transition.js`."""

from __future__ import annotations

import base64
from typing import Any, TypedDict

import numpy as np

from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.traces import BlockTrace, Maps, TransitionTrace
from densenet_viz.stage.shared.controls import ControlsScene
from densenet_viz.stage.shared.packing import PackedMaps, fitting_side, name_of, pack_maps
from densenet_viz.stage.shared.spec import SpecScene

STRONGEST = 8
"""Inputs that are shown one by one; the others are shown as one sum."""
MOST_TILE_BYTES = 270_000
"""Of the given maps, and of the activated ones; above it, tiles are averaged down."""
MOST_VALUE_BYTES = 1_000_000
"""Of the mixed maps, which are never averaged: the window shows single values."""


class PackedValues(PackedMaps):
    """Maps as whole numbers of 8 or 16 bits."""

    bits: int


class Mixing(TypedDict):
    """What the strongest inputs add to each mixed map, and all others together (`mixing`)."""

    inputs: list[list[int]]
    weights: list[list[float]]
    contributions: list[list[float]]
    rest: list[float]
    mean: list[float]


class Writer(TypedDict):
    """Who wrote the given maps from `start` to before `stop`."""

    layer: int
    colour: str
    start: int
    stop: int


class Explore(TypedDict):
    """The controls `transition` and `theta`, and the network to whose transitions they belong."""

    base: SpecScene
    controls: ControlsScene


class TransitionScene(TypedDict):
    """What `transition.js` shows; sizes are heights and widths in pixels."""

    block: int
    size: list[int]
    half: list[int]
    compression: float
    trained: bool
    own: bool
    mismatches: list[str]
    given: PackedMaps
    activated: PackedMaps
    mixed: PackedValues
    pooled: PackedMaps
    mixing: Mixing
    writers: list[Writer]
    palette: str
    explore: Explore | None


def transition_scene(
    trace: TransitionTrace,
    block: BlockTrace,
    *,
    compression: float,
    trained: bool,
    own: bool,
    mismatches: tuple[str, ...] = (),
    explore: Explore | None = None,
) -> TransitionScene:
    """One transition, from the maps it reads to the maps it writes (`Scene` in transition.js).

    Args:
        trace: recorded while the transition ran.
        block: the block before it, whose layers wrote the given maps.
        compression: theta.
        trained: whether the network's weights were learned.
        own: whether this is the network's own transition; otherwise its 1x1 convolution is random.
        mismatches: where the measured network differs from the computed one.
        explore: the controls in the stage, if it has some.
    """
    reads, height, width = trace.given.shape
    side = fitting_side(reads, height, MOST_TILE_BYTES)
    return {
        "block": trace.block,
        "size": [height, width],
        "half": list(trace.pooled.shape[1:]),
        "compression": compression,
        "trained": trained,
        "own": own,
        "mismatches": list(mismatches),
        "given": pack_maps(trace.given, side),
        "activated": pack_maps(trace.activated, side),
        "mixed": packed_values(trace.mixed),
        "pooled": pack_maps(trace.pooled),
        "mixing": mixing(trace),
        "writers": _writers(block),
        "palette": CIVIDIS,
        "explore": explore,
    }


def _writers(block: BlockTrace) -> list[Writer]:
    """Which layer wrote which of the given maps, in the order of concatenation."""
    stop, writers = 0, list[Writer]()
    groups = [block.entering, *(layer.maps for layer in block.layers)]
    for layer, maps in enumerate(groups):
        start, stop = stop, stop + len(maps)
        writers.append(
            {"layer": layer, "colour": layer_colour(layer), "start": start, "stop": stop}
        )
    return writers


def mixing(trace: TransitionTrace, strongest: int = STRONGEST) -> Mixing:
    """What the inputs add to each mixed map, on average over its pixels.

    A pixel of mixed map o is the sum over inputs c of weight[o, c] * activated[c] there. So the
    map's mean is the sum of weight[o, c] * mean(activated[c]), each input's contribution. After
    the ReLU no value is negative, so the sign of a contribution is its weight's.

    Returns:
        `inputs`, `weights` and `contributions`, each with a list of `strongest` for every mixed
        map, the largest first; `rest`, what all other inputs contribute together; and `mean`, the
        measured mean of the mixed map, which is the sum of the contributions and the rest.
    """
    means = trace.activated.mean(axis=(1, 2), dtype=np.float64)
    parts = trace.weight.astype(np.float64) * means
    count = min(strongest, parts.shape[1])
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :count]
    top = np.take_along_axis(parts, order, axis=1)
    mean = trace.mixed.mean(axis=(1, 2), dtype=np.float64)
    return {
        "inputs": order.tolist(),
        "weights": _short(np.take_along_axis(trace.weight, order, axis=1)),
        "contributions": _short(top),
        "rest": _short(mean - top.sum(axis=1)),
        "mean": _short(mean),
    }


def _short(values: Any) -> Any:
    """Lists of numbers to six decimals."""
    return np.round(np.asarray(values, np.float64), 6).tolist()


def packed_values(maps: Maps) -> PackedValues:
    """Maps (N, H, W) whose single values are shown (`PackedValues` in transition/values.js).

    Like `pack_maps`, but with two bytes for each value (steps of a 65,535th of the map's range)
    if the scene stays small enough, else one byte.
    """
    if 2 * maps.size > MOST_VALUE_BYTES:
        return {**pack_maps(maps), "bits": 8}
    count, height, width = maps.shape
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    span = np.where(high > low, high - low, 1)
    scaled = np.rint(65_535 * (maps - low[:, None, None]) / span[:, None, None]).astype("<u2")
    return {
        "name": name_of(scaled, low, high),
        "count": count,
        "height": height,
        "width": width,
        "low": _short(low),
        "high": _short(high),
        "data": base64.b64encode(scaled.tobytes()).decode(),
        "bits": 16,
    }


def transition_rows(trace: TransitionTrace) -> list[dict[str, str | float]]:
    """The same picture as a table: the maps after each step."""
    steps = (
        (f"output of block {trace.block}", trace.given),
        ("after batch norm and ReLU", trace.activated),
        ("after the 1 × 1 convolution", trace.mixed),
        ("after the 2 × 2 average", trace.pooled),
    )
    return [
        {
            "step": name,
            "maps": maps.shape[0],
            "pixels": f"{maps.shape[1]} × {maps.shape[2]}",
            "numbers": maps.size,
            "lowest": round(float(maps.min()), 3),
            "mean": round(float(maps.mean()), 3),
            "highest": round(float(maps.max()), 3),
        }
        for name, maps in steps
    ]
