"""Choices that parts of the page Inside share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from densenet_viz.ui.current import take_from_address

INSTEAD = MappingProxyType({"zero": "zeros", "mean": "each map’s mean"})
"""What stands in the place of maps that are cut off."""


def choose(label: str, options: Mapping[str, str], key: str) -> str:
    """One of some options, the first by default; it is in the address, too."""
    take_from_address(key, list(options), options.__getitem__)
    chosen: str = st.segmented_control(
        label,
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=options.__getitem__,
        key=key,
        bind="query-params",
    )
    return chosen
