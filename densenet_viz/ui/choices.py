"""What a visitor chooses on a stage is kept in the address, so that a link restores it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

import streamlit as st


def from_address(parameter: str, known: Collection[str]) -> list[str]:
    """The names that the address lists (`?lit=densenet121,resnet50`); unknown ones are left out.

    Args:
        parameter: the name of the address' parameter.
        known: all names that exist.
    """
    given = st.query_params.get(parameter, "").split(",")
    return [name for name in dict.fromkeys(given) if name in known]


def turn_to_new(key: str, names: Collection[str]) -> None:
    """Chooses a name that is new since the session's last run, such as a measurement.

    Call it before the widget of that key.
    """
    seen = st.session_state.setdefault(f"_{key}_seen", tuple(names))
    if new := [name for name in names if name not in seen]:
        st.session_state[key] = new[0]
    st.session_state[f"_{key}_seen"] = tuple(names)


def into_address(stage: str, told: str, parameter: str) -> Callable[[], None]:
    """A listener for `show_stage`: writes what the stage with key `stage` sends as `told` into the
    address, or removes the parameter if nothing is chosen.
    """
    return partial(_keep, stage, told, parameter)


def _keep(stage: str, told: str, parameter: str) -> None:
    value = st.session_state[stage][told]
    names = _names(value)
    if names:
        st.query_params[parameter] = ",".join(names)
    elif parameter in st.query_params:
        del st.query_params[parameter]


def _names(value: object) -> list[str]:
    """The names that a stage sends: one name, or `{"ids": [...]}`.

    >>> _names("resnet50"), _names({"ids": ["a", "b"]}), _names(None)
    (['resnet50'], ['a', 'b'], [])
    """
    if isinstance(value, str):
        return [value]
    listed = value.get("ids", []) if isinstance(value, dict) else []
    return [str(name) for name in listed] if isinstance(listed, Iterable) else []
