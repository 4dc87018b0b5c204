"""Scenes that the project draws: one object or two on textured clutter, with their true masks.

A scene depends only on (seed, split, index), so each one can be drawn again without the others.
The class decides only the outline: place, area, rotation, colours, textures, clutter, light and
cover do not depend on it. Objects never reach the picture's corners, where a tag may be (`tags`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.effects import half_plane, light, stick
from densenet_viz.scenes.placing import Circle, places, radius_of
from densenet_viz.scenes.shapes import CLASSES, SHAPES, Shape
from densenet_viz.scenes.textures import Colour, Field, noise, pattern, pixel_grid, strokes

SIZE = 128
"""Height and width of a scene, in pixels."""

AREA = (0.045, 0.1)
"""Smallest and largest share of the picture that the one object of a scene covers."""

PAIR_AREA = (0.04, 0.06)
"""The same, for each object of a scene of two."""

LEAST_CONTRAST = 0.35
"""The smallest distance between the mean colours of object and background, in RGB of 0 to 1."""

Split = Literal["train", "validation", "test", "sample"]
_SPLITS = {"train": 0, "validation": 1, "test": 2, "sample": 3}
_SUPERSAMPLING = 3


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn picture, its class and where its object is.

    `image` is (SIZE, SIZE, 3) uint8; `mask` (SIZE, SIZE) bool, true where the object is visible and
    covers at least half of the pixel; `label` an index of `CLASSES`; `circle` bounds the object.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    label: int
    circle: Circle

    @property
    def name(self) -> str:
        return CLASSES[self.label]


@dataclass(frozen=True, eq=False)
class PairScene:
    """A drawn picture of two objects of different classes, with the mask of each.

    `image` is (SIZE, SIZE, 3) uint8, each of `masks` (SIZE, SIZE) bool; the masks share no pixel.
    """

    image: NDArray[np.uint8]
    masks: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    labels: tuple[int, int]
    circles: tuple[Circle, Circle]

    @property
    def names(self) -> tuple[str, str]:
        return CLASSES[self.labels[0]], CLASSES[self.labels[1]]


def coverage(shape: Shape, x: float, y: float, radius: float, angle: float) -> Field:
    """How much of each pixel the shape covers, (SIZE, SIZE), 0 to 1; lengths in picture widths."""
    fine_x, fine_y = pixel_grid(SIZE * _SUPERSAMPLING)
    c, s = np.cos(angle) / radius, np.sin(angle) / radius
    left, right = (int(SIZE * edge) for edge in (x - radius, x + radius))
    top, bottom = (int(SIZE * edge) for edge in (y - radius, y + radius))
    rows = slice(max(top - 2, 0), min(bottom + 3, SIZE))
    columns = slice(max(left - 2, 0), min(right + 3, SIZE))
    fine = tuple(
        slice(part.start * _SUPERSAMPLING, part.stop * _SUPERSAMPLING) for part in (rows, columns)
    )
    u, v = fine_x[fine] - x, fine_y[fine] - y
    inside = shape(c * u + s * v, c * v - s * u)
    small = inside.reshape(
        rows.stop - rows.start, _SUPERSAMPLING, columns.stop - columns.start, _SUPERSAMPLING
    )
    result = np.zeros((SIZE, SIZE))
    result[rows, columns] = small.mean(axis=(1, 3))
    return result


def _blend(picture: Field, colour: Field | float, cover: Field) -> Field:
    return picture + (colour - picture) * cover


def _background(rng: np.random.Generator) -> Field:
    """(3, SIZE, SIZE), 0 to 1: coloured smooth noise, a pattern, random strokes."""
    base = noise(rng, SIZE, 3, rng.uniform(0.3, 0.8))
    picture = np.clip(
        (base - 0.5) * rng.uniform(0.6, 1.8) + rng.uniform(0.25, 0.75, (3, 1, 1)), 0, 1
    )
    if rng.random() < 0.6:
        patch = np.clip(3 * (noise(rng, SIZE, 1, 0.3)[0] - 0.45), 0, 1)
        picture = _blend(picture, rng.random((3, 1, 1)), 0.45 * patch * pattern(rng, SIZE))
    for cover in strokes(rng, SIZE, int(rng.integers(3, 12))):
        picture = _blend(picture, rng.random((3, 1, 1)), cover * rng.uniform(0.5, 1))
    return picture


def _colours(rng: np.random.Generator, around: Colour) -> tuple[Colour, Colour]:
    """Two colours for the object; the first differs clearly from its surroundings."""
    while True:
        first = rng.random(3)
        if np.linalg.norm(first - around) >= LEAST_CONTRAST:
            break
    second = np.clip(first + rng.normal(0, 0.22, 3), 0, 1)
    if np.linalg.norm(second - around) < LEAST_CONTRAST:
        second = first
    return first, second


def _fill(rng: np.random.Generator, first: Colour, second: Colour) -> Field:
    """(3, SIZE, SIZE): plain, a gradient, or a pattern of two colours."""
    kind = rng.random()
    if kind < 0.3:
        mix: Field = np.zeros((SIZE, SIZE))
    elif kind < 0.6:
        mix = noise(rng, SIZE, 1, 0.2)[0]
    else:
        mix = pattern(rng, SIZE)
    return first[:, None, None] * (1 - mix) + second[:, None, None] * mix


def _parts(rng: np.random.Generator, picture: Field) -> Field:
    """Up to three pieces of small objects: clutter that has an object's edges and corners."""
    for _ in range(int(rng.integers(0, 4))):
        label = int(rng.integers(len(CLASSES)))
        radius = radius_of(label, rng.uniform(0.008, 0.016))
        x, y = radius + (1 - 2 * radius) * rng.random(2)
        cover = coverage(SHAPES[CLASSES[label]], x, y, radius, rng.uniform(0, 2 * np.pi))
        cover = cover * half_plane(rng, SIZE, x, y, radius * rng.uniform(0, 0.4))
        picture = _blend(picture, rng.random((3, 1, 1)), cover * rng.uniform(0.6, 1))
    return picture


