"""How the first layer's gradient depends on the depth, a line for each family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from densenet_viz.facts.families import Family, Norm
from densenet_viz.figures.families import LOOKS
from densenet_viz.figures.theme import ENTERING
from densenet_viz.results.depths import DepthCurves, DepthPoint
from densenet_viz.results.gradients import At

SYMBOLS = ("circle", "square", "triangle-up", "diamond")
DASHES = {"plain": "dot", "residual": "dash", "dense": "solid", "aggregated": "dashdot"}
_LEAST = 1e-30
"""A gradient of exactly 0 is drawn here."""


def depths_figure(curves: DepthCurves, norm: Norm, at: At, families: Sequence[Family]) -> go.Figure:
    """The median over the seeds at each depth, with the full range as bars, on a log scale."""
    lines = [_line(curves.of(family, norm), family, at) for family in families]
    figure = go.Figure(lines)
    figure.add_hline(y=1, line_width=1.5, line_dash="dot", line_color=ENTERING)
    figure.update_layout(
        height=400,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 15},
        font_size=15,
        xaxis={"title": "depth: layers with weights", "tickfont_size": 14},
        yaxis={
            "title": "first layer’s gradient / last layer’s",
            "type": "log",
            "exponentformat": "power",
            "tickfont_size": 14,
        },
    )
    return figure


def _line(points: Sequence[DepthPoint], family: Family, at: At) -> go.Scatter:
    look = LOOKS[family]
    middle = [max(_LEAST, point.middle(at)) for point in points]
    return go.Scatter(
        x=[point.depth for point in points],
        y=middle,
        error_y=_bars(points, middle, at),
        mode="lines+markers",
        name=look.title,
        line={"width": 3, "color": look.colour, "dash": DASHES[family]},
        marker={"symbol": SYMBOLS[look.mark], "size": 10},
        hovertemplate="%{fullData.name}, depth %{x}: %{y:.2e}<extra></extra>",
    )


def _bars(points: Sequence[DepthPoint], middle: Sequence[float], at: At) -> dict[str, Any]:
    pairs = list(zip(points, middle, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(point.parts(at)) - value for point, value in pairs],
        "arrayminus": [value - max(_LEAST, min(point.parts(at))) for point, value in pairs],
        "thickness": 1.5,
        "width": 3,
    }
