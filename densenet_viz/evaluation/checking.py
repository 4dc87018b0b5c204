"""Checks a map with Captum: its plain call, on the network's plain modules, now."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import torch

from densenet_viz.attribution import METHODS, AttributionError, attribute
from densenet_viz.attribution.asking import Asking, Watch
from densenet_viz.attribution.captum_maps import by_captum, given_for
from densenet_viz.attribution.computing import library
from densenet_viz.attribution.engine import contrasted
from densenet_viz.attribution.twins import twin_of
from densenet_viz.evaluation.similarity import ranked_alike
from densenet_viz.measure.peak_memory import PeakMemory
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.checks import CaptumCheck, Effort
from densenet_viz.results.traces import Maps, Picture

Made = TypeVar("Made")


def check_with_captum(
    model: LoadedModel,
    picture: Picture,
    attribution: Attribution,
    *,
    on_progress: Callable[[float], None] = lambda _part: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> CaptumCheck:
    """Computes a map again, and then Captum's map with the same settings, seed and baselines.

    Args:
        model: the map's model.
        picture: (H, W, 3) uint8, the map's picture.
        attribution: the map.
        on_progress: called before each pass with the part that is done, and with 1 at the end.
        cancelled: called before each pass.

    Raises:
        AttributionError: Captum has no call for this method.
        Cancelled: `cancelled` returned True.
    """
    row = METHODS[attribution.method]
    settings: Mapping[str, Any] = row.settings(model.spec, attribution.parameters)
    if row.call is None:
        assert row.ours is not None
        raise AttributionError(f"There is nothing to check with: {row.ours.likeness}.")
    call, target = row.call(settings), attribution.target.index
    other = None if attribution.against is None else attribution.against.index
    logits = np.zeros(len(model.labels), np.float32)  # only names the classes
    ours, our_effort = _measured(
        lambda: attribute(
            model,
            picture,
            method=row.name,
            target=target,
            explains=attribution.explains,
            against=other,
            logits=logits,
            on_progress=lambda part: on_progress(part / 2),
            cancelled=cancelled,
            **settings,
        )
    )
    passes = row.cost(model.spec, settings).forward
    watch = Watch(passes, lambda part: on_progress(0.5 + part / 2), cancelled)
    x = model.tensor(picture)
    explained = contrasted(model, target, other)
    asking = Asking(explained, x, target, watch=watch, explains=attribution.explains)
    given = given_for(call, asking, settings)

    with torch.no_grad():
        twin_of(explained)(asking.x)  # a first pass is slow; ours had its own before
    asking.watch.stop_if_cancelled()

    def theirs() -> Maps:
        values = by_captum(call, asking, settings, given, plain=True)
        return np.asarray(values.float().cpu().numpy(), dtype=np.float32)

    found, their_effort = _measured(theirs)
    on_progress(1.0)
    return CaptumCheck(
        ours=attribution,
        theirs=found,
        classes=f"{library()} · {call.title}",
        our_effort=our_effort,
        their_effort=their_effort,
        cosine=cosine(ours.values, found),
        rank=ranked_alike(ours.values.sum(0), found.sum(0)),
        largest_difference=largest_difference(ours.values, found),
    )


def _measured(compute: Callable[[], Made]) -> tuple[Made, Effort]:
    with PeakMemory() as memory:
        began = time.perf_counter()
        made = compute()
        seconds = time.perf_counter() - began
    return made, Effort(seconds, memory.above)


def cosine(one: Maps, other: Maps) -> float:
    """The cosine between two maps of one shape, -1 to 1; 0 if one of them is zero everywhere.

    >>> cosine(np.array([3.0, 4.0]), np.array([6.0, 8.0]))
    1.0
    """
    first, second = (np.asarray(each, np.float64).ravel() for each in (one, other))
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length else 0.0


def largest_difference(one: Maps, other: Maps) -> float:
    """The largest absolute difference, as a part of the other map's largest absolute value."""
    largest = float(np.abs(other).max())
    return float(np.abs(one - other).max()) / largest if largest else float(np.abs(one).max() > 0)
