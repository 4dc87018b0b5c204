"""The paper's table 1, each cell derived from the network's own modules.

Everything here comes from an inventory's leaves, so a table of live networks shows what they
really are, not what their configuration says. A batch norm has two numbers for each map that it
reads; a convolution without bias multiplies each weight once for each pixel of its output.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypedDict

from densenet_viz.facts.arithmetic.inventory import Inventory, LeafCount


class Line(TypedDict):
    """A line of the table for one network.

    `output` is the output's height and width in pixels; `maps` says how many maps there are before
    and after, if weights change that.
    """

    name: str
    output: str
    layers: str
    maps: str


class Column(TypedDict):
    """A network of the table."""

    title: str
    lines: list[Line]


class VariantsTableScene(TypedDict):
    """What `table.js` shows."""

    label: str
    columns: list[Column]


def table_scene(inventories: Mapping[str, Inventory], *, label: str) -> VariantsTableScene:
    """The scene of `table.js`: table 1 with one column for each network.

    Args:
        inventories: by title; all networks have the same number of blocks and the same input
            size.
        label: the table's name for screen readers.
    """
    columns: list[Column] = [
        {"title": title, "lines": table_lines(inventory)}
        for title, inventory in inventories.items()
    ]
    return {"label": label, "columns": columns}


def table_lines(inventory: Inventory) -> list[Line]:
    """The lines of table 1 for one network.

    >>> from densenet_viz.facts.arithmetic.counting import inventory_of
    >>> from densenet_viz.facts.spec import DenseNetSpec
    >>> [line["maps"] for line in table_lines(inventory_of(DenseNetSpec()))][:4]
    ['3 → 64', '', '64 → 256', '256 → 128']
    """
    leaves = {place: _leaves(inventory, place) for place in inventory.places}
    blocks = [place for place in leaves if place.startswith("block")]
    stem, norm = leaves["stem"]
    lines = [
        _line("Convolution", _pixels(stem), "7×7 conv, stride 2", f"3 → {_reads(norm):,}"),
        _line("Pooling", _block_pixels(leaves["block 1"]), "3×3 max pool, stride 2"),
    ]
    for number, place in enumerate(blocks, start=1):
        follows = leaves.get(f"transition {number}") or leaves["head"]
        lines.append(_block_line(number, leaves[place], follows))
        if number < len(blocks):
            pixels = _block_pixels(leaves[blocks[number]])
            lines += _transition_lines(number, leaves[f"transition {number}"], pixels)
    norm, classifier = leaves["head"]
    maps = _reads(norm)
    classes = classifier.parameters // (maps + 1)  # a weight for each map, and a bias
    side = _block_pixels(leaves[blocks[-1]])
    pool = f"{side}×{side} average pool, linear"
    lines.append(_line("Classification", 1, pool, f"{maps:,} → {classes:,}"))
    return lines


def _line(name: str, pixels: int, layers: str, maps: str = "") -> Line:
    return {"name": name, "output": f"{pixels} × {pixels}", "layers": layers, "maps": maps}


def _block_line(number: int, leaves: list[LeafCount], follows: list[LeafCount]) -> Line:
    layers = sum(leaf.kind == "3×3" for leaf in leaves)
    bottleneck = any(leaf.kind == "1×1" for leaf in leaves)
    layer = "[1×1 conv, 3×3 conv]" if bottleneck else "[3×3 conv]"
    maps = f"{_reads(leaves[0]):,} → {_reads(follows[0]):,}"
    return _line(f"Dense block {number}", _block_pixels(leaves), f"{layer} × {layers}", maps)


def _transition_lines(number: int, leaves: list[LeafCount], pixels: int) -> list[Line]:
    norm, mixing = leaves
    reads = _reads(norm)
    keeps = mixing.parameters // reads
    return [
        _line(f"Transition {number}", _pixels(mixing), "1×1 conv", f"{reads:,} → {keeps:,}"),
        _line("… its pooling", pixels, "2×2 average pool, stride 2"),
    ]


def _leaves(inventory: Inventory, place: str) -> list[LeafCount]:
    return [leaf for leaf in inventory.leaves if leaf.place == place]


def _reads(norm: LeafCount) -> int:
    """The maps that a batch norm reads: it has a factor and an offset for each."""
    return norm.parameters // 2


def _pixels(convolution: LeafCount) -> int:
    """Height and width of what a convolution without bias writes."""
    return math.isqrt(convolution.multiply_adds // convolution.parameters)


def _block_pixels(leaves: list[LeafCount]) -> int:
    return _pixels(next(leaf for leaf in leaves if leaf.kind == "3×3"))
