"""Scenes of the gradients stages, from sizes that are easy to check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from densenet_viz.facts.families import Family, FamilySpec
from densenet_viz.facts.gradient_flow import specs_of
from densenet_viz.results.gradients import At, DirectPaths, GradientFlow, LayerGradients
from densenet_viz.stage.gradients.direct import direct_scene
from densenet_viz.stage.gradients.scene import gradients_scene

FAMILIES: tuple[Family, ...] = ("plain", "residual", "dense")
SEEDS = 3
FALLS: dict[str, float] = {"plain": -4.0, "residual": 1.0, "dense": 0.0, "aggregated": -1.0}
"""The first layer's gradient as a power of ten of the last layer's."""


def specs(depth: int = 10, families: Sequence[Family] = FAMILIES) -> list[FamilySpec]:
    return specs_of(families, depth, 4, "none")


def layer_gradients(spec: FamilySpec) -> LayerGradients:
    """Powers of ten in a straight line, and for each seed a factor of its own."""
    powers = np.linspace(FALLS[spec.family], 0, spec.depth)
    factors = np.array([1.0, 2.0, 4.0])[:, None]
    sizes = factors * 10.0**powers
    sizes[:, -1] = 1.0
    return LayerGradients(spec, tuple(range(SEEDS)), sizes, 3 * sizes, np.ones(SEEDS))


def flow(depth: int = 10) -> GradientFlow:
    return GradientFlow(tuple(map(layer_gradients, specs(depth))), 8)


def scene(depth: int = 10, at: At = "output", *, measured: bool = True) -> Any:
    return gradients_scene(specs(depth), flow(depth) if measured else None, at, SEEDS)


def direct(depth: int = 16) -> Any:
    chosen = specs(depth)
    one, half, none = np.full(SEEDS, 0.002), np.full(SEEDS, 0.001), np.zeros(SEEDS)
    found = {
        spec.family: DirectPaths(
            spec,
            tuple(range(SEEDS)),
            one,
            one if spec.family == "plain" else half,
            one if spec.family == "plain" else none,
        )
        for spec in chosen
    }
    return direct_scene(chosen, found)
