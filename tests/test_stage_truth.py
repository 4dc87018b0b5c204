"""The scene of a map against the true mask: its words by hand, its curve against the whole one."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.figures.theme import FOUND_COLOURS
from densenet_viz.stage.shared.outline import outline, pack_mask
from densenet_viz.stage.truth.scene import CURVE_POINTS
from tests.facts import as_groups, names_in, numbers_in
from tests.stage_scenes.truth import HEAT, MASK, OTHER, curve, scene


@pytest.mark.parametrize(
    ("average", "times"),
    [(1.0, "4.0"), (0.32, "1.3"), (0.3125, "1.2")],  # the last is 1.25 times chance
)
def test_title_says_how_many_times_better_than_chance(average: float, times: str) -> None:
    title = scene(average)["title"]
    assert numbers_in(title) == [times]
    assert names_in(title, "ring", "chance") == ["ring", "chance"]


def test_title_calls_only_a_clear_difference_one() -> None:
    titles = {average: scene(average)["title"] for average in (0.3124, 0.25, 0.2001, 0.2, 0.0)}
    # As good as chance; and worse by a factor of 1.25 or more.
    assert as_groups(titles) == [{0.3124, 0.25, 0.2001}, {0.2, 0.0}]
    assert all(numbers_in(title) == [] for title in titles.values())


def test_ten_times_and_more_are_told_without_tenths() -> None:
    mask = np.zeros((8, 8), bool)
    mask[4, 4:8] = True  # a sixteenth
    assert numbers_in(scene(9.9 / 16, mask)["title"]) == ["9.9"]
    assert numbers_in(scene(15.2 / 16, mask)["title"]) == ["15"]


def test_chance_is_the_objects_share_of_the_picture() -> None:
    drawn = scene(0.5)
    assert (drawn["chance"], drawn["chanceText"]) == (0.25, "25.0%")
    assert (drawn["average"], drawn["averageText"]) == (0.5, "50%")
    facts = ["Saliency", "ring", "50%", "25.0%"]
    assert names_in(drawn["alt"], *facts) == facts


def test_scene_holds_the_map_the_mask_and_the_colours() -> None:
    drawn = scene()
    whole = np.frombuffer(base64.b64decode(drawn["heat"]["data"]), "<i2").reshape(8, 8)
    np.testing.assert_allclose(whole * drawn["heat"]["most"] / 32767, HEAT, atol=1e-3)
    limit = np.percentile(np.abs(HEAT), 99.5)
    assert drawn["limit"] == pytest.approx(limit)
    assert drawn["limits"] == [f"−{limit:.3g}", "0", f"+{limit:.3g}"]
    assert len(set(drawn["meaning"])) == 2
    assert all("ring" in end for end in drawn["meaning"])
    assert drawn["mask"] == {"label": "ring", "bits": pack_mask(MASK), "path": outline(MASK)}
    assert drawn["colours"] == FOUND_COLOURS
    assert len(base64.b64decode(drawn["palette"])) == 257 * 3
    assert (drawn["size"], drawn["caption"]) == (8, "a drawn ring, 8 × 8 px")


def test_shares_keep_their_names_and_their_order() -> None:
    assert scene(shares={"b": 0.625, "a": 1.0, "c": 0.0})["shares"] == [
        {"name": "b", "percent": "62%"},
        {"name": "a", "percent": "100%"},
        {"name": "c", "percent": "0%"},
    ]


def test_the_other_object_is_outlined_where_there_is_one() -> None:
    assert scene()["other"] is None
    drawn = scene(other_mask=OTHER, other_label="star")
    assert drawn["other"] == {"label": "star", "bits": pack_mask(OTHER), "path": outline(OTHER)}
    assert drawn["mask"]["bits"] == pack_mask(MASK)
    assert scene(other_mask=OTHER)["other"]["label"] == "other"


def test_scene_is_plain_json() -> None:
    drawn = scene(other_mask=OTHER, other_label="star")
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn


# -- the curve ------------------------------------------------------------------------------


def cuts(pixels: int, seed: int = 0) -> NDArray[np.float64]:
    """Recall and precision at every cut, a row a cut: hit, miss, hit, ... and then ever fewer."""
    left = np.linspace(1, 0, pixels)
    found = np.random.default_rng(seed).random(pixels) < 0.6 * left**2
    found[:20] = np.arange(20) % 2 == 0
    hits = np.cumsum(found)
    return np.column_stack([hits / hits[-1], hits / np.arange(1, pixels + 1)])


def sent(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array(scene(curve=curve(0.5, points))["curve"])


def test_a_short_curve_is_sent_whole() -> None:
    points = cuts(CURVE_POINTS)
    np.testing.assert_allclose(sent(points), points, atol=6e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_curve_keeps_its_ends_and_its_start(seed: int) -> None:
    points = cuts(40_000, seed)
    thin = sent(points)
    assert CURVE_POINTS / 3 < len(thin) <= CURVE_POINTS
    np.testing.assert_allclose(thin[-1], points[-1], atol=6e-6)
    # The line jumps most where few pixels are kept: there, nothing is left out.
    np.testing.assert_allclose(thin[:12], points[:12], atol=6e-6)


def test_a_thinned_curve_is_the_same_line() -> None:
    points = cuts(10_000)
    thin = sent(points)
    spacing = np.abs(np.diff(points, axis=0)).sum() / (CURVE_POINTS - 1)
    apart = np.array([np.abs(thin - point).sum(axis=1).min() for point in points[::7]])
    assert apart.max() <= spacing + 2e-5  # nothing of the line is far from what is sent
    near = [np.abs(points - point).sum(axis=1).min() for point in thin]
    assert max(near) <= 2e-5  # and nothing is sent that is not on it
    assert (np.diff(thin[:, 0]) >= 0).all()


def test_what_is_not_a_number_is_left_out_of_the_curve() -> None:
    points = np.array([[0, np.nan], [0.5, 0.75], [np.inf, 0.5], [1, 0.25]])
    assert scene(curve=curve(0.5, points))["curve"] == [[0.5, 0.75], [1.0, 0.25]]


def test_average_precision_is_the_given_one_however_the_curve_is_thinned() -> None:
    drawn = scene(curve=curve(0.123456789, cuts(5_000)))
    assert (drawn["average"], drawn["averageText"]) == (0.123456789, "12%")


# -- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mask": np.zeros((8, 8), bool)}, "the mask is empty"),
        ({"mask": np.ones((4, 4), bool)}, r"the mask is \(4, 4\); the picture's \(8, 8\)"),
        ({"heat": HEAT[:4]}, r"the map is \(4, 8\)"),
        ({"other_mask": np.ones((9, 9), bool)}, r"the other mask is \(9, 9\)"),
    ],
)
def test_what_does_not_fit_the_picture_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        scene(**changes)


def test_an_empty_other_mask_is_drawn_as_nothing() -> None:
    drawn = scene(other_mask=np.zeros((8, 8), bool), other_label="star")
    assert drawn["other"]["path"] == ""


def test_another_lesson_and_another_view_may_come_first() -> None:
    assert scene(0.5)["view"] == "kept"
    drawn = scene(0.5, title="It goes to the ring", view="over")
    assert (drawn["title"], drawn["view"]) == ("It goes to the ring", "over")
