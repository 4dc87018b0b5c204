"""Computes a method's map: by Captum, or by what is ours."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
from captum.attr import GradientAttribution
from captum.log import log_usage
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.captum_maps import by_captum, given_for
from densenet_viz.attribution.method import Method
from densenet_viz.attribution.methods import ours_in
from densenet_viz.attribution.parameters import Settings


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


class _Inner(GradientAttribution):  # type: ignore[misc]
    """One of our methods as one of Captum's, so that Captum's noise can go around it."""

    def __init__(self, explain: Callable[[Tensor], Tensor]) -> None:
        super().__init__(lambda x: x)
        self._explain = explain

    @log_usage()  # type: ignore[untyped-decorator]
    def attribute(self, inputs: Tensor, **_more: Any) -> Tensor:
        with torch.enable_grad():  # the noise around it needs none
            return torch.stack([self._explain(one[None].detach()) for one in inputs])
