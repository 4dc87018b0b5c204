"""The stages as Streamlit components, each registered once in a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from densenet_viz.lecture.server import HALL
from densenet_viz.stage.modules import SHARED_STYLE, adapt_stage, link_stage, sheets_of, style

SKELETON = '<div class="stage-skeleton" aria-hidden="true"></div>'
"""Keeps a stage's room until the stage is drawn, so that nothing below it jumps."""
ROOM = {
    "overview": (670, 1287),
    "growth": (714, 820),
    "block": (1233, 1653),
    "transition": (1168, 1883),
    "scissors": (760, 1240),
    "variants": (1225, 1602),
    "variants-count": (525, 1304),
    "scatter": (1040, 1040),
    "attribution": (837, 1407),
    "attribution-gallery": (55, 55),
    "attribution-bars": (235, 235),
    "bench": (1116, 1944),
    "lineup": (603, 688),
    "lecture": (300, 376),
}
"""About how tall a stage is with its first scene: in a window of 1,440 and of 390 px."""
PHONE = 640
"""The widest window, in px, in which a stage has about its phone's height."""


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
    css = (_skeleton_style(name), "" if served else style(*sheets))
    return st.components.v2.component(
        f"densenet_viz.{name}",
        html=SKELETON if name in ROOM else None,
        css="\n".join(filter(None, css)) or None,
        js=js,
    )


def _skeleton_style(name: str) -> str:
    if name not in ROOM:
        return ""
    wide, narrow = ROOM[name]
    return (
        f".stage-skeleton {{ height: {wide}px; }}\n"
        f"@media (max-width: {PHONE}px) {{ .stage-skeleton {{ height: {narrow}px; }} }}"
    )


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
