"""Turns the lines of one slide into a `Slide`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from densenet_viz.lecture.deck import (
    PAGE,
    Change,
    Layout,
    PictureCall,
    Question,
    Setting,
    Slide,
    TextBlock,
)
from densenet_viz.lecture.pairs import MOST_MINUTES, STEP, Value, pairs_of, settings_of, wrong
from densenet_viz.lecture.rows import PICTURES, PictureRow
from densenet_viz.lecture.words import Line, WordsError, blocks_of

MOST_STEPS = 50
MOST_OPTIONS = 8

_KEYS = ("id", "minutes", "layout", "page", "picture", STEP)
_OPTION = re.compile(r"-\s\[( |x|X)\]\s+(.+)")


@dataclass
class Draft:
    """A slide whose final minutes are not known yet, and the line of its title."""

    slide: Slide
    line: int
    minutes: float | None


def draft_of(lines: Sequence[Line], number: int) -> Draft:
    start = next((place for place, (_, text) in enumerate(lines) if text.strip()), None)
    if start is None:
        line = lines[0][0] if lines else 1
        raise WordsError(line, f"slide {number} is empty; it begins with # Title.")
    line, text = lines[start]
    if not re.match(r"#\s+\S", text):
        raise wrong(line, f"{text.strip()[:60]!r} begins slide {number}", "# Title is expected")
    title = text.lstrip("#").strip()
    rest = list(lines[start + 1 :])
    ends = ("", "+", "???")
    end = next((place for place, (_, one) in enumerate(rest) if one.strip() in ends), len(rest))
    pairs = pairs_of(rest[:end], _KEYS)
    words, notes = _split_notes(_marked(rest[end:]))
    body = _body(words)
    picture, changes = _picture(pairs)
    slide = Slide(
        id=_id(pairs, title, line),
        title=title,
        minutes=0.0,
        layout=_layout(pairs, picture is not None, bool(body.blocks or body.question)),
        blocks=tuple(body.blocks),
        notes=tuple(blocks_of([line for line, _ in notes])),
        picture=picture,
        changes=changes,
        question=body.question,
        page=_page(pairs),
    )
    return Draft(slide, line, _minutes(pairs))


def _id(pairs: Mapping[str, Value], title: str, line: int) -> str:
    """The given id, otherwise one made of the title's letters, digits and hyphens."""
    given = pairs.get("id")
    if given is None:
        made = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:40].strip("-")
        return made or f"slide-at-line-{line}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", given.text):
        raise wrong(
            given.line,
            f"id: {given.text[:40]} was given",
            "up to 40 lower-case letters, digits and hyphens are allowed",
        )
    return given.text


def _page(pairs: Mapping[str, Value]) -> str:
    """The app's page that the slide opens, or ""; which pages there are is not known here."""
    given = pairs.get("page")
    if given is None:
        return ""
    if not PAGE.fullmatch(given.text):
        raise wrong(
            given.line,
            f"page: {given.text[:40]} was given",
            "a page's name as in its address, for example hands_on, is allowed",
        )
    return given.text


def _minutes(pairs: Mapping[str, Value]) -> float | None:
    given = pairs.get("minutes")
    if given is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", given.text) or float(given.text) > MOST_MINUTES:
        raise wrong(
            given.line,
            f"minutes: {given.text[:40]} was given",
            f"numbers from 0 to {MOST_MINUTES} are allowed",
        )
    return float(given.text)


def _layout(pairs: Mapping[str, Value], picture: bool, words: bool) -> Layout:
    given = pairs.get("layout")
    if given is None:
        return ("both" if words else "picture") if picture else "words"
    fitting: dict[Layout, bool] = {
        "title": not picture,
        "words": not picture,
        "picture": picture and not words,
        "both": picture and words,
    }
    for layout, fits in fitting.items():
        if given.text == layout and fits:
            return layout
    has = " and ".join(name for name, there in (("a picture", picture), ("words", words)) if there)
    allowed = ", ".join(layout for layout, fits in fitting.items() if fits)
    raise wrong(
        given.line,
        f"layout: {given.text[:40]} was given for a slide with {has or 'nothing but its title'}",
        f"allowed here: {allowed}",
    )


