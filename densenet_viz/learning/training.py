"""One small network, trained a step at a time, with what each step and each epoch did.

The same settings give the same run on the same processor: all of it is computed in one thread.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from threading import RLock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.errors import Cancelled
from densenet_viz.learning.samples import Pixels, Samples
from densenet_viz.learning.settings import Settings
from densenet_viz.measure.reuse import reuse_of
from densenet_viz.network.families import build_family, weight_layers
from densenet_viz.network.shares import without_sharing
from densenet_viz.results.learning import EpochRecord, FinishedRun, StepRecord
from densenet_viz.scenes.recipe import normalise, one_cycle

KEPT_LAYERS = 12
"""Layers whose maps an epoch keeps, at most."""
KEPT_MAPS = 8
"""Maps of each that are kept, at most."""
MOMENTUM = 0.9
WEIGHT_DECAY = {"adamw": 0.05, "sgd": 5e-4}


class Diverged(ArithmeticError):
    """A training that cannot go on, because its loss is not a number; the message says so."""


class Run:
    """One training: its network, and its records so far. Threads may share it.

    Args:
        settings: what is trained and how.
        samples: the pictures that the settings name.
        watched: the unseen picture whose maps are kept.
    """

    def __init__(self, settings: Settings, samples: Samples, watched: int = 0) -> None:
        self.settings, self.samples, self.watched = settings, samples, watched
        self.lock = RLock()
        self.network = build_family(settings.spec, seed=settings.seed)
        # A fifth less time on a CPU: the pictures have this layout, too.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._weights = weight_layers(self.network)
        self.layers = tuple(name for name, _ in self._weights)
        """The layers with weights, in the order of `StepRecord.gradients`."""
        self.shown = _spread([name for name, layer in self._weights if _writes_maps(layer)])
        """The layers of `EpochRecord.maps`."""
        self.steps: list[StepRecord] = []
        self.epochs: list[EpochRecord] = []
        self._optimiser = _optimiser_of(self.network, settings)
        self._seconds = 0.0

    @property
    def done(self) -> bool:
        """Whether all steps are made."""
        return len(self.steps) >= self.settings.steps

    @property
    def part(self) -> float:
        """How much is done, 0 to 1."""
        return len(self.steps) / self.settings.steps

    def advance(self) -> StepRecord:
        """Makes the next step; at the end of an epoch it also looks at the unseen pictures.

        Raises:
            Diverged: the loss is not a number any more; the weights stay as they were.
            ValueError: all steps are made.
        """
        with self.lock, without_sharing():
            if self.done:
                raise ValueError("All steps of this run are made.")
            if not self.epochs:
                self.epochs.append(self._look(0))
            started = time.perf_counter()
            record = self._step(len(self.steps), started)
            self.steps.append(record)
            self._seconds = record.seconds
            if len(self.steps) % self.settings.steps_per_epoch == 0:
                self.epochs.append(self._look(record.epoch))
        return record

    def _step(self, step: int, started: float) -> StepRecord:
        settings = self.settings
        epoch, place = divmod(step, settings.steps_per_epoch)
        order = order_of(settings.seed, epoch, len(self.samples.train))
        chosen = order[place * settings.batch : (place + 1) * settings.batch]
        wanted = torch.from_numpy(self.samples.train_labels[chosen])
        rate = one_cycle(step, settings.steps, settings.learning_rate)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        logits = self.network(normalise(torch.from_numpy(self.samples.train[chosen])))
        loss = nn.functional.cross_entropy(logits, wanted)
        value = float(loss.detach())
        if not math.isfinite(value):
            self.network.eval()
            raise Diverged(
                f"The loss is not a number any more after {step:,} steps: the training stopped. "
                "Choose a smaller learning rate, or batch norm."
            )
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        gradients = gradient_norms(self.network)
        self._optimiser.step()
        self.network.eval()
        seconds = self._seconds + time.perf_counter() - started
        return StepRecord(step + 1, epoch + 1, value, rate, gradients, seconds)

    def _look(self, epoch: int) -> EpochRecord:
        mine = [record for record in self.steps if record.epoch == epoch]
        chances = probabilities(self.network, self.samples.unseen)
        answers = chances.argmax(1)
        return EpochRecord(
            epoch=epoch,
            step=len(self.steps),
            loss=float(np.mean([record.loss for record in mine])) if mine else None,
            accuracy=float((answers == self.samples.unseen_labels).mean()),
            gradients=tuple(
                float(norm) for norm in np.mean([record.gradients for record in mine], 0)
            )
            if mine
            else (),
            answers=answers,
            chances=chances,
            maps=self._maps(),
            seconds=self._seconds,
            reuse=self._reuse(),
        )

    def _reuse(self) -> tuple[NDArray[np.float64], ...]:
        """How strongly each layer reads each source now."""
        spec = self.settings.spec
        if spec.family != "dense" or spec.norm != "batch":
            return ()
        return reuse_of(self.network, spec.densenet)

    def _maps(self) -> tuple[NDArray[np.float32], ...]:
        """What the shown layers write for the watched picture."""
        found: dict[str, NDArray[np.float32]] = {}

        def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
            def hook(_layer: nn.Module, _given: object, written: Tensor) -> None:
                found[name] = written[0, :KEPT_MAPS].numpy().copy()

            return hook

        layers = dict(self._weights)
        handles = [layers[name].register_forward_hook(keep(name)) for name in self.shown]
        try:
            probabilities(self.network, self.samples.unseen[self.watched : self.watched + 1])
        finally:
            for handle in handles:
                handle.remove()
        return tuple(found[name] for name in self.shown)

    def copy(self) -> nn.Module:
        """The network as it is now, in evaluation mode; later steps do not change it."""
        with self.lock:
            return deepcopy(self.network)

    def summary(self) -> FinishedRun:
        """The run so far, without its network."""
        with self.lock:
            after = [record for record in self.epochs if record.loss is not None]
            return FinishedRun(
                settings=self.settings.to_dict(),
                parameters=self.settings.spec.parameters,
                layers=self.layers,
                losses=tuple(record.loss for record in after if record.loss is not None),
                accuracies=tuple(record.accuracy for record in self.epochs),
                gradients=tuple(record.gradients for record in after),
                seconds=self._seconds,
                complete=self.done,
            )


def train(run: Run, stopped: Callable[[], bool] = lambda: False) -> Iterator[StepRecord]:
    """Makes the steps that are left; yields a record after each.

    Raises:
        Cancelled: `stopped` returned True; the run can go on later.
        Diverged: the loss is not a number any more.
    """
    while not run.done:
        if stopped():
            raise Cancelled
        yield run.advance()


def order_of(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """The order of the training pictures in an epoch, counted from 0: (count,) indices."""
    generator = torch.Generator().manual_seed(1_000 * seed + epoch)
    return np.asarray(torch.randperm(count, generator=generator).numpy())


def gradient_norms(network: nn.Module) -> tuple[float, ...]:
    """The Euclidean norm of the gradient of each layer's weights, in the order of computation."""
    weights = (layer.weight.grad for _, layer in weight_layers(network))
    norms = [torch.linalg.vector_norm(weight) for weight in weights if weight is not None]
    return tuple(torch.stack(norms).tolist()) if norms else ()


