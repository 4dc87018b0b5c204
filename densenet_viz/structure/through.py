"""Which connections a decision used: conductance of every slice that every layer reads.

On the straight path from a baseline to the picture, the score rises because what each layer reads
changes. The gradient of the score with respect to *one reading* of a tensor counts only what that
reader does with it, though others read the same maps. Multiply it by the change of a source's
slice and add this up along the path: this is the flow from this source to this reader. It is
conductance (Dhamdhere, Sundararajan, Yan, "How Important Is a Neuron?", ICLR 2019) of connections
instead of units, on the path of integrated gradients (Sundararajan, Taly, Yan, ICML 2017).

What holds for the integral, and for the sums here up to the quadrature's error:

- everything that the last reader of a block reads adds up to the whole rise of the score;
- what flows into a layer from its sources flows out of its maps to its readers.

A source's flow is always split among its readers exactly, for any number of steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.attribution.asking import Watch
from densenet_viz.attribution.baselines import baseline_choice, baseline_inputs, drawings
from densenet_viz.attribution.engine import answer, check_device, check_target
from densenet_viz.attribution.parameters import Number
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.flows import BlockFlows, StructureAttribution
from densenet_viz.results.traces import Picture
from densenet_viz.structure.path import FIRST, spread
from densenet_viz.structure.reads import Wired
from densenet_viz.structure.sums import Sums

STEPS, FEWEST_STEPS, MOST_STEPS = 64, len(FIRST) - 1, 512
"""Pieces of the path: by default, at least, at most. If the sums miss the rise by more than
`TOLERANCE` of it, the work is repeated once with twice as many."""


@alone()
def through_structure(
    model: LoadedModel,
    picture: Picture,
    *,
    target: int | None = None,
    baseline: str = "black",
    steps: int = STEPS,
    logits: NDArray[np.float32] | None = None,
    device: str = "cpu",
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> StructureAttribution:
    """How much of a class's score went through each connection of each dense block.

    Args:
        model: any number of threads may use it at once.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        target: the class's index, or None for the most probable one.
        baseline: one of `BASELINES`; over several drawings of noise the mean is taken.
        steps: pieces of the path, `FEWEST_STEPS` to `MOST_STEPS`.
        logits: (classes,), the network's output if it is already known; this saves a pass.
        device: "cpu", "cuda", or "auto" for the fastest there is.
        on_progress: called before each pass with the part that is done, and with 1 at the end.
        cancelled: called before each pass.

    Raises:
        AttributionError: the target, the baseline, the steps or the device is not allowed.
        Cancelled: `cancelled` returned True.
    """
    count = Number("steps", "Steps", STEPS, FEWEST_STEPS, MOST_STEPS).checked(steps)
    baseline_choice().checked(baseline)
    wanted = None if target is None else check_target(model, target)
    began = time.perf_counter()
    passes = drawings(baseline) * (len(FIRST) + count + 1)
    watch = Watch(passes, on_progress, cancelled)
    wired = Wired(model, watch, check_device(device))
    x = model.tensor(picture).to(wired.device)
    known = answer(model, x, watch, wired.device) if logits is None else logits
    index = int(known.argmax()) if wanted is None else wanted
    starts = baseline_inputs(model, x, baseline)
    sums = [_along(wired, start[None], x, index, count) for start in starts]
    watch.report(1.0)
    return StructureAttribution(
        spec=model.spec,
        target=model.prediction(known, index),
        baseline=baseline,
        score=sums[0].last,
        rise=float(np.mean([each.rise for each in sums])),
        blocks=_blocks(sums),
        points=sum(each.points for each in sums),
        seconds=time.perf_counter() - began,
        forward_passes=watch.done,
        backward_passes=watch.back,
    )


def _along(wired: Wired, start: Tensor, x: Tensor, target: int, steps: int) -> Sums:
    """The flows on one path; a quick first look shows where it needs short pieces."""
    nodes = list(FIRST)
    sums = Sums(wired.spec, wired.device)
    for reads in wired.walk(start, x, nodes, target, ends_only=True):
        sums.note(reads)
    for count in (steps, 2 * steps):
        nodes = spread(nodes, sums.errors, count)
        if count > steps:
            wired.watch.expect(len(nodes))
        sums = Sums(wired.spec, wired.device)
        for reads in wired.walk(start, x, nodes, target, ends_only=False):
            sums.note(reads)
            sums.add(reads)
        if sums.close_enough():
            break
    return sums


def _blocks(sums: list[Sums]) -> tuple[BlockFlows, ...]:
    """The mean over several paths."""
    blocks = []
    for block, maps in enumerate(zip(*(each.maps for each in sums), strict=True), start=1):
        mean = torch.stack(maps).mean(0).cpu().numpy()
        blocks.append(BlockFlows(block, mean.astype(np.float32), mean.sum((1, 2))))
    return tuple(blocks)
