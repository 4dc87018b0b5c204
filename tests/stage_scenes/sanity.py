"""Scenes of the sanity check, with values that are known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from densenet_viz.stage.sanity import MEASURES, Strip, sanity_scene

STAGES = ("trained", "classifier", "stem")
PICTURE = np.zeros((8, 8, 3), np.uint8)
HEAT = np.zeros((8, 8), np.float32)
HEAT[3, 3], HEAT[0, 7] = 4, -2


def strip(title: str = "Saliency", end: float | None = 0.1, maps: int = 3, **more: Any) -> Strip:
    """One method's maps; `end` is how alike the last one is to the first, None before it came."""
    values = [1.0, 0.75, 0.25][:maps]
    return Strip(
        title=title,
        heats=[HEAT] * maps,
        alike=dict.fromkeys(MEASURES, values),
        at_the_end=None if end is None else {"rank": -0.9, "rank_absolute": end, "ssim": 0.05},
        unchanged=None if end is None else end > 0.5,
        **more,
    )


def scene(*strips: Strip) -> dict[str, Any]:
    """The scene of these methods."""
    return sanity_scene(
        PICTURE,
        caption="A drawn ring",
        label="ring",
        stages=STAGES,
        strips=strips,
        edges=np.abs(HEAT),
        limit=0.5,
    )
