"""The two bundled models, and their answers to pictures whose objects' places are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densenet_viz.attribution import METHODS
from densenet_viz.evaluation import metrics
from densenet_viz.network.models import ASSETS, LoadedModel, ModelUnavailable
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.traces import Picture
from densenet_viz.stage.shared.words import probability_words
from densenet_viz.ui.attribution.answers import answer_to
from densenet_viz.ui.attribution.expecting import need_of
from densenet_viz.ui.current import bundled_model, take_from_address
from densenet_viz.ui.suited import BUNDLED, CHEATER
from densenet_viz.ui.uploads import key_of
from densenet_viz.ui.work.jobs import Desk, Report, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import GLANCE, run_job, show_unfinished

TWIN_TITLES = {BUNDLED: "the honest one", CHEATER: "the cheater"}
"""The two models by name, in the order in which they are loaded and run."""

NEAR_WORDS = (
    "“On” includes the usual tolerance around the object or tag: 15 px in a picture of 224 px, "
    "so 8.6 px in these of 128 px."
)

Mask = NDArray[np.bool_]


def twin_or_none(name: str) -> LoadedModel | None:
    """A bundled model; if it cannot be loaded, None, and one sentence on the page."""
    try:
        return bundled_model(name)
    except ModelUnavailable as error:
        st.error(str(error))
        return None


def with_article(name: str) -> str:
    """A class's name with its article.

    >>> with_article("ring"), with_article("octagon")
    ('a ring', 'an octagon')
    """
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def answer_words(answer: Prediction) -> str:
    """An answer with its probability.

    >>> answer_words(Prediction(2, "ring", 0.9731))
    'ring (97.3%)'
    """
    return f"{answer.label} ({probability_words(answer.probability)})"


# -- answers ----------------------------------------------------------------------------------


def answers(model: LoadedModel, pixels: Picture, top: int = 5) -> tuple[Prediction, ...]:
    """The most probable classes of (H, W, 3) uint8, best first; each picture runs once."""
    return model.predictions(answer_to(model, pixels).logits, top)


# -- maps ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TwinAsk:
    """One map to compute: by a method at its defaults, for a class, of a model."""

    model: LoadedModel
    method: str
    target: int


@dataclass(frozen=True, eq=False)
class TwinMaps:
    """Maps of one picture that are computed one after the other, as one job."""

    pixels: Picture
    asks: tuple[TwinAsk, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """All that the maps depend on."""
        wanted = tuple((one.model.name, one.method, one.target) for one in self.asks)
        return ("maps", key_of(self.pixels), wanted)

    @property
    def need(self) -> Need:
        """What the job takes while it runs."""
        return need_of(
            (one.model, one.method, METHODS[one.method].settings(one.model.spec, {}))
            for one in self.asks
        )

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> tuple[Attribution, ...]:
        """The attributions, in the order of `asks`."""
        from densenet_viz.attribution import attribute

        def part(place: int) -> Report:
            return lambda done: report((place + done) / len(self.asks))

        return tuple(
            attribute(
                one.model,
                self.pixels,
                method=one.method,
                target=one.target,
                on_progress=part(place),
                cancelled=cancelled,
            )
            for place, one in enumerate(self.asks)
        )


def begin(name: str, maps: TwinMaps) -> None:
    """Starts maps that will be needed soon."""
    desk(name).ask(maps.key, maps.compute, need=maps.need)


def ask(name: str, maps: TwinMaps) -> tuple[Desk, tuple[Attribution, ...] | None]:
    """The session's desk of that name, and the maps if they are known or quick, else None."""
    mine = desk(name)
    job = mine.ask(maps.key, maps.compute, need=maps.need)
    job.finished.wait(GLANCE)
    return mine, job.result if mine.state == "done" else None


def run(
    name: str, maps: TwinMaps, draw: Callable[[tuple[Attribution, ...]], None], notice: Notice
) -> None:
    """Draws the maps once they are there; until then progress, or why there are none."""
    run_job(desk(name), maps.key, maps.compute, draw, notice, need=maps.need)


def let_go(name: str, pixels: Picture) -> None:
    """Stops maps of another picture, which would keep the models busy."""
    mine = desk(name)
    if mine.job is not None and mine.job.key[1] != key_of(pixels):  # type: ignore[index]
        mine.leave()


def show_state(mine: Desk, title: str) -> None:
    """Shows progress with a Cancel button, or why there is no map; nothing if there is one."""
    if mine.state != "done":
        show_unfinished(mine, Notice(title))


def choose_twin(key: str) -> str:
    """The choice of one of the two models, bound to the address."""
    take_from_address(key, TWIN_TITLES, _twin_title)
    name: str = st.segmented_control(
        "Model",
        list(TWIN_TITLES),
        default=BUNDLED,
        required=True,
        format_func=_twin_title,
        key=key,
        bind="query-params",
    )
    return name


def _twin_title(name: str) -> str:
    return TWIN_TITLES[name].capitalize()


# -- shares -------------------------------------------------------------------------------------


def near(mask: Mask) -> Mask:
    """The mask widened by the tolerance of the pointing game."""
    return metrics.near(mask)


def share_near(result: Attribution, mask: Mask) -> float:
    """Share, 0 to 1, of the map's positive values on a mask or within the tolerance of it."""
    return metrics.share_near(result.heat, mask)


# -- figures of the model cards -----------------------------------------------------------------


@dataclass(frozen=True)
class TagFigures:
    """How often a model was right on the same unseen scenes, by the class of their corner tag.

    Shares of `count` scenes; `swapped_follows_tag` is how often the answer was the wrong tag's.
    """

    true: float
    none: float
    swapped: float
    swapped_follows_tag: float
    count: int


def tag_figures(name: str) -> TagFigures | None:
    """The tag numbers of the model's manifest; None if they are missing or cannot be read."""
    try:
        given = json.loads((ASSETS / f"{name}.json").read_bytes())["tags"]
        true, none, swapped, follows = (float(given[name]) for name in _SHARES)
        count = int(given["count"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    good = all(0 <= share <= 1 for share in (true, none, swapped, follows)) and count > 0
    return TagFigures(true, none, swapped, follows, count) if good else None


_SHARES = ("true", "none", "swapped", "swapped_follows_tag")
