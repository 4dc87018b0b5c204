"""A page in parts, of which one is shown: the choice, and what the others leave behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import streamlit as st

from densenet_viz.ui.controls import keep
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.work.jobs import leave


class Part(NamedTuple):
    """One part of a page."""

    title: str
    """What the choice calls it."""
    room: ModuleType
    """Has `KEYS`, the session's that outlive a visit to another part, and `DESKS`, its jobs."""
    show: Callable[..., None]


def choose_part(key: str, parts: Mapping[str, Part]) -> Callable[..., Any]:
    """A choice of the page's parts, the first by default; returns what shows the chosen one.

    Args:
        key: of the choice, in the session and in the address.
        parts: by name in the address.
    """

    def title(name: str) -> str:
        return parts[name].title

    for part in parts.values():
        keep(part.room.KEYS)
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
        if name != chosen:  # what another part still computes would keep the models from this one
            leave(part.room.DESKS)
    return parts[chosen].show
