"""A place to draw a digit, and what one or two networks say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.theme import CIVIDIS
from densenet_viz.results.learning import Look
from densenet_viz.results.traces import Picture
from densenet_viz.stage.shared.packing import PackedMaps, pack_maps, picture_address

MOST = 2
"""Networks side by side."""


class DigitAnswer(TypedDict):
    """One network's answer: the place of its class, all probabilities, and a map."""

    name: str
    answer: int
    chances: list[float]
    heat: PackedMaps
    method: str


class DigitScene(TypedDict):
    """What `digit.js` shows. `picture` is "" while nothing is drawn."""

    size: int
    labels: list[str]
    picture: str
    caption: str
    answers: list[DigitAnswer]
    palette: str


def digit_scene(
    size: int,
    labels: Sequence[str],
    picture: Picture | None,
    caption: str,
    looks: Sequence[tuple[str, Look]],
) -> DigitScene:
    """The scene of `digit.js`.

    Args:
        size: height and width of the drawing, in cells.
        labels: of the classes.
        picture: (S, S, 3) uint8 as the networks get it; None while nothing is drawn.
        caption: what the picture is, a few words.
        looks: of at most two networks, with their names.
    """
    return {
        "size": size,
        "labels": list(labels),
        "picture": "" if picture is None else picture_address(picture),
        "caption": caption,
        "answers": [
            {
                "name": name,
                "answer": int(look.chances.argmax()),
                "chances": [round(float(chance), 4) for chance in look.chances],
                "heat": pack_maps(look.heat[None]),
                "method": "Grad-CAM" if look.method == "grad-cam" else "gradient",
            }
            for name, look in looks[:MOST]
        ],
        "palette": CIVIDIS,
    }


def read_cells(told: object, size: int) -> NDArray[np.bool_] | None:
    """The drawing that a browser sent, (size, size); None if it is none.

    Args:
        told: a text of zeros and ones, row by row.
        size: height and width.
    """
    if not isinstance(told, str) or len(told) != size * size or set(told) - {"0", "1"}:
        return None
    return np.array([cell == "1" for cell in told]).reshape(size, size)
