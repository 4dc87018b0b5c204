"""Gradient sizes at every layer of several families as a JSON scene (`gradients.js`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.families import FamilySpec
from densenet_viz.figures.families import LOOKS
from densenet_viz.results.gradients import At, GradientFlow, LayerGradients
from densenet_viz.stage.gradients.words import (
    flow_words,
    layer_names,
    ratio_words,
    verdict_words,
)

TITLES: dict[At, str] = {
    "output": "How much of the loss’s gradient reaches each layer?",
    "weight": "How large is the gradient of each layer’s weights?",
}
_LEAST = 1e-30
"""Smaller sizes, and 0, are drawn at the chart's lower edge."""


class Line(TypedDict):
    """One family: powers of ten of its gradient's size, by layer, and the words for each layer."""

    family: str
    title: str
    parameters: str
    colour: str
    dash: str
    mark: int
    middle: list[float]
    low: list[float]
    high: list[float]
    words: list[str]


class Block(TypedDict):
    """A block's first and last layer, counted from 1, and its name."""

    first: int
    last: int
    name: str


class GradientsScene(TypedDict):
    """What `gradients.js` shows; `low` and `high` are whole powers of ten, the chart's limits."""

    title: str
    sentence: str
    badge: str
    waiting: bool
    layers: list[str]
    blocks: list[Block]
    lines: list[Line]
    low: int
    high: int
    alt: str


def gradients_scene(
    specs: Sequence[FamilySpec], flow: GradientFlow | None, at: At, seeds: int
) -> GradientsScene:
    """The scene; without a measurement it has every family, and no line.

    Args:
        specs: one network of each family, of equal depth.
        flow: of these networks, or of the seeds that are done so far; None before the first.
        at: which gradient is shown.
        seeds: how many will be measured.
    """
    layers = specs[0].layers
    lines = [_line(spec, flow.of(spec.family) if flow else None, at) for spec in specs]
    powers = [power for line in lines for power in (*line["low"], *line["high"])] or [-4.0, 0.0]
    low, high = math.floor(min(powers) - 0.05), math.ceil(max(powers) + 0.05)
    done = len(flow.families[0].seeds) if flow else 0
    sentence = f"{flow_words(flow, at)} {verdict_words(flow, at)}" if flow else _waiting(specs)
    return {
        "title": TITLES[at],
        "sentence": sentence,
        "badge": f"live: {done} of {seeds} random networks of each family, {flow.pictures} digits"
        if flow
        else "the networks are being measured",
        "waiting": flow is None,
        "layers": layer_names(layers),
        "blocks": _blocks(layers),
        "lines": lines,
        "low": low,
        "high": max(high, low + 1),
        "alt": f"A line for each family: the gradient’s size at every layer, from the first layer "
        f"at the left to the last at the right. {sentence}",
    }


def _waiting(specs: Sequence[FamilySpec]) -> str:
    return f"{len(specs)} families of depth {specs[0].depth}: the first networks run."


def _blocks(layers: int) -> list[Block]:
    return [
        {"first": start, "last": start + layers - 1, "name": f"block {number + 1}"}
        for number in range(3)
        for start in (2 + number * (layers + 1),)
    ]


def _line(spec: FamilySpec, found: LayerGradients | None, at: At) -> Line:
    look = LOOKS[spec.family]
    line: Line = {
        "family": spec.family,
        "title": look.title,
        "parameters": f"{spec.parameters:,}",
        "colour": look.colour,
        "dash": look.dash,
        "mark": look.mark,
        "middle": [],
        "low": [],
        "high": [],
        "words": [],
    }
    if found is None:
        return line
    middle, (low, high) = found.middle(at), found.range_of(at)
    line["middle"], line["low"], line["high"] = _powers(middle), _powers(low), _powers(high)
    line["words"] = [ratio_words(ratio) for ratio in np.median(found.parts(at), axis=0).tolist()]
    return line


def _powers(sizes: NDArray[np.float64]) -> list[float]:
    """Powers of ten, with three digits after the point."""
    return [round(float(power), 3) for power in np.log10(np.maximum(sizes, _LEAST))]
