"""The whole network as one strip: what the overview's picture shows, computed without a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.spec import DenseNetSpec, LayerRow
from densenet_viz.figures.theme import layer_colour
from densenet_viz.stage.shared.packing import picture_address

PartKind = Literal["picture", "stem", "block", "transition", "classifier"]


class Shape(TypedDict):
    """What a strip needs of a part; `number` is that of a block or a transition, else 0."""

    kind: PartKind
    number: int
    reads: int
    leaves: int
    pixels: int
    layers: int


class Part(Shape):
    """A part of the strip with its words."""

    id: str
    name: str
    out: int
    title: str
    sentence: str


class Step(TypedDict):
    """A step of the journey: the part's place, the layer in it or 0, and the maps after it."""

    part: int
    channels: int
    layer: int
    label: str
    title: str
    sentence: str


class OverviewScene(TypedDict):
    """What `overview.js` shows."""

    key: str
    name: str
    picture: str
    alt: str
    parts: list[Part]
    steps: list[Step]
    colours: list[str]
    badge: str
    description: str


def overview_scene(
    spec: DenseNetSpec, picture: NDArray[np.uint8], *, alt: str, name: str | None = None
) -> OverviewScene:
    """The scene of `overview.js`.

    Args:
        spec: the network whose shapes are drawn.
        picture: (H, W, 3) RGB, the small picture at the start of the strip.
        alt: what the picture shows.
        name: the network's name on the page; by default its own.
    """
    steps = list(network_steps(spec))
    return {
        "key": f"{spec}|{alt}",
        "name": name or spec.name,
        "picture": picture_address(picture),
        "alt": alt,
        "parts": list(network_parts(spec)),
        "steps": steps,
        "colours": [layer_colour(layer) for layer in range(max(spec.block_config) + 1)],
        "badge": "computed from the architecture",
        "description": _description(spec),
    }


def network_parts(spec: DenseNetSpec) -> Iterator[Part]:
    """Every part of the strip: the channels it reads and outputs, and its maps' width.

    `pixels` is the width of the maps that a part shows, `out` the width of the maps it outputs.

    >>> [(part["id"], part["leaves"], part["pixels"]) for part in network_parts(DenseNetSpec())][:4]
    [('picture', 3, 224), ('stem', 64, 112), ('block-1', 256, 56), ('transition-1', 128, 56)]
    """
    size = spec.input_size
    yield _part("picture", "Picture", 3, 3, size, size, _picture_words(spec))
    for row in spec.rows:
        if row.kind == "stem":
            words = _stem_words(spec, row)
            yield _part("stem", "Stem", 3, row.out_channels, spec.stem_size, row.width, words)
        elif row.kind == "dense layer" and row.layer == 1:
            yield _block_part(spec, row.block)
        elif row.kind == "transition":
            reads, keeps, wide = row.in_channels, row.out_channels, spec.block_sizes[row.block - 1]
            words = _transition_words(spec, row)
            title = f"Transition {row.block}"
            yield _part("transition", title, reads, keeps, wide, row.width, words, row.block)
        elif row.kind == "classifier":
            reads, classes = row.in_channels, row.out_channels
            yield _part("classifier", "Classifier", reads, classes, 1, 1, _classifier_words(row))


def network_steps(spec: DenseNetSpec) -> Iterator[Step]:
    """What happens to one picture: the number of maps after each step, and a sentence about it.

    >>> [step["channels"] for step in network_steps(DenseNetSpec())][:5]
    [3, 64, 96, 128, 160]
    """
    part = 0
    yield _step(part, 3, 0, "the picture", _picture_words(spec))
    for row in spec.rows:
        if row.kind == "final norm":
            continue
        if row.kind != "dense layer" or row.layer == 1:
            part += 1
        if row.kind == "stem":
            yield _step(part, row.out_channels, 0, "stem", _stem_words(spec, row))
        elif row.kind == "dense layer":
            label = f"block {row.block}, layer {row.layer}"
            yield _step(part, row.out_channels, row.layer, label, _layer_words(row))
        elif row.kind == "transition":
            label = f"transition {row.block}"
            yield _step(part, row.out_channels, 0, label, _transition_words(spec, row))
        else:
            yield _step(part, row.in_channels, 0, "classifier", _classifier_words(row))
    yield _step(part, spec.block_outputs[-1], 0, "whole network", _whole_words(spec))


def part_rows(spec: DenseNetSpec) -> list[dict[str, str]]:
    """The strip as a table, one row a part, ready to show."""
    groups: dict[str, list[LayerRow]] = {}
    for row in spec.rows:
        name = f"Block {row.block}" if row.kind == "dense layer" else row.name.capitalize()
        groups.setdefault(name, []).append(row)
    return [
        {
            "Part": name,
            "Layers": str(len(rows)),
            "Channels in": f"{rows[0].in_channels:,}",
            "Channels out": f"{rows[-1].out_channels:,}",
            "Pixels out": f"{rows[-1].height} × {rows[-1].width}",
            "Parameters": f"{sum(row.parameters for row in rows):,}",
            "Multiply-adds": f"{sum(row.multiply_adds for row in rows):,}",
        }
        for name, rows in groups.items()
    ]


