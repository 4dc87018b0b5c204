"""Pictures that show nothing: a method compares the picture with them, or covers it with them.

The choice changes the map: what looks like the baseline gets zero. Sturmfels, Lundberg,
Lee, "Visualizing the Impact of Feature Attribution Baselines", Distill 2020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from densenet_viz.attribution.parameters import Choice, Settings

if TYPE_CHECKING:
    from torch import Tensor

    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.traces import Picture

BASELINES = ("black", "white", "grey", "mean", "blur", "noise")
"""A colour, the mean colour of the normalisation, the blurred picture, or random pixels."""

BASELINE_WORDS = {
    "black": "all black",
    "white": "all white",
    "grey": "middle grey",
    "mean": "the mean colour of the normalisation",
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


def baselines_in(settings: Settings) -> tuple[str, int, int]:
    """The baseline that a method's settings name, its seed, and how many random ones are drawn."""
    name = settings.get("distribution", settings.get("baseline", "black"))
    samples = settings["samples"] if "distribution" in settings else NOISE_DRAWINGS
    return name, settings.get("seed", 0), samples


def starts_call(
    model: LoadedModel, name: str, seed: int = 0, samples: int = NOISE_DRAWINGS
) -> tuple[str, tuple[Any, ...]]:
    """The function of `starts` that makes baselines, and what it gets after picture, mean and std.

    Made once: it is run (`baseline_inputs`), and it is printed (`script`).
    """
    levels = {"black": 0.0, "white": 1.0, "grey": 0.5}
    if name == "blur":
        return "blurred", (BLUR,)
    if name == "blurs":
        return "random_blurs", (*BLURS, samples, seed)
    if name in levels or name == "mean":
        return "of_one_colour", (list(model.mean) if name == "mean" else [levels[name]] * 3,)
    return "random_colours", (samples, seed, name == "noise")


def baseline_inputs(
    model: LoadedModel, x: Tensor, name: str, seed: int = 0, samples: int = NOISE_DRAWINGS
) -> Tensor:
    """The (M, 3, S, S) inputs of a baseline, normalised like `x`.

    Args:
        model: its normalisation is used.
        x: (1, 3, S, S), the picture's input; only "blur" and "blurs" use its values.
        name: one of `BASELINES`; or "colours" (one random colour each) or "blurs" (of the picture,
            each with its own width).
        seed: of the random ones; the same seed draws the same ones.
        samples: how many random ones.
    """
    import torch

    from densenet_viz.attribution import starts

    function, arguments = starts_call(model, name, seed, samples)
    made: Tensor = getattr(starts, function)(
        x, torch.tensor(model.mean), torch.tensor(model.std), *arguments
    )
    return made


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
