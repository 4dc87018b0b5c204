"""Runs a method on a model and returns its result.

Captum computes the map, on a function that is as fast as the network allows
(`network.fused.differentiable`), unless the method's row has a measured reason why it is computed
here (`ours`). The model's own network gets no hooks: fast passes read its weights, and what needs
hooks or other modules works on its own copy (`twins`). So any number of threads may use one model.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation, Watch
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.logit_or_probability import check_explains
from densenet_viz.attribution.methods import method_named
from densenet_viz.attribution.parameters import show_value
from densenet_viz.attribution.twins import fused_of
from densenet_viz.machine import devices
from densenet_viz.network.contrast import contrast
from densenet_viz.network.models import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.attributions import Attribution, Explains
from densenet_viz.results.traces import Maps, Picture


def attribute(
    model: LoadedModel,
    picture: Picture,
    *,
    method: str = "grad-cam",
    target: int | None = None,
    explains: Explains = "logit",
    against: int | None = None,
    logits: NDArray[np.float32] | None = None,
    device: str = "cpu",
    on_progress: Callable[[float], None] | None = None,
    on_preview: Callable[[Attribution], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    **parameters: object,
) -> Attribution:
    """What each pixel of `picture` adds to or takes from a class's logit, or its probability.

    Args:
        model: any number of threads may use it at once.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        method: a key of `METHODS`.
        target: the class's index, or None for the most probable one.
        explains: what of the class is explained; some methods can explain only the logit.
        against: the index of another class, whose logit is subtracted: the map then explains why
            it is the target and not this class.
        logits: (classes,), the network's output for this picture if it is already known; this
            saves a pass.
        device: "cpu", "cuda", or "auto" for the fastest available.
        on_progress: called before each forward pass with the part that is done, from 0, and with
            1 at the end; an exception from it stops the work.
        on_preview: called now and then with the map so far; it is not `finished`.
        cancelled: called before each forward pass.
        **parameters: the method's own, as its row describes them.

    Returns:
        Signed float32 values in the pixels of `model.picture(picture)`.

    Raises:
        AttributionError: the method, one of the classes, what is explained, the device or a
            parameter is not one that is allowed.
        Cancelled: `cancelled` returned True.
    """
    row = method_named(method)
    settings = row.settings(model.spec, parameters)
    chosen = check_explains(row, settings, explains)
    # Captum takes a second to load, and other modules use this one for what needs no map.
    from densenet_viz.attribution.computing import computed_by, explain

    wanted = None if target is None else check_target(model, target)
    place = check_device(device)
    naming = 0 if logits is not None else 1
    watch = Watch(row.cost(model.spec, settings).forward + naming, on_progress, cancelled)
    started = time.perf_counter()
    x = model.tensor(picture)
    known = answer(model, x, watch, place) if logits is None else logits
    index = int(known.argmax()) if wanted is None else wanted

    other = None if against is None else check_against(model, index, against, chosen)

    def result(found: Explanation, *, finished: bool) -> Attribution:
        return Attribution(
            method=row.name,
            values=_as_maps(found.values),
            target=model.prediction(known, index),
            predictions=model.predictions(known),
            computed_by=computed_by(row, settings),
            seconds=time.perf_counter() - started,
            forward_passes=watch.done,
            backward_passes=watch.back,
            convergence_delta=found.delta,
            parameters=dict(settings),
            explains=chosen,
            against=None if other is None else model.prediction(known, other),
            nodes=found.nodes,
            unscaled_delta=found.unscaled_delta,
            scaled_by=found.scaled_by,
            finished=finished,
        )

    def look(values: Tensor) -> None:
        if on_preview is not None:
            on_preview(result(Explanation(values), finished=False))

    asking = Asking(
        contrasted(model, index, other),
        x,
        index,
        watch=watch,
        explains=chosen,
        device=place,
        on_preview=None if on_preview is None else look,
    )
    with alone():
        settings = row.choose(asking, settings)
        found = explain(row, asking, settings)
        made = result(found, finished=True)
    watch.report(1.0)
    return made


def check_target(model: LoadedModel, target: int) -> int:
    """The class's index, if the model has such a class; else `AttributionError`."""
    count = len(model.labels)
    try:
        index = operator.index(target)
    except TypeError:
        index = -1
    if isinstance(target, bool) or not 0 <= index < count:
        raise AttributionError(
            f"target={show_value(target)} was given; a class from 0 to {count - 1} is allowed."
        )
    return index


def check_against(model: LoadedModel, target: int, against: int, explains: Explains) -> int:
    """The other class's index, if the two can be compared; else `AttributionError`."""
    index = check_target(model, against)
    if index == target:
        raise AttributionError("A class cannot be compared with itself; choose another one.")
    if explains != "logit":
        raise AttributionError("Two classes are compared by their logits, not by probabilities.")
    return index


def contrasted(model: LoadedModel, target: int, against: int | None) -> LoadedModel:
    """The model whose logit is explained: its own, or one class's minus another's."""
    return model if against is None else contrast(model, target, against)


def check_device(device: str) -> str:
    """The device to compute on, "auto" the last of `machine.devices`; else `AttributionError`."""
    here = devices()
    if device == "auto":
        return here[-1]
    if device not in here:
        raise AttributionError(
            f"device={show_value(device)} was given; allowed here: auto, {', '.join(here)}."
        )
    return device


@torch.no_grad()
def answer(model: LoadedModel, x: Tensor, watch: Watch, device: str) -> NDArray[np.float32]:
    """The logits of a (1, 3, S, S) input, (classes,)."""
    watch.before(len(x))
    logits = fused_of(model, device).logits(x.to(device))[0]
    return np.asarray(logits.float().cpu().numpy(), dtype=np.float32)


def _as_maps(values: Tensor) -> Maps:
    return np.ascontiguousarray(values.detach().float().cpu().numpy(), dtype=np.float32)
