"""Covers parts of the picture and looks at the score."""

from __future__ import annotations

import torch

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.ours.occluding import score_occluded
from densenet_viz.attribution.parameters import Settings


def occlusion(asking: Asking, settings: Settings) -> Explanation:
    """How far the score falls when a window is covered; a pixel gets the mean of its windows."""
    boxes = coarse_first(windows(asking.size, int(settings["window"]), int(settings["stride"])))
    covers = baseline_inputs(asking.model, asking.x, str(settings["baseline"]))
    falls = torch.zeros(asking.size, asking.size, device=asking.device)
    counts = torch.zeros_like(falls)
    whole = asking.scores(asking.x)[0]

    def gather(start: int, scores: torch.Tensor) -> None:
        part = boxes[start : start + len(scores)].tolist()
        for (top, left, bottom, right), score in zip(part, scores, strict=True):
            falls[top:bottom, left:right] += whole - score
            counts[top:bottom, left:right] += 1
        asking.show((falls / counts.clamp(min=1))[None])

    for cover in covers:
        score_occluded(
            *(asking.fused, asking.x, boxes.numpy(), cover[None].to(asking.device), asking.target),
            batch=2 * asking.batch,
            scores_of=asking.of_logits,
            before_batch=asking.watch.before,
            after_batch=gather,
        )
    return Explanation((falls / counts)[None])


def windows(size: int, window: int, stride: int) -> torch.Tensor:
    """(M, 4) boxes: top, left, bottom, right; the last ones are cut at the picture's border.

    >>> windows(5, 2, 2)[:, 0].tolist()
    [0, 0, 0, 2, 2, 2, 4, 4, 4]
    """
    steps = -(-(size - window) // stride) + 1
    starts = torch.arange(steps) * stride
    top, left = torch.meshgrid(starts, starts, indexing="ij")
    corners = torch.stack([top.flatten(), left.flatten()], 1)
    return torch.cat([corners, (corners + window).clamp(max=size)], 1)


def coarse_first(boxes: torch.Tensor) -> torch.Tensor:
    """The same boxes in another order, so that the first ones are spread over the picture."""
    count = len(boxes)
    return boxes[torch.argsort(torch.arange(count) * 0.6180339887498949 % 1.0)]
