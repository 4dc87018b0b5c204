"""Linked scatter panels over one table, made from plain values.

A point is a system; equal ids are the same system in every panel and in the table. The page says
where each number comes from; this module has no knowledge of networks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypedDict, cast, get_args

Mark = Literal["circle", "square", "diamond", "triangle", "wedge", "cross"]
Better = Literal["lower", "higher", ""]
PANELS = range(1, 5)


@dataclass(frozen=True)
class Point:
    """One system in one panel.

    `measured` fills the mark; a cited point is hollow. `short` replaces the label if there is
    little room. `detail` is shown and spoken after the two values, and `source` after it. A
    second point of the same id in a panel is drawn small, with a line to the first. Only the first
    counts for the front, the lines and the labels.
    """

    id: str
    x: float
    y: float
    label: str
    group: str
    detail: str = ""
    source: str = ""
    measured: bool = False
    short: str = ""


@dataclass(frozen=True)
class Axis:
    """`unit` follows a value ("million", "%"); `better` says which end is better."""

    title: str
    unit: str = ""
    log: bool = False
    better: Better = ""
    from_zero: bool = False


@dataclass(frozen=True)
class Panel:
    """One scatter plot. `front` draws the Pareto front; each of `lines` joins ids in order."""

    key: str
    title: str
    sentence: str
    x: Axis
    y: Axis
    points: tuple[Point, ...]
    front: bool = False
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Group:
    """A family of systems: a colour and also a shape, so that colour is never the only sign."""

    name: str
    colour: str
    mark: Mark


@dataclass(frozen=True)
class Column:
    """A column of the table; `note` says where its numbers are from, `cited` marks it as cited."""

    key: str
    title: str
    note: str
    cited: bool


@dataclass(frozen=True)
class Row:
    """A system in the table: one ready text for each column."""

    id: str
    group: str
    cells: tuple[str, ...]


class PointScene(TypedDict):
    """A `Point` as it is sent."""

    id: str
    x: float
    y: float
    label: str
    group: str
    detail: str
    source: str
    measured: bool
    short: str


class AxisScene(TypedDict):
    """An `Axis` as it is sent."""

    title: str
    unit: str
    log: bool
    better: Better
    from_zero: bool


class PanelScene(TypedDict):
    """A `Panel` as it is sent; `front` has the ids on the Pareto front from left to right."""

    key: str
    title: str
    sentence: str
    x: AxisScene
    y: AxisScene
    points: list[PointScene]
    front: list[str]
    lines: list[list[str]]


class GroupScene(TypedDict):
    """A `Group` as it is sent."""

    name: str
    colour: str
    mark: Mark


class ColumnScene(TypedDict):
    """A `Column` as it is sent."""

    key: str
    title: str
    note: str
    cited: bool


class RowScene(TypedDict):
    """A `Row` as it is sent, with the system's name."""

    id: str
    group: str
    cells: list[str]
    label: str


class ScatterScene(TypedDict):
    """What `scatter.js` shows."""

    label: str
    panels: list[PanelScene]
    groups: list[GroupScene]
    columns: list[ColumnScene]
    rows: list[RowScene]
    lit: list[str]
    measuredWord: str
    citedWord: str


def scatter_scene(
    panels: Sequence[Panel],
    *,
    groups: Sequence[Group],
    label: str,
    columns: Sequence[Column] = (),
    rows: Sequence[Row] = (),
    lit: Sequence[str] = (),
    measured_word: str = "counted or measured here",
    cited_word: str = "cited",
) -> ScatterScene:
    """The scene of `scatter.js`.

    The stage sends `lit` as `{"ids": [...]}` whenever the visitor pins or releases a system.

    Args:
        panels: one to four, side by side if there is room.
        groups: the families, in the legend's order; every point and row belongs to one.
        label: what the picture shows, for screen readers; also the table's caption.
        columns: the table's columns; without columns there is no table.
        rows: the table's rows, in their first order.
        lit: ids pinned at the start; unknown ids are left out.
        measured_word: what a filled mark means.
        cited_word: what a hollow mark means.

    Raises:
        ValueError: the number of panels is not one to four, or a panel has no points; a value is
            not finite, or not above zero on a logarithmic axis; a group or a line names something
            that does not exist; a row does not have one cell for each column; a front needs a
            better end on both axes and has none.
    """
    _check(panels, groups, columns, rows)
    names = {point.id: point.label for panel in panels for point in panel.points}
    known = [*names, *(row.id for row in rows)]
    return {
        "label": label,
        "panels": [_panel(panel) for panel in panels],
        "groups": [
            {"name": group.name, "colour": group.colour, "mark": group.mark} for group in groups
        ],
        "columns": [_column(column) for column in columns],
        "rows": [
            {
                "id": row.id,
                "group": row.group,
                "cells": list(row.cells),
                "label": names.get(row.id, row.id),
            }
            for row in rows
        ],
        "lit": [one for one in dict.fromkeys(lit) if one in known],
        "measuredWord": measured_word,
        "citedWord": cited_word,
    }


