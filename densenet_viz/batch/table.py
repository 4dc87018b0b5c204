"""The rows of a batch's table, to and from CSV, and the ZIP archive with maps and table.

Names of files and classes come from users, and a spreadsheet reads a cell that begins with = + - or
@ as a formula: such a text gets an apostrophe in front. Numbers are our own and do not change.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
TABLE = "results.csv"


@dataclass(frozen=True)
class BatchRow:
    """The result for one file.

    Attributes:
        file: its name.
        sha256: of its bytes.
        model: the model's name.
        weights: SHA-256 of the model's weights, labels and input (`LoadedModel.digest`).
        named: the most probable class; in the table the column is `class`.
        probability: of that class, 0 to 1.
        asked: "most probable", or the number of the class that was chosen.
        target: the class that the map is for, and `target_index` its number.
        explains: what of the class the map explains, "logit" or "probability".
        method: the attribution method.
        settings: of the method, as a JSON object.
        sum: of the map's values.
        delta: that sum minus the rise of what is explained, if the method promises that both are
            equal.
        unscaled_delta: `delta` before pieces of the path were scaled.
        strongest_region: the cell of a 4 x 4 grid that raises the score most.
        seconds: the time for the map.
        map: its name in the archive or the folder, without an ending.
        note: what became of the picture when it was opened: made smaller, stretched, first frame.
        reason: why there is no map, in a few words; the same for all files with this reason.
        error: a sentence, if there is no map.
    """

    file: str = ""
    sha256: str = ""
    model: str = ""
    weights: str = ""
    named: str = ""
    probability: float | None = None
    asked: str = ""
    target: str = ""
    target_index: int | None = None
    explains: str = "logit"
    method: str = ""
    settings: str = ""
    sum: float | None = None
    delta: float | None = None
    unscaled_delta: float | None = None
    strongest_region: str = ""
    seconds: float | None = None
    map: str = ""
    note: str = ""
    reason: str = ""
    error: str = ""

    @property
    def key(self) -> str:
        """The same key for the same picture file and the same settings."""
        parts = (
            *(self.sha256, self.model, self.weights, self.method, self.settings, self.asked),
            self.explains,
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """By column."""
        return {column: getattr(self, name) for column, name in zip(COLUMNS, _NAMES, strict=True)}


_NAMES = tuple(field.name for field in fields(BatchRow))
COLUMNS = tuple("class" if name == "named" else name for name in _NAMES)
"""The table's columns, in their order."""
_NUMBERS = {
    "probability": float,
    "target_index": int,
    "sum": float,
    "delta": float,
    "unscaled_delta": float,
    "seconds": float,
}


def map_name(stem: str, method: str, target: int | None, explains: str) -> str:
    """A map's file name without its ending; a map of the logit needs no more words.

    >>> map_name("cat", "saliency", 3, "logit"), map_name("cat", "saliency", 3, "probability")
    ('cat-saliency-3', 'cat-saliency-3-probability')
    """
    return f"{stem}-{method}-{target}{'-probability' * (explains == 'probability')}"


def to_csv(rows: Iterable[BatchRow]) -> str:
    """The table with a line of titles.

    >>> to_csv([BatchRow("=1+1.png", sum=-0.5)]).splitlines()[1]
    "'=1+1.png,,,,,,,,,logit,,,-0.5,,,,,,,,"
    """
    return "".join([_line(COLUMNS), *map(to_line, rows)])


def to_line(row: BatchRow) -> str:
    """The row's line of the table, with the line's end."""
    return _line([_cell(value) for value in row.as_dict().values()])


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else repr(value)


def from_csv(text: str) -> tuple[BatchRow, ...]:
    """The rows of a table that `to_csv` wrote; other lines are skipped.

    >>> from_csv(to_csv([BatchRow("=1.png", sum=-0.5)])) == (BatchRow("=1.png", sum=-0.5),)
    True
    """
    lines = csv.DictReader(io.StringIO(text))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        return ()
    rows = []
    for line in lines:
        try:
            rows.append(_row([line[column] for column in COLUMNS]))
        except (TypeError, ValueError):  # cut short, or no number where one belongs
            continue
    return tuple(rows)


def _row(cells: list[str]) -> BatchRow:
    given: dict[str, Any] = {}
    for name, cell in zip(_NAMES, cells, strict=True):
        if name in _NUMBERS:
            given[name] = _NUMBERS[name](cell) if cell else None
        else:
            given[name] = cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell
    return BatchRow(**given)


def pack_archive(rows: Iterable[BatchRow], maps: Mapping[str, bytes]) -> bytes:
    """A ZIP of `maps/NAME` for each file of `maps`, and the table."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # PNG and NPZ are compressed
        for name, data in maps.items():
            archive.writestr(f"maps/{name}", data)
        archive.writestr(TABLE, to_csv(rows).encode("utf-8-sig"), zipfile.ZIP_DEFLATED)
    return file.getvalue()
