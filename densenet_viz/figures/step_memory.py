"""What training keeps in memory, as charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from densenet_viz.facts.memory import KeptMaps
from densenet_viz.figures.theme import OKABE_ITO

PLAIN, EFFICIENT = "#D55E00", "#0072B2"
_TEXT = 15
_ROOM = 1.4
"""How much wider the chart is than its longest bar: the labels are behind the bars."""


@dataclass(frozen=True)
class Bar:
    """A system's value without checkpointing and, if it has the option, with it."""

    title: str
    plain: float
    efficient: float | None = None


def kept_figure(kept: KeptMaps) -> go.Figure:
    """Megabytes kept after each layer of a block: one curve is a parabola, the other is a line."""
    layers = list(range(1, len(kept.naive) + 1))
    figure = go.Figure()
    for name, values, colour, dash, mark in (
        ("every concatenation kept", kept.naive, PLAIN, "solid", "circle"),
        ("shared, computed again in the backward pass", kept.shared, EFFICIENT, "dash", "square"),
        ("part of both: the bottlenecks", kept.both, "#8C8F98", "dot", "diamond"),
    ):
        megabytes = [value / 1e6 for value in values]
        figure.add_scatter(
            x=layers,
            y=megabytes,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 3, "dash": dash},
            marker={"symbol": mark, "size": 8},
            hovertemplate="after layer %{x}: %{y:.2f} MB<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        height=380,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": _TEXT},
        xaxis={"title": "after layer", "dtick": 4, "tick0": 0, "tickfont_size": _TEXT},
        yaxis={"title": "MB kept, one picture", "rangemode": "tozero", "tickfont_size": _TEXT},
    )
    return figure


def steps_figure(bars: Sequence[Bar], unit: str, digits: int) -> go.Figure:
    """Horizontal bars, two for a system with checkpointing; each shows its value."""
    titles = [bar.title for bar in bars]
    plain = go.Bar(
        y=titles,
        x=[bar.plain for bar in bars],
        name="without checkpointing",
        marker={"color": PLAIN},
        text=[f"{bar.plain:,.{digits}f} {unit}" for bar in bars],
    )
    efficient = go.Bar(
        y=titles,
        x=[bar.efficient for bar in bars],
        name="with checkpointing",
        marker={
            "color": EFFICIENT,
            "pattern": {
                "shape": "/",
                "bgcolor": EFFICIENT,
                "fgcolor": OKABE_ITO[1],
                "solidity": 0.25,
            },
        },
        text=[
            "" if bar.efficient is None else f"{bar.efficient:,.{digits}f} {unit}" for bar in bars
        ],
    )
    figure = go.Figure([plain, efficient] if any(bar.efficient for bar in bars) else [plain])
    figure.update_traces(
        orientation="h",
        textposition="outside",
        textfont_size=_TEXT,
        cliponaxis=False,
        hovertemplate="%{y}, %{fullData.name}: %{text}<extra></extra>",
    )
    longest = max(max(bar.plain, bar.efficient or 0.0) for bar in bars)
    figure.update_layout(
        barmode="group",
        bargap=0.3,
        height=110 + 76 * len(bars),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": _TEXT},
        xaxis={"title": unit, "range": [0, _ROOM * longest], "tickfont_size": _TEXT},
        yaxis={"autorange": "reversed", "tickfont_size": _TEXT},
    )
    return figure
