"""Runs a method on a model, and gives back everything that it borrowed.

Captum's hooks see every pass through a network, another thread's too: from several threads on one
model it raises or is silently wrong. Everything here happens under the model's lock.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import captum.attr  # noqa: F401  # now, so that no attribution's seconds hold this import
import numpy as np
import torch
from torch import Tensor, nn

from densenet_viz.attribution.errors import AttributionError, Cancelled
from densenet_viz.attribution.methods import method_named
from densenet_viz.attribution.parameters import shown
from densenet_viz.network.models import LoadedModel
from densenet_viz.results import Attribution, Maps, Picture

LOCK_POLL = 0.1
"""Seconds between two looks at `cancelled` while another thread holds the model."""


def attribute(
    model: LoadedModel,
    picture: Picture,
    *,
    method: str = "grad-cam",
    target: int | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    **parameters: object,
) -> Attribution:
    """What each pixel of `picture` adds to or takes from the score of a class.

    Args:
        model: whose network is asked; other threads wait for it.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        method: a key of `METHODS`.
        target: the class's index, or None for the most probable one.
        on_progress: called before each forward pass with the part that is done, from 0, and with
            1 at the end; what it raises stops the work.
        cancelled: asked before each forward pass, and while another thread has the model.
        **parameters: the method's own, as its row describes them.

    Returns:
        Signed float32 values in the pixels of `model.picture(picture)`.

    Raises:
        AttributionError: the method, the target or a parameter is not one that is allowed.
        Cancelled: `cancelled` answered yes.
    """
    row = method_named(method)
    settings = row.settings(model.spec, parameters)
    wanted = None if target is None else checked_target(model, target)
    watch = _Watch(row.cost(model.spec, settings).forward + 1, on_progress, cancelled)
    with _held(model.lock, watch), _borrowed(model.network), watch.over(model.network):
        started = time.perf_counter()
        x = model.tensor(picture)
        logits = _logits(model.network, x)
        index = int(logits.argmax()) if wanted is None else wanted
        values, delta = row.explain(model, x, index, settings)
        seconds = time.perf_counter() - started
    watch.report(1.0)
    return Attribution(
        method=row.name,
        values=_as_maps(values),
        target=model.prediction(logits, index),
        predictions=model.predictions(logits),
        seconds=seconds,
        forward_passes=watch.done,
        convergence_delta=delta,
        parameters=dict(settings),
    )


def checked_target(model: LoadedModel, target: int) -> int:
    """The class's index, if the model has such a class; else `AttributionError`."""
    count = len(model.labels)
    try:
        index = operator.index(target)
    except TypeError:
        index = -1
    if isinstance(target, bool) or not 0 <= index < count:
        raise AttributionError(
            f"target={shown(target)} was given; a class from 0 to {count - 1} is allowed."
        )
    return index


@torch.no_grad()
def _logits(network: nn.Module, x: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(network(x)[0].float().numpy(), dtype=np.float32)


def _as_maps(values: Tensor) -> Maps:
    return np.ascontiguousarray(values.detach().float().numpy(), dtype=np.float32)


class _Watch:
    """Counts the pictures that go forward; reports and listens before each pass."""

    def __init__(
        self,
        total: int,
        on_progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.done = 0
        self._total = total
        self._on_progress = on_progress
        self._cancelled = cancelled

    def report(self, part: float) -> None:
        if self._on_progress is not None:
            self._on_progress(part)

    def stop_if_cancelled(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("The attribution was cancelled.")

    @contextmanager
    def over(self, network: nn.Module) -> Iterator[None]:
        hook = network.register_forward_pre_hook(self._before_pass)
        try:
            yield
        finally:
            hook.remove()

    def _before_pass(self, _network: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.stop_if_cancelled()
        self.report(min(1.0, self.done / self._total))
        self.done += len(inputs[0])


@contextmanager
def _held(lock: RLock, watch: _Watch) -> Iterator[None]:
    """Waits for the lock, and goes on listening for a cancel meanwhile."""
    while not lock.acquire(timeout=LOCK_POLL):
        watch.stop_if_cancelled()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _borrowed(network: nn.Module) -> Iterator[None]:
    """Evaluation mode and no gradients of weights, and afterwards all as it was."""
    training = {module: module.training for module in network.modules()}
    learning = {weight: weight.requires_grad for weight in network.parameters()}
    try:
        network.eval()
        network.requires_grad_(False)
        yield
    finally:
        for module, mode in training.items():
            module.training = mode
        for weight, needs_gradient in learning.items():
            weight.requires_grad_(needs_gradient)
