"""A layer in detail: its maps at each step, and one map as its readers see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

import numpy as np

from densenet_viz.facts.configuration import Configuration
from densenet_viz.results.inside import LayerInside, Reader
from densenet_viz.results.traces import Maps, SourceSlice
from densenet_viz.stage.inside.packed import (
    PackedFloats,
    ReaderRow,
    Slice,
    pack_large,
    pack_slices,
    reader_row,
)
from densenet_viz.stage.shared.packing import PackedMaps, fitting_side, pack_maps

MOST_BYTES = 90_000
"""Of the maps at one step; above it, tiles are averaged down. A layer has up to seven steps."""


class StepMaps(TypedDict):
    """The maps at one step, and their lowest and highest value before anything was averaged."""

    name: str
    maps: PackedMaps
    low: float
    high: float


class Seen(TypedDict):
    """One map of the layer, with all digits, and some of its readers."""

    channel: int
    map: PackedFloats
    readers: list[ReaderRow]


class LayerDetail(TypedDict):
    """What a layer reads, from whom, and what each of its steps made of it."""

    kind: Literal["layer"]
    ledger: list[Slice]
    entering: StepMaps
    steps: list[StepMaps]
    seen: Seen


def telling_channel(layer: LayerInside) -> int:
    """The map that the last step writes and that differs most over the picture.

    Its readers differ most visibly in how they scale it.
    """
    return int(layer.steps[-1].maps.std((1, 2)).argmax())


def layer_detail(
    spec: Configuration,
    layer: LayerInside,
    ledger: Sequence[SourceSlice],
    channel: int,
    readers: Sequence[Reader],
) -> LayerDetail:
    """A layer as it ran.

    Args:
        spec: of the network.
        layer: its maps at each step.
        ledger: who wrote the channels that it reads.
        channel: of the maps that it writes.
        readers: of that channel.
    """
    return {
        "kind": "layer",
        "ledger": pack_slices(ledger),
        "entering": _step("entering", layer.entering),
        "steps": [_step(step.name, step.maps) for step in layer.steps],
        "seen": {
            "channel": channel,
            "map": pack_large(layer.steps[-1].maps[channel]),
            "readers": [reader_row(spec, reader) for reader in _three(readers)],
        },
    }


def _step(name: str, maps: Maps) -> StepMaps:
    side = fitting_side(len(maps), maps.shape[1], MOST_BYTES)
    return {
        "name": name,
        "maps": pack_maps(maps, side),
        "low": float(np.min(maps)),
        "high": float(np.max(maps)),
    }


def _three(readers: Sequence[Reader]) -> Sequence[Reader]:
    """The first, the middle and the last one."""
    places = sorted({0, len(readers) // 2, len(readers) - 1})
    return [readers[place] for place in places]
