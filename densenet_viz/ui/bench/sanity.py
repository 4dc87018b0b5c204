"""Part of the bench: does a map depend on what the network learned?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS
from densenet_viz.stage.sanity.scene import Strip, sanity_scene
from densenet_viz.ui.attribution.map_jobs import results_of
from densenet_viz.ui.bench.running import choose_checked, run, settings_of
from densenet_viz.ui.bench.subject import Bench, say_only_logit
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Reporter

KEYS = ("sanity_methods", "sanity_seed")
DESKS = (_DESK,) = ("bench-sanity",)

FIRST = ("grad-cam", "guided-backprop", "saliency")
MOST = 3
SEEDS = 99


@dataclass(frozen=True, eq=False)
class _Job:
    bench: Bench
    asked: Mapping[str, Mapping[str, Any]]
    seed: int

    @property
    def key(self) -> tuple[Any, ...]:
        asked = tuple((name, tuple(sorted(given.items()))) for name, given in self.asked.items())
        bench = self.bench
        return ("sanity", bench.model.name, bench.picture.key, bench.target.index, asked, self.seed)

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> Any:
        from densenet_viz.evaluation.sanity import sanity_checks

        report(0.0)
        return sanity_checks(
            self.bench.model,
            self.bench.picture.pixels,
            asked=self.asked,
            target=self.bench.target.index,
            seed=self.seed,
            device="auto",
            on_progress=report,
            cancelled=cancelled,
            on_preview=report.preview,
        )


def show(bench: Bench) -> None:
    """Shows the whole part: choice of methods and seed, the checks, and what they mean."""
    from densenet_viz.evaluation.sanity import cost_of

    st.header("Does the map depend on what the network learned?", anchor=False)
    st.markdown(
        "The weights become random, from the classifier down to the stem. A map that shows what "
        "the network **learned** has to change; a map that stays the same shows only the picture."
    )
    say_only_logit(bench, "the maps of this check")
    names = choose_checked("sanity_methods", FIRST, MOST)
    seed = st.number_input(
        "Seed of the random weights",
        *(0, SEEDS, 0, 1),
        key="sanity_seed",
        bind="query-params",
        width=220,
    )
    asked = settings_of(names, bench.model.spec)
    job = _Job(bench, asked, int(seed))
    run(
        _DESK,
        job.key,
        job.compute,
        lambda checks: _draw(bench, checks),
        title="Sanity check",
        passes=cost_of(bench.model.spec, asked),
        kept=results_of(bench.model, bench.picture),
    )
    _explain()


def _draw(bench: Bench, checks: Mapping[str, Any]) -> None:
    from densenet_viz.evaluation.sanity import UNCHANGED, edge_line, planned_stages

    pixels = bench.model.picture(bench.picture.pixels)
    scene = sanity_scene(
        pixels,
        caption=bench.picture.caption.capitalize(),
        label=bench.target.label,
        stages=planned_stages(bench.model.spec),
        strips=[_strip(check) for check in checks.values()],
        edges=edge_line(pixels),
        limit=UNCHANGED,
    )
    show_stage("sanity", scene, key="stage-sanity")


def _strip(check: Any) -> Strip:
    end = check.at_the_end
    rows = [asdict(one) for one in check.similarities]
    return Strip(
        title=METHODS[check.method].title,
        heats=check.maps,
        alike={name: [row[name] for row in rows] for name in rows[0]},
        at_the_end=None if end is None else asdict(end),
        unchanged=check.unchanged,
    )


def _explain() -> None:
    with st.expander("How the check works, and what it does not show"):
        st.markdown(
            "- Random weights follow the rule that training starts from. Each stage keeps the "
            "random weights of the last. Only a copy of the model on this page changes. The "
            "statistics of random batch norms are measured again on the picture and its mirror "
            "images; otherwise values would grow or vanish from stage to stage.\n"
            "- The class stays the same, also when the random network would say another.\n"
            "- The verdict uses the mean over three fully random networks, and the highest of "
            "the three similarities. Coarse maps (Grad-CAM of the last block) have few cells, so "
            "they are sometimes similar by chance.\n"
            "- Passing is necessary, but not enough: a map that changes can still be wrong. Good "
            "methods also keep some similarity, because the picture stays the same.\n\n"
            "Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, *Sanity Checks for Saliency Maps*, "
            "NeurIPS 2018."
        )
