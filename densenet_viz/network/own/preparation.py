"""What a weight file cannot tell: how pictures are prepared, and what the outputs mean.

`guess` makes a first guess from what the file does tell; the visitor can change each part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from densenet_viz.images.fitting import Fit
from densenet_viz.network.loaded import Colour
from densenet_viz.network.models import IMAGENET_MEAN, IMAGENET_STD
from densenet_viz.network.own.errors import OwnModelError

Outputs = Literal["exclusive", "independent", "single"]
OUTPUTS: Mapping[Outputs, str] = MappingProxyType(
    {
        "exclusive": "one class (softmax)",
        "independent": "each by itself (sigmoid)",
        "single": "one score, positive or negative (sigmoid)",
    }
)
"""What the outputs of a network mean, in words."""

_ZERO, _HALF, _ONE = (0.0,) * 3, (0.5,) * 3, (1.0,) * 3
OWN_NUMBERS = "own numbers"
_LEAST, _LARGEST = 1e-6, 1e6
NORMALISATIONS: Mapping[str, tuple[Colour, Colour]] = MappingProxyType(
    {
        "ImageNet": (IMAGENET_MEAN, IMAGENET_STD),
        "CIFAR-10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
        "0 to 1": (_ZERO, _ONE),
        "−1 to 1": (_HALF, _HALF),
        "0 to 255": (_ZERO, (1 / 255,) * 3),
        "−1024 to 1024": (_HALF, (0.5 / 1024,) * 3),
        "−2 to 2": (_HALF, (0.25,) * 3),
    }
)
"""Mean and standard deviation per colour channel, of values from 0 to 1, by their usual names."""


@dataclass(frozen=True)
class Preparation:
    """How a network gets its pictures, and how its outputs are read.

    Args:
        input_size: height and width, in pixels (16 to 512).
        mean: subtracted from each colour channel, of values from 0 to 1.
        std: what each channel is divided by, above 0.
        fit: how a picture becomes a square.
        outputs: what the outputs mean.
    """

    input_size: int = 224
    mean: Colour = IMAGENET_MEAN
    std: Colour = IMAGENET_STD
    fit: Fit = "square"
    outputs: Outputs = "exclusive"

    @property
    def normalisation(self) -> str:
        """Its name in `NORMALISATIONS`, or `OWN_NUMBERS`."""
        return next(
            (name for name, pair in NORMALISATIONS.items() if pair == (self.mean, self.std)),
            OWN_NUMBERS,
        )


def _prepared(
    normalisation: str, size: int = 224, fit: Fit = "square", outputs: Outputs = "exclusive"
) -> Preparation:
    return Preparation(size, *NORMALISATIONS[normalisation], fit, outputs)


PRESETS: Mapping[str, Preparation] = MappingProxyType(
    {
        "torchvision or timm": _prepared("ImageNet", 224, "margin"),
        "CheXNet": _prepared("ImageNet", 224, "margin", "independent"),
        "torchxrayvision": _prepared("−1024 to 1024", 224, "square", "independent"),
        "MONAI": _prepared("0 to 1", 224, "squeezed"),
        "CIFAR-10": _prepared("CIFAR-10", 32),
        "Hands on": _prepared("−2 to 2", 16),
    }
)
"""How the code that most weights come from prepares its pictures; "Hands on" is a page of this app,
with digits of 16 px (its drawn scenes have 32)."""


def read_colour(text: str, *, above: float | None = None) -> Colour:
    """Three numbers of a text such as "0.5, 0.5, 0.5", or one for all three channels.

    >>> read_colour("0.5")
    (0.5, 0.5, 0.5)

    Raises:
        OwnModelError: it is something else, or a number is not above `above`.
    """
    parts = re.findall(r"[^\s,;]+", text[:100])
    try:
        numbers = tuple(map(float, parts))
    except ValueError:
        numbers = ()
    allowed = all(abs(one) <= _LARGEST and (above is None or one >= _LEAST) for one in numbers)
    if len(numbers) not in (1, 3) or not allowed:
        least = -_LARGEST if above is None else _LEAST
        raise OwnModelError(
            f"Write one number, or three with commas between them, from {least:g} to {_LARGEST:g}."
        )
    red, green, blue = numbers * (3 // len(numbers))
    return red, green, blue


@dataclass(frozen=True)
class Signs:
    """What a weight file tells of the code that it comes from."""

    outputs: int
    grey: bool
    small_stem: bool
    monai_names: bool
    left_out: tuple[str, ...]


def guess(signs: Signs) -> tuple[str, Preparation]:
    """The preset that fits the signs best, and its preparation.

    >>> guess(Signs(14, False, False, False, ()))[0]
    'CheXNet'
    """
    name = next((name for name, fits in _RULES if fits(signs)), "torchvision or timm")
    found = PRESETS[name]
    if signs.outputs == 1:
        return name, replace(found, outputs="single")
    return name, found


_RULES = (
    ("torchxrayvision", lambda signs: "op_threshs" in " ".join(signs.left_out)),
    ("Hands on", lambda signs: signs.grey and signs.small_stem),
    ("torchxrayvision", lambda signs: signs.grey and signs.outputs == 18),
    ("MONAI", lambda signs: signs.monai_names or signs.grey),
    ("CIFAR-10", lambda signs: signs.small_stem),
    ("CheXNet", lambda signs: signs.outputs == 14),
)
"""The first rule that holds decides."""
