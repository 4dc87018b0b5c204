"""The connections of a block as a small picture, from what `measure.reuse` gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.colours import cividis_rgb


def reuse_picture(matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """A block's connections (L + 1, L + 1) as a picture of as many pixels, clear where none is.

    The brightest is the strongest connection of this block, the darkest is 0.
    """
    there = ~np.isnan(matrix)
    share = np.where(there, matrix, 0) / (float(np.nanmax(matrix)) or 1.0)
    alpha = np.where(there, 255, 0).astype(np.uint8)[..., None]
    return np.concatenate([cividis_rgb(share.astype(np.float32)), alpha], axis=-1)