@torch.no_grad()
def probabilities(network: nn.Module, pictures: Pixels, batch: int = 120) -> NDArray[np.float32]:
    """(N, classes) of (N, S, S, 3) uint8 pictures; the network is in evaluation mode afterwards."""
    network.eval()
    parts = torch.split(torch.from_numpy(pictures), batch)
    found = torch.cat([network(normalise(part)).softmax(1) for part in parts])
    return np.asarray(found.numpy(), np.float32)


def _optimiser_of(network: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    weights, decay = network.parameters(), WEIGHT_DECAY[settings.optimiser]
    if settings.optimiser == "adamw":
        return torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=decay)
    return torch.optim.SGD(
        weights, lr=settings.learning_rate, momentum=MOMENTUM, nesterov=True, weight_decay=decay
    )


def _writes_maps(layer: nn.Module) -> bool:
    """Whether it is a convolution of more than one pixel."""
    return isinstance(layer, nn.Conv2d) and layer.kernel_size != (1, 1)


def _spread(names: list[str]) -> tuple[str, ...]:
    """At most `KEPT_LAYERS` of the names, the first and the last among them, at equal distances."""
    count = min(KEPT_LAYERS, len(names))
    places = np.linspace(0, len(names) - 1, count).round().astype(int)
    return tuple(names[place] for place in places)
