"""Controls that more than one place reads, each bound to the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import streamlit as st

from densenet_viz.spec import DenseNetSpec

_SEEN = "_growth_defaults"


def growth_spec(container: Any, base: DenseNetSpec) -> DenseNetSpec:
    """The network that the visitor asks for: `base` with its first block and rules changed.

    Each control stands in the address (`?k=24&layers=12`), so a link restores the view.
    """
    defaults = {
        "k": base.growth_rate,
        "layers": base.block_config[0],
        "initial": base.initial_channels,
        "bottleneck": base.bottleneck,
        "compression": base.compression,
    }
    _follow(defaults)
    with container.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        k = _slider("Growth rate k", 4, 48, 4, "k", defaults, "Maps that each layer adds.")
        layers = _slider("Layers", 1, 24, 1, "layers", defaults, "Layers in the first block.")
        initial = _slider(
            "Initial channels", 16, 128, 16, "initial", defaults, "Maps that the stem hands over."
        )
        compression = _slider(
            "Compression θ",
            *(0.1, 1.0, 0.1, "compression", defaults),
            "A transition keeps this share of its maps.",
        )
        bottleneck = st.toggle(
            "Bottleneck 1×1",
            value=base.bottleneck,
            key="bottleneck",
            bind="query-params",
            help="With it, a layer is 1×1 (4k maps) then 3×3 (k); without it, one 3×3.",
        )
    return replace(
        base,
        growth_rate=int(k),
        block_config=(int(layers), *base.block_config[1:]),
        initial_channels=int(initial),
        compression=round(float(compression), 2),
        bottleneck=bool(bottleneck),
    )


def growth_address(spec: DenseNetSpec) -> dict[str, str]:
    """The controls' settings as an address names them, for a link to another page.

    >>> growth_address(DenseNetSpec(growth_rate=24))
    {'k': '24', 'layers': '6', 'initial': '64', 'bottleneck': 'true', 'compression': '0.5'}
    """
    return {
        "k": f"{spec.growth_rate}",
        "layers": f"{spec.block_config[0]}",
        "initial": f"{spec.initial_channels}",
        "bottleneck": f"{spec.bottleneck}".lower(),
        "compression": f"{spec.compression:g}",
    }


def keep(keys: Iterable[str]) -> None:
    """Lets controls that two pages share keep their values from one to the other.

    To be called before the controls: a bound parameter of the page before is taken out of the
    address, and what the session knows of it would give way to the new control's default.
    """
    for key in keys:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _follow(defaults: dict[str, Any]) -> None:
    """Another model brings its own numbers: the controls go back to them."""
    before = st.session_state.get(_SEEN)
    st.session_state[_SEEN] = defaults
    keep(defaults)
    if before is not None and before != defaults:
        for name, value in defaults.items():
            st.session_state[name] = value


def _slider(
    label: str, low: float, high: float, step: float, key: str, defaults: dict[str, Any], help_: str
) -> Any:
    return st.slider(
        label,
        low,
        high,
        defaults[key],
        step,
        key=key,
        help=help_,
        bind="query-params",
        width=160,
    )
