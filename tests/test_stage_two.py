"""The scene of two sides: its words by hand, its numbers against numpy."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.evaluation.difference import difference, shares, sum_to
from densenet_viz.figures.colours import limit_of
from densenet_viz.stage.two.sides import (
    Apart,
    Looked,
    agreement_words,
    place_of,
    title_of,
    where_words,
)
from tests.facts import NUMBER, as_groups, names_in, numbers_in
from tests.stage_scenes.two import GEAR, LEFT, RIGHT, STAR, corner, made, scene

EVEN = np.ones((8, 8), np.float32)


def unpacked(packed: Any) -> NDArray[np.float64]:
    whole = np.frombuffer(base64.b64decode(packed["data"]), "<i2").astype(float)
    return (whole * packed["most"] / 32767).reshape(packed["size"], packed["size"])


# -- what to see ----------------------------------------------------------------------------


def test_the_title_says_where_each_looks_when_the_numbers_do() -> None:
    facts = ["the honest one", "the ring", "the cheater", "upper right", "the star"]
    assert names_in(title_of("networks", (LEFT, RIGHT)), *facts) == facts[:4]
    same = replace(LEFT, called="the cheater")
    assert names_in(title_of("networks", (LEFT, same)), *facts) == ["the ring"]
    star = replace(LEFT, looked=Looked("star", 0.7, 0.2))
    assert names_in(title_of("pictures", (LEFT, star)), *facts) == ["the ring", "the star"]


def test_the_title_is_neutral_where_the_numbers_do_not_say() -> None:
    even = replace(RIGHT, attribution=made(EVEN))
    facts = ["the honest one", "the cheater", "ring", "star"]
    neutral = title_of("networks", (LEFT, even))
    assert names_in(neutral, *facts) == ["ring"]
    assert neutral != title_of("networks", (LEFT, replace(LEFT, called="the cheater")))
    other = replace(even, target=STAR)
    assert names_in(title_of("networks", (LEFT, other)), *facts) == ["ring", "star"]
    coming = replace(LEFT, attribution=made(corner(2, 2), finished=False))
    assert title_of("networks", (coming, RIGHT)) == neutral


def test_a_picture_in_which_nothing_speaks_for_the_class_is_named() -> None:
    nothing = replace(RIGHT, attribution=made(-EVEN))
    sides = ["left", "right", "ring"]
    assert set(names_in(title_of("pictures", (LEFT, nothing)), *sides)) == {"left", "ring"}
    assert set(names_in(title_of("pictures", (nothing, LEFT)), *sides)) == {"right", "ring"}
    # Of two classes, or of a map that is not finished, that cannot be said.
    coming = replace(LEFT, attribution=made(corner(2, 2), finished=False))
    for pair in ((LEFT, replace(nothing, target=STAR)), (coming, nothing), (nothing, nothing)):
        assert names_in(title_of("pictures", pair), "left", "right") == []
    assert names_in(where_words(nothing), "ring", "%") == ["ring"]


@pytest.mark.parametrize(
    ("share", "area", "counts"),
    [(0.5, 0.3, True), (0.49, 0.1, False), (0.5, 0.34, False), (0.9, 0.7, False)],
)
def test_an_object_counts_as_looked_at_only_beyond_chance(
    share: float, area: float, counts: bool
) -> None:
    side = replace(LEFT, attribution=made(EVEN), looked=Looked("ring", share, area))
    assert ("ring" in (place_of(side) or "")) == counts


@pytest.mark.parametrize(
    ("column", "row", "place"),
    [
        (0, 0, "upper left"),
        (6, 0, "upper right"),
        (0, 6, "lower left"),
        (6, 6, "lower right"),
        (2, 0, None),
        (6, 4, None),
        (2, 4, None),
    ],
)
def test_a_corner_is_named_and_an_edge_is_not(column: int, row: int, place: str | None) -> None:
    found = place_of(replace(RIGHT, attribution=made(corner(column, row))))
    assert found is None if place is None else place in (found or "")


def test_a_corner_needs_a_quarter_of_what_raises() -> None:
    """64 ones, and the corner's four pixels so strong that they have just less than 1 / 4."""
    heat = EVEN.copy()
    heat[:2, :2] = 4.99
    assert place_of(replace(RIGHT, attribution=made(heat))) is None
    heat[:2, :2] = 5.01
    assert "upper left" in (place_of(replace(RIGHT, attribution=made(heat))) or "")


