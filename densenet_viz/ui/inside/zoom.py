"""Part 1 of the inside page: from the whole network down to one number."""

from __future__ import annotations

from typing import Any

import streamlit as st

from densenet_viz.facts.places import NoSuchPlace, Place, read_place
from densenet_viz.network.models import LoadedModel
from densenet_viz.stage.block.scene import block_rows
from densenet_viz.stage.inside.scene import inside_scene
from densenet_viz.stage.overview.scene import part_rows
from densenet_viz.ui.inside.details import detail_of
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.traces import trained_trace
from densenet_viz.ui.uploads import CurrentPicture

KEYS = ()
DESKS = ()
STAGE = "inside_stage"


def show_zoom(model: LoadedModel, picture: CurrentPicture) -> None:
    """Shows the whole part: the stage at the address's place, and its numbers as a table."""
    st.markdown(
        "Click a part, or press Enter on it, to go **into** it: network, block, layer, channel, "
        "and one number with the products that it is the sum of. Escape goes back. All maps are "
        "of the current picture."
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
    show_stage("inside", scene, key=STAGE, on_place_change=_note)
    if place.level == "network":
        with st.expander("The numbers as a table"):
            st.table(part_rows(model.spec))
    elif place.level == "block":
        with st.expander("The ledger as a table"):
            st.table(block_rows(trained_trace(model, picture), block=place.block))


def _place(model: LoadedModel) -> Place:
    """The place that the address names; the stage itself writes the address."""
    try:
        return read_place(st.query_params, model.spec)
    except NoSuchPlace as error:
        st.warning(f"{error} This page shows the whole network instead.")
        return Place()


def _note() -> None:
    """What the stage told is read from the session in the run that follows."""


def _is_kept(place: Place, key: str) -> bool:
    """Whether the stage has said that it still has the detail of this place."""
    stage: Any = st.session_state.get(STAGE) or {}
    told = stage.get("place") or {}
    parts = {name: told.get(name) for name in ("at", "channel", "y", "x")}
    here = {"at": place.at, "channel": place.channel, "y": place.y, "x": place.x}
    return bool(told.get("kept")) and told.get("key") == key and parts == here
