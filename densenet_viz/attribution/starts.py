"""Baselines as tensors, for a call's `start` and `starts`: `baselines.starts_call` names one.

The source of what a call uses is printed with it (`script`), so only torch is used here.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad


def blur(x: Tensor, width: float) -> Tensor:
    """(N, 3, S, S) blur by a Gaussian of `width` picture widths, edges repeated."""
    sigma = width * x.shape[-1]
    reach = max(1, round(3 * sigma))
    places = torch.arange(-reach, reach + 1, dtype=x.dtype, device=x.device)
    kernel = torch.exp(-0.5 * (places / sigma) ** 2)
    kernel = (kernel / kernel.sum()).repeat(3, 1, 1, 1)
    rows = conv2d(pad(x, (reach, reach, 0, 0), mode="replicate"), kernel, groups=3)
    columns = kernel.transpose(2, 3)
    return conv2d(pad(rows, (0, 0, reach, reach), mode="replicate"), columns, groups=3)


def of_one_colour(x: Tensor, mean: Tensor, std: Tensor, colour: list[float]) -> Tensor:
    """(1, 3, S, S) of a colour, given as values from 0 to 1."""
    return ((torch.tensor(colour) - mean) / std).view(1, 3, 1, 1).to(x).expand_as(x).contiguous()


def blurred(x: Tensor, _mean: Tensor, _std: Tensor, width: float) -> Tensor:
    """(1, 3, S, S) blur of the picture."""
    return blur(x, width)


def random_blurs(
    x: Tensor, _mean: Tensor, _std: Tensor, narrowest: float, widest: float, samples: int, seed: int
) -> Tensor:
    """(samples, 3, S, S) blurs of the picture, each with its own width."""
    low, high = torch.tensor((narrowest, widest)).log().tolist()
    random = torch.Generator().manual_seed(seed)
    widths = torch.empty(samples).uniform_(low, high, generator=random).exp().tolist()
    return torch.cat([blur(x, width) for width in widths])


def random_colours(
    x: Tensor, mean: Tensor, std: Tensor, samples: int, seed: int, by_pixel: bool
) -> Tensor:
    """(samples, 3, S, S) random colours, normalised: one for each pixel, or for each baseline."""
    shape = x.shape[1:] if by_pixel else (3, 1, 1)
    pixels = torch.rand((samples, *shape), generator=torch.Generator().manual_seed(seed))
    colours = (pixels - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    return colours.to(x).expand(samples, *x.shape[1:])
