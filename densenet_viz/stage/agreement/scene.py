"""Which maps rank the pixels alike: a table of rank correlations; a JSON scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.colours import signed_rgb

Ranking = Literal["signed", "strength"]
Matrix = NDArray[np.float64]

KINDS: Mapping[Ranking, tuple[str, str]] = {
    "signed": (
        "with signs",
        "1: both maps rank the pixels in the same order, from “lowers most” to “raises most”; "
        "0: no relation; −1: the opposite order.",
    ),
    "strength": (
        "strengths alone",
        "1: the same pixels are strong in both maps, whether they raise or lower; 0: no relation.",
    ),
}
"""What is ranked: the label of the choice, and how to read the numbers."""

_MIDDLE = 0.179
"""The luminance with the same contrast to black and to white, 4.6 to 1."""


class Cell(TypedDict):
    """A correlation in words, the colour of its ground and that of its letters."""

    text: str
    ground: str
    ink: str


class Kind(TypedDict):
    """One table: what is ranked, how to read it, what it shows, and its cells by row."""

    key: Ranking
    name: str
    reading: str
    title: str
    sentence: str
    rows: list[list[Cell]]


class AgreementScene(TypedDict):
    """What `agreement.js` shows."""

    names: list[str]
    lesson: str
    kinds: list[Kind]


def agreement_scene(
    names: Sequence[str], signed: Matrix, strength: Matrix, *, lesson: str
) -> AgreementScene:
    """The scene of `agreement.js`.

    Args:
        names: the names of N maps, N at least 2.
        signed: (N, N) Spearman's rho of the maps' values, nan where it is not defined.
        strength: (N, N) the same for their absolute values.
        lesson: one sentence: what agreement and disagreement mean here.

    Raises:
        ValueError: a table does not have one row and one column per name, or N is below 2.
    """
    count = len(names)
    for matrix in (signed, strength):
        if count < 2 or matrix.shape != (count, count):
            raise ValueError(
                f"{count} names and a table of {matrix.shape} were given; two names or more, and "
                "a row and a column for each, are expected."
            )
    tables: tuple[tuple[Ranking, Matrix], ...] = (("signed", signed), ("strength", strength))
    return {
        "names": list(names),
        "lesson": lesson,
        "kinds": [
            {
                "key": key,
                "name": KINDS[key][0],
                "reading": KINDS[key][1],
                "title": _title(names, matrix),
                "sentence": _sentence(names, matrix),
                "rows": [[_cell(float(rho)) for rho in row] for row in matrix],
            }
            for key, matrix in tables
        ],
    }


def correlation(rho: float) -> str:
    """Two decimals, with a real minus sign.

    >>> correlation(0.834), correlation(-0.051), correlation(float("nan")), correlation(-0.001)
    ('0.83', '−0.05', '–', '0.00')
    """
    if np.isnan(rho):
        return "–"
    return f"{round(rho, 2) + 0:.2f}".replace("-", "−")


def extremes(matrix: Matrix) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The most and the least similar pair; None if no pair can be compared."""
    pairs = [pair for pair in combinations(range(len(matrix)), 2) if not np.isnan(matrix[pair])]
    if not pairs:
        return None
    return max(pairs, key=lambda pair: matrix[pair]), min(pairs, key=lambda pair: matrix[pair])


def _title(names: Sequence[str], matrix: Matrix) -> str:
    found = extremes(matrix)
    if found is None:
        return "No two maps can be compared"
    most, least = found
    if most == least:
        return f"{_pair(names, most)}: {correlation(matrix[most])}"
    return f"{_pair(names, least)} agree least: {correlation(matrix[least])}"


def _sentence(names: Sequence[str], matrix: Matrix) -> str:
    found = extremes(matrix)
    if found is None:
        return "A map with only one value does not rank the pixels."
    most, least = found
    if most == least:
        return ""
    return (
        f"Most similar: {_pair(names, most)} ({correlation(matrix[most])}). Least similar: "
        f"{_pair(names, least)} ({correlation(matrix[least])})."
    )


def _pair(names: Sequence[str], pair: tuple[int, int]) -> str:
    return f"{names[pair[0]]} and {names[pair[1]]}"


def _cell(rho: float) -> Cell:
    red, green, blue = (
        int(level) for level in signed_rgb(np.array([[np.nan_to_num(rho)]]), 1.0)[0, 0]
    )
    return {
        "text": correlation(rho),
        "ground": f"#{red:02x}{green:02x}{blue:02x}",
        "ink": "#000000" if _luminance(red, green, blue) > _MIDDLE else "#ffffff",
    }


def _luminance(*channels: int) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    parts = [one / 255 for one in channels]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
