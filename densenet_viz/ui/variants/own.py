"""The visitor's own network beside the variants, from the address or from the stage's controls.

The address has the growth page's parameters, such as `?k=24&layers=12&bottleneck=false`, and
`block2`, `block3` and `block4`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.network.models import UNTRAINED
from densenet_viz.stage.variants.scene import Explore, explore_scene
from densenet_viz.ui.control_kinds import Control, Switch
from densenet_viz.ui.controls import (
    BOTTLENECK,
    CONTROLS,
    WITH_BOTTLENECK,
    begin_from,
    change_spec,
    growth_address,
)
from densenet_viz.ui.staged import chosen_values, controls_scene

BASE = VARIANTS["densenet121"]
OWN_CONTROLS: Mapping[str, Control | Switch] = {**CONTROLS, BOTTLENECK: WITH_BOTTLENECK}
_REFUSED = "_own_refused"


def refusal(address: Mapping[str, str]) -> str | None:
    """Why the configuration in an address cannot be drawn, or None if it can.

    The sentence does not repeat the address's text.

    >>> refusal({"k": "24", "bottleneck": "false"}) is None
    True
    >>> refusal({"k": "1e9"})
    'The address asks for a network that cannot be drawn here: growth rate k from 4 to 48 is \
allowed. Only the five variants are shown; use the controls.'
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
        f"{allowed[1:]} {verb} allowed. Only the five variants are shown; use the controls."
    )


def own_network(stage: str) -> tuple[DenseNetSpec | None, Explore]:
    """The visitor's network, and the controls that the stage with the key `stage` shows.

    There is no network if no network can have the values, if it is one of the five, or if the
    address asked for values that are not allowed, until a control is moved.
    """
    begin_from(BASE)
    given = {key: st.query_params[key] for key in OWN_CONTROLS if key in st.query_params}
    why = refusal(given)
    values = chosen_values(OWN_CONTROLS)
    held = tuple(values.items())
    if why:
        st.session_state[_REFUSED] = (why, held)
    refused = st.session_state.get(_REFUSED, ("", None))
    sentence = refused[0] if refused[1] == held else ""
    explore = explore_scene(controls_scene(stage, OWN_CONTROLS, values), refused=sentence)
    return None if sentence else _own(values), explore


def own_spec(values: Mapping[str, Any]) -> DenseNetSpec:
    """The network of the controls' values.

    Raises:
        SpecError: no network can have all of them, although each one is allowed.
    """
    blocks = (*(int(values[key]) for key in ("layers", "block2", "block3", "block4")),)
    return change_spec(BASE, values, blocks)


def _own(values: Mapping[str, Any]) -> DenseNetSpec | None:
    """The network of the values; None if it cannot exist, or is one of the five."""
    try:
        spec = own_spec(values)
    except SpecError:
        return None
    return None if spec in VARIANTS.values() else spec


def growth_link(spec: DenseNetSpec) -> dict[str, str] | None:
    """The parameters of a link to the growth page, where only the first block can be changed.

    None if no variant has the same other blocks.
    """
    for name, variant in VARIANTS.items():
        if spec.block_config[1:] == variant.block_config[1:]:
            return {"model": f"{name}{UNTRAINED}", **growth_address(spec)}
    return None
