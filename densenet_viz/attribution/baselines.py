"""Pictures that show nothing: a method compares the picture with them, or covers it with them.

The choice changes the map: what looks like the baseline gets zero. Sturmfels, Lundberg,
Lee, "Visualizing the Impact of Feature Attribution Baselines", Distill 2020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from densenet_viz.attribution.parameters import Choice

if TYPE_CHECKING:
    from torch import Tensor

    from densenet_viz.network.loaded import Colour, LoadedModel
    from densenet_viz.results.traces import Picture

BASELINES = ("black", "white", "grey", "mean", "blur", "noise")
"""A colour, the mean colour of the training pictures, the blurred picture, or random pixels."""

BASELINE_WORDS = {
    "black": "all black",
    "white": "all white",
    "grey": "middle grey",
    "mean": "the mean colour of the training pictures",
    "blur": "the picture itself, blurred",
    "noise": "random pixels, averaged over several samples",
}

NOISE_DRAWINGS = 4
"""A map is averaged over this many pictures of noise."""

BLUR = 1 / 12
"""Standard deviation of the blur, in picture widths."""


BLURS = (1 / 64, 1 / 6)
"""The narrowest and the widest random blur, in picture widths."""


def baseline_choice(default: str = "black", title: str = "Baseline") -> Choice:
    return Choice("baseline", title, default, BASELINES)


def drawings(name: str) -> int:
    """The number of pictures of a baseline.

    >>> drawings("noise"), drawings("black")
    (4, 1)
    """
    return NOISE_DRAWINGS if name == "noise" else 1


def baseline_colour(model: LoadedModel, name: str) -> Colour:
    """The colour of a uniform baseline, as values from 0 to 1."""
    levels = {"black": 0.0, "white": 1.0, "grey": 0.5}
    return model.mean if name == "mean" else (levels[name],) * 3


def baseline_inputs(model: LoadedModel, x: Tensor, name: str, seed: int = 0) -> Tensor:
    """The (M, 3, S, S) inputs of a baseline, normalised like `x`.

    Args:
        model: its normalisation is used.
        x: (1, 3, S, S), the picture's input; only "blur" uses its values.
        name: one of `BASELINES`.
        seed: of the noise; the same seed draws the same pixels.
    """
    if name == "blur":
        return blur(x)
    if name == "noise":
        return draw_baselines(model, x, name, NOISE_DRAWINGS, seed)
    return model.uniform(baseline_colour(model, name)).to(x.device)


def draw_baselines(
    model: LoadedModel, x: Tensor, distribution: str, samples: int, seed: int
) -> Tensor:
    """(samples, 3, S, S) random baselines, normalised like `x`.

    Args:
        model: its normalisation is used.
        x: (1, 3, S, S), the picture's input; only "blurs" uses its values.
        distribution: "noise" (each value by itself), "colours" (one each), or "blurs" (of the
            picture, each with its own width).
        samples: how many.
        seed: the same seed draws the same baselines.
    """
    import torch

    random = torch.Generator().manual_seed(seed)
    if distribution == "blurs":
        low, high = torch.tensor(BLURS).log().tolist()
        widths = torch.empty(samples).uniform_(low, high, generator=random).exp().tolist()
        return torch.cat([blur(x, width) for width in widths])
    shape = x.shape[1:] if distribution == "noise" else (3, 1, 1)
    pixels = torch.rand((samples, *shape), generator=random)
    mean, std = (torch.tensor(row).view(1, 3, 1, 1) for row in (model.mean, model.std))
    return ((pixels - mean) / std).to(x).expand(samples, *x.shape[1:])


def blur(x: Tensor, width: float = BLUR) -> Tensor:
    """(N, 3, S, S) blur by a Gaussian of `width` picture widths, edges repeated."""
    import torch
    from torch.nn.functional import conv2d, pad

    sigma = width * x.shape[-1]
    reach = max(1, round(3 * sigma))
    places = torch.arange(-reach, reach + 1, dtype=x.dtype, device=x.device)
    kernel = torch.exp(-0.5 * (places / sigma) ** 2)
    kernel = (kernel / kernel.sum()).repeat(3, 1, 1, 1)
    rows = conv2d(pad(x, (reach, reach, 0, 0), mode="replicate"), kernel, groups=3)
    columns = kernel.transpose(2, 3)
    return conv2d(pad(rows, (0, 0, reach, reach), mode="replicate"), columns, groups=3)


def baseline_picture(model: LoadedModel, x: Tensor, name: str) -> Picture:
    """A baseline as a picture, (S, S, 3) uint8; the first one if there are several.

    Args:
        model: its normalisation is undone.
        x: (1, 3, S, S), the picture's input.
        name: one of `BASELINES`.
    """
    import numpy as np
    import torch

    first = baseline_inputs(model, x, name)[0].cpu().permute(1, 2, 0)
    levels = first * torch.tensor(model.std) + torch.tensor(model.mean)
    return np.asarray((levels.clamp(0, 1) * 255).round().numpy(), dtype=np.uint8)
