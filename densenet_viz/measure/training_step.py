"""Memory and time of one training step here, with and without checkpointing.

A step is forward, cross-entropy and backward in training mode, float32, NCHW, on noise of 224 px;
there is no optimiser, which would add its own state. On a CPU the peak counts tensors exactly, see
`LiveBytes`; on a GPU it is the peak of torch's allocator, including working memory. The weights and
the pictures exist before the step and are not counted; gradients of weights are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from densenet_viz import machine
from densenet_viz.facts.memory import ways
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.measure.live_bytes import LiveBytes
from densenet_viz.measure.rounds import Steps, given_back, orders, seconds_of
from densenet_viz.network.systems import build_system
from densenet_viz.results.timings.training import TrainingRun, TrainingStep

STEP = "forward, cross-entropy and backward, no optimiser; float32, NCHW, random weights"
_PASSES = 3.0
"""About how many forward passes a step takes; only for the progress bar."""
_AGAIN = 1.25
"""About how much longer a step takes with checkpointing; only for the progress bar."""
_APART = 2
"""Steps before the timed ones: one to warm up, one in which every tensor is counted."""


@dataclass(frozen=True)
class _Case:
    """A network to be measured, and the seconds of its steps."""

    name: str
    memory_efficient: bool
    network: nn.Module
    seconds: list[float] = field(default_factory=list)

    @property
    def weight(self) -> float:
        """About how long a step takes for one picture, in milliseconds."""
        return _weight(self.name, self.memory_efficient)


def _weight(name: str, memory_efficient: bool) -> float:
    return SYSTEMS[name].cited.cpu_ms * _PASSES * (_AGAIN if memory_efficient else 1.0)


def measure_steps(
    models: Sequence[str],
    *,
    batch: int = 1,
    rounds: int = 3,
    device: str = "cpu",
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> TrainingRun:
    """Peak memory and time of a training step, DenseNets with checkpointing and without.

    The peak comes from one separate step; the times come from other steps without memory counting,
    in interleaved rounds.

    Args:
        models: keys of `SYSTEMS`.
        batch: pictures in a step, from 1.
        rounds: timed steps of each model, from 1.
        device: "cpu" or "cuda".
        on_progress: called with the part done, 0 to 1, between steps.
        cancelled: called between steps.

    Raises:
        Cancelled: `cancelled` returned True.
        KeyError: a model is not in `SYSTEMS`.
    """
    names = tuple(dict.fromkeys(models))
    per_round = sum(_weight(name, way) for name in names for way in ways(name))
    steps = Steps(per_round * (rounds + _APART), on_progress, cancelled)
    with given_back(device):
        measured, weights = _measure(names, batch, rounds, device, steps)
    about = machine.describe(device) | {"rounds": f"{rounds}", "step": STEP}
    return TrainingRun(about, measured, weights)


def _measure(
    names: Sequence[str], batch: int, rounds: int, device: str, steps: Steps
) -> tuple[tuple[TrainingStep, ...], dict[str, int]]:
    """The steps, and each model's weights in bytes."""
    cases = []
    for name in names:
        for way in ways(name):
            steps.look()
            network = build_system(name, seed=0, memory_efficient=way).to(device).train()
            cases.append(_Case(name, way, network))
    pictures, labels = _examples(batch, device)
    peaks = [_peak(case, pictures, labels, device, steps) for case in cases]
    for order in orders(len(cases), rounds):
        for place in order:
            case = cases[place]
            case.seconds.append(_seconds(case.network, pictures, labels, device))
            steps.step(case.weight)
    measured = tuple(
        TrainingStep(case.name, batch, case.memory_efficient, peak, tuple(case.seconds))
        for case, peak in zip(cases, peaks, strict=True)
    )
    return measured, {case.name: _weight_bytes(case.network) for case in cases}


def _weight_bytes(network: nn.Module) -> int:
    """Float32 weights and running statistics."""
    held = [*network.parameters(), *network.buffers()]
    return sum(tensor.nbytes for tensor in held if tensor.is_floating_point())


def _examples(batch: int, device: str) -> tuple[Tensor, Tensor]:
    """(batch, 3, 224, 224) of noise and a class for each, the same every time."""
    noise = torch.randn(batch, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    return noise.to(device), torch.arange(batch).to(device)


def training_step(network: nn.Module, pictures: Tensor, labels: Tensor) -> None:
    """Forward, cross-entropy, backward: afterwards each weight has its gradient."""
    loss = cross_entropy(network(pictures), labels)
    loss.backward()


def _seconds(network: nn.Module, pictures: Tensor, labels: Tensor, device: str) -> float:
    """Seconds of a step; the gradients are freed afterwards, outside the measured time."""
    try:
        return seconds_of(partial(training_step, network, pictures, labels), device)
    finally:
        network.zero_grad(set_to_none=True)


def _peak(case: _Case, pictures: Tensor, labels: Tensor, device: str, steps: Steps) -> int:
    _seconds(case.network, pictures, labels, device)
    steps.step(case.weight)
    peak = peak_bytes(case.network, pictures, labels)
    steps.step(case.weight)
    return peak


def peak_bytes(network: nn.Module, pictures: Tensor, labels: Tensor) -> int:
    """The most bytes that one training step holds at a time, without weights and pictures."""
    try:
        if pictures.is_cuda:
            return _cuda_peak(network, pictures, labels)
        held = [pictures, labels, *network.parameters(), *network.buffers()]
        with LiveBytes(apart=held) as live:
            training_step(network, pictures, labels)
        return int(live.peak)
    finally:
        network.zero_grad(set_to_none=True)


def _cuda_peak(network: nn.Module, pictures: Tensor, labels: Tensor) -> int:
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    training_step(network, pictures, labels)
    torch.cuda.synchronize()
    return int(torch.cuda.max_memory_allocated() - before)