def test_each_side_gives_its_share_beside_what_chance_would_put_there() -> None:
    for side, facts in zip(
        scene()["sides"], (["90%", "ring", "20%"], ["100%", "x 6–7, y 0–1", "6%"]), strict=True
    ):
        assert names_in(side["where"], *facts) == facts
    coming = replace(LEFT, attribution=made(EVEN, finished=False))
    assert scene(coming)["sides"][0]["where"] == ""


# -- scales ---------------------------------------------------------------------------------


def test_two_networks_begin_with_shares_and_say_that_units_differ() -> None:
    told = scene()
    assert (told["begin"], told["linked"]) == ("share", True)
    assert all("unit" in scale["sentence"] for scale in told["scales"][:2])
    pictures = scene(kind="pictures")
    assert (pictures["begin"], pictures["linked"]) == ("shared", False)
    assert not any("units" in scale["sentence"] for scale in pictures["scales"][:2])
    assert [scale["key"] for scale in pictures["scales"]] == ["shared", "share", "own"]


def test_one_scale_ends_where_the_stronger_map_does_and_shares_by_sums() -> None:
    strong = replace(RIGHT, attribution=made(8 * corner(6, 0)))
    told = scene(LEFT, strong)
    left, right = (side["map"] for side in told["sides"])
    one, other = corner(2, 2), 8 * corner(6, 0)
    assert left["ends"]["shared"] == right["ends"]["shared"] == pytest.approx(limit_of(other))
    assert left["ends"]["own"] == pytest.approx(limit_of(one))
    # The two are the same map but for a factor and a place: their shares end alike.
    assert left["ends"]["share"] == pytest.approx(limit_of(one))
    assert right["ends"]["share"] == pytest.approx(limit_of(other))
    assert right["strength"] == pytest.approx(float(np.abs(other).sum()))
    np.testing.assert_allclose(unpacked(right["heat"]), other, atol=8 / 32767)
    assert left["unit"] == "activation"


def test_legends_name_the_class_only_where_both_have_it() -> None:
    assert all("ring" in end for end in scene()["meaning"])
    both = scene(right=replace(RIGHT, target=STAR))["meaning"]
    assert len(set(both)) == 2
    assert not any("ring" in end or "star" in end for end in both)


# -- columns --------------------------------------------------------------------------------


def test_three_bars_and_one_for_a_class_that_is_not_among_them() -> None:
    bars = scene()["sides"][0]["bars"]
    assert [(bar["name"], bar["percent"]) for bar in bars] == [
        ("ring", "60.0%"),
        ("star", "30.0%"),
        ("heart", "10.0%"),
    ]
    assert [(bar["explained"], bar["right"]) for bar in bars] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    bars = scene(replace(LEFT, target=GEAR, truth=None))["sides"][0]["bars"]
    assert [bar["name"] for bar in bars] == ["ring", "star", "heart", "gear"]
    assert [bar["explained"] for bar in bars] == [False, False, False, True]
    assert bars[3]["percent"] == "under 0.1%"
    assert not any(bar["right"] for bar in bars)


def test_columns_are_called_by_what_differs() -> None:
    names = [side["name"] for side in scene()["sides"]]
    assert names == ["Left: Drawn scenes", "Right: The cheater"]
    star = replace(RIGHT, caption="a drawn star")
    names = [side["name"] for side in scene(right=star, kind="pictures")["sides"]]
    assert names == ["Left: a drawn ring", "Right: a drawn star"]


