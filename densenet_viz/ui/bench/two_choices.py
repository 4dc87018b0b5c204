"""The choice of the right side, and of the class and method for both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from densenet_viz.attribution import AttributionError, Method
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import ModelUnavailable
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.stage.two.sides import Kind
from densenet_viz.ui import fetching
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.explaining import class_names
from densenet_viz.ui.attribution.map_jobs import Ask
from densenet_viz.ui.attribution.methods import choose_method, choose_settings
from densenet_viz.ui.bench.subject import Bench
from densenet_viz.ui.current import MODEL_TITLES, arrived_model, sample, take_from_address
from densenet_viz.ui.own import holding
from densenet_viz.ui.own.holding import OWN
from densenet_viz.ui.suited import BUNDLED, CHEATER
from densenet_viz.ui.uploads import SECOND, CurrentPicture, take_picture, uploaded

WEIGHTS = "weights-two"
"""The desk that downloads the network on the right."""
KEYS = ("two", "two_picture", "two_model", "two_class", "two_method")

KINDS: Mapping[Kind, str] = {
    "pictures": "two pictures, one network",
    "networks": "one picture, two networks",
}
SAME, TOP = "the same class for both", "each one’s most probable class"


@dataclass(frozen=True, eq=False)
class Pair:
    """Two sides that differ in the picture or in the network, and a map to compute for each."""

    kind: Kind
    sides: tuple[Bench, Bench]
    asks: tuple[Ask, Ask]

    @property
    def method(self) -> Method:
        return self.asks[0].row


def choose_pair(bench: Bench) -> Pair | None:
    """The chosen pair; None, and a sentence on the page, if a side is missing."""
    take_from_address("two", KINDS, KINDS.__getitem__)
    kind: Kind = st.segmented_control(
        "Compare",
        list(KINDS),
        default="pictures",
        required=True,
        format_func=KINDS.__getitem__,
        key="two",
        bind="query-params",
        wrap=True,
    )
    line = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    try:
        if kind == "networks":
            other = _choose_network(bench, line)
        else:
            fetching.stop(WEIGHTS)
            other = _choose_picture(bench, line)
        if other is None:
            return None
        with line:
            method = choose_method("two_method", label="Method of both maps", width=240)
        sides = _choose_class(kind, bench, other, line)
        left, right = _choose_settings(method, bench.model, other.model, line)
        asks = sides[0].ask(method.name, left), sides[1].ask(method.name, right)
    except (AttributionError, ModelUnavailable) as error:
        st.error(str(error))
        return None
    return Pair(kind, sides, asks)


# -- the right side -------------------------------------------------------------------------


def _choose_picture(bench: Bench, line: Any) -> Bench:
    names = [*CLASSES, *([SECOND] if uploaded(SECOND) else [])]
    names = [name for name in names if name != bench.picture.name]
    _forget_unless("two_picture", names)
    take_from_address("two_picture", names)
    with line.popover("Upload a second picture", icon=":material/upload:"):
        take_picture("The picture on the right", SECOND, "two_picture")
    name = line.selectbox(
        "Picture on the right", names, key="two_picture", bind="query-params", width=220
    )
    picture = uploaded(SECOND) if name == SECOND else sample(name)
    assert picture is not None
    return _before(bench, bench.model, picture)


def _choose_network(bench: Bench, line: Any) -> Bench | None:
    """The other network's side; None while its weights are downloaded."""
    titles = {
        name: title
        for name, title in (MODEL_TITLES | holding.titles()).items()
        if name != bench.model.name
        and not (name == OWN and holding.own_model_or_none() is bench.model)
    }
    _forget_unless("two_model", titles)
    take_from_address("two_model", titles, titles.__getitem__)
    first = BUNDLED if bench.model.name == CHEATER else CHEATER
    name = line.selectbox(
        "Network on the right",
        list(titles),
        list(titles).index(first),
        key="two_model",
        format_func=titles.__getitem__,
        bind="query-params",
        width=280,
    )
    model = arrived_model(name, WEIGHTS)
    return None if model is None else _before(bench, model, bench.picture)


def _forget_unless(key: str, names: Any) -> None:
    """Deletes a choice that is not available any more, for example as the left side has it."""
    if key in st.session_state and st.session_state[key] not in names:
        del st.session_state[key]


def _before(bench: Bench, model: LoadedModel, picture: CurrentPicture) -> Bench:
    """Another picture or network, and its most probable class as the class to explain."""
    logits = answer_of(model, picture).logits
    top = model.predictions(logits, 1)[0]
    return replace(bench, model=model, picture=picture, logits=logits, target=top)


# -- class, method, settings ----------------------------------------------------------------


def _choose_class(kind: Kind, bench: Bench, other: Bench, line: Any) -> tuple[Bench, Bench]:
    """Both sides with their class to explain."""
    most_probable = replace(bench, target=bench.predictions[0])
    same = same_class(bench, other)
    if same is None:
        name = class_names(bench.model.labels)[bench.target.index]
        st.caption(
            f"The network on the right has no class “{name}”, so each one’s most probable class "
            "is explained."
        )
        return most_probable, other
    chosen = line.selectbox(
        "Class to explain in both", [SAME, TOP], key="two_class", bind="query-params", width=260
    )
    if chosen == TOP:
        return most_probable, other
    return bench, replace(other, target=other.model.prediction(other.logits, same))


def same_class(bench: Bench, other: Bench) -> int | None:
    """The other network's index of the class with the same name, or None."""
    if other.model is bench.model:
        return bench.target.index
    name = class_names(bench.model.labels)[bench.target.index]
    names = class_names(other.model.labels)
    return names.index(name) if name in names else None


def _choose_settings(
    method: Method, left: LoadedModel, right: LoadedModel, line: Any
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The method's settings for each side; they differ if the networks' defaults do."""
    chosen = choose_settings(left, method, "two-", place=line)
    if not chosen:
        return {}, {}
    theirs = settings_for(method, chosen, left, right)
    differing = [
        f"{row.title.lower()} {chosen[row.name]} on the left, {theirs[row.name]} on the right"
        for row in method.parameters(left.spec)
        if theirs.get(row.name) != chosen[row.name]
    ]
    if differing:
        st.caption(f"Each network has its own default: {', '.join(differing)}.")
    return chosen, theirs


def settings_for(
    method: Method, chosen: Mapping[str, Any], left: LoadedModel, right: LoadedModel
) -> Mapping[str, Any]:
    """The same settings for another network; for a default it gets that network's own default.

    The same number of pixels is another part of a picture at another input size; the defaults
    are the same part.

    Raises:
        AttributionError: a setting is not allowed there.
    """
    changed = {
        row.name: chosen[row.name]
        for row in method.parameters(left.spec)
        if chosen[row.name] != row.default
    }
    return method.settings(right.spec, changed)
