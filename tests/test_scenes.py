"""The drawn scenes: repeatable, varied, and masked truly."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.scenes import generator
from densenet_viz.scenes.effects import half_plane, light, stick
from densenet_viz.scenes.generator import (
    AREA,
    LEAST_CONTRAST,
    PAIR_AREA,
    SIZE,
    PairScene,
    coverage,
    draw_pair,
    draw_scene,
    pair_labels,
)
from densenet_viz.scenes.placing import CORNER, area_of, clear_of_corners, places, radius_of, room
from densenet_viz.scenes.shapes import CLASSES, MIRRORED, SHAPES, Shape
from densenet_viz.scenes.textures import pixel_grid


def test_there_are_sixteen_classes() -> None:
    assert len(CLASSES) == len(set(CLASSES)) == 16


def test_the_pixels_are_those_that_the_bundled_models_were_trained_on() -> None:
    """The same data from the same seed: mean greys of 4 × 4 fields, taken when they were trained.

    The random numbers are those of numpy's PCG64, which has kept its streams since numpy 1.17;
    another stream draws other scenes, tens of greys away. A sine may differ in its last bit on
    another processor: that moves few pixels by one grey, and a field's mean by less than 0.1.
    """
    scenes = [draw_scene(0, "train", 0), draw_scene(0, "test", 5), draw_scene(3, "sample", 6)]
    pairs = [draw_pair(0, "train", 0), draw_pair(0, "test", 17)]
    greys = [one.image.reshape(4, 32, 4, 32, 3).mean((1, 3, 4)) for one in (*scenes, *pairs)]
    np.testing.assert_allclose(greys, RECORDED_GREYS, rtol=0, atol=0.6)  # 0.5 is their rounding
    masks = [scene.mask for scene in scenes] + [mask for pair in pairs for mask in pair.masks]
    assert [mask.sum() for mask in masks] == pytest.approx(RECORDED_AREAS, abs=2)


RECORDED_GREYS = [
    [[63, 82, 88, 83], [101, 81, 46, 84], [109, 100, 70, 91], [117, 107, 84, 98]],
    [[85, 85, 94, 88], [89, 91, 86, 93], [94, 100, 88, 95], [101, 95, 92, 98]],
    [[201, 194, 219, 217], [165, 153, 162, 184], [144, 132, 152, 196], [184, 169, 186, 190]],
    [[92, 92, 88, 70], [114, 84, 81, 63], [133, 111, 74, 67], [128, 116, 101, 83]],
    [[104, 122, 104, 137], [135, 110, 98, 114], [125, 103, 112, 122], [91, 101, 114, 118]],
]
RECORDED_AREAS = [1307, 1453, 1382, 896, 917, 797, 917]


def test_a_scene_depends_on_its_numbers_alone() -> None:
    first, again = draw_scene(1, "train", 5), draw_scene(1, "train", 5)
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.mask, again.mask)
    for other in (draw_scene(2, "train", 5), draw_scene(1, "test", 5), draw_scene(1, "train", 21)):
        assert other.label == first.label
        assert not np.array_equal(other.image, first.image)


def test_only_the_object_depends_on_the_class() -> None:
    """Far from the object, two scenes of one number and different classes are the same picture."""
    arrow, ring = (draw_scene(0, "train", 3, CLASSES.index(name)) for name in ("arrow", "ring"))
    assert arrow.circle[:2] == ring.circle[:2]
    x, y = pixel_grid(SIZE)
    far = np.hypot(x - arrow.circle[0], y - arrow.circle[1]) > room(AREA[1]) + 6 / SIZE
    assert far.mean() > 0.4
    # The colours are drawn until they stand off from what is around, so later numbers may differ:
    # the last of them are the picture's grain and its exposure.
    rough = np.abs(arrow.image[far].astype(float) - ring.image[far]).mean()
    assert rough < 0.25 * np.abs(arrow.image.astype(float) - arrow.image[::-1]).mean()


# -- shapes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("star", (0.95, 0.0), (-0.9, 0.0)),
        ("six-pointed star", (-0.95, 0.0), (0.7, 0.4)),
        ("ring", (0.8, 0.0), (0.0, 0.0)),
        ("broken ring", (-0.8, 0.0), (0.8, 0.0)),
        ("heart", (0.0, 0.8), (0.0, -0.9)),
        ("left spiral", (0.0, -0.19), (0.0, 0.19)),
        ("right spiral", (0.0, 0.19), (0.0, -0.19)),
        ("crescent", (-0.8, 0.0), (0.5, 0.0)),
        ("cross", (0.9, 0.0), (0.6, 0.6)),
        ("triangle", (-0.95, 0.0), (0.6, 0.0)),
        ("square", (0.65, 0.65), (0.75, 0.0)),
        ("hexagon", (0.0, 0.95), (0.9, 0.0)),
        ("octagon", (0.87, 0.36), (0.95, 0.0)),
        ("flower", (0.95, 0.0), (0.0, 0.0)),
        ("gear", (0.95, 0.0), (-0.95, 0.0)),
        ("arrow", (-0.9, 0.0), (-0.9, 0.5)),
    ],
)
def test_points_lie_where_the_shape_says(
    name: str, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    x, y = np.array([inside, outside]).T
    assert SHAPES[name](x, y).tolist() == [True, False]


def _plane(turn: float = 0.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    steps = np.linspace(-1.04, 1.04, 120)
    x, y = np.meshgrid(steps, steps)
    return np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x


@pytest.mark.parametrize("name", CLASSES)
def test_a_shape_keeps_to_its_circle_and_reaches_it(name: str) -> None:
    """The heart's lobes reach past it; at equal area they stay within every class's room."""
    x, y = (1.2 * plane for plane in _plane())
    reach = np.hypot(x, y)[SHAPES[name](x, y)].max()
    assert 0.9 <= reach <= (1.12 if name == "heart" else 1.02)
    assert reach * radius_of(CLASSES.index(name), 0.1) <= room(0.1)


@pytest.mark.parametrize("label", range(16), ids=CLASSES)
def test_a_mirror_makes_of_a_class_what_is_said(label: int) -> None:
    shape, other = SHAPES[CLASSES[label]], SHAPES[CLASSES[MIRRORED[label]]]
    x, y = _plane()
    mirrors = shape(x, -y), shape(-x, y)
    assert min((image != other(x, y)).mean() for image in mirrors) < 0.002
    assert (MIRRORED[label] == label) is ("spiral" not in CLASSES[label])
    assert MIRRORED[MIRRORED[label]] == label


def test_going_outwards_on_the_right_spiral_is_going_clockwise() -> None:
    """The widest radius of the innermost winding grows with the angle; y points down."""
    angles = np.linspace(0.3, 2 * np.pi - 0.3, 12)
    middles = 0.1 + 0.36 * angles / (2 * np.pi)
    x, y = middles * np.cos(angles), middles * np.sin(angles)
    assert SHAPES["right spiral"](x, y).all()
    assert SHAPES["left spiral"](x, -y).all()
    assert not SHAPES["left spiral"](x, y).all()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hexagon", "octagon"),
        ("left spiral", "right spiral"),
        ("star", "six-pointed star"),
        ("ring", "broken ring"),
    ],
)
def test_no_turn_makes_one_class_of_another(first: str, second: str) -> None:
    """At equal area, whichever way it is turned, some part of the outline tells them apart."""
    scale = radius_of(CLASSES.index(first), 1.0) / radius_of(CLASSES.index(second), 1.0)
    x, y = _plane()
    fixed = SHAPES[first](x, y)
    overlaps = [_overlap(fixed, SHAPES[second], turn, scale) for turn in np.arange(0, 6.3, 0.1)]
    assert max(overlaps) < 0.96


def _overlap(fixed: NDArray[np.bool_], shape: Shape, turn: float, scale: float) -> float:
    x, y = _plane(turn)
    turned = shape(x * scale, y * scale)
    return float((fixed & turned).sum() / (fixed | turned).sum())


# -- scenes of one object -------------------------------------------------------------------


@pytest.mark.parametrize("label", range(16), ids=CLASSES)
def test_every_class_is_drawn_whole_and_of_the_stated_area(label: int) -> None:
    for index in range(4):
        scene = draw_scene(0, "train", index, label)
        drawn = area_of(scene.label, scene.circle)
        assert AREA[0] <= drawn <= AREA[1]
        assert scene.mask.mean() <= drawn * 1.05
        assert scene.mask.mean() >= drawn * 0.8  # a stick may lie over it
        edge = np.concatenate([scene.mask[side] for side in (0, -1)] + [*scene.mask.T[[0, -1]]])
        assert not edge.any()


def test_the_mask_is_the_shape_without_the_stick_that_lies_over_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Against the same scenes whose stick is drawn in its place and left out of the picture."""
    covered = [draw_scene(0, "train", index).mask for index in range(32)]
    sticks: dict[int, NDArray[np.float64]] = {}
    bare = []
    for index in range(32):
        with monkeypatch.context() as patch:

            def left_out(*given: Any, number: int = index) -> NDArray[np.float64]:
                sticks[number] = stick(*given)
                return np.zeros_like(sticks[number])

            patch.setattr(generator, "stick", left_out)
            bare.append(draw_scene(0, "train", index).mask)
    assert 4 <= len(sticks) <= 20  # 35% of them
    for index, (seen, whole) in enumerate(zip(covered, bare, strict=True)):
        over = sticks.get(index, np.zeros((SIZE, SIZE)))
        assert not (seen & (over > 0.5)).any()
        np.testing.assert_array_equal(seen[over == 0], whole[over == 0])
        assert index not in sticks or seen.sum() < whole.sum()


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
        assert np.linalg.norm(inside - outside) / 255 > 0.25 * LEAST_CONTRAST


