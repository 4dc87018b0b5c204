"""Controls for a method's parameters, drawn from its row in `METHODS`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS, Method, Number
from densenet_viz.network.loaded import LoadedModel


def title_of(method: str) -> str:
    """A method's title in a choice of methods."""
    return METHODS[method].title


def settings_controls(
    model: LoadedModel, method: Method, *, key: str = "", without: Collection[str] = ()
) -> dict[str, Any]:
    """A control for each parameter of the method; returns their values, by parameter.

    Args:
        model: its input size and blocks set the limits.
        method: whose parameters.
        key: a prefix for the controls' keys, if a page has a method's controls twice.
        without: parameters that have their control elsewhere.
    """
    settings: dict[str, Any] = {}
    for row in method.parameters(model.spec):
        if row.name in without:
            continue
        mine = f"{key}{model.name}-{method.name}-{row.name}"
        if isinstance(row, Number):
            title = f"{row.title} ({row.unit})" if row.unit else row.title
            settings[row.name] = st.slider(title, row.low, row.high, row.default, key=mine)
        else:
            place = row.choices.index(row.default)
            settings[row.name] = st.selectbox(row.title, row.choices, place, key=mine)
    return settings
