"""One number in detail: what the kernel reads around it, so that the kernel can slide there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.configuration import Configuration
from densenet_viz.results.inside import ChannelInside, Reader
from densenet_viz.stage.inside.packed import (
    PackedFloats,
    ReaderRow,
    pack_floats,
    pack_large,
    reader_row,
)

REACH = 16
"""How far the kernel can slide from the place, in pixels, before other values are needed."""
STRONGEST = 16
"""Maps that are shown one by one; the others are shown as one sum."""


class Input(TypedDict):
    """One of the maps that add or take most, and the kernel's weights for it, row by row."""

    input: int
    weights: list[float]


class AfterValues(TypedDict):
    """The values of a later step of the layer, at the same places as `made`."""

    name: str
    values: PackedFloats


class NumberDetail(TypedDict):
    """What is around one number. Row `top` and column `left` of the map are the first of `made`.

    `read` are the inputs' values, from where the kernel's upper left corner lies for the first
    place; the padding's zeros belong to them. `rest` is what all other maps add, place by place.
    """

    kind: Literal["number"]
    step: str
    map: PackedFloats
    inputs: int
    kernelSize: int
    stride: int
    padding: int
    readSize: int
    top: int
    left: int
    strongest: list[Input]
    read: PackedFloats
    rest: PackedFloats
    made: PackedFloats
    after: list[AfterValues]
    readers: list[ReaderRow]


def number_detail(
    spec: Configuration, channel: ChannelInside, y: int, x: int, readers: Sequence[Reader]
) -> NumberDetail:
    """The surroundings of row `y`, column `x` of a channel.

    Args:
        spec: of the network.
        channel: what made its map.
        y: the row, from 0.
        x: the column, from 0.
        readers: who reads the channel.
    """
    rows, columns = (_around(at, most) for at, most in zip((y, x), channel.made.shape, strict=True))
    here = (slice(rows.start, rows.stop), slice(columns.start, columns.stop))
    strongest = channel.strongest[:STRONGEST]
    others = np.delete(channel.contributions, strongest, axis=0)
    same_size = [one for one in channel.after if one.maps[0].shape == channel.made.shape]
    return {
        "kind": "number",
        "step": channel.step,
        "map": pack_large(channel.made),
        "inputs": len(channel.read),
        "kernelSize": channel.kernel.shape[1],
        "stride": channel.stride,
        "padding": channel.padding,
        "readSize": channel.read.shape[1],
        "top": rows.start,
        "left": columns.start,
        "strongest": [
            {"input": int(place), "weights": channel.kernel[place].ravel().tolist()}
            for place in strongest
        ],
        "read": pack_floats(_windows(channel, strongest, rows, columns)),
        "rest": pack_floats(others.sum(0)[here]),
        "made": pack_floats(channel.made[here]),
        "after": [
            {"name": one.name, "values": pack_floats(one.maps[0][here])} for one in same_size
        ],
        "readers": [reader_row(spec, reader) for reader in readers],
    }


def _around(at: int, most: int) -> range:
    return range(max(0, at - REACH), min(most, at + REACH + 1))


def _windows(
    channel: ChannelInside, inputs: NDArray[np.intp], rows: range, columns: range
) -> NDArray[np.float32]:
    """(inputs, H, W): all that the kernel reads while it slides over these rows and columns."""
    edge, stride, side = channel.padding, channel.stride, channel.kernel.shape[1]
    wide = np.pad(channel.read[inputs], ((0, 0), (edge, edge), (edge, edge)))
    down, across = (
        slice(one.start * stride, (one.stop - 1) * stride + side) for one in (rows, columns)
    )
    return np.asarray(wide[:, down, across], np.float32)
