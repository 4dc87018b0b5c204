"""Two colour scales as numbers: signed values in blue-white-orange, magnitudes in cividis.

Both can be read with any colour vision and in grey: the signed scale is equally light on both sides
at equal strength, and cividis becomes lighter from one end to the other.
"""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from densenet_viz.results.traces import Picture

SIGNED_SCALE: tuple[tuple[float, str], ...] = (
    (-1.0, "#1B6FBC"),
    (-0.5, "#8EBBE3"),
    (-0.25, "#CBDFF2"),
    (0.0, "#FFFFFF"),
    (0.25, "#FAD7B2"),
    (0.5, "#F3A551"),
    (1.0, "#B05200"),
)
"""Value as a part of the limit, and its colour: blue is negative, orange is positive."""

_LUMA = (0.2126, 0.7152, 0.0722)

_CIVIDIS = base64.b64decode(
    "ACJOACNPACRRACVTACVUACZWACdYAChZAChbACldACpfACphACtiACxkACxmAC1oAC5qAC5sAC9tADBvADBwADFwADFx"
    "ATJxBTNxCDNwDDRwDzVwEjVwFDZwFjdwGDdvGjhvHDlvHjpvIDpvITtuIzxuJDxuJj1uJz5uKT9uKj9tK0BtLUFtLkFt"
    "L0JtMUNtMkNtM0RtNEVsNUVsNkZsOEdsOUhsOkhsO0lsPEpsPUpsPktsP0xsQExsQU1sQk5sQ05sRE9sRVBsRlFsR1Fs"
    "SFJsSVNsSlNsS1RsTFVsTVVsTlZsT1dsUFdsUVhtUlltU1ptVFptVVttVVxtVlxtV11tWF5tWV5uWl9uW2BuXGFuXWFu"
    "XmJuXmNvX2NvYGRvYWVvYmVvY2ZwZGdwZWhwZWhwZmlwZ2pxaGpxaWtxamxxa21ybG1ybG5ybW9ybm9zb3BzcHFzcXJ0"
    "cnJ0cnN0c3R1dHR1dXV1dnZ2d3d2d3d3eHh3eXl3enp4e3p4fHt4fXx4fnx4fn14f354gH94gX94goB5g4F5hIJ5hYJ5"
    "hoN5h4R4iIV4iYV4ioZ4i4d4jIh4jYh4jol4j4p4kIt4kYt4kox4ko14k454lI53lY93lpB3l5F3mJJ3mZJ3mpN2m5R2"
    "nJV2nZV2npZ2n5d1oJh1oZl1opl1o5p0pJt0pZx0ppx0p51zqJ5zqZ9zqqBzq6ByrKFyraJyrqNxr6RxsKVxsaVws6Zw"
    "tKdvtahvtqlvt6luuKpuuattuqxtu61tvK5sva5svq9rv7BrwLFqwbJqwrNpw7NpxLRoxbVoxrZnx7dnyLhmyblly7ll"
    "zLpkzbtjzrxjz71i0L5i0b9h0sBg08Bf1MFf1cJe1sNd18Rc2cVc2sZb28da3MhZ3chY3slY38pX4MtW4cxV4s1U5M5T"
    "5c9S5tBR59FQ6NJP6dNO6tNM69RL7dVK7tZJ79dI8NhG8dlF8tpE89tC9dxB9t0/994++N88+eA6++E4/OI2/eM0/uQ0"
    "/uU1/uY2/ug4"
)
"""256 RGB triples; Nuñez, Anderton, Renslow, "Optimizing colormaps with consideration for color
vision deficiency", PLOS ONE 2018."""


def signed_rgb(values: NDArray[np.floating], limit: float) -> Picture:
    """Signed values (H, W) in colours (H, W, 3): 0 is white, `limit` and beyond full orange.

    NaN is drawn as 0. If `limit` is not above 0, everything is drawn as 0.

    >>> signed_rgb(np.array([[-2.0, 0.0, 1.0]]), limit=1.0).tolist()
    [[[27, 111, 188], [255, 255, 255], [176, 82, 0]]]
    """
    parts = (
        np.nan_to_num(np.asarray(values, float) / limit)
        if limit > 0
        else np.zeros(np.shape(values))
    )
    places = [place for place, _ in SIGNED_SCALE]
    colours = np.array([tuple(bytes.fromhex(colour[1:])) for _, colour in SIGNED_SCALE], float)
    channels = [np.interp(parts, places, colours[:, channel]) for channel in range(3)]
    return np.asarray(np.rint(np.stack(channels, axis=-1)), dtype=np.uint8)


def cividis_rgb(values: NDArray[np.floating]) -> Picture:
    """Magnitudes of any shape, 0 to 1, in cividis: (..., 3). Values outside are clipped."""
    table = np.frombuffer(_CIVIDIS, np.uint8).reshape(256, 3)
    places = np.rint(255 * np.clip(np.nan_to_num(values), 0, 1)).astype(np.intp)
    return np.asarray(table[places], dtype=np.uint8)


def limit_of(values: NDArray[np.floating], percentile: float = 99.5) -> float:
    """A limit for `signed_rgb` that does not depend on a few extreme pixels; above 0.

    >>> limit_of(np.zeros((4, 4)))
    1.0
    """
    strengths = np.abs(np.nan_to_num(values))
    limit = float(np.percentile(strengths, percentile)) or float(strengths.max())
    return limit if limit > 0 else 1.0


def overlay(picture: Picture, heat: NDArray[np.floating], opacity: float, limit: float) -> Picture:
    """Signed heat (H, W) over a picture (H, W, 3) of the same size.

    With growing opacity (0 to 1) the picture first turns grey, then fades, so that nobody mistakes
    its own colours for those of the scale.
    """
    part = min(1.0, max(0.0, opacity))
    # With luminance alone, two equally bright colours would look the same.
    grey = ((picture @ np.array(_LUMA) + picture.max(axis=-1)) / 2)[..., None]
    fading = (1 - min(1.0, 2 * part)) * picture + min(1.0, 2 * part) * grey
    blend = (1 - part) * fading + part * signed_rgb(heat, limit)
    return np.asarray(np.rint(blend), dtype=np.uint8)
