"""Runs a call of Captum on the fast network, or on the plain modules."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from densenet_viz.attribution.asking import Asking
from densenet_viz.attribution.baselines import baseline_inputs, baselines_in
from densenet_viz.attribution.call import MASK, START, STARTS, STDEVS, Call, run
from densenet_viz.attribution.drawing import drawing
from densenet_viz.attribution.parameters import Settings
from densenet_viz.attribution.superpixels import superpixels_in

_EXPECTED = (
    "Input Tensor .* did not already require gradients",
    "Setting (backward|forward, backward) hooks",
)
for _message in _EXPECTED:  # what Captum says although all is as it should be
    warnings.filterwarnings("ignore", message=_message)


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