# -- places ---------------------------------------------------------------------------------


def test_a_room_is_as_wide_as_the_widest_class() -> None:
    for area in (*AREA, *PAIR_AREA):
        radii = [radius_of(label, area) for label in range(len(CLASSES))]
        assert max(radii) < room(area) < max(radii) + 0.011
        assert all(area_of(i, (0.5, 0.5, r)) == pytest.approx(area) for i, r in enumerate(radii))


@pytest.mark.parametrize("areas", [(0.1,), (0.045,), (0.06, 0.06), (0.04, 0.06)])
def test_rooms_lie_inside_clear_of_the_corners_and_of_each_other(areas: tuple[float, ...]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        spots = places(rng, areas)
        for (x, y), area in zip(spots, areas, strict=True):
            wide = room(area)
            assert wide <= min(x, y)
            assert max(x, y) <= 1 - wide
            assert clear_of_corners(x, y, wide)
        if len(spots) == 2:
            apart = np.hypot(*np.subtract(*spots))
            assert apart >= room(areas[0]) + room(areas[1])


def test_clear_of_corners_is_a_circle_against_four_squares() -> None:
    assert clear_of_corners(0.5, 0.5, 0.5)
    assert clear_of_corners(0.5, 0.2, 0.2)
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)):
        gap = np.hypot(0.2 - CORNER, 0.2 - CORNER)
        assert clear_of_corners(x, y, gap - 1e-6)
        assert not clear_of_corners(x, y, gap + 1e-6)


