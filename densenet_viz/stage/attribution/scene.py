"""A picture, what a network says it shows, and the map of where it looked, as JSON scenes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from densenet_viz.figures.colours import limit_of
from densenet_viz.results.attributions import Attribution, Explains, Prediction
from densenet_viz.results.traces import Picture
from densenet_viz.stage.attribution.words import HALF, Headline, map_headline, where
from densenet_viz.stage.maps.signed_scale import Heat, PackedHeat, pack_heat, pack_palette
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import maker_words, number, probability_words, score_word


class HeatMap(TypedDict):
    """The map, where its colours end, and what its two ends mean.

    `limits` is empty if every value is zero: such a map has no scale.
    """

    heat: PackedHeat
    limit: float
    limits: list[str]
    meaning: list[str]
    scale: str
    alt: str


class AttributionScene(Headline):
    """What `attribution.js` shows."""

    picture: str
    size: int
    caption: str
    label: str
    method: str
    maker: str
    map: HeatMap | None
    waiting: str
    palette: str


class Bar(TypedDict):
    """A class, its probability, whether it is explained, and whether it is known to be right."""

    name: str
    share: float
    text: str
    chosen: bool
    right: bool


class AttributionBarsScene(TypedDict):
    """What `bars.js` shows."""

    bars: list[Bar]


class SmallPicture(TypedDict):
    """A picture that can be chosen, by its name."""

    name: str
    address: str


class AttributionGalleryScene(TypedDict):
    """What `gallery.js` shows."""

    label: str
    chosen: str
    pictures: list[SmallPicture]


def attribution_scene(
    picture: Picture,
    *,
    caption: str,
    method: str,
    target: Prediction,
    is_said: bool,
    verdict: str,
    attribution: Attribution | None,
    explains: Explains = "logit",
    waiting: str = "",
    headline: Headline | None = None,
) -> AttributionScene:
    """The scene of `attribution.js`.

    Args:
        picture: (S, S, 3) uint8, the network's input.
        caption: what the picture is, a few words.
        method: the method's title.
        target: the class that is explained.
        is_said: whether the network says that class.
        verdict: one sentence: what the network says and, if known, whether that is right.
        attribution: the map, or None while there is none.
        explains: what of the class the map explains.
        waiting: text shown in place of the map until there is one.
        headline: what is said instead, where the map is not about what the picture shows.
    """
    finished = attribution is not None and attribution.finished
    label, score = target.label, score_word(explains)
    words = headline or (
        map_headline(
            attribution.heat, picture, label, is_said=is_said, verdict=verdict, score=score
        )
        if attribution is not None and finished
        else {"title": f"What raises the {score} of {label}?", "sentence": verdict}
    )
    return {
        **words,
        "picture": picture_address(picture),
        "size": len(picture),
        "caption": f"{caption}, {len(picture)} × {len(picture)} px",
        "label": label,
        "method": method if finished else f"{method}, still sharpening,",
        "maker": "" if attribution is None else maker_words(attribution.computed_by),
        "map": None if attribution is None else _map(attribution, label, method),
        "waiting": waiting,
        "palette": pack_palette(),
    }


def predictions_scene(
    predictions: Sequence[Prediction], names: Mapping[int, str], chosen: int, truth: str | None
) -> AttributionBarsScene:
    """The scene of `bars.js`: one bar per class, and which class is explained.

    Args:
        predictions: most probable first.
        names: each class's name, by its index.
        chosen: the index of the class that is explained.
        truth: the label of the right class, if it is known.
    """
    return {
        "bars": [
            {
                "name": names[prediction.index],
                "share": round(prediction.probability, 6),
                "text": probability_words(prediction.probability),
                "chosen": prediction.index == chosen,
                "right": truth is not None and prediction.label == truth,
            }
            for prediction in predictions
        ]
    }


def gallery_scene(
    samples: Sequence[tuple[str, Picture]], chosen: str, *, label: str
) -> AttributionGalleryScene:
    """The scene of `gallery.js`: small pictures, one of which is chosen."""
    return {
        "label": label,
        "chosen": chosen,
        "pictures": [
            {"name": name, "address": picture_address(picture)} for name, picture in samples
        ],
    }


def with_picture(
    gallery: AttributionGalleryScene, name: str, picture: Picture
) -> AttributionGalleryScene:
    """The same gallery with one more small picture, which comes first."""
    first: SmallPicture = {"name": name, "address": picture_address(picture)}
    return {**gallery, "pictures": [first, *gallery["pictures"]]}


def verdict_words(
    top: Prediction, target: Prediction, truth: str | None, *, exclusive: bool = True
) -> str:
    """What the network says about a picture and, if `truth` is known, whether that is right.

    If the classes do not exclude each other, it has a highest finding, which may be below 50%.

    >>> ring, star = Prediction(2, "ring", 0.75), Prediction(0, "star", 0.25)
    >>> verdict_words(ring, star, "star")
    'It says ring, with 75.0%, and is wrong: this is a drawn star. It gives star 25.0%.'
    >>> verdict_words(star, star, None, exclusive=False)
    'Its highest finding is star, with 25.0%; no finding is above 50%.'
    """
    says = "It says" if exclusive else "Its highest finding is"
    says += f" {top.label}, with {probability_words(top.probability)}"
    if not exclusive and top.probability <= HALF:
        says += "; no finding is above 50%"
    if truth is not None:
        right = truth == top.label
        says += ", and is right" if right else f", and is wrong: this is a drawn {truth}"
    if target.index != top.index:
        says += f". It gives {target.label} {probability_words(target.probability)}"
    return f"{says}."


def _map(attribution: Attribution, label: str, method: str) -> HeatMap:
    heat, score = attribution.heat, score_word(attribution.explains)
    limit, is_empty = limit_of(heat), not heat.any()
    return {
        "heat": pack_heat(heat),
        "limit": limit,
        "limits": [] if is_empty else [f"−{number(limit)}", "0", f"+{number(limit)}"],
        "meaning": [f"lowers {label}", f"raises {label}"],
        "scale": "Every value is zero." if is_empty else _scale_words(heat, limit),
        "alt": f"{method} map for {label}: {where(heat, f'what raises its {score}')}.",
    }


def _scale_words(heat: Heat, limit: float) -> str:
    most = float(np.abs(heat).max())
    inside = float((np.abs(heat) <= limit).mean())
    beyond = (
        f"{inside:.1%} of the pixels are within this range; the strongest has {number(most)}."
        if most > limit
        else "no pixel is outside this range."
    )
    return f"The colours end at ±{number(limit)}: {beyond}"
