"""A map and the true mask: what a threshold keeps, and how much of that is the object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.colours import limit_of
from densenet_viz.figures.theme import FOUND_COLOURS
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.scores import PrecisionRecall
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import Heat, PackedHeat, pack_heat, pack_palette
from densenet_viz.stage.shared.outline import PackedMask, outline, pack_mask
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import number

Mask = NDArray[np.bool_]
View = Literal["kept", "over", "picture"]

CURVE_POINTS = 400
"""The curve is sent with about this many points at most: more than a screen shows."""

CLEARLY = 1.25
"""A clear difference: the average precision is at least this many times chance, or chance is at
least this many times the average precision."""


class Share(TypedDict):
    """What else was measured of the map, in words."""

    name: str
    percent: str


class Colours(TypedDict):
    """Of what is kept: on the object, and beside it."""

    hit: str
    extra: str


class TruthScene(TypedDict):
    """What `truth.js` shows; the curve's points are recall and precision."""

    title: str
    view: View
    label: str
    method: str
    caption: str
    picture: str
    size: int
    heat: PackedHeat
    limit: float
    limits: list[str]
    meaning: list[str]
    palette: str
    mask: PackedMask
    other: PackedMask | None
    curve: list[list[float]]
    average: float
    averageText: str
    chance: float
    chanceText: str
    colours: Colours
    shares: list[Share]
    alt: str


def truth_scene(
    picture: Picture,
    mask: Mask,
    heat: Heat,
    *,
    caption: str,
    method: str,
    target: Prediction,
    curve: PrecisionRecall,
    shares: Mapping[str, float],
    other_mask: Mask | None = None,
    other_label: str | None = None,
    title: str | None = None,
    view: View = "kept",
) -> TruthScene:
    """The scene of `truth.js`.

    Args:
        picture: (S, S, 3) uint8, the network's input.
        mask: where the object of the explained class is, (S, S); not empty.
        heat: the signed map, (S, S).
        caption: what the picture is, a few words.
        method: the method's title.
        target: the explained class.
        curve: precision and recall of this map for this mask.
        shares: other measures of the map, 0 to 1, each with a short name ("on the object").
        other_mask: where the other object of a scene of two is, (S, S).
        other_label: that object's class.
        title: the lesson; by default how much better than chance the map finds the object.
        view: what is shown first: what a threshold keeps, the map over the picture, or neither.

    Raises:
        ValueError: the map or a mask does not have the picture's size, or the mask is empty.
    """
    _check(picture, mask, heat, other_mask)
    chance, label = float(mask.mean()), target.label
    return {
        "title": title or _title(curve.average_precision, chance, label),
        "view": view,
        "label": label,
        "method": method,
        "caption": f"{caption}, {len(picture)} × {len(picture)} px",
        "picture": picture_address(picture),
        "size": len(picture),
        "heat": pack_heat(heat),
        "limit": limit_of(heat),
        "limits": [f"−{number(limit_of(heat))}", "0", f"+{number(limit_of(heat))}"],
        "meaning": [f"lowers {label}", f"raises {label}"],
        "palette": pack_palette(),
        "mask": _outlined(mask, label),
        "other": None if other_mask is None else _outlined(other_mask, other_label or "other"),
        "curve": _curve(curve),
        "average": curve.average_precision,
        "averageText": f"{curve.average_precision:.0%}",
        "chance": chance,
        "chanceText": f"{chance:.1%}",
        "colours": {"hit": FOUND_COLOURS["hit"], "extra": FOUND_COLOURS["extra"]},
        "shares": [{"name": name, "percent": f"{share:.0%}"} for name, share in shares.items()],
        "alt": f"{method} map for {label} and the object's true outline: average precision "
        f"{curve.average_precision:.0%}, by chance {chance:.1%}.",
    }


def _check(picture: Picture, mask: Mask, heat: Heat, other: Mask | None) -> None:
    shape = picture.shape[:2]
    for name, layer in (("mask", mask), ("map", heat), ("other mask", other)):
        if layer is not None and layer.shape != shape:
            raise ValueError(f"the {name} is {layer.shape}; the picture's {shape} is expected")
    if not mask.any():
        raise ValueError("the mask is empty; it must contain an object")


def _title(average: float, chance: float, label: str) -> str:
    if average >= CLEARLY * chance:
        return f"The map finds the {label} {_times(average / chance)} better than chance"
    if average <= chance / CLEARLY:
        return f"The map finds the {label} worse than chance"
    return f"The map finds the {label} no better than chance"


def _times(ratio: float) -> str:
    """How many times, with few digits.

    >>> _times(1.53), _times(14.7)
    ('1.5 times', '15 times')
    """
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:.0f} times"


def _outlined(mask: Mask, label: str) -> PackedMask:
    return {"label": label, "bits": pack_mask(mask), "path": outline(mask)}


def _curve(curve: PrecisionRecall) -> list[list[float]]:
    """Recall and precision, from few kept pixels to many; points at even distances along the line.

    At the start, where the line turns most, every point stays.
    """
    points = np.column_stack([curve.recall, curve.precision])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) > CURVE_POINTS:
        steps = np.abs(np.diff(points, axis=0)).sum(axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        places = np.searchsorted(along, np.linspace(0, along[-1], CURVE_POINTS))
        points = points[np.unique(np.clip(places, 0, len(points) - 1))]
    return [[round(float(x), 5), round(float(y), 5)] for x, y in points]
