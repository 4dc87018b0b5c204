"""The check of a map with Captum, live: both maps, their difference, and what each of them took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.attribution.logit_or_probability import words_for
from densenet_viz.attribution.methods import ours_in
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.checks import CaptumCheck, Effort
from densenet_viz.stage.bench.scene import Panel, bench_scene
from densenet_viz.stage.shared.words import maker_words
from densenet_viz.ui.attribution.map_jobs import Ask, results_of
from densenet_viz.ui.bench.running import run
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Reporter, leave
from densenet_viz.ui.work.turns import COMPUTES_IN_TURN, turn

CHECK = "attribution-check"
"""The attribution page's desk for it."""

SAME = 0.001
"""Two maps are called the same if they differ by at most this part of the largest value."""
NEARLY, SIMILAR = 0.99, 0.7
"""The lowest cosines at which other maps are called nearly the same, and similar."""

UNKNOWN = "not known on this system"
HERE, THERE = "This app", "Captum’s plain call"


@dataclass(frozen=True, eq=False)
class _Job:
    ask: Ask
    attribution: Attribution

    @property
    def key(self) -> tuple[Any, ...]:
        return ("captum", *self.ask.key)

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> CaptumCheck:
        from densenet_viz.evaluation.checking import check_with_captum

        with turn(cancelled):  # its seconds mean nothing while something else is measured
            report(0.0)
            return check_with_captum(
                self.ask.model,
                self.ask.picture.pixels,
                self.attribution,
                on_progress=report,
                cancelled=cancelled,
            )


def show_check(ask: Ask, attribution: Attribution | None, name: str) -> None:
    """A button that checks a map with Captum, and then what came out of it.

    Args:
        ask: what the map depends on.
        attribution: the map; None while it is being computed.
        name: of the place's desk.
    """
    if attribution is None:
        leave((name,))
        return
    if (why := _why_not(ask, attribution)) is not None:
        leave((name,))
        st.info(why)
        return
    st.markdown(
        "Captum is a library that computes such maps. The check computes this map again, and then "
        "lets Captum do it alone, on the network’s plain PyTorch modules. Settings, random numbers "
        "and baselines are the same."
    )
    job = _Job(ask, attribution)
    run(
        name,
        job.key,
        job.compute,
        lambda check: _draw(ask, check, name),
        title="Check with Captum",
        passes=2 * ask.cost,
        kept=results_of(*ask.sources),
        need=COMPUTES_IN_TURN,
        start="Check with Captum",
    )


def _why_not(ask: Ask, attribution: Attribution) -> str | None:
    """Why a map cannot be checked, if Captum has no call for its method."""
    if ask.row.call is not None:
        return None
    from densenet_viz.evaluation.checking import check_with_captum

    try:
        check_with_captum(ask.model, ask.picture.pixels, attribution)
    except AttributionError as error:
        return str(error)
    return None


def _draw(ask: Ask, check: CaptumCheck, name: str) -> None:
    scene = bench_scene(
        ask.model.picture(ask.picture.pixels),
        panels_of(check, words_for(ask.row.unit, ask.explains)),
        caption=ask.picture.caption,
        title=verdict(check),
        lesson="All three have one scale. Where the difference has no colour, both maps have the "
        "same value. A higher contrast shows small differences.",
        label=check.ours.target.label,
    )
    show_stage("bench", scene, key=f"{name}-maps")
    st.markdown(result_words(check))
    st.table(efforts(check), hide_index=True, alt="Who computed the map, and what it took")
    st.table([measures(check)], hide_index=True, alt="How similar both maps are")
    st.caption(
        "Memory is the most that the program used above what it used before. Time and memory "
        "are of one run; whatever else ran on this machine counts, too."
    )


# -- the result as a picture ----------------------------------------------------------------


def panels_of(check: CaptumCheck, unit: str) -> tuple[Panel, Panel, Panel]:
    """Both maps and their difference, for the bench's picture."""
    theirs = replace(check.ours, values=check.theirs, computed_by=check.classes)
    apart = replace(check.ours, values=check.ours.values - check.theirs, computed_by="")
    most = f"at most {share(check.largest_difference)} of Captum’s largest value."
    return (
        Panel(HERE, unit, "its fast network", check.ours),
        Panel(THERE, unit, "the plain network", theirs),
        Panel("Difference", unit, "the first minus the second", apart, alt=most),
    )


# -- the result in words and numbers --------------------------------------------------------


def verdict(check: CaptumCheck) -> str:
    """How similar both maps are, in a few words."""
    if not (check.ours.values.any() or check.theirs.any()):
        return "Both maps are zero everywhere"
    if check.largest_difference <= SAME:
        return "The same map"
    if check.cosine >= NEARLY:
        return "Nearly the same map"
    return "Similar, not the same" if check.cosine >= SIMILAR else "Two different maps"


def result_words(check: CaptumCheck) -> str:
    """The result as a sentence with its numbers, and why the map is not Captum's, if it is not."""
    said = [
        f"**{verdict(check)}**: cosine {signed(check.cosine)}, the largest difference is "
        f"{share(check.largest_difference)} of the largest value."
    ]
    if (found := ours_in(METHODS[check.ours.method], check.ours.parameters)) is not None:
        method, ours = found
        said.append(
            f"{method.title} is computed by this app, not by Captum: {ours.likeness}. The reason: "
            f"{ours.reason}."
        )
    elif check.largest_difference > 0 and check.cosine >= NEARLY:
        said.append("The fast network rounds its numbers differently, so the last digits differ.")
    return " ".join(said)


def efforts(check: CaptumCheck) -> list[dict[str, str]]:
    """A row for each computation."""
    return [
        _effort(HERE, check.ours.computed_by, check.our_effort),
        _effort(THERE, check.classes, check.their_effort),
    ]


def _effort(who: str, computed_by: str, effort: Effort) -> dict[str, str]:
    return {
        "Who": who,
        "Computed by": maker_words(computed_by).partition(":")[0],
        "Time": f"{effort.seconds:.2f}\u00a0s",
        "Memory": UNKNOWN if effort.bytes is None else f"{effort.bytes / 1e6:,.0f}\u00a0MB",
    }


def measures(check: CaptumCheck) -> dict[str, str]:
    """How similar both maps are, by the measure's name."""
    return {
        "Cosine": signed(check.cosine),
        "Rank correlation": signed(check.rank),
        "Largest difference": f"{share(check.largest_difference)} of the largest value",
    }


def signed(value: float) -> str:
    """Four digits after the point, with a real minus.

    >>> signed(0.99999), signed(-0.5)
    ('1.0000', '−0.5000')
    """
    return f"{value:.4f}".replace("-", "−")


def share(part: float) -> str:
    """A part in percent with two digits, however small it is.

    >>> share(2.98e-7), share(0.0488), share(1.234), share(0.0)
    ('0.00003%', '4.9%', '120%', '0%')
    """
    return f"{np.format_float_positional(100 * part, precision=2, fractional=False, trim='-')}%"
