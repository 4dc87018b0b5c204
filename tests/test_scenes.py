"""The drawn scenes: repeatable, varied, and masked truly."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from densenet_viz.scenes.card import model_card
from densenet_viz.scenes.generator import (
    AREA,
    LEAST_CONTRAST,
    SIZE,
    coverage,
    draw_scene,
    draw_scenes,
)
from densenet_viz.scenes.recipe import Recipe, normalise, train_epochs, turned
from densenet_viz.scenes.shapes import CLASSES, SHAPES


def test_a_scene_depends_on_its_numbers_alone() -> None:
    first, again = draw_scene(1, "train", 5), draw_scene(1, "train", 5)
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.mask, again.mask)
    for other in (draw_scene(2, "train", 5), draw_scene(1, "test", 5), draw_scene(1, "train", 17)):
        assert other.label == first.label
        assert not np.array_equal(other.image, first.image)


def test_drawing_many_is_drawing_each() -> None:
    images, labels = draw_scenes(0, "validation", 3, start=7)
    for place in range(3):
        scene = draw_scene(0, "validation", 7 + place)
        np.testing.assert_array_equal(images[place], scene.image)
        assert labels[place] == scene.label


@pytest.mark.parametrize("label", range(len(CLASSES)), ids=CLASSES)
def test_every_class_is_drawn_whole_and_of_the_stated_area(label: int) -> None:
    for index in range(6):
        mask = draw_scene(0, "train", index, label).mask
        assert AREA[0] * 0.9 <= mask.mean() <= AREA[1] * 1.1
        edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        assert not edge.any()


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("ring", (0.8, 0.0), (0.0, 0.0)),
        ("gear", (0.5, 0.0), (0.0, 0.0)),
        ("star", (0.0, 0.0), (-0.9, 0.0)),
        ("square", (0.0, 0.0), (0.95, 0.4)),
        ("cross", (0.9, 0.0), (0.6, 0.6)),
        ("crescent", (-0.8, 0.0), (0.5, 0.0)),
        ("heart", (0.0, 0.0), (0.0, -0.9)),
        ("arrow", (-0.9, 0.0), (-0.9, 0.5)),
    ],
)
def test_points_lie_where_the_shape_says(
    name: str, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    x, y = np.array([inside, outside]).T
    assert SHAPES[name](x, y).tolist() == [True, False]


def test_coverage_of_a_square_is_its_area() -> None:
    """A square of circumradius 1/4 has the area 2 / 16 of the picture, wherever it lies."""
    for x, y, angle in ((0.5, 0.5, 0.0), (0.31, 0.64, 0.7)):
        cover = coverage(SHAPES["square"], x, y, 0.25, angle)
        assert cover.mean() == pytest.approx(2 / 16, rel=0.01)
        rows, columns = np.nonzero(cover > 0.5)
        assert (columns.mean() + 0.5) / SIZE == pytest.approx(x, abs=0.005)
        assert (rows.mean() + 0.5) / SIZE == pytest.approx(y, abs=0.005)


def test_the_object_stands_off_from_what_is_around_it() -> None:
    """Inside the mask the mean colour differs from a rim around it."""
    for index in range(24):
        scene = draw_scene(0, "train", index)
        mask = scene.mask
        rim = np.zeros_like(mask)
        for rows, columns in ((8, 0), (-8, 0), (0, 8), (0, -8)):
            rim |= np.roll(mask, (rows, columns), (0, 1))
        rim &= ~mask
        inside, outside = scene.image[mask].mean(0), scene.image[rim].mean(0)
        assert np.linalg.norm(inside - outside) / 255 > 0.3 * LEAST_CONTRAST


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="train, validation, test, sample are allowed"):
        draw_scene(0, "holdout", 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="label=12 was given; 0 to 11 are allowed"):
        draw_scene(0, "train", 0, 12)


def test_normalise_puts_colours_where_the_manifest_says() -> None:
    pixels = torch.tensor([0, 255, 0], dtype=torch.uint8).expand(1, 2, 2, 3)
    result = normalise(pixels)
    assert result.shape == (1, 3, 2, 2)
    assert result[0, :, 0, 0].tolist() == [-2.0, 2.0, -2.0]


def test_turning_gives_all_eight_views_and_loses_nothing() -> None:
    picture = torch.arange(9.0).view(1, 1, 3, 3)
    batch = turned(picture.repeat(200, 1, 1, 1), torch.Generator().manual_seed(0))
    views = {tuple(view.flatten().tolist()) for view in batch}
    assert len(views) == 8
    assert all(sorted(view) == list(range(9)) for view in views)


def test_training_learns() -> None:
    """A linear network told apart black from white in a few steps; the loss falls."""
    images = torch.zeros(64, 4, 4, 3, dtype=torch.uint8)
    images[32:] = 255
    labels = torch.arange(64) // 32
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2))
    recipe = Recipe(scenes=64, epochs=4, batch=16, peak_rate=0.05)
    losses = [loss for _, _, loss in train_epochs(network, images, labels, recipe, seed=0)]
    assert len(losses) == 16
    assert losses[-1] < 0.1 < losses[0]


def test_the_card_states_what_the_manifest_says() -> None:
    manifest = {
        "labels": ["ring", "star"],
        "input_size": 128,
        "bytes": 14_000_000,
        "sha256": "ab" * 32,
        "spec": {"growth_rate": 32, "block_config": [6, 12, 24, 16], "initial_channels": 64},
        "training": {
            "scenes": 12_000,
            "epochs": 5,
            "batch": 64,
            "peak_rate": 0.002,
            "weight_decay": 0.05,
            "seed": 0,
            "minutes": 30.0,
            "device": "cpu",
            "torch": "2.13.0",
        },
        "held_out": {
            "top1": 0.9765,
            "count": 2000,
            "mean_confidence": 0.97,
            "by_class": {"ring": 0.99, "star": 0.963},
        },
    }
    card = model_card(manifest)
    for words in (
        "97.65% top-1 on 2,000",
        "ab" * 32,
        "12,000 scenes, 5 epochs",
        "| star | 96.3% |",
    ):
        assert words in card
