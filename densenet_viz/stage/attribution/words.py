"""The words of a finished map: where it is strongest, or that there is nothing in it, and why."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from densenet_viz.results.regions import strongest_regions
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import Heat
from densenet_viz.stage.shared.words import number

HALF = 0.5
"""Above it, a network whose findings do not exclude each other says a finding."""


class Headline(TypedDict):
    """What there is to see, and a sentence on it."""

    title: str
    sentence: str


def map_headline(
    heat: Heat, picture: Picture, label: str, *, is_said: bool, verdict: str, score: str = "score"
) -> Headline:
    """The title and the sentences of a finished map.

    Args:
        heat: (S, S), the map.
        picture: (S, S, 3) uint8, the network's input.
        label: of the class that is explained.
        is_said: whether the network says that class.
        verdict: one sentence: what the network says.
        score: what of the class the map explains, a word.
    """
    if is_flat(picture):
        return {"title": "There is nothing to point at", "sentence": f"{verdict} {_flat(heat)}"}
    if not heat.any():
        return {
            "title": "There is nothing in this map",
            "sentence": f"{verdict} Every value is zero: with this method and these settings, no "
            f"pixel raises or lowers the {score} of {label}. This happens if the picture is the "
            "same as the method’s baseline, or if the method keeps only what raises a score and "
            "finds nothing.",
        }
    if not heat.max() > 0:
        return {
            "title": f"Nothing here raises the {score} of {label}",
            "sentence": f"{verdict} No pixel of this map is above zero: each one lowers the "
            f"{score} or has no effect.",
        }
    only = "" if heat.min() < 0 else f" No pixel is below zero: nothing here lowers the {score}."
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    return {
        "title": f"The network looked here to say {label}"
        if is_said
        else f"This raises the {score} of {label}",
        "sentence": f"{verdict} {where(heat, f'what raises {label}')}; the strongest pixel is "
        f"+{number(float(heat.max()))} at x {column}, y {row}.{only}",
    }


def is_flat(picture: Picture) -> bool:
    """Whether a picture (H, W, 3) has the same colour everywhere."""
    return bool((picture == picture[:1, :1]).all())


def _flat(heat: Heat) -> str:
    one = "The picture has one colour, so no place in it differs from another."
    if not heat.any():
        return f"{one} Every value of the map is zero."
    return (
        f"{one} What the map shows comes from the network and the method (the picture’s edges, the "
        "baseline), not from a thing in the picture."
    )


def where(heat: Heat, what: str) -> str:
    """The cell of a map that raises the score most, with its share.

    >>> where(np.eye(4, dtype=np.float32), "what raises ring")
    '25% of what raises ring is at x 0–0, y 0–0'
    >>> where(np.zeros((4, 4), np.float32), "what raises ring")
    'no pixel of the map is above zero'
    """
    if not heat.max() > 0:
        return "no pixel of the map is above zero"
    best = strongest_regions(heat)[0]
    return f"{best.share:.0%} of {what} is at {best.name}"
