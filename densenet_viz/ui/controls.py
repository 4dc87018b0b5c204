"""Controls that more than one place reads, each bound to the address, and links that set them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.network.models import UNTRAINED

_SEEN = "_growth_defaults"
_LINK = "with"


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
            value = self.read(text)
        except ValueError:
            return False
        return math.isfinite(value) and self.low <= value <= self.high

    def read(self, text: str) -> float:
        """The number that a text stands for.

        Raises:
            ValueError: it stands for none.
        """
        return float(text) if isinstance(self.default, float) else int(text)

    def around(self, default: float) -> Control:
        """The control of a network whose number may lie outside the limits, or between steps.

        >>> row = Control("k", "Growth rate k", 4, 48, 4, 32, "")
        >>> [(c.low, c.high, c.step, c.default) for c in map(row.around, (12, 10, 2, 64))]
        [(4, 48, 4, 12), (4, 48, 1, 10), (2, 48, 1, 2), (4, 64, 4, 64)]
        """
        steps = (default - self.low) / self.step
        fits = steps > -1e-6 and abs(steps - round(steps)) < 1e-6
        finest = 0.01 if isinstance(self.default, float) else 1
        return replace(
            self,
            low=min(self.low, default),
            high=max(self.high, default),
            step=self.step if fits else finest,
            default=default,
        )


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
"""The defaults are DenseNet-121's."""
BOTTLENECK = "bottleneck"
GROWTH = ("k", "layers", "initial", "compression", BOTTLENECK)
"""The controls that the growth page has too."""


def growth_spec(container: Any, base: DenseNetSpec) -> DenseNetSpec:
    """The network that the visitor asks for: `base` with its first block and rules changed.

    Each control stands in the address (`?k=24&layers=12`), so a link restores the view.
    """
    defaults = _defaults(base)
    follow(_SEEN, defaults)
    layers = replace(CONTROLS["layers"], label="Layers", help="Layers in the first block.")
    shown = (CONTROLS["k"], layers, CONTROLS["initial"], CONTROLS["compression"])
    with container.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        values = {
            control.key: slider(control.around(defaults[control.key]), width=160)
            for control in shown
        }
        values[BOTTLENECK] = bottleneck_toggle(base.bottleneck)
    if values == defaults:  # its compression may have more decimals than the control shows
        return base
    try:
        return change_spec(base, values, (int(values["layers"]), *base.block_config[1:]))
    except SpecError as error:
        container.warning(f"{error} Until then this page shows the model’s own numbers.")
        return base


def change_spec(
    base: DenseNetSpec, values: Mapping[str, Any], blocks: tuple[int, ...]
) -> DenseNetSpec:
    """`base` with `blocks` and what the controls of every block say.

    Raises:
        SpecError: no network can have these numbers, although each is allowed by itself.
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
    """The controls' settings as an address names them, for a link to another page.

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
    """Whether the controls of every block can show all of a network's numbers.

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

    A parameter of its own: Streamlit takes out of a link what a control of the page that is left
    is bound to, and what the session remembers of a control wins over a link to its default.

    >>> link_with({"model": "densenet161-untrained", "k": "48"})
    {'with': 'model:densenet161-untrained,k:48'}
    """
    return {_LINK: ",".join(f"{key}:{value}" for key, value in address.items())}


def take_link(bound: Collection[str], models: Mapping[str, str] | None = None) -> None:
    """Sets what a link of `link_with` names, once, and lets the page run again with it.

    To be called before the controls and the choice of model; what cannot be shown is left out.

    Args:
        bound: the keys that this page has a control for, which go into the address.
        models: what the choice of model calls each, where the page has one.
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
            st.session_state[_SEEN] = _defaults(base)  # the link's numbers are meant for it
    for key, text in given.items():
        if _accepts(key, text):
            # The address wins over the session where it names other than the control's default.
            value = text == "true" if key == BOTTLENECK else CONTROLS[key].read(text)
            st.session_state[key] = value
            if key in bound and value != defaults.get(key, True):
                address[key] = text
    try:
        st.query_params.from_dict(address)
    except StreamlitAPIException:  # the visitor went back to the link, and the controls stand
        del st.query_params[_LINK]
    st.rerun()


def _accepts(key: str, value: str) -> bool:
    if key == BOTTLENECK:
        return value in ("true", "false")
    return key in CONTROLS and CONTROLS[key].accepts(value)


# -- controls -------------------------------------------------------------------------------


def keep(keys: Iterable[str]) -> None:
    """Lets controls that two pages share keep their values from one to the other.

    To be called before the controls: a bound parameter of the page before is taken out of the
    address, and what the session knows of it would give way to the new control's default.
    """
    for key in keys:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def slider(control: Control, *, width: int) -> Any:
    """A slider of a control, bound to the address; `width` in CSS pixels.

    What the session kept of it for another network is moved into its limits.
    """
    kept = st.session_state.get(control.key)
    if kept is not None and not control.low <= kept <= control.high:
        st.session_state[control.key] = min(max(kept, control.low), control.high)
    return st.slider(
        control.label,
        control.low,
        control.high,
        control.default,
        control.step,
        key=control.key,
        help=control.help,
        bind="query-params",
        width=width,
    )


def bottleneck_toggle(default: bool) -> bool:
    """Whether layers have a bottleneck, bound to the address."""
    return st.toggle(
        "Bottleneck 1×1",
        value=default,
        key=BOTTLENECK,
        bind="query-params",
        help="With it, a layer is 1×1 (4k maps) then 3×3 (k); without it, one 3×3.",
    )


def _defaults(base: DenseNetSpec) -> dict[str, Any]:
    return {
        "k": base.growth_rate,
        "layers": base.block_config[0],
        "initial": base.initial_channels,
        "compression": max(0.01, round(base.compression, 2)),
        BOTTLENECK: base.bottleneck,
    }


def follow(seen: str, defaults: dict[str, Any]) -> None:
    """Another model brings its own numbers: the controls go back to them.

    To be called before the controls; `seen` is where the session keeps the numbers of before.
    """
    before = st.session_state.get(seen)
    st.session_state[seen] = defaults
    keep(defaults)
    if before is not None and before != defaults:
        for name, value in defaults.items():
            st.session_state[name] = value
