"""Gradients along the path from a picture that shows nothing to this one."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.explain.gradients import noisy
from densenet_viz.attribution.explain.quadrature import FIRST, ROUND, Path, legendre
from densenet_viz.attribution.parameters import Settings


def integrated_gradients(asking: Asking, settings: Settings) -> Explanation:
    """The path integral of the gradient from the baseline (Sundararajan et al., equation 1)."""
    starts = baseline_inputs(asking.model, asking.x, str(settings["baseline"]))
    found = [_integral(asking, start[None], settings) for start in starts]
    values = torch.stack([each.values for each in found]).mean(0)
    delta = sum(each.delta for each in found) / len(found)
    nodes = found[0].nodes if len(found) == 1 else ()
    if settings["rule"] != "adaptive":
        return Explanation(values, delta, nodes)
    unscaled = sum(each.unscaled_delta for each in found) / len(found)
    lows, highs = zip(*(each.scaled_by for each in found), strict=True)
    return Explanation(values, delta, nodes, unscaled, (min(lows), max(highs)))


class _Integral(NamedTuple):
    values: Tensor
    delta: float
    nodes: tuple[float, ...]
    unscaled_delta: float
    scaled_by: tuple[float, float]


def _integral(asking: Asking, start: Tensor, settings: Settings) -> _Integral:
    if settings["rule"] == "gauss-legendre":
        return _fixed(asking, start, int(settings["n_steps"]))
    return _adaptive(asking, start, int(settings["n_steps"]))


def _adaptive(asking: Asking, start: Tensor, most: int) -> _Integral:
    """Trapezoids on a path that has shorter pieces where the score and its slope disagree."""
    path = Path(asking.x[0] - start[0])
    wanted = list(FIRST)
    while wanted:
        path.add(
            wanted,
            *_slopes(asking, start, torch.tensor(wanted, dtype=start.dtype, device=start.device)),
        )
        asking.show(path.values())
        wanted = path.next(min(ROUND, most - len(path)))
    return _Integral(
        path.values(), path.delta(), path.nodes, path.unscaled_delta(), path.scaled_by()
    )


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


def _fixed(asking: Asking, start: Tensor, steps: int) -> _Integral:
    """Gauss-Legendre quadrature with a fixed number of steps, as in Captum's default call."""
    nodes, weights = legendre(steps)
    change = (asking.x - start)[0]
    total = torch.zeros_like(change)
    places = nodes.to(start).view(-1, 1, 1, 1)
    for at, weight in zip(
        torch.split(places, asking.batch), torch.split(weights, asking.batch), strict=True
    ):
        _scores, gradients = asking.gradients(start + at * (asking.x - start))
        total += torch.einsum("n,nchw->chw", weight.to(gradients), gradients)
    values = total * change
    first, last = asking.scores(torch.cat([start, asking.x])).double().tolist()
    delta = float(values.double().sum()) - (last - first)
    return _Integral(values, delta, tuple(nodes.tolist()), delta, (1.0, 1.0))


def gradient_shap(asking: Asking, settings: Settings) -> Explanation:
    """The gradient at random places between random baselines and the noisy picture, averaged.

    Lundberg, Lee (2017), as in Captum's GradientShap: each sample draws a baseline, noise on the
    picture, and one place on the line between them.
    """
    samples, seed = int(settings["samples"]), int(settings["seed"])
    starts = baseline_inputs(asking.model, asking.x, str(settings["baseline"]), seed)
    random = asking.generator(seed + 1)
    drawn = starts[torch.randint(len(starts), (samples,), generator=random)]
    places = torch.rand((samples, 1, 1, 1), generator=random).to(asking.x)
    ends = noisy(asking, samples, int(settings["noise"]), seed)
    total = torch.zeros_like(asking.x[0])
    done = 0
    for part in torch.split(torch.arange(samples), asking.batch):
        start, end, place = drawn[part], ends[part], places[part]
        _scores, gradients = asking.gradients(start + place * (end - start))
        total += (gradients * (end - start)).sum(0)
        done += len(part)
        asking.show(total / done)
    return Explanation(total / samples)
