"""The settings that a slide may give to its picture, and the allowed values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from densenet_viz.lecture.deck import Setting


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
