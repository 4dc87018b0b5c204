"""A block in detail: who reads what, as recorded, and some of the maps of each source."""

from __future__ import annotations

from typing import Literal, TypedDict

import numpy as np

from densenet_viz.results.traces import Maps, NetworkTrace
from densenet_viz.stage.inside.packed import Slice, pack_slices
from densenet_viz.stage.shared.packing import PackedMaps, pack_maps

SHOWN = 4
"""Maps of each source that are shown: those that differ most over the picture."""
SIDE = 28


class Source(TypedDict):
    """What one source wrote: the numbers of the maps that are shown, and these maps."""

    channels: list[int]
    maps: PackedMaps


class BlockDetail(TypedDict):
    """The ledger of each layer, and maps of each source; source 0 is what enters the block."""

    kind: Literal["block"]
    mismatches: list[str]
    ledgers: list[list[Slice]]
    sources: list[Source]


def block_detail(trace: NetworkTrace, block: int) -> BlockDetail:
    """Block `block` (from 1) as it ran."""
    measured = trace.blocks[block - 1]
    groups = (measured.entering, *(layer.maps for layer in measured.layers))
    return {
        "kind": "block",
        "mismatches": list(trace.mismatches),
        "ledgers": [pack_slices(layer.sources) for layer in measured.layers],
        "sources": [_source(maps) for maps in groups],
    }


def _source(maps: Maps) -> Source:
    order = np.argsort(-maps.std((1, 2)), kind="stable")[:SHOWN]
    return {"channels": order.tolist(), "maps": pack_maps(maps[order], SIDE)}
