"""What a small change of the input does to the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from densenet_viz.attribution.asking import Asking, Explanation, split_evenly
from densenet_viz.attribution.parameters import Settings

if TYPE_CHECKING:
    from torch import Tensor


ROUNDED = 16
"""From this many noisy copies on, rounding errors of a faster forward pass average out: the cosine
to the float32 map is 0.998 or more."""


def saliency(asking: Asking, _settings: Settings) -> Explanation:
    """The gradient of the score with respect to each input value, with its sign."""
    _scores, gradients = asking.gradients(asking.x)
    return Explanation(gradients[0])


def input_x_gradient(asking: Asking, _settings: Settings) -> Explanation:
    """The gradient times the normalised input."""
    _scores, gradients = asking.gradients(asking.x)
    return Explanation((gradients * asking.x)[0])


def smoothgrad(asking: Asking, settings: Settings) -> Explanation:
    """A gradient method on noisy copies of the picture: the mean, mean square or variance.

    Captum's NoiseTunnel does the same. `noise` is the noise's standard deviation in percent of the
    picture's range (Smilkov et al., section 2).
    """
    samples, form = int(settings["samples"]), str(settings["form"])
    given = noisy(asking, samples, int(settings["noise"]), int(settings["seed"]))
    total = torch.zeros_like(asking.x[0], dtype=torch.float64)
    squares = torch.zeros_like(total)
    done = 0
    for part in split_evenly(given, asking.most):
        values = _inner(asking, str(settings["over"]), part, rounded=samples >= ROUNDED)
        total += values.sum(0, dtype=torch.float64)
        if form != "mean":
            squares += values.double().square().sum(0)
        done += len(part)
        asking.show(_formed(form, total / done, squares / done))
    return Explanation(_formed(form, total / samples, squares / samples))


def noisy(asking: Asking, samples: int, percent: int, seed: int) -> Tensor:
    """(samples, 3, S, S): the picture with normal noise of `percent` of its range."""
    x = asking.x
    shape = (samples, *x.shape[1:])
    noise = torch.randn(shape, generator=asking.generator(seed)).to(x)
    return noise.mul_(percent / 100 * (x.max() - x.min())).add_(x)


def _inner(asking: Asking, over: str, pictures: Tensor, *, rounded: bool) -> Tensor:
    """(N, 3, S, S) values of the method `over` for each of the pictures."""
    if over in ("saliency", "input-x-gradient"):
        _scores, gradients = asking.gradients(pictures, asking.most, rounded=rounded)
        return gradients * pictures if over == "input-x-gradient" else gradients
    from densenet_viz.attribution.methods import METHODS

    row = METHODS[over]
    settings = row.settings(asking.model.spec, {})
    return torch.stack([row.explain(asking.about(one[None]), settings)[0] for one in pictures])


def _formed(form: str, mean: Tensor, square: Tensor) -> Tensor:
    values = {"mean": mean, "squared": square, "variance": square - mean**2}[form]
    return values.float()
