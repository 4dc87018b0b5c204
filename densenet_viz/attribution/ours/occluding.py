"""The scores of a picture with one window covered, for many windows: occlusion's work.

Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2. A
window changes only a patch of the first maps, and only this is computed again
(`densenet_viz.network.fused.patches`); the result is that of the whole pass, up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.network.fused.network import FusedDenseNet
from densenet_viz.network.fused.patches import Boxes, PatchedStart, patches_of
from densenet_viz.network.shares import in_shares

_Logits = Callable[[int, int], Tensor]
"""(stop - start, classes) of the windows from start to stop."""


def score_occluded(
    fused: FusedDenseNet,
    x: Tensor,
    boxes: NDArray[np.integer],
    cover: Tensor,
    target: int,
    *,
    batch: int,
    before_batch: Callable[[int], None],
    scores_of: Callable[[Tensor], Tensor] = lambda logits: logits,
    after_batch: Callable[[int, Tensor], None] | None = None,
) -> Tensor:
    """A class's score for each window, with the picture covered there.

    Args:
        fused: the network.
        x: (1, 3, S, S) float32 normalised picture.
        boxes: (M, 4) top, left, bottom and right of the windows in pixels, the last two
            exclusive. What lies outside the picture is cut off.
        cover: (1, 3, S, S) float32, the content of the windows.
        target: the class's index.
        batch: windows in a batch; the first batch has half, so that the first map appears sooner.
        before_batch: called before each batch with its count of windows; an exception stops it.
        scores_of: what of (N, classes) logits is the score.
        after_batch: called after each batch with the number of its first window, and its scores.

    Returns:
        (M,) float32 scores.

    Raises:
        ValueError: a window has no pixel of the picture.
    """
    size = x.shape[-1]
    cut = np.clip(np.asarray(boxes, np.int64).reshape(-1, 4), 0, size)
    empty = np.flatnonzero((cut[:, :2] >= cut[:, 2:]).any(axis=1))
    if len(empty):
        raise ValueError(
            f"The window {boxes[empty[0]].tolist()} was given; one with a pixel of the "
            f"{size} x {size} picture is allowed."
        )
    logits = _patched(fused, x, cover, cut) or _whole(fused, x, cover, cut)
    scores = x.new_empty(len(cut))
    ends = [*range(max(1, batch // 2), len(cut), batch), len(cut)]
    for start, stop in pairwise([0, *ends] if len(cut) else []):
        before_batch(stop - start)
        shares = in_shares(partial(_part, logits, start), stop - start)
        scores[start:stop] = scores_of(torch.cat(shares))[:, target]
        if after_batch is not None:
            after_batch(start, scores[start:stop])
    return scores


@torch.no_grad()
def _part(logits: _Logits, begin: int, start: int, stop: int) -> Tensor:
    return logits(begin + start, begin + stop)


def _patched(fused: FusedDenseNet, x: Tensor, cover: Tensor, boxes: Boxes) -> _Logits | None:
    """The scores by patches, or None if patches save nothing."""
    first = fused.first
    if first is None or not len(boxes):
        return None
    patches = patches_of(boxes, x.shape[-1], len(first[0].layers))
    if patches is None:
        return None
    begun = PatchedStart(fused, first, x, cover, boxes, patches)
    return lambda start, stop: fused.onward(begun.maps(start, stop), "transition 1")


def _whole(fused: FusedDenseNet, x: Tensor, cover: Tensor, boxes: Boxes) -> _Logits:
    """The scores of the whole covered pictures."""

    def logits(start: int, stop: int) -> Tensor:
        covered = x.repeat(stop - start, 1, 1, 1)
        for picture, (top, left, bottom, right) in zip(covered, boxes[start:stop], strict=True):
            picture[:, top:bottom, left:right] = cover[0, :, top:bottom, left:right]
        return fused.logits(covered)

    return logits
