"""Trainings as curves: loss, accuracy on unseen pictures, and the gradient of each layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from densenet_viz.figures.theme import OKABE_ITO

_ORDER = (5, 4, 2, 3, 0, 1)
"""Of the colours: those first that differ most from both papers."""
_DASHES = ("solid", "dash", "dot", "dashdot")
_MARKS = ("circle", "square", "diamond", "x", "triangle-up", "cross")
_SMALLEST = 1e-12
"""What a norm of 0 is drawn as: the scale is logarithmic."""


@dataclass(frozen=True)
class Curve:
    """One training: (epoch, loss) with parts of an epoch, and (epoch, accuracy 0 to 1)."""

    name: str
    losses: tuple[tuple[float, float], ...]
    accuracies: tuple[tuple[float, float], ...]


def curves_figure(curves: Sequence[Curve], *, epochs: int) -> go.Figure:
    """Loss on the left, accuracy on unseen pictures on the right, over the epochs.

    Args:
        curves: at most 12.
        epochs: how far the axis goes.
    """
    figure = make_subplots(cols=2, subplot_titles=("loss", "right, unseen (%)"))
    for place, curve in enumerate(curves):
        colour = OKABE_ITO[_ORDER[place % len(_ORDER)]]
        line = {"color": colour, "width": 2.5, "dash": _DASHES[place % len(_DASHES)]}
        shared = {"name": curve.name, "legendgroup": curve.name}
        figure.add_trace(
            go.Scatter(
                x=[x for x, _ in curve.losses],
                y=[y for _, y in curve.losses],
                mode="lines",
                line=line,
                showlegend=len(curves) > 1,
                hovertemplate="epoch %{x:.1f}: loss %{y:.3f}",
                **shared,
            ),
            row=1,
            col=1,
        )
        figure.add_trace(
            go.Scatter(
                x=[x for x, _ in curve.accuracies],
                y=[100 * y for _, y in curve.accuracies],
                mode="lines+markers",
                line=line,
                marker={"symbol": _MARKS[place % len(_MARKS)], "size": 9},
                showlegend=False,
                hovertemplate="epoch %{x:.0f}: %{y:.1f}%",
                **shared,
            ),
            row=1,
            col=2,
        )
    figure.update_xaxes(title_text="epoch", range=[0, epochs * 1.03])
    figure.update_yaxes(rangemode="tozero", col=1)
    figure.update_yaxes(range=[0, 104], col=2)
    _lay_out(figure, 300 if len(curves) < 2 else 340)
    return figure


def gradients_figure(
    layers: Sequence[str], sets: Sequence[tuple[str, Sequence[float]]]
) -> go.Figure:
    """The gradient's norm at each layer, on a logarithmic scale.

    Args:
        layers: their names, in the order of computation.
        sets: a name, and one norm for each layer.
    """
    figure = go.Figure()
    for place, (name, norms) in enumerate(sets):
        figure.add_trace(
            go.Scatter(
                x=list(range(1, len(norms) + 1)),
                y=[max(norm, _SMALLEST) for norm in norms],
                mode="lines+markers",
                name=name,
                line={
                    "color": OKABE_ITO[_ORDER[place % len(_ORDER)]],
                    "width": 2.5,
                    "dash": _DASHES[place % len(_DASHES)],
                },
                marker={"symbol": _MARKS[place % len(_MARKS)], "size": 8},
                text=list(layers),
                hovertemplate="%{text}: %{y:.2g}",
            )
        )
    figure.update_xaxes(title_text="layer, from the input on")
    figure.update_yaxes(type="log", title_text="gradient’s norm", exponentformat="power")
    if values := [max(norm, _SMALLEST) for _, norms in sets for norm in norms]:
        figure.update_yaxes(tickvals=log_ticks(min(values), max(values)))
    _lay_out(figure, 300)
    return figure


def log_ticks(low: float, high: float) -> list[float]:
    """Values that are written beside a logarithmic axis: few enough to be read.

    >>> log_ticks(0.03, 0.4)
    [0.02, 0.05, 0.1, 0.2, 0.5]
    >>> log_ticks(0.0004, 3)
    [0.0001, 0.001, 0.01, 0.1, 1.0, 10.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = range(first, last + 1, max(1, (last - first) // 6))
    if last - first > 3:
        return [float(f"1e{power}") for power in powers]
    ticks = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    return [tick for tick in ticks if low / 2 <= tick <= high * 2]


def _lay_out(figure: go.Figure, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"orientation": "h", "y": -0.25},
        font={"size": 15},
    )
