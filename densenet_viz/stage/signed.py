"""A signed map as bytes: enough for its colours, and half of what its values take."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from densenet_viz.figures.colours import limit_of
from densenet_viz.stage.attribution import Heat
from densenet_viz.stage.packing import averaged


def packed_signed(heat: Heat, side: int | None = None) -> dict[str, Any]:
    """A signed map (S, S) as the stage reads it (`PackedSigned` in sanity-geometry.js).

    127 and -127 are where the map's own colours end. Where S is larger than `side`, pixels are
    averaged to at most so many.
    """
    clean = np.nan_to_num(heat, posinf=0.0, neginf=0.0)
    factor = 1 if side is None else max(1, -(-len(clean) // side))
    small = averaged(clean[None], factor)[0]
    steps = np.rint(127 * np.clip(small / limit_of(small), -1, 1)).astype(np.int8)
    return {"size": len(small), "data": base64.b64encode(steps.tobytes()).decode()}
