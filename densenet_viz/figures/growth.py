"""The growth of a block as a chart."""

from __future__ import annotations

import plotly.graph_objects as go

from densenet_viz.figures.theme import layer_colour
from densenet_viz.results.traces import NetworkTrace


def channels_figure(trace: NetworkTrace, block: int = 1) -> go.Figure:
    """Maps after each layer, stacked by who wrote them, in the layers' colours."""
    measured = trace.blocks[block - 1]
    heights = [measured.entering.shape[0], *(x.written_shape[0] for x in measured.layers)]
    totals = [heights[0], *(layer.output_channels for layer in measured.layers)]
    places = list(range(len(heights)))
    figure = go.Figure(
        [
            go.Bar(
                x=places[layer:],
                y=[height] * (len(places) - layer),
                marker={"color": layer_colour(layer), "line_width": 0},
                name=f"layer {layer}" if layer else "block input",
                hovertemplate=f"{height} maps by %{{fullData.name}}<extra></extra>",
            )
            for layer, height in enumerate(heights)
        ]
    )
    every = 1 if len(places) <= 13 else 4
    figure.add_scatter(
        x=places[::every],
        y=totals[::every],
        text=[f"{total}" for total in totals[::every]],
        mode="text",
        textposition="top center",
        textfont_size=15,
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        showlegend=False,
        height=340,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        xaxis={"title": "after layer", "dtick": every, "tickfont_size": 14},
        yaxis={"title": "maps", "rangemode": "tozero", "tickfont_size": 14},
    )
    return figure
