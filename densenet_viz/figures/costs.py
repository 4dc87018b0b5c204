"""Where parameters and multiply-adds are: by block, and by kind of layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import plotly.graph_objects as go

from densenet_viz.facts.arithmetic.inventory import KINDS, Inventory, Kind
from densenet_viz.figures.theme import HATCHING, KIND_COLOURS

Quantity = Literal["parameters", "multiply_adds"]
WORDS: Mapping[Quantity, str] = {"parameters": "parameters", "multiply_adds": "multiply-adds"}
_UNITS: Mapping[Quantity, tuple[float, str]] = {
    "parameters": (1e6, "M"),
    "multiply_adds": (1e9, "G"),
}
_PATTERNS: Mapping[Kind, str] = {
    "7×7": ".",
    "1×1": "/",
    "3×3": "",
    "transition": "x",
    "batch norm": "-",
    "classifier": "|",
}
"""Each kind also has a hatching, so that colour is never the only difference."""

Bars = Mapping[str, Mapping[Kind, int]]


def cost_bars(inventory: Inventory, quantity: Quantity) -> Bars:
    """What each place of one network costs, by kind.

    >>> from densenet_viz.facts.arithmetic.counting import inventory_of
    >>> from densenet_viz.facts.spec import DenseNetSpec
    >>> cost_bars(inventory_of(DenseNetSpec()), "parameters")["Block 1"]
    {'1×1': 110592, '3×3': 221184, 'batch norm': 3264}
    """
    return {
        _title(place): {kind: row[kind] for kind in KINDS if kind in row}
        for place, row in inventory.table(quantity).items()
    }


def cost_bars_of_all(inventories: Mapping[str, Inventory], quantity: Quantity) -> Bars:
    """What each network costs as a whole, by kind."""
    bars: dict[str, dict[Kind, int]] = {}
    for title, inventory in inventories.items():
        rows = inventory.table(quantity).values()
        bars[title] = {kind: sum(row.get(kind, 0) for row in rows) for kind in KINDS}
    return bars


def costs_figure(bars: Bars, quantity: Quantity, *, share: bool = False) -> go.Figure:
    """Stacked bars, one for each place or network, in the kinds' colours and hatchings.

    Args:
        bars: counts by bar and, in each bar, by kind.
        quantity: what the counts are.
        share: show each bar's parts in percent of the bar.
    """
    scale, unit = _UNITS[quantity]
    totals = {bar: sum(row.values()) for bar, row in bars.items()}
    figure = go.Figure()
    for kind in (kind for kind in KINDS if any(row.get(kind) for row in bars.values())):
        heights = [
            _height(row.get(kind, 0), totals[bar], scale, share=share) for bar, row in bars.items()
        ]
        figure.add_bar(
            x=heights,
            y=list(bars),
            orientation="h",
            name=kind,
            marker={
                "color": KIND_COLOURS[kind],
                "line_width": 0,
                "pattern": {
                    "shape": _PATTERNS[kind],
                    "fillmode": "overlay",
                    "fgcolor": HATCHING,
                    "fgopacity": 0.45,
                    "solidity": 0.15,
                    "size": 9,
                },
            },
            customdata=[row.get(kind, 0) for row in bars.values()],
            hovertemplate=f"%{{y}}<br>{kind}: %{{customdata:,}} {WORDS[quantity]}<extra></extra>",
        )
    figure.add_scatter(
        x=[100 if share else total / scale for total in totals.values()],
        y=list(bars),
        text=[f" {total / scale:.2f} {unit}" for total in totals.values()],
        mode="text",
        textposition="middle right",
        textfont_size=15,
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
    figure.update_layout(
        barmode="stack",
        bargap=0.3,
        height=130 + 36 * len(bars),
        margin={"l": 8, "r": 76, "t": 8, "b": 8},
        legend={"orientation": "h", "y": -0.2, "yanchor": "top", "font_size": 15},
        legend_traceorder="normal",
        xaxis={
            "title": f"% of the {WORDS[quantity]}" if share else f"{WORDS[quantity]}, {unit}",
            "rangemode": "tozero",
            "tickfont_size": 14,
        },
        yaxis={"autorange": "reversed", "tickfont_size": 15, "automargin": True},
    )
    return figure


def costs_rows(bars: Bars) -> list[dict[str, str]]:
    """The bars as a table, ready to show."""
    kinds = [kind for kind in KINDS if any(kind in row for row in bars.values())]
    return [
        {
            "": bar,
            **{kind: f"{row.get(kind, 0):,}" for kind in kinds},
            "together": f"{sum(row.values()):,}",
        }
        for bar, row in bars.items()
    ]


def costs_sentence(title: str, inventory: Inventory) -> str:
    """What the chart shows: where the parameters are, and where most multiply-adds are done."""
    parameters, products = (_shares(inventory, quantity) for quantity in WORDS)
    most = max(parameters, key=parameters.__getitem__)
    busiest = max(products, key=products.__getitem__)
    works = f"{products[busiest]:.0%} of the multiply-adds"
    if most == busiest:
        return f"{title}: {most} holds {parameters[most]:.0%} of the parameters and does {works}."
    return (
        f"{title}: {most} holds the most parameters, {parameters[most]:.0%}. {busiest} does the "
        f"most work: {works} with {parameters[busiest]:.0%} of the parameters. Its maps are "
        "larger, and each weight is used once for each of their pixels."
    )


def costs_sentence_of_all(inventories: Mapping[str, Inventory]) -> str:
    """What the chart of several networks shows: how their shares of each kind differ."""
    shares = {}
    for title, inventory in inventories.items():
        reading = sum(leaf.parameters for leaf in inventory.leaves if leaf.kind == "1×1")
        if reading:
            shares[title] = reading / inventory.parameters
    low, high = (find(shares, key=shares.__getitem__) for find in (min, max))
    return (
        "The 1×1 convolutions grow fastest, because they read all earlier maps: they hold "
        f"{shares[low]:.0%} of the parameters in {low} and {shares[high]:.0%} in {high}."
    )


def _shares(inventory: Inventory, quantity: Quantity) -> dict[str, float]:
    """The part of the whole network that each place has."""
    bars = cost_bars(inventory, quantity)
    whole = sum(sum(row.values()) for row in bars.values())
    return {bar: sum(row.values()) / whole for bar, row in bars.items()}


def _height(count: int, whole: int, scale: float, *, share: bool) -> float:
    if share:
        return 100 * count / whole if whole else 0.0
    return count / scale


def _title(place: str) -> str:
    """The label of a place's bar; the part after the last block is called the classifier."""
    return "Classifier" if place == "head" else place.capitalize()
