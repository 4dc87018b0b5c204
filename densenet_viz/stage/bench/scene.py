"""Up to nine maps of one picture side by side, on one signed scale; a JSON scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from densenet_viz.figures.colours import limit_of
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.regions import strongest_regions
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import (
    OWN_SENTENCE,
    OWN_TITLE,
    Scale,
    ScaledMap,
    ScaleKey,
    pack_heat,
    pack_palette,
    short_unit,
    strength_of,
)
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import maker_mark, score_word

MOST = 9
"""The most maps that are readable on one screen."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One map's place in the grid.

    `unit` is what its values measure, `note` says in a few words what is special about it.
    `attribution` is None while there is no map. `thumbnail`, (S, S, 3), is a picture that belongs
    to the map, and `thumbnail_words` describe it. `alt` says what the map shows; if it is empty,
    where the map raises the score is said.
    """

    name: str
    unit: str
    note: str = ""
    attribution: Attribution | None = None
    thumbnail: Picture | None = None
    thumbnail_words: str = ""
    alt: str = ""


class Thumbnail(TypedDict):
    """A picture that belongs to a map, and what it shows."""

    address: str
    alt: str


class PanelScene(TypedDict):
    """One map's place as it is shown."""

    name: str
    note: str
    maker: str
    thumbnail: Thumbnail | None
    sharpening: bool
    map: ScaledMap | None


class BenchScene(TypedDict):
    """What `bench.js` shows."""

    picture: str
    size: int
    caption: str
    palette: str
    meaning: list[str]
    waiting: str
    begin: ScaleKey
    scales: list[Scale]
    panels: list[PanelScene]


class SharedEnds(TypedDict):
    """Where all maps' colours end, in the maps' unit and as a part of a map's strength."""

    shared: float
    share: float


def middle(limits: Sequence[float]) -> float:
    """The median; the upper one of an even number of limits, and 1 if there are none.

    >>> middle([0.3, 0.1, 0.2]), middle([0.1, 0.2]), middle([])
    (0.2, 0.2, 1.0)
    """
    return sorted(limits)[len(limits) // 2] if limits else 1.0


def differing_units(panels: Sequence[Panel]) -> tuple[str, ...]:
    """The units of the panels' values, each once; empty if all are the same."""
    units = tuple(dict.fromkeys(short_unit(panel.unit) for panel in panels))
    return units if len(units) > 1 else ()


def bench_scene(
    picture: Picture,
    panels: Sequence[Panel],
    *,
    caption: str,
    title: str,
    lesson: str,
    label: str,
    waiting: str = "",
) -> BenchScene:
    """The scene of `bench.js`.

    Args:
        picture: (S, S, 3) uint8, the network's input.
        panels: 1 to `MOST`, in the order of the grid.
        caption: what the picture is, a few words.
        title: what to see.
        lesson: one sentence: what the comparison teaches.
        label: whose score the maps raise and lower: a class, or "its class".
        waiting: text shown in place of a missing map.

    Raises:
        ValueError: there are too many panels or none, or a map does not have the picture's size.
    """
    if not 1 <= len(panels) <= MOST:
        raise ValueError(f"{len(panels)} panels were given; 1 to {MOST} are allowed.")
    maps = [panel.attribution.heat for panel in panels if panel.attribution is not None]
    for heat in maps:
        if heat.shape != picture.shape[:2]:
            raise ValueError(
                f"A map has shape {heat.shape}; the picture's {picture.shape[:2]} is expected."
            )
    units = differing_units(panels)
    ends: SharedEnds = {
        "shared": max((limit_of(heat) for heat in maps), default=1.0),
        # The median: a map with few strong pixels would otherwise make broad maps look empty.
        "share": middle([limit_of(heat) / (strength_of(heat) or 1.0) for heat in maps]),
    }
    return {
        "picture": picture_address(picture),
        "size": len(picture),
        "caption": f"{caption}, {len(picture)} × {len(picture)} px",
        "palette": pack_palette(),
        "meaning": [f"lowers {label}", f"raises {label}"],
        "waiting": waiting,
        "begin": "share" if units else "shared",
        "scales": [
            _shared(title, lesson, ends["shared"], units),
            _share(title, lesson, ends["share"], units),
            _own(),
        ],
        "panels": [_panel(panel, ends) for panel in panels],
    }


def _shared(title: str, lesson: str, end: float, units: Sequence[str]) -> Scale:
    differ = (
        f" The maps have {len(units)} different units, so a pale map here is not a weak map."
        if units
        else ""
    )
    return {
        "key": "shared",
        "title": title,
        "sentence": f"{lesson}{differ}",
        "end": end,
        "legend": f"One scale for all maps{', each in its own unit' if units else ''}",
    }


def _share(title: str, lesson: str, end: float, units: Sequence[str]) -> Scale:
    why = f", because the maps have {len(units)} different units" if units else ""
    return {
        "key": "share",
        "title": title,
        "sentence": f"{lesson} Each map is divided by the sum of its absolute values{why}.",
        "end": end,
        "legend": "One scale for all maps, as shares of each map’s total strength",
    }


def _own() -> Scale:
    return {
        "key": "own",
        "title": OWN_TITLE,
        "sentence": OWN_SENTENCE,
        "end": None,
        "legend": "Each map has its own scale; the value of full colour is given below it",
    }


def _panel(panel: Panel, ends: SharedEnds) -> PanelScene:
    made = panel.attribution
    return {
        "name": panel.name,
        "note": panel.note,
        "maker": "" if made is None else maker_mark(made.computed_by),
        "thumbnail": None
        if panel.thumbnail is None
        else {"address": picture_address(panel.thumbnail), "alt": panel.thumbnail_words},
        "sharpening": made is not None and not made.finished,
        "map": None if made is None else _map(panel, made, ends),
    }


def _map(panel: Panel, made: Attribution, ends: SharedEnds) -> ScaledMap:
    heat = made.heat
    own, strength = limit_of(heat), strength_of(heat)
    return {
        "heat": pack_heat(heat),
        "strength": strength,
        "ends": {"shared": ends["shared"], "own": own, "share": ends["share"] * (strength or 1.0)},
        "unit": short_unit(panel.unit),
        "alt": f"{panel.name}: {panel.alt or _where(made)}",
    }


def _where(made: Attribution) -> str:
    heat = made.heat
    if not heat.max() > 0:
        return "no pixel of the map is above zero."
    best = strongest_regions(heat)[0]
    return f"{best.share:.0%} of what raises the {score_word(made.explains)} is at {best.name}."
