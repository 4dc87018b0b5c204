"""Deletion and insertion: the network's answer while the map's highest pixels go or come back.

Petsiuk, Das, Saenko (2018), "RISE: Randomized Input Sampling for Explanation of Black-box Models".
Deletion replaces pixels by the mean colour of the normalisation; insertion starts from
a blurred picture and brings back the sharp pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from densenet_viz.attribution.twins import fused_of
from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.baselines import smooth

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.attributions import Explains
    from densenet_viz.results.traces import Picture

AskNetwork = Callable[[torch.Tensor], torch.Tensor]

STEPS = 12
"""In this many equal steps, the picture's pixels are removed or inserted."""

BLUR = 1 / 12
"""Standard deviation of the blur that insertion starts from, in picture widths."""


@dataclass(frozen=True)
class Perturbed:
    """The class's probability, or logit, after 0, 1, ... of the steps, (steps + 1,) each."""

    deletion: tuple[float, ...]
    insertion: tuple[float, ...]

    @property
    def deletion_auc(self) -> float:
        return area(self.deletion)

    @property
    def insertion_auc(self) -> float:
        return area(self.insertion)


def area(curve: tuple[float, ...]) -> float:
    """Area under equally spaced values over a base of 1, by the trapezoid rule.

    >>> area((1.0, 0.5, 0.0))
    0.5
    """
    inner = sum(curve) - (curve[0] + curve[-1]) / 2
    return float(inner / (len(curve) - 1))


def order_of(heat: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.intp]:
    """Pixels (H * W,), the highest value first; equal ones in random order."""
    values = heat.ravel()
    return np.lexsort((rng.random(values.size), -values))


def perturb(
    model: LoadedModel,
    picture: Picture,
    target: int,
    heats: dict[str, NDArray[np.float32]],
    rng: np.random.Generator,
    steps: int = STEPS,
    cancelled: Callable[[], bool] | None = None,
    ask: AskNetwork | None = None,
    axis: Explains = "probability",
) -> dict[str, Perturbed]:
    """Deletion and insertion along each map.

    Args:
        model: whose network is asked.
        picture: (S, S, 3) uint8, as `model.picture` gives it.
        target: the class that is measured.
        heats: maps by name, each (S, S).
        rng: breaks ties; the same state gives the same order.
        steps: number of equal steps.
        cancelled: called before each map.
        ask: gives the (N, classes) logits of (N, 3, S, S) inputs; by default the model's network
            on the processor.
        axis: what of the class is measured; the paper takes the probability.

    Returns:
        The two curves by the maps' names. Their ends, where nothing or everything is replaced,
        are the same for all maps and computed once.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    sharp = model.prepared(picture)[0]
    blurred = model.prepared(out_of_focus(picture))[0]
    mean = model.uniform(model.mean)[0]
    answer = ask or fused_of(model).logits

    def values(pictures: torch.Tensor) -> list[float]:
        rows = answer(pictures).float().cpu().numpy()
        if axis == "logit":
            return [float(row[target]) for row in rows]
        return [model.prediction(row, target).probability for row in rows]

    ends = values(torch.stack([sharp, mean, blurred]))
    shares = [round(sharp[0].numel() * step / steps) for step in range(1, steps)]
    result = {}
    for name, heat in heats.items():
        if cancelled is not None and cancelled():
            raise Cancelled("The evaluation was cancelled.")
        rank = np.empty(heat.size, np.intp)
        rank[order_of(heat, rng)] = np.arange(heat.size)
        gone = torch.from_numpy(rank.reshape(heat.shape) < np.array(shares)[:, None, None])[:, None]
        both = torch.cat([torch.where(gone, mean, sharp), torch.where(gone, sharp, blurred)])
        answers = values(both)
        deletion, insertion = answers[: len(shares)], answers[len(shares) :]
        result[name] = Perturbed((ends[0], *deletion, ends[1]), (ends[2], *insertion, ends[0]))
    return result


def out_of_focus(picture: Picture) -> Picture:
    """The picture that insertion starts from, (S, S, 3) uint8."""
    sigma = BLUR * len(picture)
    colours = [smooth(picture[..., colour], sigma) for colour in range(3)]
    return np.rint(np.stack(colours, axis=-1)).astype(np.uint8)
