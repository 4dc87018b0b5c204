"""The stages as Streamlit components, each registered once in a process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from densenet_viz.stage.modules import SHARED_STYLE, adapt_stage, style, style_of


@cache
def _component(name: str) -> ComponentRenderer:
    css = f"{style(SHARED_STYLE)}\n{style_of(name)}"
    return st.components.v2.component(f"densenet_viz.{name}", css=css, js=adapt_stage(name))


def show_stage(name: str, scene: Mapping[str, Any], *, key: str, **listeners: Any) -> Any:
    """Mounts stage `name` (its module, as `stage_file` says, exports `mount`) with one JSON scene.

    A later run with the same key gives the new scene to the mounted stage, which keeps its state.
    `on_NAME_change=` is called when the stage sends NAME; its value is then in
    `st.session_state[key][NAME]`.
    """
    return _component(name)(key=key, data=dict(scene), height="content", **listeners)
