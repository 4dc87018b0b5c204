"""What a method is: a row of words and limits, and a function that computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from densenet_viz.attribution.call import Call
from densenet_viz.attribution.parameters import Parameter, Settings, check_settings
from densenet_viz.facts.spec import DenseNetSpec

if TYPE_CHECKING:
    from densenet_viz.attribution.asking import Asking, Explanation

Family = Literal["gradients", "paths", "layers", "perturbations", "rules"]

FAMILIES: Mapping[Family, str] = {
    "gradients": "Gradients: what a small change does",
    "paths": "Paths: from a blank picture to this one",
    "layers": "Layers: what is inside the network",
    "perturbations": "Perturbations: cover a part and look",
    "rules": "Rules: the score, passed back layer by layer",
}
"""The kinds of method, in the order in which they are shown."""

AXIOMS: Mapping[str, str] = {
    "completeness": "the values add up to the score's rise over the baseline's",
    "sensitivity": "a pixel that alone changes the score gets a value other than zero",
    "dummy": "a pixel that never changes the score gets zero",
    "implementation invariance": "networks that compute the same function get the same map",
    "linearity": "the map of a sum of two networks is the sum of their maps",
    "symmetry": "pixels with the same effect get the same value",
}
"""What a method can promise (Sundararajan, Taly, Yan, ICML 2017, sections 2 and 3)."""


@dataclass(frozen=True)
class Cost:
    """The most forward passes and gradients, in pictures; finding the class is not counted."""

    forward: int
    backward: int


@dataclass(frozen=True)
class Ours:
    """A map that is computed here and not by Captum.

    `function` of `ours` computes it, as MODULE.NAME: so rows can be read without a framework.
    `likeness` says how near it is to Captum's map, and `reason` what was measured: a clause each.
    `equal` is True if it is Captum's map except for rounding. `when` says with which settings.
    """

    function: str = field(repr=False)
    likeness: str
    reason: str
    equal: bool = False
    when: Callable[[Settings], bool] = field(repr=False, default=lambda _settings: True)

    def explain(self, asking: Asking, settings: Settings) -> Explanation:
        module, _, name = self.function.partition(".")
        found: Any = getattr(import_module(f"densenet_viz.attribution.ours.{module}"), name)
        explanation: Explanation = found(asking, settings)
        return explanation


@dataclass(frozen=True)
class Method:
    """One way to find out what a network looked at.

    `question` is what its map answers, `caution` when not to trust it, `unit` what its values
    measure, `paper` its source, `axioms` which of `AXIOMS` hold for it. `complete` says whether
    the values add up to the score's rise over the baseline's. `parameters` and `cost` depend on
    the network, because its input size and blocks set the limits. `call` is the call of Captum that
    computes the map, or with `ours` the one that it is compared with; None if Captum has none.
    `only_logit` is a sentence that says why the method cannot explain a probability; "" if it can.
    `check` raises an `AttributionError` for settings that do not fit together, and `choose` fills
    in what a setting leaves to the picture.
    """

    name: str
    title: str
    family: Family
    question: str
    caution: str
    unit: str
    paper: str
    call: Callable[[Settings], Call] | None = field(repr=False)
    ours: Ours | None = None
    parameters: Callable[[DenseNetSpec], tuple[Parameter, ...]] = field(
        repr=False, default=lambda _spec: ()
    )
    cost: Callable[[DenseNetSpec, Settings], Cost] = field(
        repr=False, default=lambda _spec, _settings: Cost(1, 1)
    )
    axioms: tuple[str, ...] = ()
    complete: bool = False
    only_logit: str = ""
    check: Callable[[DenseNetSpec, Settings], None] = field(
        repr=False, default=lambda _spec, _settings: None
    )
    choose: Callable[[Asking, Settings], Settings] = field(
        repr=False, default=lambda _asking, settings: settings
    )

    def settings(self, spec: DenseNetSpec, given: Mapping[str, object]) -> Settings:
        """Every parameter with its given value or its default, checked.

        Raises:
            AttributionError: a name is unknown or a value is not allowed.
        """
        settings = check_settings(self.parameters(spec), given)
        self.check(spec, settings)
        return settings

    def ours_with(self, settings: Settings) -> Ours | None:
        """How the map is computed here; None if Captum computes it."""
        return self.ours if self.ours is not None and self.ours.when(settings) else None

    def takes(self, spec: DenseNetSpec, parameter: str) -> bool:
        """Whether it has a parameter of this name."""
        return any(row.name == parameter for row in self.parameters(spec))
