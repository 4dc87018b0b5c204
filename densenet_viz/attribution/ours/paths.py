"""Integrated gradients with steps where the score moves."""

from __future__ import annotations

import torch
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.ours.quadrature import FIRST, ROUND, Path
from densenet_viz.attribution.parameters import Settings


def integrated_gradients(asking: Asking, settings: Settings) -> Explanation:
    """The path integral of the gradient from the baseline (Sundararajan et al., equation 1)."""
    starts = baseline_inputs(asking.model, asking.x, settings["baseline"])
    paths = [_path(asking, start[None], settings["n_steps"]) for start in starts]
    factors = [factor for path in paths for factor in path.scaled_by()]
    return Explanation(
        torch.stack([path.values() for path in paths]).mean(0),
        sum(path.delta() for path in paths) / len(paths),
        paths[0].nodes if len(paths) == 1 else (),
        sum(path.unscaled_delta() for path in paths) / len(paths),
        (min(factors), max(factors)),
    )


def _path(asking: Asking, start: Tensor, most: int) -> Path:
    """Trapezoids on a path that has shorter pieces where the score and its slope disagree."""
    path = Path(asking.x[0] - start[0])
    wanted = list(FIRST)
    while wanted:
        places = torch.tensor(wanted, dtype=start.dtype, device=start.device)
        path.add(wanted, *_slopes(asking, start, places))
        asking.show(path.values())
        wanted = path.next(min(ROUND, most - len(path)))
    return path


def _slopes(asking: Asking, start: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """(N,) scores and (N, 3, S, S) gradients at (N,) places on the path.

    Those at its ends are not rounded, because the whole sum is compared with their scores.
    """
    pictures = start + places.view(-1, 1, 1, 1) * (asking.x - start)
    scores, slopes = torch.empty_like(places), torch.empty_like(pictures)
    inner = (places > 0) & (places < 1)
    for part, rounded in ((~inner, False), (inner, True)):
        if part.any():
            scores[part], slopes[part] = asking.gradients(pictures[part], rounded=rounded)
    return scores, slopes
