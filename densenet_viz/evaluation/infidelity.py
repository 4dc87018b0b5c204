"""Infidelity: does the map foretell how the score falls when parts of the picture are covered?

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
"""Squares, spread evenly over the sides."""

_SLOPES: Final = ("saliency", "guided-backprop", "deconvolution", "guided-grad-cam")
"""Methods whose values are per unit of input; all others' are shares of a score."""


@dataclass(frozen=True)
class Infidelity:
    """How badly a map foretells the falls of the score.

    `value` is Yeh et al.'s in squared units of the score, with the map scaled to foretell best
    (as Captum's `normalize=True` does), since most maps have a unit of their own. `unexplained` is
    its part (0 to 1) of the falls' mean square: 0 where the map foretells each fall, 1 where no
    scale makes it better than foretelling nothing.
    """

    value: float
    unexplained: float


@dataclass(frozen=True, eq=False)
class Squares:
    """Covered pictures. `removed` (N, 3, S, S) is the picture less each of them: I of equation 1.

    `covered` (N, 1, S, S) is 1 where the square lies.
    """

    removed: Tensor
    covered: Tensor


def squares(
    x: Tensor, cover: Tensor, generator: torch.Generator, samples: int = SAMPLES
) -> Squares:
    """Squares at random places that each show `cover` (1, 3, S, S) in the picture `x`'s place.

    Section 4.1 of the paper removes squares, too: pixels that belong together go together.
    """
    size = x.shape[-1]
    covered = torch.zeros((samples, 1, size, size))
    for place, mask in enumerate(covered[:, 0]):
        side = max(1, round(SIDES[place % len(SIDES)] * size))
        top, left = torch.randint(size - side + 1, (2,), generator=generator).tolist()
        mask[top : top + side, left : left + side] = 1
    return Squares(covered * (x - cover), covered)


def predict_falls(values: Tensor, given: Squares, *, slopes: bool) -> Tensor:
    """What a map says of each square: I transposed times the map, (N,).

    Args:
        values: (3 or 1, S, S), the map.
        given: the squares.
        slopes: whether the values are per unit of input. Else they are what the pixels add, and
            a square takes away as much as lies in it (Captum's `multiply_by_inputs`).
    """
    weights = given.removed if slopes else given.covered
    return (weights.double() * values.double()).sum((1, 2, 3))


def infidelity(said: Tensor, falls: Tensor) -> Infidelity:
    """Equation 1 over the samples, the map scaled by the best one factor.

    Args:
        said: (N,), what the map says of each perturbation (`predict_falls`).
        falls: (N,), the score of the picture less that of the perturbed one.
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
