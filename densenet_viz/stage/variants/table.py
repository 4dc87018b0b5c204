"""The paper's table 1, each cell derived from the network's own modules.

Everything here comes from an inventory's leaves, so a table of live networks shows what they
really are, not what their configuration says. A batch norm has two numbers for each map that it
reads; a convolution without bias multiplies each weight once for each pixel of its output.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypedDict

from densenet_viz.facts.arithmetic.inventory import Inventory, LeafCount


@dataclass(frozen=True)
class TablePart:
    """A line of the table for one network.

    `pixels` are the output's height and width; `maps` says how many maps there are before and
    after, if weights change that.
    """

    name: str
    pixels: int
    layers: str
    maps: str = ""


class Cell(TypedDict):
    """What neighbouring networks have in a line; `span` is how many they are."""

    layers: str
    maps: str
    span: int


class Row(TypedDict):
    """A line of the table."""

    name: str
    output: str
    cells: list[Cell]


class VariantsTableScene(TypedDict):
    """What `table.js` shows."""

    label: str
    titles: list[str]
    rows: list[Row]


def table_scene(inventories: Mapping[str, Inventory], *, label: str) -> VariantsTableScene:
    """The scene of `table.js`: table 1 with one column for each network.

    Equal neighbours share one wide cell, as in the paper.

    Args:
        inventories: by title; all networks have the same number of blocks and the same input
            size.
        label: the table's name for screen readers.

    >>> from densenet_viz.facts.arithmetic.counting import inventory_of
    >>> from densenet_viz.facts.spec import VARIANTS
    >>> names = ("densenet121", "densenet169", "densenet161")
    >>> scene = table_scene({n: inventory_of(VARIANTS[n]) for n in names}, label="Table 1")
    >>> [(cell["maps"], cell["span"]) for cell in scene["rows"][2]["cells"]]
    [('64 → 256', 2), ('96 → 384', 1)]
    """
    columns = [table_parts(inventory) for inventory in inventories.values()]
    rows: list[Row] = [
        {
            "name": parts[0].name,
            "output": f"{parts[0].pixels} × {parts[0].pixels}",
            "cells": [
                {"layers": layers, "maps": maps, "span": len(list(alike))}
                for (layers, maps), alike in groupby((part.layers, part.maps) for part in parts)
            ],
        }
        for parts in zip(*columns, strict=True)
    ]
    return {"label": label, "titles": list(inventories), "rows": rows}


def table_parts(inventory: Inventory) -> tuple[TablePart, ...]:
    """The lines of table 1 for one network."""
    leaves = {place: _leaves(inventory, place) for place in inventory.places}
    blocks = [place for place in leaves if place.startswith("block")]
    stem, norm = leaves["stem"]
    lines = [
        TablePart("Convolution", _pixels(stem), "7×7 conv, stride 2", f"3 → {_reads(norm):,}"),
        TablePart("Pooling", _block_pixels(leaves["block 1"]), "3×3 max pool, stride 2"),
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
    lines.append(TablePart("Classification", 1, pool, f"{maps:,} → {classes:,}"))
    return tuple(lines)


def _block_line(number: int, leaves: list[LeafCount], follows: list[LeafCount]) -> TablePart:
    layers = sum(leaf.kind == "3×3" for leaf in leaves)
    bottleneck = any(leaf.kind == "1×1" for leaf in leaves)
    layer = "[1×1 conv, 3×3 conv]" if bottleneck else "[3×3 conv]"
    maps = f"{_reads(leaves[0]):,} → {_reads(follows[0]):,}"
    return TablePart(f"Dense block {number}", _block_pixels(leaves), f"{layer} × {layers}", maps)


def _transition_lines(number: int, leaves: list[LeafCount], pixels: int) -> list[TablePart]:
    norm, mixing = leaves
    reads = _reads(norm)
    keeps = mixing.parameters // reads
    return [
        TablePart(f"Transition {number}", _pixels(mixing), "1×1 conv", f"{reads:,} → {keeps:,}"),
        TablePart("… its pooling", pixels, "2×2 average pool, stride 2"),
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
