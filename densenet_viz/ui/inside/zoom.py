"""Part 1 of the inside page: from the whole network down to one number."""

from __future__ import annotations

from typing import Any

import streamlit as st

from densenet_viz.facts.places import PARAMETERS, NoSuchPlace, Place, read_place
from densenet_viz.network.models import LoadedModel
from densenet_viz.stage.block.scene import block_rows
from densenet_viz.stage.inside.scene import inside_scene
from densenet_viz.stage.overview.scene import part_rows
from densenet_viz.ui.inside.details import detail_of
from densenet_viz.ui.inside.exciting import DESK, show_exciting
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.traces import trained_trace
from densenet_viz.ui.uploads import CurrentPicture

KEYS = ()
DESKS = (DESK,)
STAGE = "inside_stage"


def show_zoom(model: LoadedModel, picture: CurrentPicture) -> None:
    """Shows the whole part: the stage at the address's place, and its numbers as a table."""
    st.markdown(
        "Click a part, or press Enter on it, to go **into** it: network, block, layer, channel, "
        "and one number, which is a sum of products. Escape, or a link above the picture, goes "
        "back. All maps are of the current picture."
    )
    _show(model, picture)
    st.caption(
        f"{model.title}. {model.provenance} Shapes, parameters and multiply-adds are computed from "
        "the architecture; maps, sums and who reads which channels were captured while the network "
        "ran on the current picture."
    )


@st.fragment
def _show(model: LoadedModel, picture: CurrentPicture) -> None:
    """A fragment: going to another place does not rerun the rest of the page."""
    place = _place(model)
    key = f"{model.name} {picture.key}"
    scene = inside_scene(
        model.spec,
        model.picture(picture.pixels),
        place,
        None if _is_kept(place, key) else detail_of(model, picture, place),
        key=key,
        name=model.spec.name,
        trained=model.trained,
        alt=picture.caption,
    )
    show_stage("inside", scene, key=STAGE, on_place_change=_take_place)
    if place.level == "network":
        with st.expander("The numbers as a table"):
            st.table(part_rows(model.spec))
    elif place.level == "block":
        with st.expander("Who reads what, as a table"):
            st.table(block_rows(trained_trace(model, picture), block=place.block))
    show_exciting(model, place)


def _place(model: LoadedModel) -> Place:
    """The place that the address names."""
    try:
        return read_place(st.query_params, model.spec)
    except NoSuchPlace as error:
        st.warning(f"{error} This page shows the whole network instead.")
        return Place()


def _take_place() -> None:
    """Writes the place that the stage has told into the address, as one entry of the history."""
    told = _told()
    parts = {name: str(told.get(name) if told.get(name) is not None else "") for name in PARAMETERS}
    # A parameter of no values leaves the address; to delete it would be an entry of its own.
    st.query_params.update({name: text[:80] or [] for name, text in parts.items()})


def _told() -> dict[str, Any]:
    """What the stage told last: a place, the network's key, and whether it has kept the detail."""
    stage: Any = st.session_state.get(STAGE) or {}
    told = stage.get("place")
    return told if isinstance(told, dict) else {}


def _is_kept(place: Place, key: str) -> bool:
    """Whether the stage has said that it still has the detail of this place."""
    told = _told()
    parts = {name: told.get(name) for name in PARAMETERS}
    here = {"at": place.at, "channel": place.channel, "y": place.y, "x": place.x}
    return bool(told.get("kept")) and told.get("key") == key and parts == here
