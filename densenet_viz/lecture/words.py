"""The small Markdown of a slide: turns lines of text into blocks and spans. It has no HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from densenet_viz.lecture.deck import Span, Spans, TextBlock

_MARKS = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>[^*]+)\*\*"
    r"|\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*"
    r"|\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]*)\)"
)
_FENCE = "```"
_RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+")

Line = tuple[int, str]
"""A line of the file with its number, counted from 1."""


class WordsError(ValueError):
    """A text that is not allowed in the small Markdown; `line` is the number of its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def spans_of(text: str, line: int = 0) -> Spans:
    """The spans of one line: **bold**, *italic*, `code` and [links](https://...).

    >>> [(one.text, one.bold) for one in spans_of("layer 1: **64** in")]
    [('layer 1: ', False), ('64', True), (' in', False)]

    Raises:
        WordsError: a link does not lead to an https address.
    """
    spans: list[Span] = []
    start = 0
    for found in _MARKS.finditer(text):
        if found.start() > start:
            spans.append(Span(text[start : found.start()]))
        spans.append(_span(found, line))
        start = found.end()
    if start < len(text):
        spans.append(Span(text[start:]))
    return tuple(spans)


def _span(found: re.Match[str], line: int) -> Span:
    if (code := found["code"]) is not None:
        return Span(code, code=True)
    if (bold := found["bold"]) is not None:
        return Span(bold, bold=True)
    if (italic := found["italic"]) is not None:
        return Span(italic, italic=True)
    if not re.fullmatch(r"https://[\w.-]+(:\d+)?([/?#]\S*)?", found["href"]):
        raise WordsError(
            line, f"a link to {found['href'][:60]!r} was given; links start with https://."
        )
    return Span(found["text"], href=found["href"])


def blocks_of(lines: Sequence[Line], step: int = 0) -> Iterator[TextBlock]:
    """The blocks of some lines, all of which appear at `step`.

    Raises:
        WordsError: code is never closed, a table has no rule or rows of different lengths, or a
            link is not allowed.
    """
    place = 0
    while place < len(lines):
        number, text = lines[place]
        text = text.strip()
        if not text:
            place += 1
        elif text.startswith(_FENCE):
            end = _closing(lines, place)
            code = "\n".join(one for _, one in lines[place + 1 : end])
            yield TextBlock("code", step, (Span(code, code=True),))
            place = end + 1
        elif text.startswith("|"):
            end = _end(lines, place, lambda one: one.startswith("|"))
            yield _table(lines[place:end], step)
            place = end
        elif text.startswith("## "):
            yield TextBlock("h", step, spans_of(text[3:].strip(), number))
            place += 1
        else:
            bullet = text.startswith("- ")
            end = _end(lines, place + 1, _continues)
            whole = " ".join(one.strip() for _, one in lines[place:end])
            kind, words = ("li", whole[2:].strip()) if bullet else ("p", whole)
            yield TextBlock(kind, step, spans_of(words, number))  # type: ignore[arg-type]
            place = end


def _continues(text: str) -> bool:
    """Whether a line continues the paragraph or bullet before it."""
    return bool(text) and not text.startswith(("- ", "|", "## ", _FENCE))


def _end(lines: Sequence[Line], start: int, goes_on: object) -> int:
    assert callable(goes_on)
    while start < len(lines) and goes_on(lines[start][1].strip()):
        start += 1
    return start


def _closing(lines: Sequence[Line], start: int) -> int:
    for place in range(start + 1, len(lines)):
        if lines[place][1].strip() == _FENCE:
            return place
    raise WordsError(lines[start][0], "code begins here with ``` but is never closed with ```.")


def _table(lines: Sequence[Line], step: int) -> TextBlock:
    first = lines[0][0]
    if len(lines) < 2 or not _RULE.fullmatch(lines[1][1].strip()):
        raise WordsError(first, "the second line of a table must be its rule, such as |---|---|.")
    rows = [_cells(text, number) for number, text in [lines[0], *lines[2:]]]
    for (number, _), row in zip([lines[0], *lines[2:]], rows, strict=True):
        if len(row) != len(rows[0]):
            raise WordsError(
                number,
                f"a table row has {len(row)} cells; {len(rows[0])} are expected, as in its head.",
            )
    return TextBlock("table", step, rows=tuple(rows))


def _cells(text: str, line: int) -> tuple[Spans, ...]:
    return tuple(spans_of(cell.strip(), line) for cell in text.strip().strip("|").split("|"))
