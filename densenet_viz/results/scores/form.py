"""A scoreboard as JSON, and read back with checks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from densenet_viz.results.scores.values import MEASURES, Interval, Score, Scoreboard

FORMAT = 1
"""Version of the JSON form."""


def to_json(board: Scoreboard) -> dict[str, Any]:
    """The scoreboard as JSON types; `from_json` gives an equal one back."""
    return {
        "format": FORMAT,
        "model": board.model,
        "seed": board.seed,
        "scenes": board.scenes,
        "pairs": board.pairs,
        "date": board.date,
        "versions": dict(board.versions),
        "machine": dict(board.machine),
        "notes": list(board.notes),
        "confidence": 0.95,
        "rows": [_row_to_json(row) for row in board.rows],
    }


def _row_to_json(row: Score) -> dict[str, Any]:
    result: dict[str, Any] = {
        "method": row.method,
        "title": row.title,
        "treatment": row.treatment,
        "is_baseline": row.is_baseline,
    }
    for name, interval in row.measures.items():
        result[name] = interval.mean
        result[f"{name}_interval"] = [interval.low, interval.high]
        result[f"{name}_count"] = interval.count
    return result


def from_json(given: object) -> Scoreboard:
    """The scoreboard that `to_json` wrote.

    Raises:
        ValueError: something is missing, or has a wrong type or value.
    """
    board = _checked(given, dict, "the scoreboard")
    if board.get("format") != FORMAT:
        raise ValueError(f"format={board.get('format')!r} was given; {FORMAT} was expected.")
    rows = tuple(_row_from_json(row) for row in _part(board, "rows", list))
    names = [row.method for row in rows]
    if len(set(names)) < len(names):
        raise ValueError("Two rows have the same method; each method may occur once.")
    return Scoreboard(
        model=_part(board, "model", str),
        seed=_part(board, "seed", int),
        scenes=_part(board, "scenes", int),
        pairs=_part(board, "pairs", int),
        date=_part(board, "date", str),
        versions=_words(board, "versions"),
        machine=_words(board, "machine"),
        notes=tuple(_checked(note, str, "a note") for note in _part(board, "notes", list)),
        rows=rows,
    )


def _row_from_json(given: object) -> Score:
    row = _checked(given, dict, "a row")
    return Score(
        method=_part(row, "method", str),
        title=_part(row, "title", str),
        treatment=_part(row, "treatment", str),
        is_baseline=_part(row, "is_baseline", bool),
        measures={name: _interval(row, name) for name in MEASURES if name in row},
    )


def _interval(row: Mapping[str, Any], name: str) -> Interval:
    ends = _part(row, f"{name}_interval", list)
    count = _part(row, f"{name}_count", int)
    values = [_checked(value, (int, float), name) for value in (row[name], *ends)]
    if len(values) != 3 or not all(0 <= value <= 1 for value in values):
        raise ValueError(f"{name} has {values}; a mean and two ends from 0 to 1 were expected.")
    mean, low, high = map(float, values)
    if not (low <= mean <= high or math.isclose(low, high, abs_tol=1e-9)) or count < 1:
        raise ValueError(f"{name} has mean {mean}, interval {ends}, count {count}: not in order.")
    return Interval(mean, low, high, count)


def _words(board: Mapping[str, Any], name: str) -> dict[str, str]:
    given = _part(board, name, dict)
    return {
        _checked(key, str, f"a name in {name}"): _checked(value, str, f"a value in {name}")
        for key, value in given.items()
    }


def _part(given: Mapping[str, Any], name: str, kind: type) -> Any:
    if name not in given:
        raise ValueError(f"{name!r} is missing.")
    return _checked(given[name], kind, name)


def _checked(given: object, kind: type | tuple[type, ...], what: str) -> Any:
    right = isinstance(given, kind) and (kind is bool or not isinstance(given, bool))
    if not right:
        kinds = kind if isinstance(kind, tuple) else (kind,)
        wanted = " or ".join(one.__name__ for one in kinds)
        raise ValueError(f"{what} is of type {type(given).__name__}; {wanted} was expected.")
    return given
