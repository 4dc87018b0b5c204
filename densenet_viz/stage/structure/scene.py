"""The connections that a decision went through, as one JSON scene for `structure.js`."""

from __future__ import annotations

import base64
from typing import TypedDict

import numpy as np

from densenet_viz.figures.theme import layer_colour
from densenet_viz.results.flows import BlockFlows, StructureAttribution, place_of
from densenet_viz.results.traces import Maps, Picture
from densenet_viz.stage.maps.signed_scale import pack_palette
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import entering, number

MOST_BYTES = 4_000_000
"""Bytes of maps that a block may send; a larger one sends only its output's maps and its totals."""

SMALL_RISE = 0.1
"""If the rise is below this part of the largest flow, shares of it would be meaningless."""


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
    """The scene (`Scene` in structure/flows.js): every flow of every block, and all maps.

    Args:
        found: the flows.
        picture: (S, S, 3) uint8, as the network is given it.
        baseline: the picture at the start of the path, in words.
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
    """Which numbers are exact, and how large the error of the others is."""
    imbalance = max(block.imbalance for block in found.blocks)
    return (
        f"Exact: each source’s flow is divided fully among its readers. Approximate: gradients "
        f"were taken at {found.points} points of the path from {found.baseline}. So the sums "
        f"differ from the score’s change of {number(found.rise)} by at most "
        f"{number(abs(found.worst_delta))}{_part(found, found.worst_delta)}. "
        f"What flows into a layer should equal what flows out of it; here they "
        f"differ by at most {number(imbalance)}{_part(found, imbalance)}."
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
    """(2 (L + 1), h, w): the output's flow by source, then the flow through each source's maps."""
    sources = range(block.layers + 1)
    last = block.layers + 1
    leaving = [block.maps[place_of(source, last)] for source in sources]
    return np.stack([*leaving, *(block.through_map(source) for source in sources)])


def _packed(maps: Maps) -> PackedFlows:
    """Signed maps as 16-bit whole numbers; 32767 is the largest absolute value of all."""
    most = float(np.abs(maps).max())
    scaled = np.rint(maps * (32767 / most if most > 0 else 0.0)).astype("<i2")
    return {"most": most, "data": base64.b64encode(scaled.tobytes()).decode()}
