"""Maps that the bench's grid compares, and what the comparison teaches."""

from __future__ import annotations

from dataclasses import dataclass

from densenet_viz.attribution import Method
from densenet_viz.results.traces import Picture
from densenet_viz.ui.attribution.map_jobs import Ask

_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True, eq=False)
class ComparedMap:
    """One map that is compared: its name, what is special about it, how it is made."""

    name: str
    ask: Ask
    note: str = ""
    thumbnail: Picture | None = None
    thumbnail_words: str = ""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Maps that are shown together, and what they teach."""

    title: str
    lesson: str
    label: str
    """The class whose score they raise and lower."""
    entries: tuple[ComparedMap, ...]

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(entry.ask for entry in self.entries)

    @property
    def methods(self) -> tuple[Method, ...]:
        """Each method once."""
        return tuple({entry.ask.method: entry.ask.row for entry in self.entries}.values())


def count_words(count: int, noun: str) -> str:
    """A small number in words.

    >>> count_words(7, "ways"), count_words(1, "ways"), count_words(12, "maps")
    ('Seven ways', 'One way', '12 maps')
    """
    words = _COUNTS[count] if count < len(_COUNTS) else str(count)
    return f"{words} {noun.removesuffix('s') if count == 1 else noun}"
