"""Controls that several pages share, and links that set them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.network.models import UNTRAINED
from densenet_viz.ui.control_kinds import Control, Switch

SEEN = "_growth_defaults"
"""The session's key for the numbers of the last model."""
_LINK = "with"


CONTROLS: Mapping[str, Control] = {
    control.key: control
    for control in (
        Control("k", "Growth rate k", 4, 48, 4, 32, "Maps that each layer adds."),
        Control("initial", "Initial channels", 16, 128, 16, 64, "Maps that the stem outputs."),
        Control(
            "compression",
            *("Compression θ", 0.1, 1.0, 0.1, 0.5),
            "A transition keeps this share of its maps.",
        ),
        Control("layers", "Layers in block 1", 1, 48, 1, 6, "At 56 × 56 px."),
        Control("block2", "Layers in block 2", 1, 64, 1, 12, "At 28 × 28 px."),
        Control("block3", "Layers in block 3", 1, 64, 1, 24, "At 14 × 14 px."),
        Control("block4", "Layers in block 4", 1, 64, 1, 16, "At 7 × 7 px."),
    )
}
"""The defaults are DenseNet-121's."""
BOTTLENECK = "bottleneck"
WITH_BOTTLENECK = Switch(
    *(BOTTLENECK, "Bottleneck 1×1", True),
    "With it, a layer is 1×1 (4k maps) then 3×3 (k); without it, one 3×3.",
)
GROWTH = ("k", "layers", "initial", "compression", BOTTLENECK)
"""The controls that the growth page has too."""


def growth_controls(base: DenseNetSpec) -> dict[str, Control | Switch]:
    """The controls of the growth page for a model's network, by name."""
    defaults = _defaults(base)
    layers = replace(CONTROLS["layers"], label="Layers", help="Layers in the first block.")
    rows = (CONTROLS["k"], layers, CONTROLS["initial"], CONTROLS["compression"])
    numbers = {row.key: row.around(defaults[row.key]) for row in rows}
    return {**numbers, BOTTLENECK: replace(WITH_BOTTLENECK, default=base.bottleneck)}


def growth_spec(base: DenseNetSpec, values: Mapping[str, Any]) -> DenseNetSpec:
    """`base` with the first block and the rules that a visitor chose; `base` if that cannot be."""
    if values == _defaults(base):  # its compression may have more decimals than the control shows
        return base
    try:
        return change_spec(base, values, (int(values["layers"]), *base.block_config[1:]))
    except SpecError:
        return base


def change_spec(
    base: DenseNetSpec, values: Mapping[str, Any], blocks: tuple[int, ...]
) -> DenseNetSpec:
    """`base` with `blocks` and what the controls of every block say.

    Raises:
        SpecError: no network can have all these numbers, although each one is allowed.
    """
    return replace(
        base,
        growth_rate=int(values["k"]),
        block_config=blocks,
        initial_channels=int(values["initial"]),
        compression=round(float(values["compression"]), 2),
        bottleneck=bool(values[BOTTLENECK]),
    )


def growth_address(spec: DenseNetSpec) -> dict[str, str]:
    """The controls' values as address parameters, for a link to another page.

    >>> address = growth_address(DenseNetSpec(growth_rate=24))
    >>> {key: address[key] for key in ("k", "layers", "bottleneck", "compression", "block3")}
    {'k': '24', 'layers': '6', 'bottleneck': 'true', 'compression': '0.5', 'block3': '24'}
    """
    first, *others = spec.block_config
    return {
        "k": f"{spec.growth_rate}",
        "layers": f"{first}",
        "initial": f"{spec.initial_channels}",
        BOTTLENECK: f"{spec.bottleneck}".lower(),
        "compression": f"{spec.compression:g}",
        **{f"block{number}": f"{layers}" for number, layers in enumerate(others, start=2)},
    }


def can_be_linked(spec: DenseNetSpec) -> bool:
    """Whether the controls can show all numbers of a network.

    >>> can_be_linked(DenseNetSpec()), can_be_linked(DenseNetSpec(12, (4, 4, 4)))
    (True, False)
    """
    address = growth_address(spec)
    return address.keys() == {*CONTROLS, BOTTLENECK} and all(
        _accepts(key, text) for key, text in address.items()
    )


# -- links ----------------------------------------------------------------------------------


def link_with(address: Mapping[str, str]) -> dict[str, str]:
    """The parameter of a link inside the app that sets controls, and the model, on its page.

    It is a separate parameter for two reasons. Streamlit removes from a link the parameters of
    the old page's controls. And a value that the session remembers wins over a link to the default.

    >>> link_with({"model": "densenet161-untrained", "k": "48"})
    {'with': 'model:densenet161-untrained,k:48'}
    """
    return {_LINK: ",".join(f"{key}:{value}" for key, value in address.items())}


def take_link(bound: Collection[str], models: Mapping[str, str] | None = None) -> None:
    """Sets the values of a link made by `link_with`, once, and runs the page again.

    Call it before the controls and the choice of model; values that cannot be shown are ignored.

    Args:
        bound: the keys of this page's controls, which go into the address.
        models: the titles in the choice of model, by name, if the page has one.
    """
    address = st.query_params.to_dict()
    if _LINK not in address:
        return
    given = dict(part.partition(":")[::2] for part in address.pop(_LINK).split(","))
    defaults: dict[str, Any] = {key: control.default for key, control in CONTROLS.items()}
    name = given.pop("model", "")
    if models and name in models:
        st.session_state["model"] = name
        address["model"] = models[name]
        if base := VARIANTS.get(name.removesuffix(UNTRAINED)):
            defaults |= _defaults(base)
            st.session_state[SEEN] = _defaults(base)  # the link's numbers belong to it
    for key, text in given.items():
        if _accepts(key, text):
            # The address wins over the session if its value is not the control's default.
            value = text == "true" if key == BOTTLENECK else CONTROLS[key].read(text)
            st.session_state[key] = value
            if key in bound and value != defaults.get(key, True):
                address[key] = text
    try:
        st.query_params.from_dict(address)
    except StreamlitAPIException:  # the visitor went back to the link, and the controls exist
        del st.query_params[_LINK]
    st.rerun()


def _accepts(key: str, value: str) -> bool:
    if key == BOTTLENECK:
        return value in ("true", "false")
    return key in CONTROLS and CONTROLS[key].accepts(value)


def _defaults(base: DenseNetSpec) -> dict[str, Any]:
    return {
        "k": base.growth_rate,
        "layers": base.block_config[0],
        "initial": base.initial_channels,
        "compression": max(0.01, round(base.compression, 2)),
        BOTTLENECK: base.bottleneck,
    }


def begin_from(base: DenseNetSpec) -> None:
    """Notes that the controls began with the numbers of `base`, if no model's were shown before.

    The growth page then goes over to the numbers of the model that is chosen there.
    """
    st.session_state.setdefault(SEEN, _defaults(base))


def follow(seen: str, defaults: dict[str, Any]) -> None:
    """Sets the controls to the numbers of another model when one is chosen.

    Call it before the controls; `seen` is the session's key for the numbers of the last model.
    """
    before = st.session_state.get(seen)
    st.session_state[seen] = defaults
    if before is not None and before != defaults:
        for name, value in defaults.items():
            st.session_state[name] = value
