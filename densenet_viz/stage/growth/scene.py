"""The growth stage: a block's trace as one JSON scene for `growth.js`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.traces import LayerTrace, NetworkTrace
from densenet_viz.stage.shared.packing import PackedMaps, pack_maps, picture_address

MOST_BYTES = 450_000
"""About how many bytes of maps one scene may carry; above it, tiles are averaged down."""


class Group(TypedDict):
    """The maps that one source wrote; layer 0 is what entered the block."""

    layer: int
    colour: str
    channels: int
    maps: PackedMaps


class Layer(TypedDict):
    """How many channels a layer reads and writes, and how many stand after it."""

    reads: int
    writes: int
    total: int


class Numbers(TypedDict):
    """The block's cost for one picture."""

    parameters: int
    multiplyAdds: int


class GrowthScene(TypedDict):
    """What `growth.js` shows; sizes are heights and widths in pixels."""

    picture: str
    caption: str
    block: int
    size: list[int]
    shownSize: list[int]
    entering: str
    groups: list[Group]
    layers: list[Layer]
    kernel: str
    trained: bool
    mismatches: list[str]
    numbers: Numbers
    palette: str


def growth_scene(
    trace: NetworkTrace, *, block: int = 1, caption: str = "your image"
) -> GrowthScene:
    """The growth of one block, layer by layer (`Scene` in growth.js).

    Every number comes from the trace: channels and pixels were measured while the network ran.

    Args:
        trace: of a network that ran at least to the end of `block`.
        block: counted from 1.
        caption: the name of the input picture.
    """
    measured = trace.blocks[block - 1]
    total, height, width = measured.output_shape
    side = _tile_side(total, height)
    return {
        "picture": picture_address(trace.picture),
        "caption": caption,
        "block": block,
        "size": [height, width],
        "shownSize": [min(height, side), min(width, side)],
        "entering": "from the stem" if block == 1 else f"from transition {block - 1}",
        "groups": [
            {
                "layer": layer,
                "colour": layer_colour(layer),
                "channels": int(maps.shape[0]),
                "maps": pack_maps(maps, side),
            }
            for layer, maps in enumerate([measured.entering, *(x.maps for x in measured.layers)])
        ],
        "layers": [
            {
                "reads": layer.input_shape[0],
                "writes": layer.written_shape[0],
                "total": layer.output_channels,
            }
            for layer in measured.layers
        ],
        "kernel": "1×1 → 3×3" if trace.spec.bottleneck else "3×3",
        "trained": trace.trained,
        "mismatches": list(trace.mismatches),
        "numbers": {
            "parameters": measured.cost.parameters,
            "multiplyAdds": measured.cost.multiply_adds,
        },
        "palette": CIVIDIS,
    }


def _tile_side(channels: int, height: int) -> int:
    """A tile's side in pixels: the map's own, halved until the scene is small enough."""
    side = height
    while side > 8 and channels * side * side > MOST_BYTES:
        side //= 2
    return side


def growth_rows(trace: NetworkTrace, block: int = 1) -> list[dict[str, str | int]]:
    """The same picture as a table: a row for the block input and for each layer."""
    measured = trace.blocks[block - 1]
    k0, height, width = measured.entering.shape
    start: dict[str, str | int] = {
        "layer": "from the stem" if block == 1 else f"from transition {block - 1}",
        "reads": 0,
        "adds": k0,
        "maps after it": k0,
        "pixels": f"{height} × {width}",
        "reads from": "",
    }
    return [start, *_layer_rows(measured.layers)]


def _layer_rows(layers: tuple[LayerTrace, ...]) -> Iterator[dict[str, str | int]]:
    for layer in layers:
        reads, height, width = layer.input_shape
        yield {
            "layer": f"layer {layer.layer}",
            "reads": reads,
            "adds": layer.written_shape[0],
            "maps after it": layer.output_channels,
            "pixels": f"{height} × {width}",
            "reads from": "; ".join(
                f"channels {part.start}–{part.stop - 1}: "
                + (f"layer {part.layer}" if part.layer else "block input")
                for part in layer.sources
            ),
        }
