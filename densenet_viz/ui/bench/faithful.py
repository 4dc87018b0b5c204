"""Part of the bench: are maps of this picture faithful to the network?."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS
from densenet_viz.results.attributions import EXPLAINS, Explains
from densenet_viz.stage.faithful.scene import Line, faithful_scene
from densenet_viz.ui.attribution.map_jobs import Ask, MapsJob
from densenet_viz.ui.bench.running import choose_checked, run, settings_of
from densenet_viz.ui.bench.subject import Bench, say_only_logit, true_mask
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.plain_text import plain
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Reporter

KEYS = ("faithful_methods", "curves")
DESKS = (_DESK,) = ("bench-faithful",)

FIRST = ("grad-cam", "saliency", "input-x-gradient")
MOST = 4


@dataclass(frozen=True, eq=False)
class _Job:
    """First the maps, from the cache if they are there, and then the measures of each."""

    bench: Bench
    maps: MapsJob
    axis: Explains

    @property
    def key(self) -> tuple[Any, ...]:
        return ("faithful", self.axis, *self.maps.key)

    @property
    def measures(self) -> int:
        from densenet_viz.evaluation.faithfulness import cost_of

        return cost_of(self.bench.model.spec, {one.method: one.settings for one in self.maps.asks})

    @property
    def passes(self) -> int:
        asks = zip(self.maps.asks, self.maps.known(), strict=True)
        return self.measures + sum(ask.cost for ask, known in asks if known is None)

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> Any:
        from densenet_viz.evaluation.faithfulness import faithfulness
        from densenet_viz.ui.attribution.map_jobs import compute_map

        whole, done = max(1, self.passes), 0
        found = []
        for ask, known in zip(self.maps.asks, self.maps.known(), strict=True):
            cost = 0 if known is not None else ask.cost

            def part_done(part: float, _left: float, done: int = done, cost: int = cost) -> None:
                report((done + part * cost) / whole)

            found.append(compute_map(ask, part_done, cancelled))
            done += cost
        model = self.bench.model
        return faithfulness(
            model,
            self.bench.picture.pixels,
            found,
            axis=self.axis,
            mask=true_mask(self.bench.picture, model.input_size, model.fit),
            on_progress=lambda part: report((done + part * (whole - done)) / whole),
            cancelled=cancelled,
            on_preview=report.preview,
        )


def show(bench: Bench) -> None:
    """Shows the whole part: choice of methods, the measures, and how to read them."""
    st.header("Is the map faithful to the network?", anchor=False)
    st.markdown(
        "Remove the pixels that the map calls important, and the network should lose its answer. "
        "Show them first, and the answer should return early. Other measures test other things, "
        "and often **disagree**."
    )
    names = choose_checked("faithful_methods", FIRST, MOST)
    asks = _asks(bench, names)
    job = _Job(bench, MapsJob(asks), _choose_axis())
    run(
        _DESK,
        job.key,
        job.compute,
        lambda measured: _draw(bench, names, measured),
        title="Measuring",
        passes=job.passes,
        kept=job.maps.kept,
    )


def _asks(bench: Bench, names: Sequence[str]) -> list[Ask]:
    """The maps: all explain the same, because infidelity compares them with one score."""
    asked = settings_of(names, bench.model.spec)
    asks = [bench.ask(name, asked[name]) for name in names]
    only = [ask.row.title for ask in asks if ask.explains != bench.explains]
    if only:
        say_only_logit(bench, f"all maps here, because of {', '.join(only)},")
        asks = [replace(ask, explains="logit") for ask in asks]
    return asks


def _choose_axis() -> Explains:
    take_from_address("curves", EXPLAINS)
    chosen: Explains = st.segmented_control(
        "Curves of deletion and insertion show the",
        list(EXPLAINS),
        default="probability",
        required=True,
        key="curves",
        bind="query-params",
        help="The paper takes the probability. It hardly moves while the network is sure; the "
        "logit still does.",
    )
    return chosen


def _draw(bench: Bench, names: list[str], measured: Any) -> None:
    from densenet_viz.evaluation.perturbation import out_of_focus

    model = bench.model
    pixels = model.picture(bench.picture.pixels)
    red, green, blue = (round(255 * part) for part in model.mean)
    scene = faithful_scene(
        pixels,
        out_of_focus(pixels),
        (red, green, blue),
        caption=bench.picture.caption.capitalize(),
        label=bench.target.label,
        methods=[_line(row) for row in measured.methods],
        references=[_line(row) for row in measured.references],
        planned=[METHODS[name].title for name in names],
        mask=true_mask(bench.picture, model.input_size, model.fit),
        notes=_notes(bench, measured.samples),
        axis=measured.axis,
    )
    show_stage("faithful", scene, key="stage-faithful")


def _line(row: Any) -> Line:
    values = {
        "deletion": row.curves.deletion_auc,
        "insertion": row.curves.insertion_auc,
        "unexplained": row.infidelity.unexplained,
        "infidelity": row.infidelity.value,
    }
    if row.sensitivity is not None:
        values["sensitivity"] = row.sensitivity
    if row.found is not None:
        values |= {
            "pointing": float(row.found.pointing),
            "energy": row.found.energy,
            "average_precision": row.found.average_precision,
        }
    return Line(
        title=row.title,
        heat=row.heat,
        rank=row.rank,
        deletion=row.curves.deletion,
        insertion=row.curves.insertion,
        values=values,
    )


def _notes(bench: Bench, samples: Mapping[str, int]) -> list[str]:
    """Notes on how to read these numbers."""
    tried = ", ".join(f"{METHODS[name].title} {count}" for name, count in samples.items())
    notes = [
        "The network never learned from pictures with missing pixels. So a score can fall because "
        "of the holes, not only because of what is missing. Insertion starts from a blurred "
        "picture for that reason, but has the same weakness.",
        "Infidelity covers 60 squares with the mean colour of the normalisation; they are a "
        "sixteenth, an eighth or a quarter of the picture wide. Large squares lower the score more "
        "wherever they are, and a map with one value everywhere predicts that, too: a good map has "
        "to beat the random one. Compare infidelity only between maps of the same picture and "
        "class.",
        f"Max sensitivity is the highest value over a few slightly changed pictures ({tried}; "
        "fewer for methods that take many passes), so the true maximum is at least as high. A map "
        "that never changes is stable, but not right: an edge detector’s is stable too.",
    ]
    truth = bench.picture.truth
    if truth is not None and truth != bench.target.label:
        notes.append(
            f"The outline is the drawn {truth}’s, but the maps are for "
            f"{plain(bench.target.label)}: it is no mistake if they lie elsewhere."
        )
    return notes
