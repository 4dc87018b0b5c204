"""What an attribution costs, in forward passes of the same network on the same machine."""

from __future__ import annotations

import time
from statistics import median
from typing import Final

import torch

from benchmarks.tables import SPREAD, Table, spread
from densenet_viz.attribution import METHODS, attribute
from densenet_viz.network.models import LoadedModel, load_model
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import draw_scene

PASSES: Final = 10
"""Forward passes in each round; their median counts."""


def attribution_costs(rounds: int) -> Table:
    """Each method with its default settings, one after the other in each round, after the pass."""
    model, picture = load_model("scenes"), draw_scene(0, "sample", 1).image
    _forward(model, picture)
    for method in METHODS:  # what is slow only the first time is not counted
        attribute(model, picture, method=method)
    seconds: dict[str, list[float]] = {method: [] for method in METHODS}
    multiples: dict[str, list[float]] = {method: [] for method in METHODS}
    passes: dict[str, int] = {}
    forwards = []
    for _ in range(rounds):
        forwards.append(_forward(model, picture))
        for method in METHODS:
            result = attribute(model, picture, method=method)
            seconds[method].append(result.seconds)
            multiples[method].append(result.seconds / forwards[-1])
            passes[method] = result.forward_passes
    rows = tuple(
        (row.title, passes[name], *spread(multiples[name]), median(seconds[name]))
        for name, row in METHODS.items()
    )
    size = model.input_size
    return Table(
        f"Attribution in forward passes, {rounds} interleaved round{'s' * (rounds != 1)}",
        ("multiples of one forward pass", "pictures forward", *SPREAD, "median seconds"),
        rows,
        f"{model.title}, one picture of {size} × {size} px, default settings, "
        f"{torch.get_num_threads()} threads. One forward pass: "
        f"{1000 * median(forwards):.0f} ms (median of {rounds} rounds, from "
        f"{1000 * min(forwards):.0f} to {1000 * max(forwards):.0f} ms). Each method's time "
        "includes the pass that classifies the picture; Grad-CAM's and saliency's also include "
        "the backward pass.",
    )


@torch.inference_mode()
def _forward(model: LoadedModel, picture: Picture) -> float:
    """Seconds of one pass: the median of several."""
    x = model.tensor(picture)
    times = []
    for _ in range(PASSES):
        began = time.perf_counter()
        model.network(x)
        times.append(time.perf_counter() - began)
    return median(times)
