"""Maximum sensitivity: how much the map changes when the picture changes very little.

Yeh, Hsieh, Suggala, Inouye, Ravikumar (NeurIPS 2019), "On the (In)fidelity and Sensitivity of
Explanations", definition 3.1, divided by the map's own strength as Captum's `sensitivity_max` is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

RADIUS: Final = 0.02
"""The largest change of a value of the network's input; about one grey level of 255."""

MOST: Final = 10
LEAST: Final = 2
PASSES: Final = 400
"""The most and the fewest moved pictures, and the passes that they may take."""


def samples_for(passes: int) -> int:
    """The number of moved pictures for a method whose map takes this many passes.

    >>> samples_for(2), samples_for(80), samples_for(5000)
    (10, 5, 2)
    """
    return max(LEAST, min(MOST, PASSES // max(1, passes)))


def add_noise(x: Tensor, generator: torch.Generator, radius: float = RADIUS) -> Tensor:
    """`x` plus independent noise, uniform between -radius and radius, on each value."""
    noise = torch.rand(x.shape, generator=generator) * 2 - 1
    return x + radius * noise.to(x)


def sensitivity_max(
    explain: Callable[[Tensor], Tensor],
    x: Tensor,
    values: Tensor,
    generator: torch.Generator,
    samples: int,
    radius: float = RADIUS,
) -> float:
    """The largest ||map(moved x) - map(x)|| / ||map(x)|| over the samples; 0 if nothing changes.

    It is a lower bound, because not all pictures within the radius are tried.

    Args:
        explain: returns the map of a (1, 3, S, S) input.
        x: (1, 3, S, S), the picture's input.
        values: its map.
        generator: of the noise.
        samples: how many moved pictures are tried.
        radius: the largest change, in units of the input.
    """
    strength = float(values.double().norm()) or 1.0
    ways = [
        float((explain(add_noise(x, generator, radius)).to(values) - values).double().norm())
        for _ in range(samples)
    ]
    return max(ways) / strength
