"""The steps of a DenseNet, and what each costs for one image.

Weights and multiply-adds of a step are sums over its leaves, so each has only one formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from densenet_viz.facts.arithmetic.inventory import (
    FLOAT_BYTES,
    LeafCount,
    Totals,
    classifier,
    convolution,
    norm,
    total,
)
from densenet_viz.facts.configuration import Configuration

Step = Literal["stem", "dense layer", "transition", "final norm", "classifier"]


@dataclass(frozen=True)
class LayerRow(Totals):
    """One step of a DenseNet and what it costs for one image.

    `in_channels` are the maps it reads, `out_channels` the maps after it (a dense layer keeps
    what it read, so out = in + new), `new_channels` the maps it computed itself.
    `height` and `width` are the output's, in pixels. `activation_bytes` is the float32 size of
    every tensor the step writes, concatenations included, as the plain (not memory-efficient)
    implementation does. `leaves` are its modules with weights.
    """

    kind: Step
    name: str
    module: str
    block: int
    layer: int
    in_channels: int
    out_channels: int
    new_channels: int
    height: int
    width: int
    activation_bytes: int
    leaves: tuple[LeafCount, ...] = field(repr=False)


@dataclass(frozen=True)
class BlockCost:
    """What one dense block, or its counterpart without concatenation, costs for one image."""

    parameters: int
    multiply_adds: int
    activation_bytes: int


def rows_of(spec: Configuration) -> Iterator[LayerRow]:
    """Every step in the order of computation."""
    yield _stem_row(spec)
    last = len(spec.block_config)
    for block, (layers, channels) in enumerate(
        zip(spec.block_config, spec.block_inputs, strict=True), start=1
    ):
        for layer in range(1, layers + 1):
            yield _dense_row(spec, block, layer, channels)
            channels += spec.growth_rate
        if block == last:
            yield _norm_row(spec)
        else:
            yield transition_row(spec, block, spec.transition_channels[block - 1])
    yield _classifier_row(spec)


def layer_cost(spec: Configuration, reads: int, writes: int, size: int) -> BlockCost:
    """One layer of `spec`, at size × size px, that writes `writes` maps and copies none."""
    leaves = _layer_leaves(spec, "layer", "block", reads, writes, size)
    return BlockCost(
        total(leaves, "parameters"),
        total(leaves, "multiply_adds"),
        _layer_maps(spec, reads, writes) * size * size * FLOAT_BYTES,
    )


def _layer_maps(spec: Configuration, reads: int, writes: int) -> int:
    """Maps that BN-ReLU-[1x1-BN-ReLU-]3x3 writes."""
    return 2 * reads + 3 * spec.bottleneck_channels * spec.bottleneck + writes


def _layer_leaves(
    spec: Configuration, module: str, place: str, reads: int, writes: int, size: int
) -> tuple[LeafCount, ...]:
    def name(part: str) -> str:
        return f"{module}.{part}"

    if not spec.bottleneck:
        return (
            norm(name("norm1"), place, reads),
            convolution(name("conv1"), place, reads=reads, writes=writes, kernel=3, size=size),
        )
    middle = spec.bottleneck_channels
    return (
        norm(name("norm1"), place, reads),
        convolution(name("conv1"), place, reads=reads, writes=middle, kernel=1, size=size),
        norm(name("norm2"), place, middle),
        convolution(name("conv2"), place, reads=middle, writes=writes, kernel=3, size=size),
    )


def _stem_row(spec: Configuration) -> LayerRow:
    k0, wide, size = spec.initial_channels, spec.stem_size, spec.block_sizes[0]
    reads, pooled = spec.input_channels, spec.stem == "7×7"
    kernel, module = (7, "features.pool0") if pooled else (3, "features.conv0")
    first = convolution("features.conv0", "stem", reads=reads, writes=k0, kernel=kernel, size=wide)
    return LayerRow(
        *("stem", "stem", module, 0, 0, reads, k0, k0, size, size),
        activation_bytes=k0 * ((3 if pooled else 0) * wide * wide + size * size) * FLOAT_BYTES,
        leaves=(first, norm("features.norm0", "stem", k0)) if pooled else (first,),
    )


def _dense_row(spec: Configuration, block: int, layer: int, reads: int) -> LayerRow:
    k, size = spec.growth_rate, spec.block_sizes[block - 1]
    module = f"features.denseblock{block}.denselayer{layer}"
    # Each layer concatenates (copies) what it reads; after the last one the whole block is copied.
    copies = reads + (reads + k) * (layer == spec.block_config[block - 1])
    maps = copies + _layer_maps(spec, reads, k)
    return LayerRow(
        "dense layer",
        f"block {block} layer {layer}",
        module,
        *(block, layer, reads, reads + k, k, size, size),
        activation_bytes=maps * size * size * FLOAT_BYTES,
        leaves=_layer_leaves(spec, module, f"block {block}", reads, k, size),
    )


def transition_row(spec: Configuration, block: int, keeps: int) -> LayerRow:
    """The transition after `block` (counted from 1), if it keeps `keeps` maps."""
    reads, size = spec.block_outputs[block - 1], spec.block_sizes[block - 1]
    half = size // 2
    place, module = f"transition {block}", f"features.transition{block}"
    values = (2 * reads + keeps) * size * size + keeps * half * half
    return LayerRow(
        "transition",
        place,
        module,
        *(block, 0, reads, keeps, keeps, half, half),
        activation_bytes=values * FLOAT_BYTES,
        leaves=(
            norm(f"{module}.norm", place, reads),
            convolution(f"{module}.conv", place, reads=reads, writes=keeps, kernel=1, size=size),
        ),
    )


def _norm_row(spec: Configuration) -> LayerRow:
    channels, size = spec.block_outputs[-1], spec.block_sizes[-1]
    return LayerRow(
        *("final norm", "final norm", "features.norm5", len(spec.block_config), 0),
        *(channels, channels, 0, size, size),
        activation_bytes=2 * channels * size * size * FLOAT_BYTES,
        leaves=(norm("features.norm5", "head", channels),),
    )


def _classifier_row(spec: Configuration) -> LayerRow:
    widths = (spec.block_outputs[-1], *spec.hidden, spec.num_classes)
    channels, classes = widths[0], widths[-1]
    # The layers of a deeper head are numbered with the ReLUs between them.
    names = [f"classifier.{2 * index}" for index in range(len(widths) - 1)]
    names = names if spec.hidden else ["classifier"]
    return LayerRow(
        *("classifier", "classifier", "classifier", 0, 0, channels, classes, classes, 1, 1),
        activation_bytes=(channels + 2 * sum(spec.hidden) + classes) * FLOAT_BYTES,
        leaves=tuple(map(classifier, names, widths[:-1], widths[1:])),
    )
