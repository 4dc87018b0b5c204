"""A network's answer for a picture, and the map of where it looked: frozen values.

Arrays are numpy and read-only by agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz.results.traces import Maps

Explains = Literal["logit", "probability"]
"""What of a class is explained: its raw score, or its probability."""
EXPLAINS: Final[tuple[Explains, ...]] = ("logit", "probability")


@dataclass(frozen=True)
class Prediction:
    """One class and its probability (0 to 1)."""

    index: int
    label: str
    probability: float


def compared(label: str, against: str | None) -> str:
    """A class, or a class against another one.

    >>> compared("ring", None), compared("ring", "broken ring")
    ('ring', 'ring against broken ring')
    """
    return label if against is None else f"{label} against {against}"


@dataclass(frozen=True)
class Verdict:
    """How far a picture is from the pictures that a network was trained on.

    `score` is a distance, 0 or more (`network.familiarity`); up to `limit`, a picture counts as
    similar to the training pictures.
    """

    score: float
    limit: float

    @property
    def familiar(self) -> bool:
        return self.score <= self.limit


@dataclass(frozen=True, eq=False)
class Answer:
    """A network's answer for a picture.

    `logits` is (classes,) float32. `verdict` is None if it was not measured which pictures the
    network knows.
    """

    logits: NDArray[np.float32]
    verdict: Verdict | None


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each input pixel adds to (positive) or takes from (negative) a class.

    `values` is (3 or 1, H, W), signed, in the picture's pixels; methods with one value for each
    pixel (Grad-CAM) have one channel.
    """

    method: str
    values: Maps
    target: Prediction
    predictions: tuple[Prediction, ...]
    seconds: float
    forward_passes: int
    """Number of forward passes, counted in pictures."""
    backward_passes: int = 0
    """Number of backward passes, counted in pictures."""
    convergence_delta: float | None = None
    """Sum of the values minus (F(picture) - F(baseline)), if the method promises equality.

    F is the class's `explains`.
    """
    parameters: Mapping[str, Any] = field(default_factory=dict)
    finished: bool = True
    """False while the map is still being computed."""
    nodes: tuple[float, ...] = ()
    """Points of the path from the baseline (0) to the picture (1) where gradients were taken."""
    unscaled_delta: float | None = None
    """`convergence_delta` before pieces of the path were scaled; None if nothing was scaled."""
    scaled_by: tuple[float, float] | None = None
    """The smallest and the largest factor that a piece was scaled by."""
    explains: Explains = "logit"
    """What of the class the values add up to or change."""
    against: Prediction | None = None
    """The class whose logit was subtracted, if a difference of two classes is explained."""
    computed_by: str = ""
    """Captum's version and classes, or "ours" and how near the map is to Captum's."""

    @property
    def subject(self) -> str:
        """The class whose score is explained, and the one that it is compared with."""
        return compared(self.target.label, None if self.against is None else self.against.label)

    @property
    def heat(self) -> NDArray[np.float32]:
        """(H, W), summed over the colour channels."""
        return np.asarray(self.values.sum(axis=0), dtype=np.float32)
