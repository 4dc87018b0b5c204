"""Choices of methods, and controls for a method's parameters, drawn from `METHODS`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

import streamlit as st

from densenet_viz.attribution import METHODS, Method, Number
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.ui.current import take_from_address


def title_of(method: str) -> str:
    """A method's title in a choice of methods."""
    return METHODS[method].title


def choose_method(
    key: str,
    names: Sequence[str] = tuple(METHODS),
    *,
    label: str = "Method",
    width: int | Literal["stretch"] = "stretch",
    place: Any = st,
) -> Method:
    """A choice of one method, bound to the address.

    Args:
        key: of the choice, in the session and in the address.
        names: of the methods that there are to choose from.
        label: what the choice is called.
        width: in pixels.
        place: where on the page it stands.
    """
    take_from_address(key, names, title_of)
    name = place.selectbox(
        label, list(names), key=key, format_func=title_of, bind="query-params", width=width
    )
    return METHODS[name]


def choose_methods(
    key: str,
    first: Sequence[str],
    most: int,
    *,
    label: str = "Methods",
    names: Sequence[str] = tuple(METHODS),
    help: str | None = None,  # noqa: A002  # as Streamlit calls it
) -> list[str]:
    """A choice of up to `most` methods, bound to the address; `first` before there is one."""
    chosen: list[str] = st.multiselect(
        label,
        list(names),
        list(first),
        key=key,
        format_func=title_of,
        max_selections=most,
        bind="query-params",
        help=help,
    )
    return chosen


def choose_settings(
    model: LoadedModel,
    method: Method,
    key: str,
    *,
    without: Collection[str] = (),
    place: Any = st,
) -> dict[str, Any]:
    """The controls of `settings_controls` behind a button; nothing where there are none."""
    if all(row.name in without for row in method.parameters(model.spec)):
        return {}
    with place.popover("Settings of the method", icon=":material/tune:"):
        return settings_controls(model, method, key=key, without=without)


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
