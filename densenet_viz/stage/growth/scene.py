"""The growth stage: a block's trace as one JSON scene for `growth.js`."""

from __future__ import annotations

from typing import TypedDict

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.traces import NetworkTrace
from densenet_viz.stage.shared.controls import ControlsScene
from densenet_viz.stage.shared.packing import (
    PackedMaps,
    fitting_side,
    pack_maps,
    picture_address,
)
from densenet_viz.stage.shared.spec import SpecScene, spec_scene

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
    """The block's cost for one picture, and how many maps the transition after it keeps."""

    parameters: int
    multiplyAdds: int
    activationBytes: int
    keeps: int | None


class Explore(TypedDict):
    """What the controls in the stage need: the network they start from, and words on its weights.

    `colours` are those of the layers, with the block input's first; `weights` says where the
    weights come from, of the network itself and of one with other numbers.
    """

    base: SpecScene
    trained: bool
    controls: ControlsScene
    colours: list[str]
    weights: dict[str, str]


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
    explore: Explore | None


def explore_scene(
    base: DenseNetSpec, controls: ControlsScene, *, trained: bool, weights: dict[str, str]
) -> Explore:
    """The controls of a stage that shows a network which starts from `base`.

    Args:
        base: the model's own configuration.
        controls: with the names `k`, `layers`, `initial`, `compression` and `bottleneck`.
        trained: whether the model's own weights were learned.
        weights: where the weights come from, by `own` and `random`.
    """
    most = next(int(row["high"]) for row in controls["numbers"] if row["name"] == "layers")
    return {
        "base": spec_scene(base),
        "trained": trained,
        "controls": controls,
        "colours": [layer_colour(layer) for layer in range(most + 1)],
        "weights": weights,
    }


def growth_scene(
    trace: NetworkTrace, *, block: int = 1, caption: str = "your picture"
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
    side = fitting_side(total, height, MOST_BYTES)
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
            "activationBytes": measured.cost.activation_bytes,
            "keeps": _kept(trace, block),
        },
        "palette": CIVIDIS,
        "explore": None,
    }


def _kept(trace: NetworkTrace, block: int) -> int | None:
    """The maps that the transition after a block kept; None after the last block."""
    steps = trace.transitions
    return steps[block - 1].pooled.shape[0] if len(steps) >= block else None
