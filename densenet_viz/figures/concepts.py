"""TCAV scores of concepts beside those of random pictures, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from densenet_viz.figures.theme import OKABE_ITO
from densenet_viz.results.concepts import ConceptScore
from densenet_viz.results.scores import Interval

_LANE = 0.14
"""Vertical distance between a concept's two marks, so that equal values do not overlap."""


def concepts_figure(scores: Sequence[ConceptScore]) -> go.Figure:
    """Concepts of one class from top to bottom, the share of its pictures from left to right."""
    figure = go.Figure(
        [
            _marks("concept", [one.score for one in scores], -_LANE, "circle", OKABE_ITO[4]),
            _marks("random pictures", [one.random for one in scores], _LANE, "x", OKABE_ITO[5]),
        ]
    )
    figure.update_layout(
        height=110 + 56 * len(scores),
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 15},
        xaxis={
            "title": "TCAV score",
            "tickfont_size": 15,
            "tickformat": ".0%",
            "range": [-0.03, 1.03],
        },
        yaxis={
            "range": [len(scores) - 0.5, -0.5],
            "tickvals": list(range(len(scores))),
            "ticktext": [one.title for one in scores],
            "tickfont_size": 16,
            "showgrid": False,
            "zeroline": False,
        },
        font_size=15,
    )
    return figure


def _marks(
    name: str, shares: Sequence[Interval], shift: float, symbol: str, colour: str
) -> go.Scatter:
    return go.Scatter(
        x=[one.mean for one in shares],
        y=[row + shift for row in range(len(shares))],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [one.high - one.mean for one in shares],
            "arrayminus": [one.mean - one.low for one in shares],
            "thickness": 2,
        },
        text=[str(one) for one in shares],
        mode="markers",
        name=name,
        marker={"symbol": symbol, "size": 13, "color": colour},
        hovertemplate="%{text}<br>%{fullData.name}<extra></extra>",
    )
