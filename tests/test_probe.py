"""No class tells itself by anything but its outline, and the probe would notice if one did."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.scenes.generator import SIZE, Scene, draw_scene
from densenet_viz.scenes.probe import (
    CLUES,
    Numbers,
    accuracy,
    background,
    colour,
    fitted,
    measured,
)
from densenet_viz.scenes.shapes import CLASSES

KNOWN, ASKED = 960, 1200
CHANCE = 1 / len(CLASSES)
BAR = 0.03 + 2 * np.sqrt(CHANCE * (1 - CHANCE) / ASKED)
"""Three points, and two standard errors of a share measured on so few scenes (1.4 points)."""


Measured = tuple[dict[str, Numbers], NDArray[np.int64]]


@pytest.fixture(scope="module")
def known() -> Measured:
    return measured(draw_scene(5, "train", index) for index in range(KNOWN))


@pytest.fixture(scope="module")
def asked() -> Measured:
    return measured(draw_scene(5, "test", index) for index in range(ASKED))


@pytest.mark.slow
@pytest.mark.parametrize("clue", CLUES)
def test_a_clue_leaves_the_probe_at_chance(clue: str, known: Measured, asked: Measured) -> None:
    found = accuracy((known[0][clue], known[1]), (asked[0][clue], asked[1]))
    assert abs(found - CHANCE) <= BAR


def test_the_probe_finds_a_leak() -> None:
    """Class 3 is given away: one number is moved by two of its deviations."""
    random = np.random.default_rng(0)
    clean, leaky = [], []
    for count in (KNOWN, ASKED):
        numbers, labels = random.normal(size=(count, 12)), np.arange(count) % len(CLASSES)
        clean.append((numbers, labels))
        moved = numbers.copy()
        moved[:, 0] += 2 * (labels - labels.mean()) / labels.std()
        leaky.append((moved, labels))
    assert abs(accuracy(*clean) - CHANCE) <= BAR
    assert accuracy(*leaky) > CHANCE + 2 * BAR


@pytest.mark.slow
@pytest.mark.parametrize("clue", CLUES)
def test_the_probe_finds_a_leak_in_any_clue(clue: str, known: Measured, asked: Measured) -> None:
    """Class 3 is given away: one number of the clue is moved by two of its deviations."""
    leaky = []
    for numbers, labels in ((known[0][clue].copy(), known[1]), (asked[0][clue].copy(), asked[1])):
        numbers[:, 0] += 2 * known[0][clue][:, 0].std() * (labels - labels.mean()) / labels.std()
        leaky.append((numbers, labels))
    assert accuracy(*leaky) > CHANCE + 2 * BAR


@pytest.mark.slow
def test_the_probe_finds_the_width_of_the_bounding_circle() -> None:
    """What the size leaves out on purpose: at equal area an arrow is wider than an octagon."""
    known, asked = (
        _widths([draw_scene(0, split, index) for index in range(320)])
        for split in ("train", "test")
    )
    assert accuracy(known, asked) > 0.1


def _widths(scenes: list[Scene]) -> tuple[Numbers, NDArray[np.int64]]:
    widths = [[scene.circle[2], np.sqrt(scene.mask.mean())] for scene in scenes]
    return np.array(widths), np.array([scene.label for scene in scenes])


def test_a_discriminant_by_hand() -> None:
    """Two classes of equal spread: the border runs halfway between their means."""
    features = np.array([[-1.0], [0.0], [1.0], [3.0], [4.0], [5.0]])
    found = fitted(features, np.array([0, 0, 0, 1, 1, 1]))
    assert found.name(np.array([[1.9], [2.1], [-9.0], [9.0]])).tolist() == [0, 1, 0, 1]


def test_a_class_without_a_scene_is_refused() -> None:
    with pytest.raises(ValueError, match=r"classes with \[1, 0, 1\] scenes were given"):
        fitted(np.zeros((2, 1)), np.array([0, 2]))


def test_the_background_does_not_show_the_object() -> None:
    """Whatever stands in the object's room, the numbers are the same."""
    scene = draw_scene(0, "train", 9)
    repainted = scene.image.copy()
    repainted[scene.mask] = (255, 0, 255)
    other = Scene(repainted, scene.mask, scene.label, scene.circle)
    np.testing.assert_array_equal(background(scene), background(other))
    assert not np.array_equal(colour(scene), colour(other))


def test_colours_by_hand() -> None:
    """A red object on grey: its own colour, the one around, and no deviation in either."""
    mask = np.zeros((SIZE, SIZE), np.bool_)
    mask[60:68, 60:68] = True
    image = np.where(mask[..., None], (255, 0, 0), 51).astype(np.uint8)
    found = colour(Scene(image, mask, 0, (0.5, 0.5, 0.2)))
    np.testing.assert_allclose(found, [1, 0, 0, 0, 0, 0, 0.2, 0.2, 0.2, 0, 0, 0], atol=1e-12)
