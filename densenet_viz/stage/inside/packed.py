"""What several details of the inside stage share: exact values, slices of channels, readers."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.configuration import Configuration
from densenet_viz.facts.connections import reader_name
from densenet_viz.results.inside import Reader
from densenet_viz.results.traces import SourceSlice
from densenet_viz.stage.shared.packing import average_pixels

MOST_SIDE = 224
"""A map that is shown large is averaged down to less than twice this many pixels a side."""


class PackedFloats(TypedDict):
    """Maps (count, height, width) as float32 or, with `double`, float64 in base64."""

    count: int
    height: int
    width: int
    double: bool
    data: str


class Slice(TypedDict):
    """Channels from `start` to before `stop`, which `source` wrote; 0 is what entered the block."""

    source: int
    start: int
    stop: int


class ReaderRow(TypedDict):
    """A reader of a map: max(0, gamma * (v - mean) / spread + beta) is what it sees of a value v.

    `at` is where it can be opened.
    """

    name: str
    at: str
    gamma: float
    beta: float
    mean: float
    spread: float
    strength: float


def pack_floats(maps: NDArray[Any]) -> PackedFloats:
    """Maps (N, H, W), or one map (H, W), with all their digits; float64 stays float64."""
    many = maps[None] if maps.ndim == 2 else maps
    double = many.dtype == np.float64
    count, height, width = many.shape
    values = np.ascontiguousarray(many, "<f8" if double else "<f4")
    data = base64.b64encode(values.tobytes()).decode()
    return {"count": count, "height": height, "width": width, "double": double, "data": data}


def pack_large(made: NDArray[np.float32]) -> PackedFloats:
    """One map (H, W) that is shown large; a very large one is averaged down."""
    factor = max(1, made.shape[0] // MOST_SIDE)
    return pack_floats(average_pixels(made[None], factor) if factor > 1 else made)


def pack_slices(slices: Iterable[SourceSlice]) -> list[Slice]:
    """Who wrote which channels."""
    return [{"source": one.layer, "start": one.start, "stop": one.stop} for one in slices]


def reader_row(spec: Configuration, reader: Reader) -> ReaderRow:
    """One reader as JSON."""
    link = reader.connection
    name = reader_name(spec, link.block, link.reader)
    at = f"denseblock{link.block}.dense{name}" if name.startswith("layer") else name
    if name == "transition":
        at = f"transition{link.block}"
    return {
        "name": name.replace("layer", "layer "),
        "at": at,
        "gamma": reader.gamma,
        "beta": reader.beta,
        "mean": reader.mean,
        "spread": reader.spread,
        "strength": reader.strength,
    }
