"""Computes a method's map: by Captum, or by what is ours."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
from captum.attr import GradientAttribution
from captum.log import log_usage
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs, baselines_in
from densenet_viz.attribution.call import MASK, START, STARTS, STDEVS, Call, run
from densenet_viz.attribution.drawing import drawing
from densenet_viz.attribution.method import Method
from densenet_viz.attribution.methods import ours_in
from densenet_viz.attribution.parameters import Settings
from densenet_viz.attribution.superpixels import superpixels_in

_EXPECTED = (
    "Input Tensor .* did not already require gradients",
    "Setting (backward|forward, backward) hooks",
)
for _message in _EXPECTED:  # what Captum says although all is as it should be
    warnings.filterwarnings("ignore", message=_message)


def library() -> str:
    """Captum's name and version."""
    return f"Captum {version('captum')}"


def computed_by(row: Method, settings: Settings) -> str:
    """Who computes the map: the library's version and classes, or "ours" and how near it is."""
    found = ours_in(row, settings)
    if found is not None and found[0] is row:
        return f"ours: {found[1].likeness}"
    assert row.call is not None
    classes = row.call(settings).title
    if found is not None:
        classes = f"{classes.partition('(')[0]}(our {found[0].title})"
    return f"{library()} · {classes}"


def explain(row: Method, asking: Asking, settings: Settings) -> Explanation:
    """The map, and how far its sum is from the score's rise if the method says that they agree."""
    inner, ours = ours_in(row, settings) or (row, None)
    if ours and inner is row:
        return ours.explain(asking, settings)
    assert row.call is not None
    call = row.call(settings)
    given = given_for(call, asking, settings)
    if ours:
        defaults = inner.settings(asking.model.spec, {})
        given[call.make] = lambda _network: _Inner(
            lambda x: ours.explain(asking.about(x), defaults).values
        )
    show = asking.show if asking.is_watched else None
    values = by_captum(call, asking, settings, given, show=show)
    if not row.complete:
        return Explanation(values)
    rise = asking.scores(asking.x) - asking.scores(given["starts"]).mean()
    return Explanation(values, float(values.double().sum() - rise))


def by_captum(
    call: Call,
    asking: Asking,
    settings: Settings,
    given: dict[str, Any],
    *,
    plain: bool = False,
    show: Callable[[Tensor], None] | None = None,
) -> Tensor:
    """The map by Captum, on the fast network or on a `plain` copy of the modules."""
    if show is not None and call.sketch:
        asking.watch.expect(sum(call.sketch.values()))
        show(by_captum(call.rougher(), asking, settings, given, plain=plain))
    with drawing(
        settings.get("seed", 0),
        with_numpy=call.draws_with_numpy,
        waiting=asking.watch.stop_if_cancelled,
    ):
        return run(call, asking.network(call, plain=plain), asking.x, asking.target, given, show)


def given_for(call: Call, asking: Asking, settings: Settings) -> dict[str, Any]:
    """The values of the names that a call uses."""
    given: dict[str, Any] = {"at_once": asking.batch}
    model, x = asking.model, asking.x
    if call.uses(START) or call.uses(STARTS):
        given["starts"] = baseline_inputs(model, x, *baselines_in(settings))
    if call.uses(STDEVS):
        given["stdevs"] = settings["noise"] / 100 * float(x.max() - x.min())
    if call.uses(MASK):
        labels = torch.from_numpy(superpixels_in(model, x, settings["segments"]))
        given["mask"] = labels.to(x.device).repeat(1, 3, 1, 1)
    return given


class _Inner(GradientAttribution):  # type: ignore[misc]
    """One of our methods as one of Captum's, so that Captum's noise can go around it."""

    def __init__(self, explain: Callable[[Tensor], Tensor]) -> None:
        super().__init__(lambda x: x)
        self._explain = explain

    @log_usage()  # type: ignore[untyped-decorator]
    def attribute(self, inputs: Tensor, **_more: Any) -> Tensor:
        with torch.enable_grad():  # the noise around it needs none
            return torch.stack([self._explain(one[None].detach()) for one in inputs])
