"""Flows along the connections of small blocks, and the paths of a gradient, without a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.flows import BlockFlows, GradientPaths, StructureAttribution, place_of
from densenet_viz.stage.paths.scene import paths_scene
from densenet_viz.stage.structure.scene import structure_scene

SPEC = DenseNetSpec(growth_rate=4, block_config=(2, 4), initial_channels=8, input_size=32)
LAYERS = (2, 4)


def block(number: int, layers: int, side: int) -> BlockFlows:
    """Noise on every connection."""
    random = np.random.default_rng(number)
    maps = random.normal(0.02, 1, (place_of(0, layers + 2), side, side)).astype(np.float32)
    return BlockFlows(number, maps, maps.astype(np.float64).sum((1, 2)))


def blocks() -> tuple[BlockFlows, BlockFlows]:
    """One of two layers, and one of four."""
    return block(1, LAYERS[0], 16), block(2, LAYERS[1], 8)


def structure() -> dict[str, Any]:
    """The scene of these blocks; it begins at the second, which has more layers."""
    found = StructureAttribution(
        spec=SPEC,
        target=Prediction(4, "ring", 0.9),
        baseline="black",
        score=7.5,
        rise=50.0,
        blocks=blocks(),
        points=65,
        seconds=1.0,
        forward_passes=90,
        backward_passes=90,
    )
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    return structure_scene(found, np.asarray(picture, np.uint8), baseline="all black")


def paths(layers: int = 5) -> dict[str, Any]:
    """Every path brings half of what one shorter by a layer brings."""
    shares = np.zeros((layers + 1, layers + 1))
    for source in range(layers + 1):
        bring = 0.5 ** np.arange(layers - source + 1)
        shares[source, : len(bring)] = bring / bring.sum()
    whole = np.linspace(2, 1, layers + 1)
    found = GradientPaths(2, "ring", whole, shares * whole[:, None], shares)
    return paths_scene(found, after="transition 2")