# -- scenes of two objects ------------------------------------------------------------------


def test_pairs_go_round_all_ordered_pairs() -> None:
    round_ = [pair_labels(index) for index in range(240)]
    assert sorted(round_) == sorted(permutations(range(16), 2))
    assert [pair_labels(index) for index in range(240, 480)] == round_


@pytest.fixture(scope="module")
def pairs() -> list[PairScene]:
    return [draw_pair(0, "validation", 7 * index) for index in range(12)]


def test_a_pair_depends_on_its_numbers_alone(pairs: list[PairScene]) -> None:
    again = draw_pair(0, "validation", 7)
    np.testing.assert_array_equal(pairs[1].image, again.image)
    assert (pairs[1].labels, pairs[1].circles) == (again.labels, again.circles)
    assert again.labels == pair_labels(7)
    assert not np.array_equal(draw_pair(1, "validation", 7).image, again.image)


def test_the_objects_of_a_pair_are_two_whole_and_apart(pairs: list[PairScene]) -> None:
    for pair in pairs:
        first, second = pair.masks
        assert not (first & second).any()
        assert pair.labels[0] != pair.labels[1]
        for mask, label, circle in zip(pair.masks, pair.labels, pair.circles, strict=True):
            area = area_of(label, circle)
            assert PAIR_AREA[0] <= area <= PAIR_AREA[1]
            assert 0.8 * area <= mask.mean() <= 1.06 * area
            x, y = pixel_grid(SIZE)
            assert (np.hypot(x - circle[0], y - circle[1])[mask] <= circle[2] + 0.01).all()


def test_the_classes_of_a_pair_may_be_chosen() -> None:
    assert draw_pair(0, "test", 0, (10, 12)).names == ("square", "octagon")


# -- effects --------------------------------------------------------------------------------


def test_light_stays_within_what_it_says() -> None:
    shaded = 0
    for seed in range(40):
        brightness, lamp = light(np.random.default_rng(seed), 32)
        assert brightness.shape == (32, 32)
        assert 0.4 <= brightness.min() <= brightness.max() <= 1.25
        assert 0 <= lamp < 2 * np.pi
        shaded += brightness.min() < 0.8
    assert 5 <= shaded <= 30


def test_half_planes_miss_their_point_by_the_inset() -> None:
    x, y = pixel_grid(64)
    cover = half_plane(np.random.default_rng(1), 64, 0.5, 0.5, 0.2)
    nearest = np.hypot(x - 0.5, y - 0.5)[cover > 0.5].min()
    assert nearest == pytest.approx(0.2, abs=0.02)
    assert 0.1 < cover.mean() < 0.5


def test_a_stick_lies_on_the_rim_and_never_where_the_object_points_to() -> None:
    """A broken ring's gap is on that side: a stick in it would make it a ring."""
    x, y = pixel_grid(128)
    for seed in range(30):
        over = stick(np.random.default_rng(seed), 128, 0.5, 0.5, 0.25, 0.0)
        weights = over / over.sum()
        middle = (weights * x).sum() - 0.5, (weights * y).sum() - 0.5
        assert 0.55 <= np.hypot(*middle) / 0.25 <= 1.0
        assert abs(np.arctan2(middle[1], middle[0])) >= np.pi / 3 - 0.05


# -- errors ---------------------------------------------------------------------------------


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="train, validation, test, sample"):
        draw_scene(0, "holdout", 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"label=16\b.*\b0\b.*\b15\b"):
        draw_scene(0, "train", 0, 16)
    with pytest.raises(ValueError, match=r"label=-1\b.*\b0\b.*\b15\b"):
        draw_pair(0, "train", 0, (3, -1))
    with pytest.raises(ValueError, match=r"labels=\(3, 3\)"):
        draw_pair(0, "train", 0, (3, 3))
