"""A network of the visitor's own beside the variants, from the address or from controls.

The address is the growth page's (`?k=24&layers=12&initial=64&bottleneck=false&compression=0.5`),
and `block2`, `block3`, `block4` on top of it.
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
    "No network can have these numbers: a transition would keep not even one map. Take a larger "
    "compression θ, or more maps before it. Until then the five stand without yours."
)
_REFUSED = "_own_refused"


def refusal(address: Mapping[str, str]) -> str | None:
    """Why the configuration that an address asks for cannot be drawn, or None where it can.

    The sentence repeats nothing of what was given.

    >>> refusal({"k": "24", "bottleneck": "false"}) is None
    True
    >>> refusal({"k": "1e9"})
    'The address asks for a network that cannot be drawn here: growth rate k from 4 to 48 is \
allowed. The five stand without it; the controls below make one that can.'
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
        f"{allowed[1:]} {verb} allowed. The five stand without it; the controls below make one "
        "that can."
    )


def own_controls() -> DenseNetSpec | None:
    """Shows the controls; returns the visitor's network where it can be, and is none of the five.

    Says in a sentence why there is none.
    """
    take_link((*CONTROLS, BOTTLENECK))
    given = {key: st.query_params[key] for key in (*CONTROLS, BOTTLENECK) if key in st.query_params}
    why = refusal(given)
    with st.expander(
        "Put your own beside them", icon=":material/tune:", expanded=bool(given) or _is_moved()
    ):
        st.markdown(
            "Change a number, and your network stands as the last strip, in the table and in the "
            "chart. The address keeps it: copy it to share."
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
        SpecError: none can have them, although each is allowed by itself.
    """
    blocks = (*(int(values[key]) for key in ("layers", "block2", "block3", "block4")),)
    return change_spec(BASE, values, blocks)


def _own(values: Mapping[str, Any]) -> DenseNetSpec | None:
    """The network of the values, or a sentence why it does not stand beside the five."""
    try:
        spec = own_spec(values)
    except SpecError:
        st.warning(IMPOSSIBLE, icon=":material/block:")
        return None
    for variant in variants_shown():
        if variant.spec == spec:
            st.caption(f"These are {variant.title}’s numbers: it is among the five.")
            return None
    return spec


def growth_link(spec: DenseNetSpec) -> dict[str, str] | None:
    """What a network is called on the growth page, where only the first block can be changed.

    None where no variant has its other blocks.
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
    """Whether a control stands elsewhere than at DenseNet-121's."""
    return any(st.session_state.get(key, value) != value for key, value in _defaults().items())


def _forget() -> None:
    """Every control goes back to DenseNet-121."""
    for key, value in _defaults().items():
        st.session_state[key] = value


def _defaults() -> dict[str, Any]:
    return {**{key: control.default for key, control in CONTROLS.items()}, BOTTLENECK: True}