def _picture(pairs: Mapping[str, Value]) -> tuple[PictureCall | None, tuple[Change, ...]]:
    """`picture: name, setting=value` and the lines `step N: setting=value`."""
    steps = {int(key[5:]): value for key, value in pairs.items() if key.startswith("step ")}
    given = pairs.get("picture")
    if given is None:
        for value in steps.values():
            raise wrong(value.line, "a step was given without a picture", "add `picture: ...`")
        return None, ()
    name, _, rest = given.text.partition(",")
    row = PICTURES.get(name.strip())
    if row is None:
        raise wrong(
            given.line, f"picture: {name[:40]} was given", f"allowed are {', '.join(PICTURES)}"
        )
    settings = settings_of(given, rest, row.parameters, f"the picture {row.name}")
    changes = (_change(row, settings, step, steps[step]) for step in sorted(steps))
    return PictureCall(row.name, settings), tuple(changes)


def _change(row: PictureRow, given: Mapping[str, Setting], step: int, value: Value) -> Change:
    if step > MOST_STEPS:
        raise wrong(value.line, f"step {step} was given", f"steps up to {MOST_STEPS} are allowed")
    # At step 0 the picture line gives the settings, so only a state may be given.
    state = row.state(row.filled(given))
    known = {**row.parameters, **state} if step else state
    settings = settings_of(value, value.text, known, f"a step of the picture {row.name}")
    return Change(
        step,
        {name: one for name, one in settings.items() if name in row.parameters},
        {name: one for name, one in settings.items() if name in state},
    )


_Marked = tuple[Line, str]
"""A line and its mark: "+", "???", "?", or empty for words; in code, every line is words."""


def _marked(lines: Sequence[Line]) -> list[_Marked]:
    """The lines with their marks.

    Raises:
        WordsError: there is a second # Title.
    """
    found, in_code = [], False
    for number, text in lines:
        bare = text.strip()
        mark = bare if bare in ("+", "???") else "?" if text.startswith("? ") else ""
        if not in_code and re.match(r"#\s", text):
            raise WordsError(number, "a second # Title was given; a line --- begins a slide.")
        found.append(((number, text), "" if in_code else mark))
        in_code ^= bare.startswith("```")
    return found


def _split_notes(lines: list[_Marked]) -> tuple[list[_Marked], list[_Marked]]:
    for place, (_, mark) in enumerate(lines):
        if mark == "???":
            return lines[:place], lines[place + 1 :]
    return lines, []


@dataclass
class _Body:
    blocks: list[TextBlock] = field(default_factory=list)
    question: Question | None = None


def _body(lines: list[_Marked]) -> _Body:
    """The blocks with their steps, and the question."""
    body, step = _Body(), 0
    waiting: list[Line] = []
    place = 0
    while place < len(lines):
        line, mark = lines[place]
        place += 1
        if mark == "+":
            body.blocks += blocks_of(waiting, step)
            waiting, step = [], step + 1
            if step > MOST_STEPS:
                raise WordsError(line[0], f"a slide may have at most {MOST_STEPS} steps.")
        elif mark == "?":
            if body.question is not None:
                raise WordsError(line[0], "a second question was given; one is allowed.")
            options = [one for one, _ in lines[place:]]
            body.question, used = _question(line, options, step)
            place += used
        else:
            waiting.append(line)
    body.blocks += blocks_of(waiting, step)
    return body


def _question(line: Line, after: list[Line], step: int) -> tuple[Question, int]:
    """`? text`, then its options; also returns how many of the lines `after` belong to it."""
    number, text = line
    used = next((place for place, (_, one) in enumerate(after) if one.strip()), len(after))
    options: list[str] = []
    right: int | None = None
    while used < len(after) and (found := _OPTION.fullmatch(after[used][1].strip())):
        if found[1] != " ":
            if right is not None:
                raise WordsError(
                    after[used][0], "two answers are marked [x]; only one can be right."
                )
            right = len(options)
        options.append(found[2].strip())
        used += 1
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise wrong(
            number,
            f"a question with {len(options)} options `- [ ] ...` was given",
            f"2 to {MOST_OPTIONS} are allowed",
        )
    return Question(text[2:].strip(), tuple(options), right, step, step + 1), used
