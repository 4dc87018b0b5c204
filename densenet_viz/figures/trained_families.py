"""Accuracy of trained families against what they cost, a line for each family."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import plotly.graph_objects as go

from densenet_viz.figures.depths import DASHES, SYMBOLS
from densenet_viz.figures.families import LOOKS
from densenet_viz.results.scores import Interval
from densenet_viz.results.trained_families import TrainedFamilies, TrainedNetwork

COSTS: Mapping[str, tuple[str, Callable[[TrainedNetwork], float]]] = MappingProxyType(
    {
        "parameters": ("parameters", lambda one: one.parameters),
        "multiply-adds": ("multiply-adds of a picture", lambda one: one.multiply_adds),
        "memory": ("megabytes of a training step", lambda one: one.step_bytes / 1e6),
        "time": ("seconds of the training, median", lambda one: one.seconds),
    }
)
"""What a network costs: the axis' title, and the value of one training."""


def trained_figure(
    found: TrainedFamilies, cost: str, interval_of: Callable[[Sequence[float]], Interval]
) -> go.Figure:
    """Mean accuracy over the seeds with its interval, against a cost on a log scale.

    Args:
        found: the trainings.
        cost: a key of `COSTS`.
        interval_of: the mean of some values, with its interval.
    """
    title, value = COSTS[cost]
    figure = go.Figure()
    for family in found.families():
        look, sizes = LOOKS[family], found.sizes(family)
        means = [interval_of([one.accuracy for one in seeds]) for seeds in sizes]
        figure.add_trace(
            go.Scatter(
                x=[middle_cost(seeds, value) for seeds in sizes],
                y=[mean.mean for mean in means],
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [mean.high - mean.mean for mean in means],
                    "arrayminus": [mean.mean - mean.low for mean in means],
                    "thickness": 1.5,
                    "width": 3,
                },
                text=[f"budget of k = {seeds[0].growth_rate}" for seeds in sizes],
                mode="lines+markers",
                name=look.title,
                line={"width": 3, "color": look.colour, "dash": DASHES[family]},
                marker={"symbol": SYMBOLS[look.mark], "size": 10},
                hovertemplate="%{fullData.name}, %{text}<br>%{x:,.4~g}: %{y:.1%}<extra></extra>",
            )
        )
    figure.update_layout(
        height=420,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 15},
        font_size=15,
        xaxis={"title": title, "type": "log", "tickfont_size": 14},
        yaxis={"title": "right answers, unseen digits", "tickformat": ".0%", "tickfont_size": 14},
    )
    return figure


def middle_cost(seeds: Sequence[TrainedNetwork], value: Callable[[TrainedNetwork], float]) -> float:
    """The middle one of the seeds' costs."""
    return sorted(map(value, seeds))[len(seeds) // 2]