def leading(points: Iterable[Point]) -> tuple[Point, ...]:
    """The first point of each id."""
    first: dict[str, Point] = {}
    for point in points:
        first.setdefault(point.id, point)
    return tuple(first.values())


def pareto_front(points: Iterable[Point], x: Better, y: Better) -> tuple[str, ...]:
    """The ids of the points for which no other point is better, from left to right.

    A point is better than another if it is at least as good on both axes and better on one. Equal
    points are on the front together.

    >>> points = [Point(name, *at, name, "") for name, at in
    ...           {"small": (1, 70), "poor": (2, 69), "large": (3, 80)}.items()]
    >>> pareto_front(points, "lower", "higher")
    ('small', 'large')

    Raises:
        ValueError: an axis does not say which end is better.
    """
    if not x or not y:
        raise ValueError("a front needs a better end on both axes")
    across, up = (1 if x == "lower" else -1), (1 if y == "higher" else -1)
    ordered = sorted(leading(points), key=lambda point: (across * point.x, -up * point.y))
    front: list[Point] = []
    best = -math.inf
    for _, equals in groupby(ordered, key=lambda point: point.x):
        same = list(equals)
        height = up * same[0].y
        if height > best:
            front += [point for point in same if up * point.y == height]
            best = height
    return tuple(point.id for point in sorted(front, key=lambda point: point.x))


def _panel(panel: Panel) -> PanelScene:
    front = pareto_front(panel.points, panel.x.better, panel.y.better) if panel.front else ()
    return {
        "key": panel.key,
        "title": panel.title,
        "sentence": panel.sentence,
        "x": _axis(panel.x),
        "y": _axis(panel.y),
        "points": [_point(point) for point in panel.points],
        "front": list(front),
        "lines": [list(line) for line in panel.lines],
    }


def _axis(axis: Axis) -> AxisScene:
    return {
        "title": axis.title,
        "unit": axis.unit,
        "log": axis.log,
        "better": axis.better,
        "from_zero": axis.from_zero,
    }


def _point(point: Point) -> PointScene:
    return {
        "id": point.id,
        "x": point.x,
        "y": point.y,
        "label": point.label,
        "group": point.group,
        "detail": point.detail,
        "source": point.source,
        "measured": point.measured,
        "short": point.short,
    }


def _column(column: Column) -> ColumnScene:
    return {
        "key": column.key,
        "title": column.title,
        "note": column.note,
        "cited": column.cited,
    }


def _check(
    panels: Sequence[Panel], groups: Sequence[Group], columns: Sequence[Column], rows: Sequence[Row]
) -> None:
    if len(panels) not in PANELS:
        raise ValueError(f"{len(panels)} panels were given; one to four can be shown")
    for group in groups:
        if group.mark not in get_args(Mark):
            raise ValueError(f"mark {group.mark!r} was given; {get_args(Mark)} are allowed")
    families = {group.name for group in groups}
    for trouble in (*_panel_troubles(panels, families), *_row_troubles(columns, rows, families)):
        raise ValueError(trouble)


def _panel_troubles(panels: Sequence[Panel], families: set[str]) -> Iterator[str]:
    for panel in panels:
        ids = {point.id for point in panel.points}
        if not ids:
            yield f"panel {panel.key!r} has no points"
        for point in panel.points:
            if point.group not in families:
                yield f"point {point.id!r} has an unknown group: {point.group!r}"
            for axis, value in ((panel.x, point.x), (panel.y, point.y)):
                if not math.isfinite(value) or (axis.log and value <= 0):
                    yield f"point {point.id!r} cannot be at {value} on axis {axis.title!r}"
        for missing in {one for line in panel.lines for one in line} - ids:
            yield f"a line of panel {panel.key!r} joins {missing!r}, which is not among its points"


def _row_troubles(
    columns: Sequence[Column], rows: Sequence[Row], families: set[str]
) -> Iterator[str]:
    for row in rows:
        if len(row.cells) != len(columns):
            yield f"row {row.id!r} has {len(row.cells)} cells for {len(columns)} columns"
        if row.group not in families:
            yield f"row {row.id!r} has an unknown group: {row.group!r}"


def family_groups(colours: Mapping[str, str], marks: Mapping[str, str]) -> tuple[Group, ...]:
    """Groups from the theme's two tables, `FAMILY_COLOURS` and `FAMILY_MARKS`."""
    return tuple(Group(name, colours[name], cast(Mark, marks[name])) for name in colours)
