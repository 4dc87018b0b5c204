"""Part of the page Inside: how many layers can go before the answer does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from densenet_viz.figures.removal import QUANTITIES, Quantity, alone_figure, growing_figure
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import ASSETS, ModelUnavailable
from densenet_viz.results.removal import Left, Removal, removal_from_json
from densenet_viz.results.reuse import Replacement
from densenet_viz.results.scores import Interval
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside.choices import INSTEAD, choose
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.owners import Kind, kept_for
from densenet_viz.ui.work.progress import Notice, redraw
from densenet_viz.ui.work.unfinished import run_job, show_unfinished

if TYPE_CHECKING:
    from densenet_viz.network.small import ResidualModel

KEYS = ("layers_instead",)
DESKS = (_SCENES, _PICTURE) = ("layers-scenes", "layers-picture")
MEASURED = Kind("layers removed, on scenes", shared=8, own=2)
LIVE = Kind("layers removed, on a picture", shared=32, own=4)
SCENES = 48
"""Drawn scenes that the page measures with; the shipped tables have more."""
KEPT = 0.5
"""The part of the accuracy that counts as kept."""


def show_layers(model: LoadedModel, picture: CurrentPicture) -> None:
    """Shows the whole part: accuracy on scenes, then the answer to the current picture."""
    st.header("How many layers can go before the answer does?", anchor=False)
    st.markdown(
        "A removed **dense** layer writes zeros for all its readers; a removed **residual** unit "
        "adds nothing. The two small networks have the same number of layers, the same size "
        "(within 2%) and the same training; only one of them appends its maps, the other adds them."
    )
    instead: Any = choose("A removed layer writes", INSTEAD, "layers_instead")
    try:
        others = _small()
    except ModelUnavailable as error:
        st.error(str(error))
        return
    found = [_measured(one, instead) for one in (model, *others)]
    known = [one for one in found if one is not None]
    _show_sets(known, "accuracy")
    if found[0] is None:
        _offer(model, instead)
    _show_picture(model, picture, instead)
    _explain(known, others)


def _small() -> tuple[LoadedModel, ResidualModel]:
    from densenet_viz.network.small import load_small

    return load_small()


def _measured(model: LoadedModel | ResidualModel, instead: str) -> Removal | None:
    """The shipped table of this very network, or what was measured in this process."""
    shipped = shipped_removal(model.name, instead)
    if shipped is not None and shipped.digest == model.digest:
        return shipped
    if not isinstance(model, LoadedModel):
        return None
    found: Removal | None = kept_for(MEASURED, model).find((model.name, instead))
    return found


@cache
def shipped_removal(name: str, instead: str) -> Removal | None:
    """The shipped table of a network; None if there is none."""
    if name not in ("scenes", "small-dense", "small-residual") or instead not in INSTEAD:
        return None
    file = ASSETS / f"removal.{name}.{instead}.json"
    return removal_from_json(json.loads(file.read_text("utf-8"))) if file.exists() else None


# -- charts -----------------------------------------------------------------------------------


def _show_sets(removals: Sequence[Removal], quantity: Quantity, key: str = "scenes") -> None:
    """One sentence, both charts, and their table."""
    if not removals:
        return
    words = lasting_words(removals) if quantity == "accuracy" else ""
    if words:
        st.markdown(words)
    where = "on drawn scenes" if quantity == "accuracy" else "for this picture"
    shown = QUANTITIES[quantity]
    show_chart(
        growing_figure(removals, quantity),
        key=f"layers-growing-{key}",
        alt=f"A line for each network: {shown} {where}, while more and more layers are removed in "
        f"random orders. {words}",
        file=f"layers-{key}",
    )
    st.caption(
        f"Layers go in {removals[0].orders} random orders (seed {removals[0].seed}); a point is "
        "the mean over the orders, a bar its 95% interval (bootstrap)."
    )
    show_chart(
        alone_figure(removals, quantity),
        key=f"layers-alone-{key}",
        alt=f"A mark for each layer: {shown} {where} without this layer alone. "
        f"{worst_words(removals, quantity)}",
        file=f"one-layer-{key}",
    )
    st.caption(f"One layer at a time. {worst_words(removals, quantity)}")
    with st.expander("The numbers as a table"):
        st.dataframe(table_of(removals, quantity), hide_index=True, key=f"layers-table-{key}")


def lasting_words(removals: Sequence[Removal], part: float = KEPT) -> str:
    """How many layers each network can lose, in one sentence.

    >>> from densenet_viz.results.scores import Interval
    >>> one = Left(Interval(0.9, 0.9, 0.9, 8), Interval(0.9, 0.9, 0.9, 8))
    >>> two = (one, one)
    >>> found = Removal("m", "M", "", ("a", "b"), "zero", 5, 0, 8, one, two, (1, 2), two)
    >>> lasting_words([found])
    '50% of the accuracy is left with up to **2 of 2** random layers gone (100%) in M.'
    """
    parts = []
    for one in removals:
        count, layers = one.lasting(part), len(one.layers)
        parts.append(
            f"**{count} of {layers}** random layers gone ({count / layers:.0%}) in {one.title}"
        )
    return f"{part:.0%} of the accuracy is left with up to {', '.join(parts)}."


def worst_words(removals: Sequence[Removal], quantity: Quantity) -> str:
    """The layer whose loss does most harm, in each network."""
    parts = []
    for one in removals:
        values = [_of(left, quantity).mean for left in one.alone]
        worst = min(range(len(values)), key=values.__getitem__)
        whole = _of(one.whole, quantity).mean
        parts.append(f"{one.title}: {one.layers[worst]} ({whole:.0%} to {values[worst]:.0%})")
    return f"The most harmful loss: {'; '.join(parts)}."


def _of(left: Left, quantity: Quantity) -> Interval:
    return left.accuracy if quantity == "accuracy" else left.probability


def table_of(removals: Sequence[Removal], quantity: Quantity) -> list[dict[str, str]]:
    """A row for each set of removed layers of each network."""
    shown = QUANTITIES[quantity]
    rows = []
    for one in removals:
        sets = [("nothing", one.whole)]
        sets += [
            (f"{count} of {len(one.layers)}, random", left)
            for count, left in zip(one.counts, one.growing, strict=True)
        ]
        sets += list(zip(one.layers, one.alone, strict=True))
        rows += [
            {"network": one.title, "without": name, shown: _words(_of(left, quantity))}
            for name, left in sets
        ]
    return rows


def _words(one: Interval) -> str:
    return f"{one.mean:.1%} ({one.low:.1%} to {one.high:.1%})"


# -- what is measured -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _ScenesJob:
    model: LoadedModel
    instead: Replacement

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> Removal:
        from densenet_viz.evaluation.ablations.connections import scenes_known_to
        from densenet_viz.evaluation.ablations.layers import layered, measure_removal

        pictures, labels = scenes_known_to(self.model.name, SCENES)
        return measure_removal(
            layered(self.model, pictures, self.instead),
            labels,
            on_progress=report,
            cancelled=cancelled,
        )


def _offer(model: LoadedModel, instead: Any) -> None:
    """A button that measures the chosen network on scenes, and the progress."""
    place = desk(_SCENES)
    if place.state == "working":
        notice = Notice("Removing layers", cancel_key="layers_cancel", again_key=None)
        redraw(place, partial(show_unfinished, place, notice))
        return

    def begin() -> None:
        place.again()
        job = _ScenesJob(model, instead)
        place.ask(("layers", model.name, instead), job.compute, kept_for(MEASURED, model))

    st.button(f"Remove layers from {model.title}, too", on_click=begin, key="layers_begin")
    st.caption(
        f"{SCENES} drawn scenes. A network that was not trained on them is compared with its own "
        "answers."
    )


@dataclass(frozen=True, eq=False)
class _PictureJob:
    model: LoadedModel
    picture: CurrentPicture
    instead: Replacement

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> tuple[Removal, ...]:
        from densenet_viz.evaluation.ablations.layers import layered, measure_removal

        found: list[Removal] = []
        for model in (self.model, *_small()):
            found.append(
                measure_removal(
                    layered(model, [self.picture.pixels], self.instead),
                    on_progress=partial(_part_of, report, len(found)),
                    cancelled=cancelled,
                )
            )
        return tuple(found)


_STARTS = (0.0, 0.6, 0.8, 1.0)
"""The part of the work that is done before each network, about."""


def _part_of(report: Report, place: int, part: float) -> None:
    report(_STARTS[place] + (_STARTS[place + 1] - _STARTS[place]) * part)


def _show_picture(model: LoadedModel, picture: CurrentPicture, instead: Any) -> None:
    st.header("And for your picture?", anchor=False)
    answer = model.predictions(answer_of(model, picture).logits, 1)[0]
    st.markdown(
        f"{model.title} answers **{answer.label}** ({answer.probability:.1%}). The charts show the "
        "probability of each network’s own first answer, as its layers go."
    )

    def draw(found: Sequence[Removal]) -> None:
        _show_sets(found, "probability", "picture")

    notice = Notice(
        "Removing layers",
        cancel_key="layers_picture_cancel",
        again_key="layers_picture_again",
        failed="Removing layers failed. Try again.",
    )
    kept = kept_for(LIVE, model, picture)
    job = _PictureJob(model, picture, instead)
    key = ("layers", model.name, picture.key, instead)
    run_job(desk(_PICTURE), key, job.compute, draw, notice, kept=kept)


def _explain(known: Sequence[Removal], others: Sequence[LoadedModel | ResidualModel]) -> None:
    with st.expander("What is compared, and what it does not show"):
        st.markdown(
            "- Veit, Wilber and Belongie (*Residual Networks Behave Like Ensembles of Relatively "
            "Shallow Networks*, NeurIPS 2016) removed layers of residual networks and saw a small "
            "and smooth loss. They measured deep networks on CIFAR-10 and ImageNet; these here are "
            "small and know drawn scenes.\n"
            "- **The two small networks** share stem, transitions, head, number of layers, scenes, "
            "order and recipe. A dense layer is 1×1 then 3×3, a residual unit 3×3 then 3×3.\n"
            "- **Zero is not nothing**: no reader saw zeros there in training. With *its mean*, a "
            "removed layer writes each channel’s mean over the same pictures.\n"
            "- **One short training run each**: both are far from what they could learn, and with "
            "another seed the curves move. So compare how much of its own accuracy each keeps.\n"
            "- **The large network** is not of the same size: compare it with itself."
        )
        for one in others:
            st.markdown(f"{one.title}: {one.provenance}")
    if known:
        st.caption(
            "Scenes: "
            + "; ".join(f"{one.title} {one.pictures:,} (seed {one.seed})" for one in known)
            + ". `python -m densenet_viz layers` measures them again."
        )
