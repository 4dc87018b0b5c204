"""The visitor's own network beside the variants, from the address or from controls.

The address has the growth page's parameters, such as `?k=24&layers=12&bottleneck=false`, and
`block2`, `block3` and `block4`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.network.models import UNTRAINED
from densenet_viz.stage.variants.scene import variants_shown
from densenet_viz.ui.controls import (
    BOTTLENECK,
    CONTROLS,
    bottleneck_toggle,
    change_spec,
    growth_address,
    keep,
    slider,
    take_link,
)

BASE = VARIANTS["densenet121"]
IMPOSSIBLE = (
    "No network can have these numbers: a transition would keep no map. Choose a larger "
    "compression θ, or more maps before the transition. Only the five variants are shown."
)
_REFUSED = "_own_refused"


def refusal(address: Mapping[str, str]) -> str | None:
    """Why the configuration in an address cannot be drawn, or None if it can.

    The sentence does not repeat the address's text.

    >>> refusal({"k": "24", "bottleneck": "false"}) is None
    True
    >>> refusal({"k": "1e9"})
    'The address asks for a network that cannot be drawn here: growth rate k from 4 to 48 is \
allowed. Only the five variants are shown; use the controls below.'
    """
    wrong = [
        control.allowed
        for key, control in CONTROLS.items()
        if key in address and not control.accepts(address[key])
    ]
    if address.get(BOTTLENECK, "true").lower() not in ("true", "false"):
        wrong.append("bottleneck true or false")
    if not wrong:
        return None
    allowed = "; ".join(wrong)
    verb = "is" if len(wrong) == 1 else "are"
    return (
        f"The address asks for a network that cannot be drawn here: {allowed[0].lower()}"
        f"{allowed[1:]} {verb} allowed. Only the five variants are shown; use the controls below."
    )


def own_controls() -> DenseNetSpec | None:
    """Shows the controls; returns the visitor's network if it can exist and is none of the five.

    If there is none, a sentence on the page says why.
    """
    take_link((*CONTROLS, BOTTLENECK))
    given = {key: st.query_params[key] for key in (*CONTROLS, BOTTLENECK) if key in st.query_params}
    why = refusal(given)
    with st.expander(
        "Add your own network", icon=":material/tune:", expanded=bool(given) or _is_moved()
    ):
        st.markdown(
            "Change a number, and your network appears as the last strip, in the table and in the "
            "chart. The address contains it: copy it to share."
        )
        values = _values()
        st.button("Back to the five", on_click=_forget, disabled=not _is_moved(), key="own_forget")
        spec = _own(values)
    held = tuple(values.items())
    if why:
        st.session_state[_REFUSED] = (why, held)
    refused = st.session_state.get(_REFUSED)
    if refused and refused[1] == held:  # until a control is moved
        st.warning(refused[0], icon=":material/block:")
        return None
    st.session_state.pop(_REFUSED, None)
    return spec


def own_spec(values: Mapping[str, Any]) -> DenseNetSpec:
    """The network of the controls' values.

    Raises:
        SpecError: no network can have all of them, although each one is allowed.
    """
    blocks = (*(int(values[key]) for key in ("layers", "block2", "block3", "block4")),)
    return change_spec(BASE, values, blocks)


def _own(values: Mapping[str, Any]) -> DenseNetSpec | None:
    """The network of the values; None, and a sentence on the page, if it cannot be shown."""
    try:
        spec = own_spec(values)
    except SpecError:
        st.warning(IMPOSSIBLE, icon=":material/block:")
        return None
    for variant in variants_shown():
        if variant.spec == spec:
            st.caption(f"These are the numbers of {variant.title}, one of the five.")
            return None
    return spec


def growth_link(spec: DenseNetSpec) -> dict[str, str] | None:
    """The parameters of a link to the growth page, where only the first block can be changed.

    None if no variant has the same other blocks.
    """
    for name, variant in VARIANTS.items():
        if spec.block_config[1:] == variant.block_config[1:]:
            return {"model": f"{name}{UNTRAINED}", **growth_address(spec)}
    return None


def _values() -> dict[str, Any]:
    keep((*CONTROLS, BOTTLENECK))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        values = {key: slider(control, width=180) for key, control in CONTROLS.items()}
        values[BOTTLENECK] = bottleneck_toggle(BASE.bottleneck)
    return values


def _is_moved() -> bool:
    """Whether a control's value is not DenseNet-121's."""
    return any(st.session_state.get(key, value) != value for key, value in _defaults().items())


def _forget() -> None:
    """Sets every control to DenseNet-121's value."""
    for key, value in _defaults().items():
        st.session_state[key] = value


def _defaults() -> dict[str, Any]:
    return {**{key: control.default for key, control in CONTROLS.items()}, BOTTLENECK: True}
