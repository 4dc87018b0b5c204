"""The ways that a decision took through the network, as one JSON scene for `structure.js`."""

from __future__ import annotations

import base64
from typing import TypedDict

import numpy as np

from densenet_viz.figures.theme import layer_colour
from densenet_viz.results.flows import BlockFlows, StructureAttribution, place_of
from densenet_viz.results.traces import Maps, Picture
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.signed_scale import pack_palette
from densenet_viz.stage.shared.words import entering, number

MOST_BYTES = 4_000_000
"""Bytes of maps that a block may send; a larger one sends only what leaves it, and its totals."""

SMALL_RISE = 0.1
"""Below this part of the largest flow the rise is too small for shares of it to say anything."""


class PackedFlows(TypedDict):
    """Signed maps as 16-bit whole numbers in base64, of which 32767 is `most`."""

    most: float
    data: str


class BlockScene(PackedFlows):
    """A block's flows; `sums` are those of the connections, reader after reader."""

    block: int
    entering: str
    next: str
    side: int
    layers: int
    colours: list[str]
    sums: list[float]
    complete: bool


class StructureScene(TypedDict):
    """What `structure.js` shows; `shares` is whether flows are told as parts of the rise."""

    picture: str
    size: int
    label: str
    baseline: str
    score: float
    rise: float
    shares: bool
    blocks: list[BlockScene]
    start: int
    exact: str
    palette: str


def structure_scene(
    found: StructureAttribution, picture: Picture, *, baseline: str
) -> StructureScene:
    """The scene (`Scene` in flows.js): every flow of every block, and all maps.

    Args:
        found: the flows.
        picture: (S, S, 3) uint8, as the network is given it.
        baseline: what the path starts from, in words.
    """
    largest = max(float(np.abs(block.sums).max()) for block in found.blocks)
    return {
        "picture": picture_address(picture),
        "size": len(picture),
        "label": found.target.label,
        "baseline": baseline,
        "score": found.score,
        "rise": found.rise,
        "shares": abs(found.rise) > SMALL_RISE * largest,
        "blocks": [_block(found, block) for block in found.blocks],
        "start": max(found.blocks, key=lambda block: block.layers).block,
        "exact": exact_words(found),
        "palette": pack_palette(),
    }


def exact_words(found: StructureAttribution) -> str:
    """What of the numbers is exact, and how far the rest is from it."""
    imbalance = max(block.imbalance for block in found.blocks)
    return (
        f"Exact: each source’s flow is split among its readers without a rest. Quadrature: the "
        f"path from {found.baseline} was looked at in {found.points} places, so the sums miss the "
        f"score’s change of {number(found.rise)} by {number(found.worst_delta)} at most"
        f"{_part(found, found.worst_delta)}, and what flows into a layer and what flows out of "
        f"it, which are equal, differ here by {number(imbalance)} at most{_part(found, imbalance)}."
    )


def _part(found: StructureAttribution, value: float) -> str:
    return f" ({abs(found.share(value)):.2%})" if found.rise else ""


def _block(found: StructureAttribution, block: BlockFlows) -> BlockScene:
    whole = len(block.sums) * block.maps.shape[1] ** 2 * 2 <= MOST_BYTES
    maps = block.maps if whole else leaving_maps(block)
    return {
        "block": block.block,
        "entering": entering(block.block),
        "next": next_reader(found, block.block),
        "side": block.maps.shape[1],
        "layers": block.layers,
        "colours": [layer_colour(layer) for layer in range(block.layers + 1)],
        "sums": [float(f"{value:.6g}") for value in block.sums],
        "complete": whole,
        **_packed(maps),
    }


def next_reader(found: StructureAttribution, block: int) -> str:
    last = block == len(found.blocks)
    return "the classifier" if last else f"transition {block}"


def leaving_maps(block: BlockFlows) -> Maps:
    """(2 (L + 1), h, w): what leaves the block, by source, then what each source's maps carry."""
    sources = range(block.layers + 1)
    last = block.layers + 1
    leaving = [block.maps[place_of(source, last)] for source in sources]
    return np.stack([*leaving, *(block.through_map(source) for source in sources)])


def _packed(maps: Maps) -> PackedFlows:
    """Signed maps as 16-bit whole numbers, of which 32767 is the largest strength of all."""
    most = float(np.abs(maps).max())
    scaled = np.rint(maps * (32767 / most if most > 0 else 0.0)).astype("<i2")
    return {"most": most, "data": base64.b64encode(scaled.tobytes()).decode()}
