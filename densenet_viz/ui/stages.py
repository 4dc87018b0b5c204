"""The stages as Streamlit components, each registered once in a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from densenet_viz.lecture.server import HALL
from densenet_viz.stage.modules import SHARED_STYLE, adapt_stage, link_stage, sheets_of, style


def stage_component(name: str, sheets: Sequence[str] | None = None) -> ComponentRenderer:
    """The component of a stage, registered once.

    Its files come from the app's own route, or with each answer if the server lacks the route.

    Args:
        name: the stage's name.
        sheets: the paths of its style sheets; by default the stage's own.
    """
    given = (SHARED_STYLE, *sheets_of(name)) if sheets is None else tuple(sheets)
    return _component(name, given, HALL.served)


@cache
def _component(name: str, sheets: tuple[str, ...], served: bool) -> ComponentRenderer:
    js = link_stage(name, sheets) if served else adapt_stage(name)
    css = None if served else style(*sheets) or None
    return st.components.v2.component(f"densenet_viz.{name}", css=css, js=js)


def show_stage(
    name: str,
    scene: Mapping[str, Any],
    *,
    key: str,
    sheets: Sequence[str] | None = None,
    **listeners: Any,
) -> Any:
    """Mounts stage `name` (its module, as `stage_file` says, exports `mount`) with one JSON scene.

    A later run with the same key gives the new scene to the mounted stage, which keeps its state.
    `on_NAME_change=` is called when the stage sends NAME; its value is then in
    `st.session_state[key][NAME]`. `sheets` are as in `stage_component`.
    """
    # In a dictionary, Streamlit would look for tables, and load pandas for that.
    data = [dict(scene)]
    return stage_component(name, sheets)(key=key, data=data, height="content", **listeners)
