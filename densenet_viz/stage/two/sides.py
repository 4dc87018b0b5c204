"""The two sides of a comparison, and sentences about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.regions import CELLS, strongest_regions
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import Heat

Kind = Literal["pictures", "networks"]

MOSTLY = 0.5
"""We say that a map looks at an object if at least this share of what raises the class is there."""
BEYOND = 1.5
"""The share must also be at least this many times the object's share of the picture."""
PEAKED = 0.25
"""We say that a map looks at a corner from this share on: four times the share of an even map."""


@dataclass(frozen=True)
class Looked:
    """How much of what raises the class is on an object or near it, and how large that region is.

    `share` is a share of the map's positive values, `area` of the picture, both 0 to 1.
    """

    thing: str
    share: float
    area: float


@dataclass(frozen=True, eq=False)
class Side:
    """One picture, one network, and the map of what raises the explained class.

    `network` is the network's title, `called` its name inside a sentence. `picture` is (S, S, 3)
    uint8, the network's input; `caption` says what it is. `predictions` are most probable first.
    `truth` is the right class if it is known, and `looked` is given if its place is known too.
    `says` is the heading of its answer.
    """

    network: str
    called: str
    picture: Picture
    caption: str
    predictions: tuple[Prediction, ...]
    target: Prediction
    attribution: Attribution | None = None
    truth: str | None = None
    looked: Looked | None = None
    says: str = ""

    @property
    def heat(self) -> Heat | None:
        """(S, S); also while the map is still being computed."""
        return None if self.attribution is None else self.attribution.heat

    @property
    def finished(self) -> bool:
        return self.attribution is not None and self.attribution.finished


@dataclass(frozen=True, eq=False)
class Apart:
    """The left map minus the right map, as shares of each, (S, S), and their rank correlation."""

    heat: Heat
    rho: float


Sides = tuple[Side, Side]


def title_of(kind: Kind, sides: Sides) -> str:
    """Where each map points, if the numbers show it; otherwise what is compared."""
    left, right = sides
    here, there = place_of(left), place_of(right)
    if kind == "networks":
        same = "The same picture, two networks:"
        if here is None or there is None:
            return f"{same} what raises {_targets(sides)}"
        if here == there:
            return f"{same} both look at {here}"
        return f"{same} {left.called} looks at {here}, {right.called} at {there}"
    two, where = "Two pictures, one network:", ("on the left", "on the right")
    if here and there:
        return f"{two} it looks at {here} {where[0]}, at {there} {where[1]}"
    nothing = [raises_nothing(side) for side in sides]
    if left.finished and right.finished and sum(nothing) == 1 and same_target(sides):
        return f"{two} something raises {left.target.label} only {where[nothing.index(False)]}"
    return f"{two} what raises {_targets(sides)}"


def same_target(sides: Sides) -> bool:
    return sides[0].target.label == sides[1].target.label


def _targets(sides: Sides) -> str:
    left, right = (side.target.label for side in sides)
    return left if same_target(sides) else f"{left} and {right}"


def place_of(side: Side) -> str | None:
    """What a finished map points at: the object or a corner; None if the numbers do not show it."""
    heat, looked = side.heat, side.looked
    if heat is None or not side.finished or raises_nothing(side):
        return None
    if looked and looked.share >= MOSTLY and looked.share >= BEYOND * looked.area:
        return f"the {looked.thing}"
    best = strongest_regions(heat)[0]
    if best.share < PEAKED:
        return None
    columns = {0: "left", len(heat): "right"}
    rows = {0: "upper", len(heat): "lower"}
    row = rows.get(best.top) or rows.get(best.bottom)
    column = columns.get(best.left) or columns.get(best.right)
    return f"the {row} {column} corner" if row and column else None


def raises_nothing(side: Side) -> bool:
    """Whether a finished map has no value above zero."""
    return side.heat is not None and side.finished and not side.heat.max() > 0


def where_words(side: Side) -> str:
    """Where the map is positive: on its object if that is known, else in its strongest region."""
    heat, looked, label = side.heat, side.looked, side.target.label
    if heat is None:
        return "no map yet"
    if not heat.max() > 0:
        return f"nothing raises {label}"
    if looked is not None:
        return (
            f"{looked.share:.0%} of what raises {label} is on the {looked.thing} or near it, "
            f"which is {looked.area:.0%} of the picture"
        )
    best = strongest_regions(heat)[0]
    return (
        f"{best.share:.0%} of what raises {label} is at {best.name}, which is "
        f"{1 / CELLS**2:.0%} of the picture"
    )


def agreement_words(rho: float) -> str:
    """A rank correlation in words.

    >>> agreement_words(0.123)
    'They hardly rank the pixels alike: Spearman’s rank correlation is 0.12.'
    """
    if np.isnan(rho):
        return "A map with one value everywhere ranks no pixels, so there is no rank correlation."
    how = "largely" if rho >= 0.7 else "partly" if rho >= 0.3 else "hardly"
    said = (
        "They rank the pixels in opposite orders"
        if rho <= -0.3
        else f"They {how} rank the pixels alike"
    )
    text = f"{rho:.2f}".replace("-0.00", "0.00").replace("-", "−")
    return f"{said}: Spearman’s rank correlation is {text}."
