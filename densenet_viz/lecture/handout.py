"""A deck's words as HTML: each slide with its notes on a page, for paper and without scripts.

All text of a deck is escaped here. `stage/lecture/handout.js` draws the pictures later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

Json = Mapping[str, Any]
"""A part of a deck scene, as `pictures.scene_of` makes it."""


def handout(deck: Json) -> str:
    """All slides of a deck scene, each a section with its notes, in order."""
    slides = deck["slides"]
    return "\n".join(_page(slide, place, deck) for place, slide in enumerate(slides))


def _page(slide: Json, place: int, deck: Json) -> str:
    count = len(deck["slides"])
    return (
        '<section class="handout-page">'
        f'<p class="handout-place">{escape(deck["title"])} · slide {place + 1} of {count}</p>'
        f'<div class="handout-slide" data-layout="{escape(slide["layout"])}">'
        f"<h2>{escape(slide['title'])}</h2>"
        f"{_told_in_steps(slide)}{_picture(slide, place)}</div>"
        f"{_notes(slide)}</section>"
    )


def _told_in_steps(slide: Json) -> str:
    """The words, with the question before the words that are shown after it."""
    asked = (slide.get("question") or {}).get("step", slide["steps"])
    before = [block for block in slide["blocks"] if block["step"] <= asked]
    after = [block for block in slide["blocks"] if block["step"] > asked]
    return words(before) + _question(slide) + words(after)


def words(blocks: Iterable[Json]) -> str:
    """Blocks as paragraphs, lists, headings, code and tables.

    >>> words([{"kind": "li", "step": 0, "spans": [{"text": "a < b", "bold": True}]}])
    '<ul><li><b>a &lt; b</b></li></ul>'
    """
    return "".join(_group(kind, list(group)) for kind, group in groupby(blocks, _kind))


def _kind(block: Json) -> str:
    return str(block["kind"])


def _group(kind: str, blocks: list[Json]) -> str:
    if kind == "table":
        return "".join(_table(block["rows"]) for block in blocks)
    if kind == "li":
        return f"<ul>{''.join(f'<li>{_run(block)}</li>' for block in blocks)}</ul>"
    if kind == "code":
        return "".join(f"<pre>{_run(block)}</pre>" for block in blocks)
    tag = "h3" if kind == "h" else "p"
    return "".join(f"<{tag}>{_run(block)}</{tag}>" for block in blocks)


def _table(rows: list[list[list[Json]]]) -> str:
    """Rows of cells of spans; the first row is the head."""

    def line(row: list[list[Json]], tag: str) -> str:
        cells = (f"<{tag}>{''.join(map(_span, cell))}</{tag}>" for cell in row)
        return f"<tr>{''.join(cells)}</tr>"

    body = "".join(line(row, "td") for row in rows[1:])
    return f"<table><thead>{line(rows[0], 'th')}</thead><tbody>{body}</tbody></table>"


def _run(block: Json) -> str:
    return "".join(map(_span, block["spans"]))


def _span(span: Json) -> str:
    text = escape(span["text"])
    for style, tag in (("code", "code"), ("italic", "i"), ("bold", "b")):
        if span.get(style):
            text = f"<{tag}>{text}</{tag}>"
    # The reader of decks allows only https; any other address stays plain words.
    address = span.get("href") or ""
    if address.startswith("https://"):
        text = f'<a href="{escape(address)}" rel="noopener noreferrer">{text}</a>'
    return text


def _picture(slide: Json, place: int) -> str:
    picture = slide.get("picture")
    if not picture:
        return ""
    return (
        f'<figure><div class="handout-picture" data-slide="{place}" role="img" '
        f'aria-label="{escape(picture["alt"])}">{escape(picture["alt"])}</div>'
        f"<figcaption>{escape(picture['sentence'])}</figcaption></figure>"
    )


def _question(slide: Json) -> str:
    question = slide.get("question")
    if not question:
        return ""
    options = "".join(f"<li>{escape(option)}</li>" for option in question["options"])
    return (
        f'<div class="handout-question"><p>{escape(question["text"])}</p>'
        f'<ol type="A">{options}</ol></div>'
    )


def _notes(slide: Json) -> str:
    return "".join(
        f'<div class="handout-notes"><h3>{title}</h3>{text}</div>'
        for title, text in _told(slide)
        if text
    )


def _told(slide: Json) -> Iterator[tuple[str, str]]:
    """The texts below a slide: the notes, and the answer to its question."""
    yield "Notes", words(slide["notes"])
    question = slide.get("question") or {}
    right = question.get("right")
    if right is not None:
        yield "Answer", f"<p>{chr(ord('A') + right)}: {escape(question['options'][right])}</p>"
