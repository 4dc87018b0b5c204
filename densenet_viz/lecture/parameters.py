"""What a slide may say of its picture: the settings of each picture and the values they take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from densenet_viz.lecture.deck import Setting


class PictureParameter(Protocol):
    """A setting: its value where the slide says nothing, and how what it says is read."""

    @property
    def default(self) -> Setting: ...

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        ...

    def read(self, text: str) -> Setting:
        """The value that a text stands for.

        Raises:
            ValueError: it is not an allowed one.
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
