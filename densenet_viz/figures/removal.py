"""What is left of a network's answers without some of its layers, several networks in one chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import plotly.graph_objects as go

from densenet_viz.figures.theme import OKABE_ITO
from densenet_viz.results.removal import Left, Removal
from densenet_viz.results.scores import Interval

Quantity = Literal["accuracy", "probability"]
QUANTITIES: Mapping[Quantity, str] = {
    "accuracy": "right answers",
    "probability": "probability of the answer",
}
_COLOURS = (OKABE_ITO[4], OKABE_ITO[2], OKABE_ITO[5])
_MARKS = ("circle", "diamond", "square")
_DASHES = ("solid", "dash", "dot")


def growing_figure(removals: Sequence[Removal], quantity: Quantity) -> go.Figure:
    """A line for each network: more and more layers are removed from left to right.

    The bars are the intervals over the random orders.
    """
    figure = go.Figure(
        [_line(place, removal, quantity) for place, removal in enumerate(removals)],
    )
    figure.update_layout(xaxis_title="layers removed, of all layers", **_layout(quantity))
    figure.update_xaxes(tickformat=".0%", range=[-0.02, 1.02])
    return figure


def alone_figure(removals: Sequence[Removal], quantity: Quantity) -> go.Figure:
    """A mark for each layer of each network: what is left without this layer alone."""
    figure = go.Figure(
        [_marks(place, removal, quantity) for place, removal in enumerate(removals)],
    )
    figure.update_layout(xaxis_title="removed layer: first to last", **_layout(quantity))
    figure.update_xaxes(tickformat=".0%", range=[-0.02, 1.02])
    return figure


def _layout(quantity: Quantity) -> dict[str, object]:
    return {
        "height": 430,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 15},
        "xaxis": {"tickfont_size": 14},
        "yaxis": {
            "title": QUANTITIES[quantity],
            "tickfont_size": 14,
            "tickformat": ".0%",
            "range": [-0.03, 1.03],
        },
        "font_size": 15,
    }


def _of(left: Left, quantity: Quantity) -> Interval:
    return left.accuracy if quantity == "accuracy" else left.probability


def _line(place: int, removal: Removal, quantity: Quantity) -> go.Scatter:
    layers = len(removal.layers)
    counts = (0, *removal.counts)
    found = [_of(left, quantity) for left in (removal.whole, *removal.growing)]
    found[0] = Interval(*(found[0].mean,) * 3, found[0].count)  # no order decides it
    return go.Scatter(
        x=[count / layers for count in counts],
        y=[one.mean for one in found],
        error_y=_bars(found),
        text=[f"{count} of {layers} layers removed" for count in counts],
        mode="lines+markers",
        name=removal.title,
        line={"width": 3, "color": _COLOURS[place % 3], "dash": _DASHES[place % 3]},
        marker={"symbol": _MARKS[place % 3], "size": 10},
        hovertemplate="%{fullData.name}<br>%{text}: %{y:.1%}<extra></extra>",
    )


def _marks(place: int, removal: Removal, quantity: Quantity) -> go.Scatter:
    last = max(1, len(removal.layers) - 1)
    found = [_of(left, quantity) for left in removal.alone]
    return go.Scatter(
        x=[one / last for one in range(len(found))],
        y=[one.mean for one in found],
        error_y=_bars(found) if removal.pictures > 1 else None,
        text=[f"without {name}" for name in removal.layers],
        mode="markers",
        name=removal.title,
        marker={"symbol": _MARKS[place % 3], "size": 10, "color": _COLOURS[place % 3]},
        hovertemplate="%{fullData.name}<br>%{text}: %{y:.1%}<extra></extra>",
    )


def _bars(found: Sequence[Interval]) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [one.high - one.mean for one in found],
        "arrayminus": [one.mean - one.low for one in found],
        "thickness": 1.5,
        "width": 3,
    }
