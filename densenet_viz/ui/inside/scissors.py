"""Part of the page Inside: cut connections of the network, and see what it answers then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from densenet_viz.facts.connections import Connection, UnknownConnection, pack_cuts, unpack_cuts
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Attribution
from densenet_viz.stage.bench.scene import Panel, bench_scene
from densenet_viz.stage.scissors.scene import scissors_scene
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.map_jobs import Ask, MapsJob
from densenet_viz.ui.attribution.methods import choose_method
from densenet_viz.ui.inside.weights import reuse_of
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.owners import Kind, kept_for
from densenet_viz.ui.work.progress import Notice, redraw
from densenet_viz.ui.work.unfinished import run_job, show_unfinished

KEYS = ("scissors_method",)
DESKS = (_MAPS, _SEARCH) = ("scissors-maps", "scissors-search")
CUT = Kind("cut networks", shared=24, own=8)
SEARCHED = Kind("greedy searches", shared=32, own=4)
_STAGE = "scissors"
_PARAMETER = "cut"
_TOLD = "_scissors_told"


@dataclass(frozen=True, eq=False)
class Subject:
    """The network and the picture, and what the visitor has cut."""

    model: LoadedModel
    picture: CurrentPicture
    cuts: frozenset[Connection]

    @property
    def cut_model(self) -> LoadedModel:
        """The network without the cut connections, built once."""
        from densenet_viz.network.cuts import cut

        if not self.cuts:
            return self.model
        kept = kept_for(CUT, self.model)
        return kept.get((self.model.name, pack_cuts(self.cuts)), lambda: cut(self.model, self.cuts))


def show_scissors(model: LoadedModel, picture: CurrentPicture) -> None:
    """Shows the whole part: the scissors, the answer, and both maps."""
    cuts = _chosen_cuts(model)
    _show_answer(model, picture, cuts)
    subject = Subject(model, picture, cuts)
    _show_search(subject)
    _show_maps(subject)
    _explain(model)


@st.fragment
def _show_answer(model: LoadedModel, picture: CurrentPicture, known: frozenset[Connection]) -> None:
    """The stage answers a cut by itself; then the rest of the page follows.

    `known` are the cuts of the rest of the page.
    """
    cuts = _chosen_cuts(model)
    _show_stage(Subject(model, picture, cuts))
    if cuts != known:
        st.rerun()


def _chosen_cuts(model: LoadedModel) -> frozenset[Connection]:
    """What the stage told just now, else what the address says; the address follows."""
    told = (st.session_state.get(_STAGE) or {}).get("cuts")
    text = st.query_params.get(_PARAMETER, "")
    if isinstance(told, str) and told != st.session_state.get(_TOLD):
        st.session_state[_TOLD] = text = told  # newer than the address
    try:
        cuts = unpack_cuts(text, model.spec)
    except UnknownConnection as error:
        st.warning(f"{error} Nothing is cut.")
        cuts = frozenset()
    if cuts:
        st.query_params[_PARAMETER] = pack_cuts(cuts)
    elif _PARAMETER in st.query_params:
        del st.query_params[_PARAMETER]
    return cuts


def _show_stage(subject: Subject) -> None:
    model, picture = subject.model, subject.picture
    classes = len(model.labels)
    whole = answer_of(model, picture).logits
    now = answer_of(subject.cut_model, picture).logits
    found = kept_for(SEARCHED, model, picture).find((model.name, picture.key))
    predictions = model.predictions(whole, classes)
    top = predictions[0].index
    scene = scissors_scene(
        model.spec,
        reuse_of(model, "norm-aware"),
        subject.cuts,
        predictions,
        model.predictions(now, classes),
        (float(whole[top]), float(now[top])),
        start=min((one.block for one in subject.cuts), default=1),
        greedy=None if found is None else (found.cuts, found.kept),
    )
    show_stage(_STAGE, scene, key=_STAGE, on_cuts_change=_nothing)


def _nothing() -> None:
    """The value is read at the next run; a callback makes the component tell it."""


def _show_search(subject: Subject) -> None:
    """The button of the greedy search, and its progress."""
    model, picture = subject.model, subject.picture
    kept = kept_for(SEARCHED, model, picture)
    key = (model.name, picture.key)
    if kept.find(key) is not None:
        return
    place = desk(_SEARCH)
    if place.state == "working":

        def draw() -> None:
            show_unfinished(place, _NOTICE)

        redraw(place, draw)
        return
    st.button(
        "How few connections are enough? Let a search try",
        key="scissors_search",
        on_click=_begin_search,
        args=(subject,),
        help="Cut as many as you can while the answer stays; then let a greedy search do the same.",
    )


_NOTICE = Notice("The search for connections that can go", cancel_key="scissors_search_cancel")


def _begin_search(subject: Subject) -> None:
    model, picture = subject.model, subject.picture

    def compute(report: Report, cancelled: Callable[[], bool]) -> Any:
        from densenet_viz.evaluation.ablations.fewest import keep_fewest

        return keep_fewest(model, picture.pixels, on_progress=report, cancelled=cancelled)

    kept = kept_for(SEARCHED, model, picture)
    desk(_SEARCH).again()
    desk(_SEARCH).ask((model.name, picture.key), compute, kept)


def _show_maps(subject: Subject) -> None:
    """The map of the whole network beside that of the cut one, on one scale."""
    st.header("Where does it look then?", anchor=False)
    method = choose_method("scissors_method")
    whole = answer_of(subject.model, subject.picture).logits
    target = int(whole.argmax())
    asks = [
        Ask(model, subject.picture, method.name, target, method.settings(model.spec, {}))
        for model in dict.fromkeys((subject.model, subject.cut_model))
    ]

    def draw(found: Sequence[Attribution]) -> None:
        names = ("the whole network", f"with {len(subject.cuts):,} cut")
        label = subject.model.labels[target]
        scene = bench_scene(
            subject.model.picture(subject.picture.pixels),
            [
                Panel(name, method.unit, attribution=one)
                for name, one in zip(names, found, strict=False)
            ],
            caption=subject.picture.caption,
            title=f"What raises the score of {label}",
            lesson="The maps share one scale. If the answer stays and the map changes, the network "
            "found the same answer in another way.",
            label=label,
        )
        show_stage("bench", scene, key="scissors_maps")

    job = MapsJob(asks)
    notice = Notice("The maps", cancel_key="scissors_maps_cancel", again_key="scissors_maps_again")
    run_job(desk(_MAPS), job.key, job.compute, draw, notice, kept=job.kept)


def _explain(model: LoadedModel) -> None:
    with st.expander("What a cut does, and what it does not show"):
        st.markdown(
            "- **A cut** sets the maps of one source to zero for one reader. The reader’s batch "
            "norm and all its weights stay; all other readers get the maps as before.\n"
            "- **Zero is not nothing**: the network never saw zeros there in training, so a cut "
            "can do more harm than removing the connection before training would.\n"
            "- **The colour of a cell** is the mean of |w| · |γ| / σ over its weights. The presets "
            "“most read” and “least read” sort by it. A large weight does not have to mean an "
            "important connection: cut it and see.\n"
            "- **The search** cuts each connection alone, sorts them by the harm, and cuts one "
            "after the other; it takes back what changes the answer. It tries each connection "
            "once, so a better set may exist.\n"
            "- Veit, Wilber and Belongie (NeurIPS 2016) removed whole layers of residual networks "
            "in this way."
        )
    st.caption(f"{model.title}. {model.provenance}")