def test_a_side_without_a_map_waits() -> None:
    side = scene(replace(LEFT, attribution=None, looked=None), waiting="cancelled")["sides"][0]
    assert (side["map"], side["sharpening"]) == (None, False)
    coming = replace(LEFT, attribution=made(EVEN, finished=False), looked=None)
    assert scene(coming)["sides"][0]["sharpening"] is True


def test_a_map_of_another_size_and_a_difference_of_two_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(4, 4\).*\(8, 8\) is expected"):
        scene(replace(LEFT, attribution=made(np.ones((4, 4)))))
    with pytest.raises(ValueError, match="two pictures"):
        scene(kind="pictures", apart=Apart(EVEN, 0.5))


# -- difference -----------------------------------------------------------------------------


def test_the_difference_is_of_shares_and_counts_pixel_by_pixel() -> None:
    one, other = np.array([[4.0, -4], [0, 0]]), np.array([[1.0, 1], [1, 1]])
    found = difference(one, other)
    np.testing.assert_allclose(found.heat, [[0.25, -0.75], [-0.25, -0.25]])
    assert np.isnan(found.rho)
    assert difference(one, 3 * one).rho == pytest.approx(1)
    assert np.abs(difference(one, 3 * one).heat).max() < 1e-9
    assert difference(one, -one).rho == pytest.approx(-1)


def test_a_finer_map_is_summed_up_to_the_coarser_ones_pixels() -> None:
    fine = np.arange(16.0).reshape(4, 4)
    np.testing.assert_allclose(sum_to(fine, 2), [[10, 18], [42, 50]])
    np.testing.assert_allclose(difference(fine, sum_to(fine, 2)).heat, 0, atol=1e-7)
    # Against a sum over a common grid, which is exact where 7 and 4 pixels meet.
    seven = np.random.default_rng(0).normal(size=(7, 7))
    common = np.kron(seven, np.ones((4, 4))) / 16
    np.testing.assert_allclose(sum_to(seven, 4), common.reshape(4, 7, 4, 7).sum(axis=(1, 3)))


def test_shares_of_nothing_are_nothing_and_what_is_not_finite_counts_for_nothing() -> None:
    np.testing.assert_array_equal(shares(np.zeros((2, 2))), np.zeros((2, 2)))
    np.testing.assert_array_equal(
        shares(np.array([[np.nan, np.inf], [2, -2]])), [[0, 0], [0.5, -0.5]]
    )


def test_the_third_panel_has_the_difference_and_its_words() -> None:
    found = difference(corner(2, 2), corner(6, 0))
    told = scene(apart=Apart(found.heat, found.rho))["apart"]
    np.testing.assert_allclose(unpacked(told["map"]["heat"]), found.heat, atol=1e-4)
    assert told["map"]["end"] == pytest.approx(limit_of(found.heat))
    assert f"−{-found.rho:.2f}" in numbers_in(told["sentence"])
    assert "px" not in told["sentence"]
    assert scene()["apart"]["map"] is None
    assert scene(kind="pictures")["apart"] is None


def test_sizes_that_differ_are_told_and_the_smaller_picture_stands_under_it() -> None:
    big = replace(
        RIGHT, picture=np.ones((16, 16, 3), np.uint8), attribution=made(np.ones((16, 16)))
    )
    told = scene(right=big, apart=Apart(EVEN, 0.5))
    assert told["apart"]["size"] == 8
    assert told["apart"]["picture"] == told["sides"][0]["picture"] != told["sides"][1]["picture"]
    assert names_in(told["apart"]["sentence"], "16 px", "8 px") == ["16 px", "8 px"]


def test_agreement_is_told_in_steps() -> None:
    told = {rho: agreement_words(rho) for rho in (1.0, 0.7, 0.69, 0.3, 0.29, -0.29, -0.3, -1.0)}
    words = {rho: NUMBER.sub("", text) for rho, text in told.items()}
    assert as_groups(words) == [{1.0, 0.7}, {0.69, 0.3}, {0.29, -0.29}, {-0.3, -1.0}]
    assert numbers_in(told[0.69]) == ["0.69"]
    assert numbers_in(agreement_words(float("nan"))) == []
