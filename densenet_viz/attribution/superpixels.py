"""Superpixels: a picture cut into connected parts of similar colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from densenet_viz.network.loaded import LoadedModel

Labels = NDArray[np.int64]

COMPACTNESS = 10.0
"""The weight of distance relative to colour: a higher one makes squarer parts."""

SIGMA = 1.0
"""Pixels by which the picture is first smoothed, so that noise makes no borders."""

SMALLEST = 0.25
"""SLIC merges smaller parts with a neighbour; in units of the average part's size."""


def superpixels_in(model: LoadedModel, x: Tensor, most: int) -> Labels:
    """`superpixels` of a (1, 3, S, S) input, as it was before the model's normalisation."""
    mean, std = (np.array(each)[:, None, None] for each in (model.mean, model.std))
    pixels = x[0].cpu().numpy().astype(np.float64) * std + mean
    return superpixels(np.moveaxis(pixels, 0, 2).clip(0, 1), most)


def superpixels(pixels: NDArray[np.float64], most: int) -> Labels:
    """Cuts a picture into at most `most` connected parts, the same ones each time.

    SLIC: Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods",
    TPAMI 2012. It finds about the requested number; extra parts are merged. If noise in a picture
    makes it find less than half, SLIC's adaptive form is used.

    Args:
        pixels: (H, W, 3), 0 to 1.
        most: 1 or more.

    Returns:
        (H, W): each pixel's superpixel, numbered from 0 without gaps.
    """
    parts = _slic(pixels, most, own_scale=False)
    if 2 * (int(parts.max()) + 1) < most:
        parts = _slic(pixels, most, own_scale=True)
    return merge_parts(parts, pixels, most)


def _slic(pixels: NDArray[np.float64], about: int, *, own_scale: bool) -> Labels:
    """Connected parts by SLIC; with `own_scale` each part weighs colour by its own noise (SLICO).

    With one scale for all, borders follow objects well, but strong noise breaks parts into pieces
    that are too small.
    """
    from skimage.measure import label
    from skimage.segmentation import slic

    found = slic(
        pixels,
        n_segments=about,
        compactness=COMPACTNESS,
        sigma=SIGMA,
        min_size_factor=SMALLEST,
        slic_zero=own_scale,
        start_label=1,
        channel_axis=-1,
    )
    # Pieces that touch only at corners count as two.
    return np.asarray(label(found, connectivity=1), dtype=np.int64) - 1


def merge_parts(labels: Labels, pixels: NDArray[np.float64], most: int) -> Labels:
    """Merges the smallest part with the neighbour of the most similar colour until `most` are left.

    >>> labels, grey = np.array([[0, 0, 1, 2, 2]]), np.array([[0.1, 0.1, 0.7, 0.9, 0.9]])
    >>> merge_parts(labels, np.repeat(grey[..., None], 3, axis=2), 2).tolist()
    [[0, 0, 1, 1, 1]]
    """
    from scipy.ndimage import binary_dilation

    while (count := int(labels.max()) + 1) > most:
        sizes = np.bincount(labels.ravel(), minlength=count)
        totals = [np.bincount(labels.ravel(), pixels[..., c].ravel(), count) for c in range(3)]
        colours = np.stack(totals, axis=1) / sizes[:, None]
        smallest = int(sizes.argmin())
        around = np.unique(labels[binary_dilation(labels == smallest)])
        around = around[around != smallest]
        unlike = ((colours[around] - colours[smallest]) ** 2).sum(axis=1)
        joined = np.where(labels == smallest, around[unlike.argmin()], labels)
        labels = joined - (joined > smallest)
    return labels
