"""Outlines against the masks that they are of: filled again, measured, and by hand."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.stage.shared.outline import outline, pack_mask

Mask = NDArray[np.bool_]
Loop = list[tuple[float, float]]


def mask(*rows: str) -> Mask:
    return np.array([[cell == "#" for cell in row] for row in rows])


def scattered(seed: int, side: int = 12, share: float = 0.5) -> Mask:
    return np.random.default_rng(seed).random((side, side)) < share


def loops(path: str) -> list[Loop]:
    """The path's corners; whatever is no closed path of straight lines is refused."""
    number = r"-?\d+(?:\.5)?"
    assert re.fullmatch(rf"(?:M{number} {number}(?:L{number} {number})*Z)*", path)
    return [
        [(float(x), float(y)) for x, y in (corner.split() for corner in part.split("L"))]
        for part in path.replace("Z", "").split("M")[1:]
    ]


def area(loop: Loop) -> float:
    """By the shoelace: above 0 where the loop runs clockwise on a screen."""
    ends = zip(loop, loop[1:] + loop[:1], strict=True)
    return sum(x * below - right * y for (x, y), (right, below) in ends) / 2


def crossings(loop: Loop, x: float, y: float) -> int:
    """How often a ray from here to the right crosses the loop."""
    count = 0
    for (x1, y1), (x2, y2) in zip(loop, loop[1:] + loop[:1], strict=True):
        if (y1 > y) != (y2 > y):
            count += x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    return count


def filled(path: str, side: int) -> Mask:
    """The pixels whose middles lie inside, by the even-odd rule."""
    drawn = loops(path)
    # A little below the middle, so that a ray does not run through corners.
    inside = [
        [sum(crossings(loop, x + 0.5, y + 0.503) for loop in drawn) % 2 == 1 for x in range(side)]
        for y in range(side)
    ]
    return np.array(inside)


@pytest.mark.parametrize("share", [0.15, 0.5, 0.85])
@pytest.mark.parametrize("seed", range(5))
def test_the_filled_outline_is_the_mask(seed: int, share: float) -> None:
    given = scattered(seed, share=share)
    np.testing.assert_array_equal(filled(outline(given), 12), given)


@pytest.mark.parametrize("share", [0.15, 0.5, 0.85])
@pytest.mark.parametrize("seed", range(5))
def test_area_is_the_masks_less_an_eighth_a_corner(seed: int, share: float) -> None:
    given = scattered(seed, share=share)
    wide = np.pad(given, 1).astype(int)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (2, 2))
    count = windows.sum((2, 3))
    diagonal = (count == 2) & (windows[..., 0, 0] == windows[..., 1, 1])
    # Where two pixels touch at a corner, both are cut.
    corners = (count == 1).sum() + 2 * diagonal.sum() - (count == 3).sum()
    enclosed = sum(area(loop) for loop in loops(outline(given)))
    assert enclosed == given.sum() - corners / 8


def test_a_square_has_straight_sides_and_cut_corners() -> None:
    assert outline(mask("....", ".##.", ".##.", "....")) == (
        "M1.5 1L2.5 1L3 1.5L3 2.5L2.5 3L1.5 3L1 2.5L1 1.5Z"
    )


def test_a_mask_that_fills_the_picture_is_run_around_at_its_border() -> None:
    corners = loops(outline(np.ones((4, 4), bool)))[0]
    assert {value for corner in corners for value in corner} == {0.0, 0.5, 3.5, 4.0}
    assert len(corners) == 8


def test_a_mask_at_one_border_does_not_come_out_at_the_other() -> None:
    given = mask("#...", "#...", "....", "...#")
    first, second = loops(outline(given))
    assert {x for x, _ in first} == {0.0, 0.5, 1.0}
    assert {y for _, y in first} == {0.0, 0.5, 1.5, 2.0}
    assert {value for corner in second for value in corner} == {3.0, 3.5, 4.0}


def test_a_staircase_is_one_slope() -> None:
    (stairs,) = loops(outline(mask("#...", "##..", "###.", "####")))
    slopes = [
        (one, other)
        for one, other in zip(stairs, stairs[1:] + stairs[:1], strict=True)
        if abs(other[0] - one[0]) > 1 and abs(other[1] - one[1]) > 1
    ]
    assert slopes == [((0.5, 0.0), (4.0, 3.5))]


def test_a_hole_is_run_around_the_other_way() -> None:
    around, hole = loops(outline(mask("###", "#.#", "###")))
    assert area(around) == 9 - 4 / 8
    assert area(hole) == -(1 - 4 / 8)
    assert sorted(hole) == [(1, 1.5), (1.5, 1), (1.5, 2), (2, 1.5)]


def test_pixels_that_touch_at_a_corner_are_two_parts() -> None:
    for given in (mask("#.", ".#"), mask(".#", "#.")):
        assert [area(loop) for loop in loops(outline(given))] == [0.5, 0.5]


def test_holes_that_touch_at_a_corner_are_one() -> None:
    around, hole = loops(outline(mask("####", "#.##", "##.#", "####")))
    assert area(around) == 16 - 4 / 8
    # Two pixels, six cut corners of theirs and two that the mask's own pixels lose.
    assert area(hole) == -(2 - 6 / 8 + 2 / 8)


def test_an_empty_mask_has_no_outline() -> None:
    assert outline(np.zeros((3, 3), bool)) == ""


def test_the_mask_itself_stays_as_it_was() -> None:
    given = scattered(1)
    before = given.copy()
    outline(given)
    np.testing.assert_array_equal(given, before)


@pytest.mark.parametrize("side", [1, 3, 8, 13])
def test_bits_are_the_mask_again(side: int) -> None:
    given = scattered(side, side)
    packed = base64.b64decode(pack_mask(given))
    assert len(packed) == -(-side * side // 8)
    text = "".join(f"{byte:08b}" for byte in packed)
    assert text[: side * side] == "".join("01"[int(cell)] for cell in given.ravel())
    assert set(text[side * side :]) <= {"0"}
