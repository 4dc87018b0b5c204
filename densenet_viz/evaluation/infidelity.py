"""Infidelity: does the map predict how the score falls when parts of the picture are covered?

Yeh, Hsieh, Suggala, Inouye, Ravikumar (NeurIPS 2019), "On the (In)fidelity and Sensitivity of
Explanations", equation 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

SIDES: Final = (1 / 16, 1 / 8, 1 / 4)
"""Sides of the covered squares, in picture widths."""

SAMPLES: Final = 60
"""The number of squares, equally many of each size."""

_SLOPES: Final = ("saliency", "guided-backprop", "deconvolution", "guided-grad-cam")
"""Methods whose values are per unit of input; the values of all others are shares of a score."""


@dataclass(frozen=True)
class Infidelity:
    """How badly a map predicts the falls of the score.

    `value` is Yeh et al.'s in squared units of the score, with the map scaled to predict best
    (as Captum's `normalize=True` does), because most maps have their own unit. `unexplained` is
    its share (0 to 1) of the falls' mean square: 0 if the map predicts each fall, 1 if no scale
    makes it better than a map of zeros.
    """

    value: float
    unexplained: float


@dataclass(frozen=True, eq=False)
class Squares:
    """Covered pictures. `removed` (N, 3, S, S) is the picture minus each: I of equation 1.

    `covered` (N, 1, S, S) is 1 inside the square.
    """

    removed: Tensor
    covered: Tensor


def squares(
    x: Tensor, cover: Tensor, generator: torch.Generator, samples: int = SAMPLES
) -> Squares:
    """Squares at random places that show `cover` (1, 3, S, S) instead of the picture `x`.

    Section 4.1 of the paper also removes squares: pixels that belong together go together.
    """
    size = x.shape[-1]
    covered = torch.zeros((samples, 1, size, size))
    for place, mask in enumerate(covered[:, 0]):
        side = max(1, round(SIDES[place % len(SIDES)] * size))
        top, left = torch.randint(size - side + 1, (2,), generator=generator).tolist()
        mask[top : top + side, left : left + side] = 1
    return Squares(covered * (x - cover), covered)


def predict_falls(values: Tensor, given: Squares, *, slopes: bool) -> Tensor:
    """What a map predicts for each square: I transposed times the map, (N,).

    Args:
        values: (3 or 1, S, S), the map.
        given: the squares.
        slopes: whether the values are per unit of input. If not, they are what the pixels add,
            and a square removes the sum inside it (Captum's `multiply_by_inputs`).
    """
    weights = given.removed if slopes else given.covered
    return (weights.double() * values.double()).sum((1, 2, 3))


def infidelity(said: Tensor, falls: Tensor) -> Infidelity:
    """Equation 1 over the samples, with the map scaled by the best factor.

    Args:
        said: (N,), what the map predicts for each perturbation (`predict_falls`).
        falls: (N,), the score of the picture minus that of the perturbed one.
    """
    said, falls = said.double(), falls.double()
    whole = float((falls**2).mean())
    strength = float((said**2).sum())
    factor = float((said * falls).sum()) / strength if strength > 0 else 0.0
    value = float(((factor * said - falls) ** 2).mean())
    return Infidelity(value, value / whole if whole > 0 else 0.0)


def gives_slopes(method: str, settings: Mapping[str, Any]) -> bool:
    """Whether a method's values are per unit of input.

    >>> gives_slopes("saliency", {}), gives_slopes("smoothgrad", {"over": "input-x-gradient"})
    (True, False)
    """
    inner = str(settings.get("over", "saliency")) if method == "smoothgrad" else method
    return inner in _SLOPES
