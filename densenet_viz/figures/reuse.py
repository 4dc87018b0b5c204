"""Every connection of every block as a cell: weights, or what cutting it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from densenet_viz.facts.connections import Connection, connections_of, reader_name, source_name
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.colours import SIGNED_SCALE
from densenet_viz.figures.theme import OKABE_ITO
from densenet_viz.results.scores import Interval

_SIGNED = [[(place + 1) / 2, colour] for place, colour in SIGNED_SCALE]
_MARKS = ("circle", "square", "diamond", "x", "triangle-up", "cross", "star", "pentagon")


def reuse_figure(
    spec: DenseNetSpec, values: Mapping[Connection, float], *, quantity: str, signed: bool
) -> go.Figure:
    """One heat map a block: a row for each source, a column for each reader.

    Args:
        spec: of the network.
        values: of each connection.
        quantity: what they are, in a few words, for the hover text.
        signed: whether negative values count: blue-white-orange around 0, else cividis from 0.
    """
    blocks = range(1, len(spec.block_config) + 1)
    columns = min(2, len(blocks))
    rows = (len(blocks) + columns - 1) // columns
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[f"block {block}" for block in blocks],
        horizontal_spacing=0.18,  # the labels of the rows stand there, on a phone too
        vertical_spacing=0.14,
    )
    for place, block in enumerate(blocks):
        row, column = place // columns + 1, place % columns + 1
        figure.add_trace(_cells(spec, block, values, quantity, signed), row=row, col=column)
        layers = spec.block_config[block - 1]
        step = max(1, round(layers / 6))
        some = [*range(step, layers - step // 2, step), layers]
        ends = [*some[:-1], layers + 1]
        after = _short(reader_name(spec, block, layers + 1))
        figure.update_xaxes(
            tickvals=ends, ticktext=[*map(str, ends[:-1]), after], row=row, col=column
        )
        figure.update_yaxes(
            autorange="reversed",
            tickvals=[0, *some],
            ticktext=[source_name(0), *map(str, some)],
            row=row,
            col=column,
        )
    figure.update_xaxes(showgrid=False, zeroline=False, tickfont_size=12, title="read by layer")
    figure.update_yaxes(showgrid=False, zeroline=False, tickfont_size=12)
    figure.update_layout(
        height=110 + 380 * rows, margin={"l": 8, "r": 8, "t": 36, "b": 8}, font_size=14
    )
    return figure


def _cells(
    spec: DenseNetSpec,
    block: int,
    values: Mapping[Connection, float],
    quantity: str,
    signed: bool,
) -> go.Heatmap:
    matrix: NDArray[np.float64] = np.full((spec.block_config[block - 1] + 1,) * 2, np.nan)
    for one in connections_of(spec, block):
        matrix[one.source, one.reader - 1] = values[one]
    limit = float(np.nanmax(np.abs(matrix))) or 1.0
    readers = range(1, len(matrix) + 1)
    return go.Heatmap(
        z=matrix,
        x=list(readers),
        y=list(range(len(matrix))),
        text=[
            [
                f"{source_name(source)} read by {reader_name(spec, block, reader)}"
                for reader in readers
            ]
            for source in range(len(matrix))
        ],
        zmin=-limit if signed else 0,
        zmax=limit,
        colorscale=_SIGNED if signed else "Cividis",
        showscale=False,
        hoverongaps=False,
        xgap=1,
        ygap=1,
        hovertemplate=f"%{{text}}<br>{quantity}: %{{z:.4g}}<extra></extra>",
    )


def _short(name: str) -> str:
    return name[:1].upper()


def notions_figure(
    spec: DenseNetSpec,
    weights: Mapping[Connection, float],
    effects: Mapping[Connection, Interval],
) -> go.Figure:
    """A point for each connection: how large its weight is, and what cutting it does.

    Args:
        spec: of the network.
        weights: of each connection, from left to right.
        effects: the change of the right class's logit, with its interval, from bottom to top.
    """
    figure = go.Figure(
        [
            _points(spec, block, list(connections_of(spec, block)), weights, effects)
            for block in range(1, len(spec.block_config) + 1)
        ]
    )
    figure.update_layout(
        height=460,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 15},
        xaxis={"title": "weight", "type": "log", "tickfont_size": 14},
        yaxis={"title": "change of the right class’s logit", "tickfont_size": 14},
        font_size=15,
    )
    return figure


def _points(
    spec: DenseNetSpec,
    block: int,
    connections: Sequence[Connection],
    weights: Mapping[Connection, float],
    effects: Mapping[Connection, Interval],
) -> go.Scatter:
    found = [effects[one] for one in connections]
    return go.Scatter(
        x=[weights[one] for one in connections],
        y=[one.mean for one in found],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [one.high - one.mean for one in found],
            "arrayminus": [one.mean - one.low for one in found],
            "thickness": 1,
            "width": 0,
        },
        text=[one.name(spec) for one in connections],
        mode="markers",
        name=f"block {block}",
        marker={
            "symbol": _MARKS[(block - 1) % len(_MARKS)],
            "size": 8,
            "color": OKABE_ITO[(block - 1) % len(OKABE_ITO)],
        },
        hovertemplate="%{text}<br>weight %{x:.3g}, change %{y:+.2f}<extra></extra>",
    )
