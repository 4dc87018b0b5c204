"""Covers parts of the picture and looks at the score.

Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2. A
window changes only a patch of the first maps, and only this is computed again
(`densenet_viz.network.fused.patches`); the result is that of the whole pass, up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.parameters import Settings
from densenet_viz.network.fused.network import FusedDenseNet
from densenet_viz.network.fused.patches import Boxes, PatchedStart, patches_of
from densenet_viz.network.shares import in_shares


def occlusion(asking: Asking, settings: Settings) -> Explanation:
    """How far the score falls when a window is covered; a pixel gets the mean of its windows."""
    boxes = coarse_first(windows(asking.size, settings["window"], settings["stride"]))
    falls = torch.zeros(asking.size, asking.size, device=asking.device)
    counts = torch.zeros_like(falls)
    whole = asking.scores(asking.x)[0]
    for cover in baseline_inputs(asking.model, asking.x, settings["baseline"]).split(1):
        for part, scores in occluded(asking, boxes, cover.to(asking.device)):
            for (top, left, bottom, right), score in zip(part.tolist(), scores, strict=True):
                falls[top:bottom, left:right] += whole - score
                counts[top:bottom, left:right] += 1
            asking.show((falls / counts.clamp(min=1))[None])
    return Explanation((falls / counts)[None])


def windows(size: int, window: int, stride: int) -> Boxes:
    """(M, 4) boxes: top, left, bottom, right; the last ones are cut at the picture's border.

    >>> windows(5, 2, 2)[:, 0].tolist()
    [0, 0, 0, 2, 2, 2, 4, 4, 4]
    """
    starts = stride * np.arange(-(-(size - window) // stride) + 1)
    corners = np.stack(np.meshgrid(starts, starts, indexing="ij"), 2).reshape(-1, 2)
    return np.concatenate([corners, np.minimum(corners + window, size)], 1)


def coarse_first(boxes: Boxes) -> Boxes:
    """The same boxes in another order, so that the first ones are spread over the picture."""
    return boxes[np.argsort(np.arange(len(boxes)) * 0.6180339887498949 % 1.0)]


def occluded(asking: Asking, boxes: Boxes, cover: Tensor) -> Iterator[tuple[Boxes, Tensor]]:
    """The class's score for each window, with the picture covered there, in batches.

    The first batch has half as many windows as the others, so that the first map appears sooner.

    Args:
        asking: the picture, the network and the class.
        boxes: (M, 4) windows within the picture, as `windows` makes them, at least one.
        cover: (1, 3, S, S) float32, the content of the windows.

    Yields:
        The batch's windows, (N, 4), and their (N,) float32 scores.
    """
    logits = _patched(asking.fused, asking.x, cover, boxes)
    batch = 2 * asking.batch
    ends = [*range(max(1, batch // 2), len(boxes), batch), len(boxes)]
    for start, stop in pairwise([0, *ends]):
        asking.watch.before(stop - start)
        chosen = slice(start, stop)

        def share(first: int, last: int, start: int = start) -> Tensor:
            with torch.no_grad():  # each thread has its own switch
                return logits(start + first, start + last)

        shares = in_shares(share, stop - start)
        yield boxes[chosen], asking.of_logits(torch.cat(shares))[:, asking.target]


def _patched(
    fused: FusedDenseNet, x: Tensor, cover: Tensor, boxes: Boxes
) -> Callable[[int, int], Tensor]:
    """The (stop - start, classes) logits of the windows from start to stop.

    By patches; by whole covered pictures if patches save nothing.
    """
    first = fused.first
    patches = first and patches_of(boxes, x.shape[-1], len(first[0].layers))
    if first and patches:
        begun = PatchedStart(fused, first, x, cover, boxes, patches)
        return lambda start, stop: fused.onward(begun.maps(start, stop), "transition 1")

    def whole(start: int, stop: int) -> Tensor:
        covered = x.repeat(stop - start, 1, 1, 1)
        for picture, (top, left, bottom, right) in zip(covered, boxes[start:stop], strict=True):
            picture[:, top:bottom, left:right] = cover[0, :, top:bottom, left:right]
        return fused.logits(covered)

    return whole
