"""Measured numbers become rows, and rows become Markdown; nothing here measures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Cell = str | int | float
SPREAD = ("median", "lowest", "highest")


@dataclass(frozen=True)
class Table:
    """One table of the report: its title, its columns, and its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def as_records(self) -> list[dict[str, Any]]:
        """Each row as a mapping from column to value.

        >>> Table("Paint", ("page", "ms"), (("home", 80.0),)).as_records()
        [{'table': 'Paint', 'page': 'home', 'ms': 80.0}]
        """
        return [
            {"table": self.title, **dict(zip(self.head, row, strict=True))} for row in self.rows
        ]


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, lowest and highest, for the columns of `SPREAD`.

    >>> spread([3.0, 1.0, 2.0])
    (2.0, 1.0, 3.0)
    """
    return median(values), min(values), max(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` percent of the values or more do not exceed (nearest rank).

    >>> percentile([16, 17, 18, 40], 75), percentile([16, 17, 18, 40], 95)
    (18, 40)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


def shown(cell: Cell) -> str:
    """A cell in words: three figures of a number, thousands in groups.

    >>> [shown(cell) for cell in ("home", 12345.6, 123.4, 45.67, 1.234, 7)]
    ['home', '12,346', '123', '45.7', '1.23', '7']
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
    return f"{cell:,.{digits}f}"


def markdown(table: Table) -> str:
    """The table under its title, numbers to the right.

    >>> print(markdown(Table("Paint", ("page", "ms"), (("home", 80.0),), "Quick.")))
    ### Paint
    <BLANKLINE>
    | page | ms |
    |---|---:|
    | home | 80.0 |
    <BLANKLINE>
    Quick.
    """
    return "\n".join(_lines(table))


def _lines(table: Table) -> Iterator[str]:
    yield f"### {table.title}"
    yield ""
    yield line(table.head)
    first = table.rows[0] if table.rows else ()
    yield "|" + "".join("---|" if isinstance(cell, str) else "---:|" for cell in first)
    yield from map(line, table.rows)
    if table.note:
        yield ""
        yield table.note


def line(cells: Sequence[Cell]) -> str:
    """A row of a Markdown table.

    >>> line(("home", 80.0))
    '| home | 80.0 |'
    """
    return f"| {' | '.join(map(shown, cells))} |"
