"""Several published errors for one network: a line of points for each network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from densenet_viz.facts.cited.imagenet import PublishedError
from densenet_viz.figures.theme import ENTERING, OKABE_ITO

_MARKS = ("circle", "diamond", "square", "triangle-up", "x")
_COLOURS = (OKABE_ITO[4], OKABE_ITO[0], OKABE_ITO[5], OKABE_ITO[1], OKABE_ITO[2])
_LANE = 0.13
"""Vertical distance between sources, so that points with equal errors do not overlap."""


def published_figure(errors: Sequence[PublishedError], titles: Mapping[str, str]) -> go.Figure:
    """Networks from top to bottom, errors in percent from left to right, a mark for each source.

    Args:
        errors: what was published.
        titles: each network's name, in order from the top.
    """
    rows = {name: row for row, name in enumerate(titles)}
    figure = go.Figure([_line(errors, name, row) for name, row in rows.items()])
    sources = list(dict.fromkeys(error.source.short for error in errors))
    for lane, (source, mark, colour) in enumerate(zip(sources, _MARKS, _COLOURS, strict=False)):
        shown = [error for error in errors if error.source.short == source]
        figure.add_scatter(
            x=[error.top1 for error in shown],
            y=[rows[error.name] + (lane - 2) * _LANE for error in shown],
            text=[f"{titles[error.name]}: {error.text}" for error in shown],
            mode="markers",
            name=source,
            marker={"symbol": mark, "size": 14, "color": colour},
            hovertemplate="%{text}<br>%{fullData.name}<extra></extra>",
        )
    figure.update_layout(
        height=400,
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 15},
        xaxis={"title": "Top-1 error, % (lower is better)", "tickfont_size": 15, "dtick": 1},
        yaxis={
            "range": [len(rows) - 0.4, -0.6],
            "tickvals": list(rows.values()),
            "ticktext": list(titles.values()),
            "tickfont_size": 16,
            "showgrid": False,
            "zeroline": False,
        },
        font_size=15,
    )
    return figure


def _line(errors: Sequence[PublishedError], name: str, row: int) -> go.Scatter:
    """From a network's lowest published error to its highest."""
    own = [error.top1 for error in errors if error.name == name]
    return go.Scatter(
        x=[min(own), max(own)],
        y=[row, row],
        mode="lines",
        line={"color": ENTERING, "width": 2},
        showlegend=False,
        hoverinfo="skip",
    )
