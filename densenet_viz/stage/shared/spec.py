"""A network's settings as a stage reads them."""

from __future__ import annotations

from typing import TypedDict

from densenet_viz.facts.configuration import Configuration


class SpecScene(TypedDict):
    """The fields of `Configuration` (`Spec` in arithmetic.js)."""

    growthRate: int
    blockConfig: list[int]
    initialChannels: int
    bottleneck: bool
    compression: float
    classes: int
    inputSize: int
    bottleneckFactor: int
    stem: str
    inputChannels: int
    hidden: list[int]


def spec_scene(spec: Configuration) -> SpecScene:
    """All settings of a network, for the arithmetic in the browser."""
    return {
        "growthRate": spec.growth_rate,
        "blockConfig": list(spec.block_config),
        "initialChannels": spec.initial_channels,
        "bottleneck": spec.bottleneck,
        "compression": spec.compression,
        "classes": spec.num_classes,
        "inputSize": spec.input_size,
        "bottleneckFactor": spec.bottleneck_factor,
        "stem": spec.stem,
        "inputChannels": spec.input_channels,
        "hidden": list(spec.hidden),
    }
