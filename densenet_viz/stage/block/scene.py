"""The dense-block stage: a block's trace as one JSON scene for `block.js`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.traces import BlockTrace, LayerTrace, NetworkTrace
from densenet_viz.stage.shared.controls import ControlsScene
from densenet_viz.stage.shared.packing import PackedMaps, fitting_side, pack_maps
from densenet_viz.stage.shared.spec import SpecScene, spec_scene
from densenet_viz.stage.shared.words import entering

MOST_BYTES = 1_000_000
"""About how many bytes of maps one scene may carry; above it, tiles are averaged down."""


class Group(TypedDict):
    """The maps that one source wrote; layer 0 is what entered the block."""

    layer: int
    colour: str
    channels: int
    maps: PackedMaps


class Read(TypedDict):
    """The channels from `start` to before `stop`, which `source` wrote."""

    source: int
    start: int
    stop: int


class Layer(TypedDict):
    """What a layer reads, and how many channels it reads and writes."""

    layer: int
    reads: list[Read]
    channels: int
    writes: int


class Explore(TypedDict):
    """The control `block`, the network to whose blocks it leads, and the layers' colours."""

    base: SpecScene
    controls: ControlsScene
    colours: list[str]


class BlockScene(TypedDict):
    """What `block.js` shows; sizes are heights and widths in pixels."""

    block: int
    entering: str
    next: str
    size: list[int]
    shownSize: list[int]
    groups: list[Group]
    layers: list[Layer]
    output: int
    trained: bool
    mismatches: list[str]
    palette: str
    explore: Explore | None


def block_scene(trace: NetworkTrace, *, block: int) -> BlockScene:
    """Every connection of one block, and the maps that travel along them (`Scene` in block.js).

    Every number comes from the trace: hooks recorded who reads which channels while the network
    ran. Nothing is derived from the architecture.

    Args:
        trace: of a network that ran at least to the end of `block`.
        block: counted from 1.
    """
    measured = trace.blocks[block - 1]
    total, height, width = measured.output_shape
    side = fitting_side(total, height, MOST_BYTES)
    groups = [measured.entering, *(layer.maps for layer in measured.layers)]
    packed = [pack_maps(maps, side) for maps in groups]
    return {
        "block": block,
        "entering": entering(block),
        "next": _next(trace, block),
        "size": [height, width],
        "shownSize": [packed[0]["height"], packed[0]["width"]],
        "groups": [
            {
                "layer": layer,
                "colour": layer_colour(layer),
                "channels": len(groups[layer]),
                "maps": maps,
            }
            for layer, maps in enumerate(packed)
        ],
        "layers": [_layer(layer) for layer in measured.layers],
        "output": total,
        "trained": trace.trained,
        "mismatches": list(trace.mismatches),
        "palette": CIVIDIS,
        "explore": None,
    }


def explore_scene(base: DenseNetSpec, controls: ControlsScene) -> Explore:
    """What the stage needs to count another block of `base` itself."""
    most = max(base.block_config)
    return {
        "base": spec_scene(base),
        "controls": controls,
        "colours": [layer_colour(layer) for layer in range(most + 1)],
    }


def _layer(layer: LayerTrace) -> Layer:
    return {
        "layer": layer.layer,
        "reads": [
            {"source": part.layer, "start": part.start, "stop": part.stop} for part in layer.sources
        ],
        "channels": layer.input_shape[0],
        "writes": layer.written_shape[0],
    }


def _next(trace: NetworkTrace, block: int) -> str:
    last = block == len(trace.spec.block_config)
    return "the final norm and the classifier" if last else f"transition {block}"


def block_rows(trace: NetworkTrace, *, block: int) -> list[dict[str, str | int]]:
    """The same picture as a table: the block input, a row for each layer, and the output."""
    measured = trace.blocks[block - 1]
    k0 = measured.entering.shape[0]
    total = measured.output_shape[0]
    return [
        _row("the block input", 0, "", f"{k0} (from {entering(block)})", _readers(measured, 0)),
        *_layer_rows(measured),
        _row("the output", total, f"channels 0–{total - 1}: all", "", _next(trace, block)),
    ]


def _layer_rows(measured: BlockTrace) -> Iterator[dict[str, str | int]]:
    for layer in measured.layers:
        parts = "; ".join(
            f"channels {part.start}–{part.stop - 1}: "
            + (f"layer {part.layer}" if part.layer else "block input")
            for part in layer.sources
        )
        readers = _readers(measured, layer.layer)
        name = f"layer {layer.layer}"
        yield _row(name, layer.input_shape[0], parts, str(layer.written_shape[0]), readers)


def _row(name: str, reads: int, parts: str, writes: str, readers: str) -> dict[str, str | int]:
    return {
        "layer": name,
        "maps read": reads,
        "reads from": parts,
        "maps written": writes,
        "read by": readers,
    }


def _readers(measured: BlockTrace, source: int) -> str:
    """The layers that read `source`, in words."""
    layers = [
        str(layer.layer)
        for layer in measured.layers
        if any(part.layer == source for part in layer.sources)
    ]
    noun = "layer" if len(layers) == 1 else "layers"
    return f"{noun} {', '.join(layers)} and the output" if layers else "the output"
