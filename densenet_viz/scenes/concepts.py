"""Concepts: one scene drawn with something and without it, everything else the same.

`evaluation.concepts` asks whether a network uses what differs between the two pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.effects import shadow
from densenet_viz.scenes.generator import SIZE, Scene
from densenet_viz.scenes.tags import CORNERS, draw_tag
from densenet_viz.scenes.textures import pattern, strokes

Image = NDArray[np.uint8]
Two = tuple[Image, Image]

STROKES = 10
"""Strokes, dots and arcs of a picture with more clutter; a scene has 3 to 11 already."""

GREY = np.array((0.299, 0.587, 0.114))
"""How much red, green and blue add to the brightness (ITU-R BT.601)."""


@dataclass(frozen=True)
class Concept:
    """Something that a picture can have or not have.

    `draw` takes random numbers, a scene and the class that is explained, and returns the picture
    with the concept and without it, (SIZE, SIZE, 3) uint8 each. `of_class` is True if the pictures
    depend on the explained class.
    """

    name: str
    title: str
    about: str
    draw: Callable[[np.random.Generator, Scene, int], Two]
    of_class: bool = False


def _colour(_rng: np.random.Generator, scene: Scene, _target: int) -> Two:
    grey = np.rint(scene.image @ GREY).astype(np.uint8)
    return scene.image, np.repeat(grey[..., None], 3, axis=2)


def _tag(rng: np.random.Generator, scene: Scene, target: int) -> Two:
    corner = CORNERS[rng.integers(len(CORNERS))]
    return draw_tag(scene.image, target, corner), scene.image


def _shade(rng: np.random.Generator, scene: Scene, _target: int) -> Two:
    return _image(scene.image * shadow(rng, SIZE)[..., None]), scene.image


def _clutter(rng: np.random.Generator, scene: Scene, _target: int) -> Two:
    picture = scene.image.astype(np.float64)
    for cover in strokes(rng, SIZE, STROKES):
        cover = (cover * ~scene.mask)[..., None]
        picture += (255 * rng.random(3) - picture) * cover
    return _image(picture), scene.image


def _texture(rng: np.random.Generator, scene: Scene, _target: int) -> Two:
    plain, mask = scene.image.astype(np.float64), scene.mask
    plain[mask] = plain[mask].mean(0)
    patterned = plain.copy()
    patterned[mask] *= 0.6 + 0.8 * pattern(rng, SIZE)[mask][:, None]
    return _image(patterned), _image(plain)


def _image(values: NDArray[np.float64]) -> Image:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


CONCEPTS: Mapping[str, Concept] = MappingProxyType(
    {
        concept.name: concept
        for concept in (
            Concept("colour", "Colour", "the scene in colour, and in grey", _colour),
            Concept(
                "tag",
                "Tag of the class",
                "the tag of this class in a corner, and no tag",
                _tag,
                of_class=True,
            ),
            Concept("shade", "Shade", "a soft shadow over one side, and none", _shade),
            Concept(
                "clutter",
                "Clutter",
                f"{STROKES} more strokes and dots around the object, and none",
                _clutter,
            ),
            Concept("texture", "Texture", "a pattern on the object, and one colour", _texture),
        )
    }
)
"""The concepts by name."""
