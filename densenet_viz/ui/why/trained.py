"""Part of the page Why it works: what each family reaches with equal parameters."""

from __future__ import annotations

import json
from functools import cache

import streamlit as st

from densenet_viz.evaluation.statistics import bootstrap
from densenet_viz.facts.cited.concatenation import published_comparisons
from densenet_viz.figures.families import LOOKS
from densenet_viz.figures.trained_families import COSTS, middle_cost, trained_figure
from densenet_viz.network.models import ASSETS
from densenet_viz.results.trained_families import TrainedFamilies, families_from_json
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside.choices import choose

KEYS = ("trained_cost",)
DESKS = ()


@cache
def bundled_families() -> TrainedFamilies:
    """The table that the command `efficiency` wrote."""
    return families_from_json(json.loads((ASSETS / "efficiency.json").read_text("utf-8")))


def show_trained() -> None:
    """Shows the whole part."""
    found = bundled_families()
    seeds = len({one.seed for one in found.networks})
    st.markdown(
        f"The four families, trained on the same digits with the same recipe: depth {found.depth}, "
        f"{found.epochs} epochs, batch norm, {seeds} seeds for each point. There are four sizes; "
        "networks of one size have equal parameters, within 2%."
    )
    cost = choose("Accuracy against", {name: name for name in COSTS}, "trained_cost")
    words = f"{trained_words(found)} {price_words(found)}"
    show_chart(
        trained_figure(found, cost, bootstrap),
        key="trained-chart",
        alt=f"A line for each family: accuracy against {COSTS[cost][0]}. {words}",
        file=f"accuracy-{cost}",
    )
    st.markdown(words)
    st.caption(
        f"A bar is the 95% interval over the seeds (bootstrap). Trained on "
        f"{found.machine['date']}, {found.machine['processor']}, one thread; the machine had other "
        "work, so compare seconds only roughly. `python -m densenet_viz efficiency` trains all "
        "again."
    )
    with st.expander("The numbers as a table"):
        st.dataframe(table_of(found), hide_index=True, key="trained_table")
    _show_published()


def trained_words(found: TrainedFamilies) -> str:
    """The right answers of all families, of the smallest networks and of the largest ones."""
    parts = []
    for place, name in ((0, "smallest"), (-1, "largest")):
        means = {
            family: bootstrap([one.accuracy for one in found.sizes(family)[place]]).mean
            for family in found.families()
        }
        listed = ", ".join(
            f"{LOOKS[family].title} {mean:.1%}"
            for family, mean in sorted(means.items(), key=lambda pair: -pair[1])
        )
        one = found.sizes(found.families()[0])[place][0]
        parts.append(
            f"the **{name}** ones, about {round(one.parameters, -2):,} parameters: {listed}"
        )
    return f"Right answers of {'; of '.join(parts)}."


def price_words(found: TrainedFamilies) -> str:
    """What the dense network of the largest budget costs more than the residual one."""
    if not {"dense", "residual"} <= set(found.families()):
        return ""
    dense, residual = (found.sizes(family)[-1][0] for family in ("dense", "residual"))
    return (
        f"The largest dense network has as many parameters as the residual one, but it needs "
        f"{dense.multiply_adds / residual.multiply_adds:.1f} times the multiply-adds and "
        f"{dense.step_bytes / residual.step_bytes:.1f} times the memory: choose them above."
    )


def table_of(found: TrainedFamilies) -> list[dict[str, str]]:
    """A row for each family and size."""
    rows = []
    for family in found.families():
        for seeds in found.sizes(family):
            one = seeds[0]
            diverged = sum(each.diverged for each in seeds)
            rows.append(
                {
                    "family": LOOKS[family].title,
                    "parameters": f"{one.parameters:,}",
                    "right answers, 95% interval": f"{bootstrap([s.accuracy for s in seeds])}",
                    "multiply-adds": f"{one.multiply_adds:,}",
                    "MB of a step": f"{one.step_bytes / 1e6:.1f}",
                    "seconds": f"{middle_cost(seeds, COSTS['time'][1]):.1f}",
                    "trainings": f"{len(seeds)}" + (f", {diverged} diverged" if diverged else ""),
                }
            )
    return rows


def _show_published() -> None:
    st.subheader("What others measured", anchor=False)
    st.markdown("**Cited**, with other data, sizes and recipes:")
    st.markdown("\n".join(f"- *{one.sentence}* {one.source}." for one in published_comparisons()))
    st.markdown("More of these: [Few parameters](efficiency), [Much memory](memory).")
