"""How long a forward pass takes here: several networks in interleaved rounds.

A time depends on these conditions: networks in evaluation mode with random weights (which do not
change the time of a pass), inference mode, float32, torch's usual memory layout (NCHW, not
channels-last) for all networks, and as many threads as torch uses by default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from densenet_viz import machine
from densenet_viz.facts.systems import REFERENCE, SYSTEMS
from densenet_viz.measure.rounds import Steps, given_back, orders, seconds_of
from densenet_viz.network.shares import processors
from densenet_viz.network.systems import build_system
from densenet_viz.results.timings.passes import Benchmark, Timing

WARM_UPS = 2
"""Passes of each network and batch that are not counted: torch sets up memory and kernels."""

LAYOUT = "float32, NCHW, inference mode, random weights"
_BUILDING = 4.0
"""About how many milliseconds a million weights take to make; only for the progress bar."""


def benchmark(
    models: Sequence[str] = tuple(SYSTEMS),
    *,
    device: str = "cpu",
    batches: Sequence[int] = (1,),
    rounds: int = 5,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Benchmark:
    """Times forward passes of 224 x 224 px pictures.

    After the warm-up, each round runs every model once with each batch, in a new random order. All
    networks are in memory at the same time (nine take 1.2 GB) and are freed afterwards.

    Args:
        models: keys of `SYSTEMS`. ResNet50 is always measured, because times are shown as
            multiples of its time.
        device: "cpu" or "cuda"; on a GPU a pass ends when the GPU is done.
        batches: pictures in a pass, each a whole number from 1.
        rounds: counted passes of each model and batch, from 1.
        on_progress: called with the part done, 0 to 1, between passes.
        cancelled: called between passes.

    Raises:
        Cancelled: `cancelled` returned True.
        KeyError: a model is not in `SYSTEMS`.
    """
    names = tuple(dict.fromkeys(models))
    names = names if REFERENCE in names else (REFERENCE, *names)
    sizes = tuple(dict.fromkeys(batches))
    passes = sum(SYSTEMS[name].cited.cpu_ms for name in names) * sum(sizes) * (WARM_UPS + rounds)
    building = sum(map(_building, names))
    steps = Steps(passes + building, on_progress, cancelled)
    threads = processors()
    with given_back(device):
        seconds = _measure(names, device, sizes, rounds, steps)
    about = machine.describe(device) | {"rounds": f"{rounds}", "passes": LAYOUT}
    timings = (
        Timing(name, device, size, threads, tuple(seconds[name, size]))
        for name in names
        for size in sizes
    )
    return Benchmark(about, tuple(timings))


def _building(name: str) -> float:
    return SYSTEMS[name].cited.parameters * _BUILDING


def _measure(
    names: Sequence[str], device: str, sizes: Sequence[int], rounds: int, steps: Steps
) -> dict[tuple[str, int], list[float]]:
    """Seconds of each model and batch, round by round."""
    networks = _networks(names, device, steps)
    pictures = _pictures(max(sizes), device)
    cases = [(name, size) for name in networks for size in sizes]
    seconds: dict[tuple[str, int], list[float]] = {case: [] for case in cases}
    for name, size in cases:
        for _ in range(WARM_UPS):
            _seconds(networks[name], pictures[:size], device)
            steps.step(_pass(name, size))
    for order in orders(len(cases), rounds):
        for name, size in (cases[place] for place in order):
            seconds[name, size].append(_seconds(networks[name], pictures[:size], device))
            steps.step(_pass(name, size))
    return seconds


def _seconds(network: nn.Module, pictures: Tensor, device: str) -> float:
    with torch.inference_mode():
        return seconds_of(partial(network, pictures), device)


def _pass(name: str, size: int) -> float:
    """About how long a pass takes, in milliseconds."""
    return SYSTEMS[name].cited.cpu_ms * size


def _networks(names: Sequence[str], device: str, steps: Steps) -> dict[str, nn.Module]:
    networks = {}
    for name in names:
        networks[name] = build_system(name, seed=0).to(device)
        steps.step(_building(name))
    return networks


def _pictures(count: int, device: str) -> Tensor:
    """(count, 3, 224, 224) of noise, the same every time; smaller batches use its beginning."""
    size = SYSTEMS[REFERENCE].spec.input_size
    noise = torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(0))
    return noise.to(device)
