"""Measures of how faithful maps are, side by side: curves, pictures at each step, and a table."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.theme import OKABE_ITO
from densenet_viz.results.attributions import Explains
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import Heat, PackedSigned, pack_palette, pack_signed
from densenet_viz.stage.shared.outline import Mask, outline
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import number

Better = Literal["lower", "higher"]

LEVELS = 256
"""The order of the pixels is divided into this many equal shares: one byte per pixel."""

COLOURS = (OKABE_ITO[5], OKABE_ITO[4], OKABE_ITO[2], OKABE_ITO[3])
"""The colours of the methods' lines; each line also has its own dashes and marks."""


@dataclass(frozen=True, eq=False)
class Line:
    """One map, and its measures.

    `heat` is (S, S), signed; `rank` (S, S) gives for each pixel how many pixels come before it.
    `deletion` and `insertion` are the class's probabilities or logits after 0, 1, ... steps.
    `values` are the measures by the keys of `MEASURES`; one that was not computed is left out.
    """

    title: str
    heat: Heat
    rank: NDArray[np.int32]
    deletion: Sequence[float]
    insertion: Sequence[float]
    values: Mapping[str, float]


@dataclass(frozen=True)
class Measure:
    """What a number measures, and whether a lower or a higher one is better."""

    title: str
    better: Better
    meaning: str
    text: Callable[[float], str]


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"


MEASURES: Mapping[str, Measure] = {
    "deletion": Measure(
        "Deletion, area",
        "lower",
        "The curve’s average while pixels are deleted, highest values first.",
        _share,
    ),
    "insertion": Measure(
        "Insertion, area",
        "higher",
        "The curve’s average while pixels are inserted, highest values first.",
        _share,
    ),
    "unexplained": Measure(
        "Infidelity, unexplained",
        "lower",
        "When squares are covered, the score changes. This is the part of these changes that the "
        "map, with the best scale, fails to predict.",
        _share,
    ),
    "infidelity": Measure(
        "Infidelity",
        "lower",
        "The same in squared units of the score, as in the paper. It compares only maps of the "
        "same picture and class.",
        number,
    ),
    "sensitivity": Measure(
        "Max sensitivity",
        "lower",
        "How much the map changes, relative to its size, when the picture changes by a grey level.",
        number,
    ),
    "pointing": Measure(
        "Pointing game",
        "higher",
        "Whether the highest point is on the object.",
        lambda value: "hit" if value else "miss",
    ),
    "energy": Measure(
        "Energy in the object",
        "higher",
        "The share of the positive values that is inside the true outline.",
        _share,
    ),
    "average_precision": Measure(
        "Average precision",
        "higher",
        "How well the highest values find the object, over all thresholds.",
        _share,
    ),
}
"""The rows of the table. The last three need the object's mask."""


class Areas(TypedDict):
    """The areas under a line's two curves, in words."""

    deletion: str
    insertion: str


class LineScene(TypedDict):
    """One map as it is shown; a reference has no colour."""

    title: str
    colour: str
    order: str
    heat: PackedSigned
    deletion: list[float]
    insertion: list[float]
    areas: Areas


class Value(TypedDict):
    """A number of the table, and whether no other is better."""

    text: str
    best: bool


class MeasureRow(TypedDict):
    """A row of the table: a value a line."""

    title: str
    better: str
    meaning: str
    values: list[Value]


class Axis(TypedDict):
    """What the curves measure, and between which values they are drawn."""

    name: str
    low: float
    high: float


class FaithfulScene(TypedDict):
    """What `faithful.js` shows."""

    title: str
    sentence: str
    caption: str
    label: str
    picture: str
    blurred: str
    mean: list[int]
    size: int
    axis: Axis
    lines: list[LineScene]
    waiting: list[str]
    outline: str
    palette: str
    measures: list[MeasureRow]
    notes: list[str]


def faithful_scene(
    picture: Picture,
    blurred: Picture,
    mean: tuple[int, int, int],
    *,
    caption: str,
    label: str,
    methods: Sequence[Line],
    references: Sequence[Line],
    planned: Sequence[str],
    mask: Mask | None,
    notes: Sequence[str],
    axis: Explains = "probability",
) -> FaithfulScene:
    """The scene of `faithful.js`.

    Args:
        picture: (S, S, 3) uint8, the network's input.
        blurred: the same picture, blurred: insertion starts from it.
        mean: the colour of deleted pixels, 0 to 255 per channel.
        caption: what the picture is, a few words.
        label: the class that is measured.
        methods: the methods measured so far, at most four.
        references: orders and maps that do not use the network.
        planned: the titles of all methods that will be measured.
        mask: where the drawn object is, (S, S), if that is known.
        notes: what to keep in mind, one sentence each.
        axis: what the curves measure.

    Raises:
        ValueError: more than four methods, or a map that does not have the picture's size.
    """
    if len(planned) > len(COLOURS):
        raise ValueError(f"{len(planned)} methods were given; up to {len(COLOURS)} are allowed.")
    shape = picture.shape[:2]
    for line in (*methods, *references):
        if line.heat.shape != shape or line.rank.shape != shape:
            raise ValueError(f"A map is {line.heat.shape}; the picture's {shape} is expected.")
    measures = _measures(axis)
    lines = [_line(line, colour, measures) for line, colour in zip(methods, COLOURS, strict=False)]
    return {
        "title": _title(methods, references, len(planned), label, measures),
        "sentence": _sentence(methods, references, label, axis),
        "caption": caption,
        "label": label,
        "picture": picture_address(picture),
        "blurred": picture_address(blurred),
        "mean": list(mean),
        "size": len(picture),
        "axis": _axis(axis, (*methods, *references)),
        "lines": [*lines, *(_line(line, "", measures) for line in references)],
        "waiting": list(planned[len(methods) :]),
        "outline": "" if mask is None else outline(mask),
        "palette": pack_palette(),
        "measures": _table(methods, references, measures),
        "notes": list(notes),
    }


