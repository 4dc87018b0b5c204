"""A network of the visitor's own beside the variants, from the address or from controls.

The address is the growth page's (`?k=24&layers=12&initial=64&bottleneck=false&compression=0.5`),
and `block2`, `block3`, `block4` on top of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from densenet_viz.spec import VARIANTS, DenseNetSpec
from densenet_viz.ui.controls import growth_address, keep

BASE = VARIANTS["densenet121"]
_REFUSED = "_own_refused"


@dataclass(frozen=True)
class Control:
    """A number of the configuration: its name in the address, its limits and its default."""

    key: str
    label: str
    low: float
    high: float
    step: float
    default: float
    help: str

    @property
    def allowed(self) -> str:
        return f"{self.label} from {self.low:g} to {self.high:g}"

    def accepts(self, text: str) -> bool:
        """Whether a text from an address is a number that the control can show."""
        try:
            value = float(text) if isinstance(self.default, float) else int(text)
        except ValueError:
            return False
        return math.isfinite(value) and self.low <= value <= self.high


CONTROLS: Mapping[str, Control] = {
    control.key: control
    for control in (
        Control("k", "Growth rate k", 4, 48, 4, 32, "Maps that each layer adds."),
        Control("initial", "Initial channels", 16, 128, 16, 64, "Maps that the stem hands over."),
        Control(
            "compression",
            *("Compression θ", 0.1, 1.0, 0.1, 0.5),
            "A transition keeps this share of its maps.",
        ),
        Control("layers", "Layers in block 1", 1, 24, 1, 6, "At 56 × 56 px."),
        Control("block2", "Layers in block 2", 1, 64, 1, 12, "At 28 × 28 px."),
        Control("block3", "Layers in block 3", 1, 64, 1, 24, "At 14 × 14 px."),
        Control("block4", "Layers in block 4", 1, 64, 1, 16, "At 7 × 7 px."),
    )
}
BOTTLENECK = "bottleneck"


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
    """Shows the controls; returns the visitor's network where it is not DenseNet-121's."""
    given = {key: st.query_params[key] for key in (*CONTROLS, BOTTLENECK) if key in st.query_params}
    why = refusal(given)
    with st.expander("Put your own beside them", icon=":material/tune:", expanded=bool(given)):
        st.markdown(
            "Change a number, and your network stands as the last strip, in the table and in the "
            "chart. The address keeps it: copy it to share."
        )
        values = _values()
        st.button("Back to the five", on_click=_forget, disabled=_is_base(values), key="own_forget")
    held = tuple(values.items())
    if why:
        st.session_state[_REFUSED] = (why, held)
    refused = st.session_state.get(_REFUSED)
    if refused and refused[1] == held:  # until a control is moved
        st.warning(refused[0], icon=":material/block:")
        return None
    st.session_state.pop(_REFUSED, None)
    return own_spec(values)


def own_spec(values: Mapping[str, Any]) -> DenseNetSpec | None:
    """The network of the controls' values; None where it is DenseNet-121 itself."""
    spec = replace(
        BASE,
        growth_rate=int(values["k"]),
        initial_channels=int(values["initial"]),
        compression=round(float(values["compression"]), 2),
        bottleneck=bool(values[BOTTLENECK]),
        block_config=(*(int(values[key]) for key in ("layers", "block2", "block3", "block4")),),
    )
    return None if spec == BASE else spec


def growth_link(spec: DenseNetSpec) -> dict[str, str] | None:
    """The address of a network on the growth page, where only the first block can be changed."""
    return growth_address(spec) if spec.block_config[1:] == BASE.block_config[1:] else None


def _values() -> dict[str, Any]:
    keep((*CONTROLS, BOTTLENECK))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        values: dict[str, Any] = {
            key: st.slider(
                control.label,
                control.low,
                control.high,
                control.default,
                control.step,
                key=key,
                help=control.help,
                bind="query-params",
                width=180,
            )
            for key, control in CONTROLS.items()
        }
        values[BOTTLENECK] = st.toggle(
            "Bottleneck 1×1",
            value=BASE.bottleneck,
            key=BOTTLENECK,
            bind="query-params",
            help="With it, a layer is 1×1 (4k maps) then 3×3 (k); without it, one 3×3.",
        )
    return values


def _is_base(values: Mapping[str, Any]) -> bool:
    return own_spec(values) is None


def _forget() -> None:
    """Every control goes back to DenseNet-121."""
    for key, control in CONTROLS.items():
        st.session_state[key] = control.default
    st.session_state[BOTTLENECK] = BASE.bottleneck
