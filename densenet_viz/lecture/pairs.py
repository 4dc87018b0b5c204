"""Lines `key: value` of a deck, and the settings in a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from densenet_viz.lecture.deck import Setting
from densenet_viz.lecture.parameters import PictureParameter
from densenet_viz.lecture.words import Line, WordsError

MOST_MINUTES = 600
STEP = "step N"
"""Among the allowed keys: `step 1`, `step 2` and so on."""
_PAIR = re.compile(r"([A-Za-z][\w ]*?)\s*:\s*(.*)")


@dataclass(frozen=True)
class Value:
    """The text after a key, and the number of its line."""

    text: str
    line: int


def wrong(line: int, given: str, allowed: str) -> WordsError:
    return WordsError(line, f"{given}; {allowed}.")


def pairs_of(lines: Sequence[Line], allowed: Sequence[str]) -> dict[str, Value]:
    pairs: dict[str, Value] = {}
    for number, text in lines:
        found = _PAIR.fullmatch(text.strip())
        key = " ".join(found[1].lower().split()) if found else ""
        known = key in allowed or (STEP in allowed and re.fullmatch(r"step (0|[1-9]\d{0,2})", key))
        if found is None or not known:
            raise wrong(
                number,
                f"{text.strip()[:60]!r} was given",
                f"lines `key: value` with {', '.join(allowed)} are allowed here; put an empty line "
                "before other words",
            )
        if key in pairs:
            raise wrong(number, f"{key} was given again", "it is allowed once")
        if not found[2]:
            raise wrong(number, f"{key} has no value", "write one after the colon")
        pairs[key] = Value(found[2].strip(), number)
    return pairs


def settings_of(
    value: Value, text: str, rows: Mapping[str, PictureParameter], where: str
) -> dict[str, Setting]:
    """The settings `name=value, name=value` of a text, checked against their rows."""
    settings: dict[str, Setting] = {}
    for piece in filter(None, (part.strip() for part in text.split(","))):
        name, sign, given = (part.strip() for part in piece.partition("="))
        if not sign or name not in rows:
            names = ", ".join(f"{name}=" for name in rows) or "none"
            raise wrong(
                value.line, f"{piece[:60]!r} was given for {where}", f"its settings are {names}"
            )
        try:
            settings[name] = rows[name].read(given)
        except ValueError:
            raise wrong(
                value.line,
                f"{name}={given[:40]} was given for {where}",
                f"allowed are {rows[name].allowed}",
            ) from None
    return settings
