"""A page with several parts: the choice of the part that is shown, and the others' jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import streamlit as st

from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.work.jobs import leave


class Part(NamedTuple):
    """One part of a page."""

    title: str
    """Its name in the choice."""
    room: ModuleType
    """Has `KEYS`, session keys that are kept while another part is shown, and `DESKS`, its jobs."""
    show: Callable[..., None]


def choose_part(key: str, parts: Mapping[str, Part]) -> Callable[..., Any]:
    """A choice of the page's parts, the first by default; returns the chosen one's `show`.

    Args:
        key: of the choice, in the session and in the address.
        parts: by name in the address.
    """

    def title(name: str) -> str:
        return parts[name].title

    for part in parts.values():
        _keep(part.room.KEYS)
    if st.session_state.get(key, next(iter(parts))) not in parts:  # another page's part
        del st.session_state[key]
    take_from_address(key, parts, title)
    chosen = st.segmented_control(
        "Part",
        list(parts),
        default=next(iter(parts)),
        required=True,
        format_func=title,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
    for name, part in parts.items():
        if name != chosen:  # otherwise the jobs of another part would keep the models busy
            leave(part.room.DESKS)
    return parts[chosen].show


def _keep(keys: Iterable[str]) -> None:
    """Lets controls keep their values while they are not shown.

    Call it before the controls: Streamlit removes the old page's bound parameters from the
    address, and the new control's default would then replace the session's value.
    """
    for key in keys:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
