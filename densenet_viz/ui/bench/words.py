"""Below the bench's grid: which maps agree, and each method in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densenet_viz.attribution import Method
from densenet_viz.attribution.logit_or_probability import why_only_logit, words_for
from densenet_viz.attribution.method import AXIOMS
from densenet_viz.attribution.unsuited import UNSUITED
from densenet_viz.evaluation.agreement import rank_correlations
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.regions import strongest_regions
from densenet_viz.stage.agreement.scene import agreement_scene
from densenet_viz.stage.shared.words import maker_words, number, score_word
from densenet_viz.ui.attribution.captum_check import show_check
from densenet_viz.ui.attribution.map_files import show_files
from densenet_viz.ui.bench.comparison import Comparison
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import leave
from densenet_viz.ui.work.owners import Kind, kept_for

CLOSE = 0.01
"""A sum counts as complete if it differs from the score's rise by at most this part of it."""
CLOSE_UNSCALED = 0.05
"""The same limit before the pieces of a path are scaled, as `quadrature.UNSCALED`."""

CORRELATIONS = Kind("correlations", shared=32, own=8)

DESKS = (_CHECK,) = ("bench-check",)

LESSON = (
    "Maps can disagree although each answers its own question correctly. Two similar maps can both "
    "be wrong, and two different maps can both be right."
)

Made = Sequence[Attribution]


def show(comparison: Comparison, made: Made | None) -> None:
    """Shows all parts below the grid; `made` is None until every map is finished."""
    if made is not None:
        if len(made) > 1:
            _show_agreement(comparison, made)
        with st.expander("The maps in numbers"):
            st.table(
                [
                    row_of(entry.name, one)
                    for entry, one in zip(comparison.entries, made, strict=True)
                ],
                hide_index=True,
                alt="Each map's strongest region, sum and cost",
            )
        with st.expander("Download a map"):
            _offer_files(comparison, made)
        with st.expander("Check a map with Captum"):
            _offer_check(comparison, made)
    else:
        leave(DESKS)
    st.subheader("What each map answers", anchor=False)
    for method in comparison.methods:
        asked = next(ask for ask in comparison.asks if ask.method == method.name)
        question = words_for(method.question, asked.explains)
        with st.expander(f"**{method.title}** · {question}"):
            _show_method(method, comparison, made)
    with st.expander("Methods that cannot be right here, and why"):
        for row in UNSUITED:
            st.markdown(f"**{row.title}.** {row.reason}")


def _offer_files(comparison: Comparison, made: Made) -> None:
    names = [entry.name for entry in comparison.entries]
    place = names.index(st.selectbox("Map", names, key="bench_file"))
    ask = comparison.entries[place].ask
    show_files(ask.model, ask.picture, made[place], key="bench-files")


def _offer_check(comparison: Comparison, made: Made) -> None:
    names = [entry.name for entry in comparison.entries]
    place = names.index(st.selectbox("Map", names, key="bench_check"))
    show_check(comparison.entries[place].ask, made[place], _CHECK)


# -- agreement ------------------------------------------------------------------------------


def _show_agreement(comparison: Comparison, made: Made) -> None:
    sources = dict.fromkeys(one for ask in comparison.asks for one in ask.sources)
    signed, strength = kept_for(CORRELATIONS, *sources).get(
        tuple(ask.key for ask in comparison.asks),
        lambda: _correlations([one.heat for one in made]),
    )
    names = [entry.name for entry in comparison.entries]
    show_stage(
        "agreement", agreement_scene(names, signed, strength, lesson=LESSON), key="agreement"
    )


