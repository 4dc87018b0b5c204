"""Matrices of several families side by side: gradients along training, and similar layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from densenet_viz.figures.families import LOOKS
from densenet_viz.results.along_training import FamilyTraining

_LEAST = 1e-12
"""Smaller norms, and 0, are drawn like this one."""
_HEIGHT = 420


def gradients_figure(found: Sequence[FamilyTraining], steps: int) -> go.Figure:
    """The norm of every layer's gradient (rows, the first at the bottom) at every step, as powers
    of ten on one scale.

    Args:
        found: the trainings so far.
        steps: of a whole training.
    """
    powers = [np.log10(np.maximum(one.gradients, _LEAST)).T for one in found]
    low = min((float(each.min()) for each in powers if each.size), default=-4.0)
    high = max((float(each.max()) for each in powers if each.size), default=0.0)
    figure = _side_by_side(found)
    for column, (one, values) in enumerate(zip(found, powers, strict=True), start=1):
        figure.add_trace(
            go.Heatmap(
                z=values,
                x=np.arange(1, values.shape[1] + 1),
                y=np.arange(1, values.shape[0] + 1),
                zmin=low,
                zmax=high,
                colorscale="Cividis",
                colorbar={
                    "title": "norm",
                    "thickness": 16,
                    "tickprefix": "10<sup>",
                    "ticksuffix": "</sup>",
                },
                showscale=column == len(found),
                hovertemplate=f"{LOOKS[one.family].title}<br>step %{{x}}, layer %{{y}}: "
                "10<sup>%{z:.1f}</sup><extra></extra>",
            ),
            row=1,
            col=column,
        )
    figure.update_xaxes(title="step", range=[0.5, steps + 0.5], tickfont_size=14)
    figure.update_yaxes(title="layer", col=1)
    return figure


def similarity_figure(
    found: Sequence[FamilyTraining], matrices: Sequence[NDArray[np.float64]]
) -> go.Figure:
    """The linear CKA of every pair of layers, 0 to 1, on one scale; the first is bottom left."""
    figure = _side_by_side(found)
    for column, (one, values) in enumerate(zip(found, matrices, strict=True), start=1):
        layers = np.arange(1, len(values) + 1)
        figure.add_trace(
            go.Heatmap(
                z=values,
                x=layers,
                y=layers,
                zmin=0,
                zmax=1,
                colorscale="Cividis",
                colorbar={"title": "CKA", "thickness": 16},
                showscale=column == len(found),
                hovertemplate=f"{LOOKS[one.family].title}<br>layers %{{x}} and %{{y}}: "
                "%{z:.2f}<extra></extra>",
            ),
            row=1,
            col=column,
        )
    figure.update_xaxes(title="layer", tickfont_size=14)
    figure.update_yaxes(title="layer", col=1)
    return figure


def _side_by_side(found: Sequence[FamilyTraining]) -> Any:
    figure = make_subplots(
        rows=1,
        cols=len(found),
        subplot_titles=[LOOKS[one.family].title for one in found],
        horizontal_spacing=0.03,
        shared_yaxes=True,
    )
    figure.update_layout(height=_HEIGHT, margin={"l": 8, "r": 8, "t": 36, "b": 8}, font_size=15)
    figure.update_yaxes(tickfont_size=14)
    return figure