def part_table(spec: DenseNetSpec) -> str:
    """`part_rows` as Markdown: Streamlit's own table would load a megabyte of JavaScript."""
    rows = part_rows(spec)
    lines = (list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _part(
    kind: PartKind,
    title: str,
    reads: int,
    leaves: int,
    pixels: int,
    out: int,
    words: tuple[str, str],
    number: int = 0,
    layers: int = 0,
) -> Part:
    return {
        "id": f"{kind}-{number}" if number else kind,
        "kind": kind,
        "number": number,
        "name": title,
        "reads": reads,
        "leaves": leaves,
        "pixels": pixels,
        "out": out,
        "layers": layers,
        "title": words[0],
        "sentence": words[1],
    }


def _block_part(spec: DenseNetSpec, block: int) -> Part:
    layers, k = spec.block_config[block - 1], spec.growth_rate
    reads, leaves = spec.block_inputs[block - 1], spec.block_outputs[block - 1]
    size = spec.block_sizes[block - 1]
    title = f"Block {block} grows from {reads:,} to {leaves:,} maps"
    sentence = (
        f"{_counted(layers, 'layer')} at {size} × {size} px, and each adds {k}: "
        f"{reads} + {layers} × {k} = {leaves:,}. "
        f"{spec.connections[block - 1]:,} direct connections, "
        f"{spec.block_cost(block).parameters:,} parameters."
    )
    words = (title, sentence)
    return _part("block", f"Block {block}", reads, leaves, size, size, words, block, layers)


def _step(part: int, channels: int, layer: int, label: str, words: tuple[str, str]) -> Step:
    return {
        "part": part,
        "channels": channels,
        "layer": layer,
        "label": label,
        "title": words[0],
        "sentence": words[1],
    }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _picture_words(spec: DenseNetSpec) -> tuple[str, str]:
    size = spec.input_size
    return "One picture goes in", f"3 colour channels of {size} × {size} px."


def _stem_words(spec: DenseNetSpec, row: LayerRow) -> tuple[str, str]:
    return (
        f"The stem makes {row.out_channels} maps from 3 colours",
        f"A 7 × 7 convolution and a max pool, each with stride 2: {spec.input_size} → "
        f"{spec.stem_size} → {row.width} px.",
    )


def _layer_words(row: LayerRow) -> tuple[str, str]:
    return (
        f"Layer {row.layer} reads all {row.in_channels} and adds {row.new_channels}",
        f"Block {row.block}, layer {row.layer} at {row.width} × {row.width} px: {row.in_channels} "
        f"+ {row.new_channels} = {row.out_channels:,}. Nothing is overwritten.",
    )


def _transition_words(spec: DenseNetSpec, row: LayerRow) -> tuple[str, str]:
    wide = spec.block_sizes[row.block - 1]
    half = 2 * row.out_channels == row.in_channels
    does = (
        "halves maps and width" if half else f"keeps {row.out_channels} of {row.in_channels} maps"
    )
    return (
        f"Transition {row.block} {does}",
        f"A 1 × 1 convolution mixes {row.in_channels:,} maps into {row.out_channels:,}; "
        f"a 2 × 2 average reduces {wide} px to {row.width} px.",
    )


def _classifier_words(row: LayerRow) -> tuple[str, str]:
    reads, classes = f"{row.in_channels:,}", f"{row.out_channels:,}"
    return (
        f"{reads} averages decide on a class",
        f"Each map becomes one number, its mean; one linear layer turns the {reads} numbers into "
        f"{classes} scores.",
    )


def _whole_words(spec: DenseNetSpec) -> tuple[str, str]:
    first, last = spec.block_sizes[0], spec.block_sizes[-1]
    return (
        f"Narrower and deeper: {spec.initial_channels} → {spec.block_outputs[-1]:,} maps",
        f"{first} px to {last} px in {len(spec.block_config)} blocks: {sum(spec.connections):,} "
        f"direct connections, {spec.parameters:,} parameters, {spec.depth} layers with weights.",
    )


def _description(spec: DenseNetSpec) -> str:
    """The strip in words, for screen readers."""
    blocks = "; ".join(
        f"block {index + 1} grows from {reads} to {leaves} maps at {size} px"
        for index, (reads, leaves, size) in enumerate(
            zip(spec.block_inputs, spec.block_outputs, spec.block_sizes, strict=True)
        )
    )
    return f"{spec.name} as a strip (height: channels, width: pixels): {blocks}."
