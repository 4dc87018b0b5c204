"""Maps while a network's weights become random, stage by stage, and how similar they stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from densenet_viz.figures.theme import OKABE_ITO
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import Heat, PackedSigned, pack_palette, pack_signed
from densenet_viz.stage.shared.packing import picture_address

SIDE = 128
"""The largest side of a map that is sent, in pixels."""

MEASURES: Mapping[str, tuple[str, str]] = {
    "rank_absolute": (
        "strengths",
        "Spearman’s rank correlation of the values’ strengths: are the same pixels strong?",
    ),
    "rank": (
        "signed values",
        "Spearman’s rank correlation of the signed values: do the same pixels raise the score?",
    ),
    "ssim": (
        "pictures (SSIM)",
        "Structural similarity of the strengths, drawn as pictures: do they look similar?",
    ),
}
"""The name of each similarity, and what it measures."""

COLOURS = (OKABE_ITO[5], OKABE_ITO[4], OKABE_ITO[2])
"""The colours of the lines; each line also has its own dashes and marks."""

EDGES = "Edge detector"


@dataclass(frozen=True, eq=False)
class Strip:
    """One method's maps that are computed so far, the trained network's first.

    `heats` are (S, S), signed. `alike` has the similarity of each map to the first one (1: equal),
    by the names of `MEASURES`. `at_the_end` is the mean over all completely random networks, and
    `unchanged` is the verdict; both are None until they are known.
    """

    title: str
    heats: Sequence[Heat]
    alike: Mapping[str, Sequence[float]]
    at_the_end: Mapping[str, float] | None = None
    unchanged: bool | None = None


class Comparison(TypedDict):
    """A similarity: what it is called, and what it asks."""

    key: str
    name: str
    meaning: str


class Method(TypedDict):
    """One method's maps, and by each similarity how alike they stay; `end` is that at the end."""

    title: str
    colour: str
    alike: dict[str, list[float]]
    end: dict[str, float] | None
    unchanged: bool | None
    maps: list[PackedSigned]


class Edges(PackedSigned):
    """The edge detector's map."""

    title: str


class SanityScene(TypedDict):
    """What `sanity.js` shows."""

    title: str
    sentence: str
    caption: str
    picture: str
    stages: list[str]
    measures: list[Comparison]
    limit: float
    methods: list[Method]
    edges: Edges
    palette: str


def sanity_scene(
    picture: Picture,
    *,
    caption: str,
    label: str,
    stages: Sequence[str],
    strips: Sequence[Strip],
    edges: Heat,
    limit: float,
) -> SanityScene:
    """The scene of `sanity.js`.

    Args:
        picture: (S, S, 3) uint8, the network's input.
        caption: what the picture is, a few words.
        label: the class that all maps are for.
        stages: all planned stages, the trained network first.
        strips: one to three methods.
        edges: the edge detector's map, (S, S).
        limit: a map with a similarity above this at the end is said not to change.

    Raises:
        ValueError: no method was given or more than three, or a strip has more maps than stages.
    """
    if not 1 <= len(strips) <= len(COLOURS):
        raise ValueError(f"{len(strips)} methods were given; 1 to {len(COLOURS)} are allowed.")
    if any(len(strip.heats) > len(stages) for strip in strips):
        raise ValueError(f"More maps than the {len(stages)} stages were given.")
    return {
        "title": _title(strips),
        "sentence": _sentence(strips, limit),
        "caption": f"{caption}; all maps are for {label}",
        "picture": picture_address(picture),
        "stages": list(stages),
        "measures": [
            {"key": key, "name": name, "meaning": meaning}
            for key, (name, meaning) in MEASURES.items()
        ],
        "limit": limit,
        "methods": [_method(strip, colour) for strip, colour in zip(strips, COLOURS, strict=False)],
        "edges": {"title": EDGES, **pack_signed(edges, SIDE)},
        "palette": pack_palette(),
    }


def _method(strip: Strip, colour: str) -> Method:
    return {
        "title": strip.title,
        "colour": colour,
        "alike": {key: [round(float(value), 4) for value in strip.alike[key]] for key in MEASURES},
        "end": None
        if strip.at_the_end is None
        else {key: round(float(strip.at_the_end[key]), 4) for key in MEASURES},
        "unchanged": strip.unchanged,
        "maps": [pack_signed(heat, SIDE) for heat in strip.heats],
    }


def _title(strips: Sequence[Strip]) -> str:
    if any(strip.unchanged is None for strip in strips):
        return "Does the map change when the weights become random?"
    same = [strip.title for strip in strips if strip.unchanged]
    other = [strip.title for strip in strips if not strip.unchanged]
    if not same:
        return f"{_listed(other)} {_plural(other, 'depends', 'depend')} on the learned weights"
    stays = _plural(same, "stays", "stay")
    return f"{_listed(same)} {stays} much the same when all weights are random"


def _sentence(strips: Sequence[Strip], limit: float) -> str:
    told = [strip for strip in strips if strip.at_the_end is not None]
    if len(told) < len(strips):
        return (
            "The weights become random from the classifier down. All maps are for the same class."
        )
    parts = [f"{strip.title} {_most(strip):.2f}" for strip in told]
    return (
        f"Similarity to the trained network’s map when all weights are random, the mean over "
        f"several random networks (the slider shows the first): "
        f"{', '.join(parts)}. Above {limit:g} we say that the map does not change. An edge "
        "detector, which does not use the network, has 1."
    )


def _most(strip: Strip) -> float:
    """The similarity that the verdict is about."""
    return max(strip.at_the_end.values()) if strip.at_the_end else 0.0


def _listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence.

    >>> _listed(["A"]), _listed(["A", "B"]), _listed(["A", "B", "C"])
    ('A', 'A and B', 'A, B and C')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _plural(names: Sequence[str], one: str, more: str) -> str:
    return one if len(names) == 1 else more