def _put(
    rng: np.random.Generator,
    picture: Field,
    label: int,
    area: float,
    at: tuple[float, float],
    lamp: float,
) -> tuple[Field, Field, Circle]:
    """The picture with an object in it, how much of each pixel shows the object, its circle."""
    radius = radius_of(label, area)
    angle = float(rng.uniform(0, 2 * np.pi))
    cover = coverage(SHAPES[CLASSES[label]], *at, radius, angle)
    around = np.average(picture.reshape(3, -1), axis=1, weights=np.maximum(cover, 1e-9).ravel())
    cast = rng.uniform(1.5, 4) * np.array([np.sin(lamp), np.cos(lamp)])
    shadow = np.roll(cover, tuple(int(step) for step in np.rint(-cast)), axis=(0, 1))
    picture = _blend(picture, 0.0, rng.uniform(0.1, 0.4) * (1 - cover) * shadow)
    picture = _blend(picture, _fill(rng, *_colours(rng, around)), cover)
    if rng.random() < 0.35:
        over = stick(rng, SIZE, *at, radius, angle)
        picture = _blend(picture, rng.random((3, 1, 1)), over)
        cover = cover * (1 - over)
    return picture, cover, (*at, radius)


def _compose(
    rng: np.random.Generator, labels: tuple[int, ...], areas: tuple[float, ...]
) -> tuple[NDArray[np.uint8], list[NDArray[np.bool_]], list[Circle]]:
    picture = _parts(rng, _background(rng))
    brightness, lamp = light(rng, SIZE)
    masks, circles = [], []
    for label, area, at in zip(labels, areas, places(rng, areas), strict=True):
        picture, cover, circle = _put(rng, picture, label, area, at, lamp)
        masks.append(cover >= 0.5)
        circles.append(circle)
    picture = picture * brightness * rng.uniform(0.8, 1.1)
    picture = picture + rng.normal(0, rng.uniform(0, 0.05), picture.shape)
    image = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(image.transpose(1, 2, 0)), masks, circles


def _check(split: str, *labels: int) -> None:
    if split not in _SPLITS:
        raise ValueError(f"split={split!r} was given; {', '.join(_SPLITS)} are allowed.")
    for label in labels:
        if not 0 <= label < len(CLASSES):
            raise ValueError(f"label={label} was given; 0 to {len(CLASSES) - 1} are allowed.")


def draw_scene(seed: int, split: Split, index: int, label: int | None = None) -> Scene:
    """Draws scene number `index` of a split: one object.

    Args:
        seed: of the whole data set.
        split: "train", "validation", "test" or "sample"; the splits share no scene.
        index: 0 or more.
        label: the class, as an index of `CLASSES`; by default `index` modulo their number.

    Returns:
        The scene; the same arguments give the same pixels.

    Raises:
        ValueError: the split or the label does not exist.

    >>> scene = draw_scene(0, "train", 4)
    >>> scene.name, scene.image.shape, bool(scene.mask.any())
    ('heart', (128, 128, 3), True)
    """
    label = index % len(CLASSES) if label is None else label
    _check(split, label)
    rng = np.random.default_rng((seed, _SPLITS[split], index))
    image, masks, circles = _compose(rng, (label,), (float(rng.uniform(*AREA)),))
    return Scene(image, masks[0], label, circles[0])


@cache
def sample_scene(kind: str) -> Scene:
    """The shipped scene of a class: always the same pixels, and never one of training's."""
    return draw_scene(0, "sample", CLASSES.index(kind))


def pair_labels(index: int) -> tuple[int, int]:
    """The two classes of scene `index`: all ordered pairs of different classes, then again.

    >>> pair_labels(0), pair_labels(3), pair_labels(16), pair_labels(240)
    ((0, 1), (3, 4), (0, 2), (0, 1))
    """
    count = len(CLASSES)
    first, step = index % count, 1 + index // count % (count - 1)
    return first, (first + step) % count


def draw_pair(
    seed: int, split: Split, index: int, labels: tuple[int, int] | None = None
) -> PairScene:
    """Draws scene number `index` of a split's scenes of two objects.

    Args:
        seed: of the whole data set.
        split: "train", "validation", "test" or "sample"; the splits share no scene.
        index: 0 or more.
        labels: the two classes; by default each ordered pair of different classes in turn.

    Returns:
        The scene; the same arguments give the same pixels.

    Raises:
        ValueError: the split or a label does not exist, or the labels are equal.

    >>> draw_pair(0, "train", 3).names
    ('broken ring', 'heart')
    """
    labels = pair_labels(index) if labels is None else labels
    _check(split, *labels)
    if labels[0] == labels[1]:
        raise ValueError(f"labels={labels} were given; two different ones are needed.")
    rng = np.random.default_rng((seed, _SPLITS[split], index, len(labels)))
    areas = (float(rng.uniform(*PAIR_AREA)), float(rng.uniform(*PAIR_AREA)))
    image, masks, circles = _compose(rng, labels, areas)
    return PairScene(image, (masks[0], masks[1]), labels, (circles[0], circles[1]))
