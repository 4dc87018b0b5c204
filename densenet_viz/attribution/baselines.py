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
        from densenet_viz.attribution.starts import blur

        return blur(x, BLUR)
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

    from densenet_viz.attribution.starts import random_blurs, random_colours

    if distribution == "blurs":
        return random_blurs(x, *BLURS, samples, seed)
    mean, std = torch.tensor(model.mean), torch.tensor(model.std)
    return random_colours(x, mean, std, samples, seed, by_pixel=distribution == "noise")


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