def _correlations(
    heats: Sequence[NDArray[np.float32]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spearman's rho of the maps' values and of their absolute values."""
    return rank_correlations(heats), rank_correlations([np.abs(heat) for heat in heats])


# -- each map and method --------------------------------------------------------------------


def row_of(name: str, made: Attribution) -> dict[str, str]:
    """A map's row in the table behind the pictures."""
    best = strongest_regions(made.heat)[0]
    return {
        "Map": name,
        "Strongest region (px)": f"{best.name}: {best.share:.0%} of what raises"
        if best.share > 0
        else f"nothing raises the {score_word(made.explains)}",
        "Explains": made.explains,
        "Sum": number(float(made.values.sum(dtype=np.float64))),
        "Passes": passes(made.forward_passes, made.backward_passes),
        "Seconds": f"{made.seconds:.2f}",
        "Computed by": maker_words(made.computed_by),
    }


def passes(forward: int, backward: int) -> str:
    """How many pictures went through the network.

    >>> passes(1200, 0), passes(1, 1)
    ('1,200', '1 and 1 back')
    """
    return f"{forward:,} and {backward:,} back" if backward else f"{forward:,}"


def _show_method(method: Method, comparison: Comparison, made: Made | None) -> None:
    asked = next(entry.ask for entry in comparison.entries if entry.ask.method == method.name)
    unit = words_for(method.unit, asked.explains)
    st.markdown(f"**When not to trust it.** {words_for(method.caution, asked.explains)}")
    st.markdown(f"**What its values are.** {unit[:1].upper()}{unit[1:]}.")
    if why := why_only_logit(method, asked.settings):
        st.markdown(f"**Logit or probability?** It explains the logit only: {why}")
    if made is not None:
        mine = [
            (entry.name, one)
            for entry, one in zip(comparison.entries, made, strict=True)
            if entry.ask.method == method.name
        ]
        makers = dict.fromkeys(maker_words(one.computed_by) for _name, one in mine)
        st.markdown(f"**Computed by** {'; '.join(makers)}.")
        st.markdown(f"**What it cost.** {cost_words([one for _name, one in mine])}")
        st.markdown(f"**Does it add up?** {sums_words(method, mine)}")
    st.markdown(f"**What it promises.** {axiom_words(method)}")
    st.caption(f"Source: {method.paper}.")


def cost_words(made: Made) -> str:
    """Passes and seconds of one map, or of several together."""
    forward = sum(one.forward_passes for one in made)
    backward = sum(one.backward_passes for one in made)
    back = f" and {backward:,} back" if backward else ""
    each = "" if len(made) == 1 else f" for {len(made)} maps"
    pictures = "picture" if forward == 1 else "pictures"
    seconds = sum(one.seconds for one in made)
    return f"{forward:,} {pictures} through the network{back}, {seconds:.2f} s{each}."


def sums_words(method: Method, made: Sequence[tuple[str, Attribution]]) -> str:
    """Whether each map's sum equals the score's rise, with the numbers."""
    if not method.complete:
        return "It does not promise this: its values rank the pixels, but are no amounts."
    if len(made) == 1:
        return completeness_words(made[0][1])
    return "".join(f"\n- {name}: {completeness_words(one)}" for name, one in made)


def completeness_words(made: Attribution) -> str:
    """A map's sum and the score's rise from the baseline, and a mark if they differ.

    If pieces of the path were scaled, the mark is for the difference before scaling.
    """
    total, delta = float(made.values.sum(dtype=np.float64)), made.convergence_delta
    score = score_word(made.explains)
    if delta is None:
        return f"The map sums to {number(total)}; the {score}'s rise was not measured."
    rise = total - delta
    if made.unscaled_delta is None or made.scaled_by is None:
        return _sum_words("The map sums", total, rise, CLOSE, score)
    low, high = made.scaled_by
    steps = _sum_words("The steps sum", rise + made.unscaled_delta, rise, CLOSE_UNSCALED, score)
    return (
        f"{steps} Then each piece of the path was scaled to match the {score}'s rise there, by "
        f"factors from {low:.2f} to {high:.2f}: the map sums to {number(total)}."
    )


def _sum_words(what: str, total: float, rise: float, close: float, score: str) -> str:
    delta = total - rise
    off = abs(delta) / abs(rise) if rise else (float("inf") if delta else 0.0)
    told = (
        f"{'✓' if off <= close else '⚠'} {what} to {number(total)}, the {score} rises from the "
        f"baseline to the picture by {number(rise)}: they differ by {_percent(off)}"
    )
    return (
        f"{told}."
        if off <= close
        else f"{told}, **more than {close:.0%}**: its values are inaccurate."
    )


def _percent(part: float) -> str:
    if part == float("inf"):
        return "all of it"
    return f"{part:.1%}" if part >= 0.001 or part == 0 else "under 0.1%"


def axiom_words(method: Method) -> str:
    """The promises of a method, each in words."""
    if not method.axioms:
        return "None of the usual axioms."
    return "".join(f"\n- {name}: {AXIOMS[name]}" for name in method.axioms)
