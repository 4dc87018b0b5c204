"""A lecture as frozen values: `reading.py` makes them from a file, `pictures.py` uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Layout = Literal["title", "words", "picture", "both"]
Kind = Literal["p", "li", "h", "code", "table"]
Setting = str | int | float

OWN = Path(__file__).parent / "decks" / "lecture.md"
"""The lecture that comes with the project."""
PAGE = re.compile(r"[a-z][a-z_]{0,39}")
"""A page of the app, as in its address."""


@dataclass(frozen=True)
class Span:
    """Characters in one style; `href` is an https address or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class TextBlock:
    """A paragraph, a bullet, a heading, a piece of code or a table, shown from `step` on.

    A table has `rows` of cells, and the first row is its head; the other kinds have `spans`.
    """

    kind: Kind
    step: int
    spans: Spans = ()
    rows: tuple[tuple[Spans, ...], ...] = ()


@dataclass(frozen=True)
class PictureCall:
    """A picture by its name in `PICTURES`, with the settings that the slide gives it."""

    name: str
    parameters: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """How the picture changes at a step.

    `parameters` make it another picture of the same kind; `state` is given to the shown picture
    (`go` in the stage's module).
    """

    step: int
    parameters: Mapping[str, Setting] = field(default_factory=dict)
    state: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A question to the audience; the answer `right` (from 0, or None) is shown at `reveal`."""

    text: str
    options: tuple[str, ...]
    right: int | None
    step: int
    reveal: int


@dataclass(frozen=True)
class Slide:
    """One slide; its steps are counted from 0, and `minutes` is the time planned for it.

    `page` is a page of the app that the slide opens, as in its address, or "".
    """

    id: str
    title: str
    minutes: float
    layout: Layout
    blocks: tuple[TextBlock, ...] = ()
    notes: tuple[TextBlock, ...] = ()
    picture: PictureCall | None = None
    changes: tuple[Change, ...] = ()
    question: Question | None = None
    page: str = ""

    @property
    def steps(self) -> int:
        """The number of the last step: 0 if everything is visible from the start."""
        steps = [0, *(block.step for block in self.blocks), *(one.step for one in self.changes)]
        return max(steps if self.question is None else [*steps, self.question.reveal])


@dataclass(frozen=True)
class Deck:
    """A whole lecture."""

    title: str
    minutes: int
    slides: tuple[Slide, ...]
    author: str = ""