def packed_order(rank: NDArray[np.int32]) -> str:
    """The order of the pixels (S, S) as bytes, in base64.

    A pixel is among the first share n (0 to 1) if and only if its byte is below `LEVELS` * n. This
    is exact for shares for which `LEVELS` * n is a whole number.

    >>> order = np.arange(LEVELS, dtype=np.int32).reshape(16, 16)
    >>> base64.b64decode(packed_order(order)) == bytes(range(LEVELS))
    True
    """
    bounds = [round(rank.size * level / LEVELS) for level in range(1, LEVELS)]
    places = np.searchsorted(bounds, rank.ravel(), side="right").astype(np.uint8)
    return base64.b64encode(places.tobytes()).decode()


def _measures(axis: Explains) -> Mapping[str, Measure]:
    """The rows of the table; areas under curves of logits are numbers, not shares."""
    if axis == "probability":
        return MEASURES
    return {
        name: replace(measure, text=number) if name in ("deletion", "insertion") else measure
        for name, measure in MEASURES.items()
    }


def _axis(name: Explains, lines: Sequence[Line]) -> Axis:
    """Probabilities are drawn from 0 to 1, logits between whole numbers around all values."""
    if name == "probability":
        return {"name": name, "low": 0.0, "high": 1.0}
    values = [value for line in lines for value in (*line.deletion, *line.insertion)] or [0.0]
    low, high = float(np.floor(min(values))), float(np.ceil(max(values)))
    return {"name": name, "low": low, "high": high if high > low else low + 1.0}


def _line(line: Line, colour: str, measures: Mapping[str, Measure]) -> LineScene:
    return {
        "title": line.title,
        "colour": colour,
        "order": packed_order(line.rank),
        "heat": pack_signed(line.heat),
        "deletion": [round(float(value), 5) for value in line.deletion],
        "insertion": [round(float(value), 5) for value in line.insertion],
        "areas": {
            "deletion": measures["deletion"].text(line.values["deletion"]),
            "insertion": measures["insertion"].text(line.values["insertion"]),
        },
    }


# -- the table ------------------------------------------------------------------------------


def _table(
    methods: Sequence[Line], references: Sequence[Line], measures: Mapping[str, Measure]
) -> list[MeasureRow]:
    """A row for each measure that was computed for some map."""
    lines = (*methods, *references)
    rows: list[MeasureRow] = []
    for key, measure in measures.items():
        if not any(key in line.values for line in lines):
            continue
        best = _best(measure, key, methods)
        rows.append(
            {
                "title": measure.title,
                "better": f"{measure.better} is better",
                "meaning": measure.meaning,
                "values": [
                    {
                        "text": measure.text(line.values[key]) if key in line.values else "–",
                        "best": line in best and len(methods) > 1,
                    }
                    for line in lines
                ],
            }
        )
    return rows


def _best(measure: Measure, key: str, lines: Sequence[Line]) -> list[Line]:
    """The lines with the best value, as the table shows it; none if all are equal."""
    known = [line for line in lines if key in line.values]
    if not known:
        return []
    sign = 1 if measure.better == "higher" else -1
    top = max(known, key=lambda line: sign * line.values[key])
    text = measure.text
    best = [line for line in known if text(line.values[key]) == text(top.values[key])]
    return [] if len(best) == len(known) > 1 else best


# -- words ----------------------------------------------------------------------------------


def _title(
    methods: Sequence[Line],
    references: Sequence[Line],
    planned: int,
    label: str,
    measures: Mapping[str, Measure],
) -> str:
    if len(methods) < planned:
        return f"Do the highest pixels matter for {label}?"
    if len(methods) == 1:
        return _alone(methods[0], references, label)
    best = {
        measure.title.split(",")[0].lower(): [line.title for line in ahead]
        for key, measure in measures.items()
        if key != "infidelity" and (ahead := _best(measure, key, methods))
    }
    if not best:
        return "No measure shows a difference between these maps"
    always = [
        name for name in next(iter(best.values())) if all(name in each for each in best.values())
    ]
    if always:
        verb = "is" if len(always) == 1 else "are"
        return f"{' and '.join(always)} {verb} best in every measure that shows a difference"
    (first, (one, *_)), *others = best.items()
    second, (two, *_) = next(each for each in others if one not in each[1])
    return f"The measures disagree: {one} is best in {first}, {two} in {second}"


def _alone(line: Line, references: Sequence[Line], label: str) -> str:
    others = [other.values["deletion"] for other in references]
    if others and line.values["deletion"] < min(others):
        return f"Deleting the pixels that {line.title} marks lowers {label} fastest"
    return f"{line.title} lowers {label} no faster than orders that use no network"


def _sentence(
    methods: Sequence[Line], references: Sequence[Line], label: str, axis: Explains
) -> str:
    if not methods:
        return f"Pixels are deleted, highest values first. How does the {axis} of {label} fall?"
    text = _measures(axis)["deletion"].text
    areas = ", ".join(
        f"{line.title} {text(line.values['deletion'])}" for line in (*methods, *references)
    )
    return f"Average {axis} of {label} while the highest pixels are deleted first: {areas}."
