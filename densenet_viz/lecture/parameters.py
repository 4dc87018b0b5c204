"""The settings that a slide may give to its picture, and the allowed values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from densenet_viz.facts.configuration import Configuration
from densenet_viz.facts.connections import pack_cuts, read_connections, unpack_cuts
from densenet_viz.facts.places import PARAMETERS, read_place
from densenet_viz.lecture.deck import Setting

NETWORK, NOTHING = "network", "nothing"
"""Names of the place that is the whole network, and of no cut."""
MOST_LETTERS = 8_000
"""Of a text that names connections; all 597 of a DenseNet-121 take 4,400."""


class PictureParameter(Protocol):
    """A setting: its default value, and how a slide's text for it is read."""

    @property
    def default(self) -> Setting: ...

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        ...

    def read(self, text: str) -> Setting:
        """The value of a text.

        Raises:
            ValueError: the value is not allowed.
        """
        ...


@dataclass(frozen=True)
class OneOf:
    """One of some names."""

    names: Collection[str]
    default: str

    @property
    def allowed(self) -> str:
        return ", ".join(self.names)

    def read(self, text: str) -> str:
        if text not in self.names:
            raise ValueError(text)
        return text


@dataclass(frozen=True)
class Whole:
    """A whole number between two limits, both allowed."""

    low: int
    high: int
    default: int

    @property
    def allowed(self) -> str:
        return f"whole numbers from {self.low} to {self.high}"

    def read(self, text: str) -> int:
        if len(text) > 6 or not text.isdecimal() or not self.low <= int(text) <= self.high:
            raise ValueError(text)
        return int(text)


@dataclass(frozen=True)
class At:
    """A place in a network, written as one text: `place_parts` reads its parts."""

    spec: Configuration
    default: str = NETWORK

    @property
    def allowed(self) -> str:
        return (
            f"{NETWORK}, classifier, a block (denseblock2), a layer (denseblock2.denselayer5, "
            "stem, transition1), its channel (denseblock2.denselayer5/7) or one number (row 3, "
            "column 4: denseblock2.denselayer5/7/3/4)"
        )

    def read(self, text: str) -> str:
        read_place(place_parts(text), self.spec)
        return text


def place_parts(text: str) -> Mapping[str, str]:
    """The parts of a place as `read_place` takes them.

    >>> place_parts("stem/3/0/9")
    {'at': 'stem', 'channel': '3', 'y': '0', 'x': '9'}
    >>> place_parts("network")
    {'at': ''}

    Raises:
        ValueError: there are too many parts.
    """
    parts = ("" if text == NETWORK else text).split("/")
    if len(parts) > len(PARAMETERS):
        raise ValueError(text[:80])
    return dict(zip(PARAMETERS, parts, strict=False))


@dataclass(frozen=True)
class Cuts:
    """Cut connections, joined by `~`: as in an address (2.2-5), or by name."""

    spec: Configuration
    default: str = NOTHING

    @property
    def allowed(self) -> str:
        return (
            f"{NOTHING}, or connections joined by ~, as in the address of the scissors (2.2-5) or "
            "by name (denseblock2:layer2>layer5, denseblock1:input>all)"
        )

    def read(self, text: str) -> str:
        """The connections as `pack_cuts` writes them."""
        if text == NOTHING:
            return text
        if len(text) > MOST_LETTERS or "" in text.split("~"):
            raise ValueError(text[:80])
        found = [
            one
            for part in text.split("~")
            for one in (
                read_connections(part, self.spec) if ":" in part else unpack_cuts(part, self.spec)
            )
        ]
        return pack_cuts(found) or NOTHING
