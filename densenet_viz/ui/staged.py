"""Numbers that a visitor chooses in a stage: in the session, in the address, and as the stage's own
controls.

The stage redraws at once, changes the address, and sends its last choice. Then the session is what
counts: the browser may still send an older address with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import streamlit as st

from densenet_viz.stage.shared.controls import (
    ChoiceControl,
    ControlsScene,
    NumberControl,
    SwitchControl,
)
from densenet_viz.stage.shared.packing import only_new
from densenet_viz.ui import stages
from densenet_viz.ui.control_kinds import Choice, Control, Switch

CHOSEN = "chosen"
"""What a stage sends its choice as: `{"asked": number, "values": {name: value}, "held": [name]}`.

`held` are the names of the maps that the page holds, which are not sent again.
"""
Row = Control | Switch | Choice
Rows = Mapping[str, Row]


def take_choice(stage: str, rows: Rows) -> Callable[[], None]:
    """A listener of a stage: puts what the stage with that key chose into the session.

    Values that a control cannot have are ignored, as they did not come from the stage.
    """
    return partial(_take, stage, rows)


def _take(stage: str, rows: Rows) -> None:
    values = _told(stage).get("values")
    for key, row in rows.items():
        if isinstance(values, Mapping) and row.allows(values.get(key)):
            st.session_state[key] = values[key]


def show_explored(name: str, scene: Mapping[str, Any], stage: str, rows: Rows) -> None:
    """Shows the stage `name`, whose controls are `rows`, under the key `stage`.

    The scene is sent without the maps that the browser said it holds.
    """
    told = _told(stage).get("held")
    held = frozenset(filter(_is_text, told)) if isinstance(told, list) else frozenset[str]()
    listener = take_choice(stage, rows)
    stages.show_stage(name, only_new(scene, held), key=stage, on_chosen_change=listener)


def until_shown(stage: str) -> AbstractContextManager[None]:
    """Says that the network runs, while the stage with that key has not had its first scene.

    Later the stage itself says so, in its place.
    """
    if stage in st.session_state:
        return nullcontext()
    return st.spinner("The network runs on your picture; its maps are shown here.")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _told(stage: str) -> Mapping[str, Any]:
    told = (st.session_state.get(stage) or {}).get(CHOSEN)
    return told if isinstance(told, Mapping) else {}


def chosen_values(rows: Rows) -> dict[str, Any]:
    """The values in the session, by name; a new session takes them from the address.

    A value outside a control's limits, kept from another network, is moved into them. Afterwards
    the address has the values that are not their defaults.
    """
    values = {key: _value(row, st.query_params.get(key)) for key, row in rows.items()}
    for key, value in values.items():
        st.session_state[key] = value
        _into_address(key, None if value == rows[key].default else value)
    return values


def _into_address(key: str, value: Any) -> None:
    """Each parameter by itself: Streamlit refuses to set all of them if a widget has one."""
    if value is None:
        if key in st.query_params:
            del st.query_params[key]
        return
    text = f"{value}".lower() if isinstance(value, bool) else f"{value:g}"
    if st.query_params.get(key) != text:
        st.query_params[key] = text


def _value(row: Row, text: str | None) -> Any:
    kept = st.session_state.get(row.key)
    if kept is None:
        return row.read(text) if text is not None and row.accepts(text) else row.default
    if isinstance(row, Control):
        return min(max(kept, row.low), row.high)
    return kept if row.allows(kept) else row.default


def controls_scene(stage: str, rows: Rows, values: Mapping[str, Any]) -> ControlsScene:
    """The controls as a stage shows them (`ControlsScene` in controls.js)."""
    asked = _told(stage).get("asked")
    numbers = [_number(row, values) for row in rows.values() if isinstance(row, Control)]
    switches = [_switch(row, values) for row in rows.values() if isinstance(row, Switch)]
    return {
        "asked": asked if isinstance(asked, int) else 0,
        "numbers": numbers,
        "switches": switches,
        "choices": [_choice(row, values) for row in rows.values() if isinstance(row, Choice)],
    }


def _number(row: Control, values: Mapping[str, Any]) -> NumberControl:
    return {
        "name": row.key,
        "label": row.label,
        "hint": row.help,
        "low": row.low,
        "high": row.high,
        "step": row.step,
        "default": row.default,
        "value": values[row.key],
    }


def _switch(row: Switch, values: Mapping[str, Any]) -> SwitchControl:
    return {
        "name": row.key,
        "label": row.label,
        "hint": row.help,
        "default": row.default,
        "value": values[row.key],
    }


def _choice(row: Choice, values: Mapping[str, Any]) -> ChoiceControl:
    return {
        "name": row.key,
        "label": row.label,
        "hint": row.help,
        "options": list(row.options),
        "default": row.default,
        "value": values[row.key],
    }
