"""The parts of a network and the steps of its layers as arithmetic, for the inside stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypedDict

from densenet_viz.facts.arithmetic.rows import LayerRow
from densenet_viz.facts.places import written_shape
from densenet_viz.facts.spec import DenseNetSpec

PartKind = Literal["stem", "block", "transition", "classifier"]


class StepPlan(TypedDict):
    """A module of a layer: its name, what it is, and the maps that it writes."""

    name: str
    title: str
    channels: int
    size: int


class LayerPlan(TypedDict):
    """A layer that can be opened; `channels` maps of `size` px are what its last convolution
    writes.
    """

    at: str
    layer: int
    reads: int
    channels: int
    size: int
    parameters: int
    multiplyAdds: int
    steps: list[StepPlan]


class PartPlan(TypedDict):
    """A part of the network: `pixels` before and `out` after it; a classifier has no layers."""

    at: str
    kind: PartKind
    name: str
    number: int
    reads: int
    writes: int
    pixels: int
    out: int
    parameters: int
    multiplyAdds: int
    layers: list[LayerPlan]


def parts_of(spec: DenseNetSpec) -> Iterator[PartPlan]:
    """The parts in the order of computation: stem, blocks, transitions, classifier.

    The last norm is no part of its own: its parameters are counted with the classifier.

    >>> [part["writes"] for part in parts_of(DenseNetSpec())]
    [64, 256, 128, 512, 256, 1024, 512, 1024, 1000]
    """
    for row in spec.rows:
        if row.kind == "stem":
            yield _part("stem", "Stem", 0, spec.input_size, (row,), (_stem(spec, row),))
        elif row.kind == "dense layer" and row.layer == 1:
            rows, size = spec.dense_rows(row.block), spec.block_sizes[row.block - 1]
            layers = tuple(_dense(spec, one) for one in rows)
            yield _part("block", f"Block {row.block}", row.block, size, rows, layers)
        elif row.kind == "transition":
            size, name = spec.block_sizes[row.block - 1], f"Transition {row.block}"
            layers = (_transition(spec, row),)
            yield _part("transition", name, row.block, size, (row,), layers)
        elif row.kind == "classifier":
            (norm,) = (each for each in spec.rows if each.kind == "final norm")
            yield _part("classifier", "Classifier", 0, 1, (norm, row), ())


def _part(
    kind: PartKind,
    name: str,
    number: int,
    pixels: int,
    rows: tuple[LayerRow, ...],
    layers: tuple[LayerPlan, ...],
) -> PartPlan:
    numbered = {"block": f"denseblock{number}", "transition": f"transition{number}"}
    return {
        "at": numbered.get(kind, kind),
        "kind": kind,
        "name": name,
        "number": number,
        "reads": rows[0].in_channels,
        "writes": rows[-1].out_channels,
        "pixels": pixels,
        "out": rows[-1].width,
        "parameters": sum(row.parameters for row in rows),
        "multiplyAdds": sum(row.multiply_adds for row in rows),
        "layers": list(layers),
    }


def _layer(spec: DenseNetSpec, at: str, row: LayerRow, steps: list[StepPlan]) -> LayerPlan:
    channels, size = written_shape(spec, at)
    return {
        "at": at,
        "layer": row.layer,
        "reads": row.in_channels,
        "channels": channels,
        "size": size,
        "parameters": row.parameters,
        "multiplyAdds": row.multiply_adds,
        "steps": steps,
    }


def _step(name: str, title: str, channels: int, size: int) -> StepPlan:
    return {"name": name, "title": title, "channels": channels, "size": size}


def _norm_and_relu(ending: str, channels: int, size: int) -> list[StepPlan]:
    return [
        _step(f"norm{ending}", "batch norm", channels, size),
        _step(f"relu{ending}", "ReLU", channels, size),
    ]


def _stem(spec: DenseNetSpec, row: LayerRow) -> LayerPlan:
    maps, wide = row.new_channels, spec.stem_size
    steps = [_step("conv0", f"{spec.stem.replace('×', ' × ')} convolution", maps, wide)]
    if spec.stem == "7×7":
        steps += _norm_and_relu("0", maps, wide)
        steps.append(_step("pool0", "3 × 3 maximum", maps, row.width))
    return _layer(spec, "stem", row, steps)


def _dense(spec: DenseNetSpec, row: LayerRow) -> LayerPlan:
    size, steps = row.width, _norm_and_relu("1", row.in_channels, row.width)
    if spec.bottleneck:
        middle = spec.bottleneck_channels
        steps.append(_step("conv1", "1 × 1 convolution", middle, size))
        steps += _norm_and_relu("2", middle, size)
    last = "conv2" if spec.bottleneck else "conv1"
    steps.append(_step(last, "3 × 3 convolution", row.new_channels, size))
    return _layer(spec, row.module.removeprefix("features."), row, steps)


def _transition(spec: DenseNetSpec, row: LayerRow) -> LayerPlan:
    wide = spec.block_sizes[row.block - 1]
    steps = _norm_and_relu("", row.in_channels, wide)
    steps.append(_step("conv", "1 × 1 convolution", row.out_channels, wide))
    steps.append(_step("pool", "2 × 2 average", row.out_channels, row.width))
    return _layer(spec, row.module.removeprefix("features."), row, steps)
