"""Scenes of a map against the true mask, with values that are known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from densenet_viz.results import Prediction
from densenet_viz.scores import PrecisionRecall
from densenet_viz.stage.truth import truth_scene

PICTURE = np.zeros((8, 8, 3), np.uint8)
RING = Prediction(1, "ring", 0.75)
HEAT = np.zeros((8, 8), np.float32)
HEAT[3, 3], HEAT[0, 7] = 4, -8
MASK, OTHER = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
MASK[2:6, 2:6] = True  # a quarter of the picture
OTHER[0, :2] = True


def curve(average: float = 0.5, points: object = ((0.0, 1.0), (1.0, 0.25))) -> PrecisionRecall:
    """A curve through `points`, each a recall and a precision."""
    recall, precision = np.array(points, float).T
    return PrecisionRecall(np.arange(len(recall))[::-1] * 1.0, precision, recall, average)


def scene(average: float = 0.5, mask: NDArray[np.bool_] = MASK, **changes: Any) -> dict[str, Any]:
    """The scene of a map of a ring with this average precision."""
    given = {
        "caption": "a drawn ring",
        "method": "Saliency",
        "target": RING,
        "curve": curve(average),
        "shares": {"on the object": 0.625, "near it": 1.0},
    }
    heat = changes.pop("heat", HEAT)
    return truth_scene(PICTURE, mask, heat, **{**given, **changes})
