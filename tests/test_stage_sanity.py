"""The scene of the sanity check: its words by hand, its maps against the values."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from densenet_viz.figures.colours import limit_of
from densenet_viz.stage.maps.signed_scale import pack_signed
from densenet_viz.stage.sanity.scene import MEASURES, SIDE, Strip
from tests.facts import names_in
from tests.stage_scenes.sanity import HEAT, STAGES, scene, strip


@pytest.mark.parametrize(
    ("strips", "named"),
    [
        ([strip("α")], ["α"]),
        ([strip("α"), strip("β")], ["α", "β"]),
        ([strip("α"), strip("β", 0.7)], ["β"]),  # only who does not change
        ([strip("α", 0.6), strip("β", 0.7), strip("γ", 0.8)], ["α", "β", "γ"]),
        ([strip("α"), strip("β", None)], []),
    ],
)
def test_the_title_says_who_does_not_change(strips: list[Strip], named: list[str]) -> None:
    assert names_in(scene(*strips)["title"], "α", "β", "γ") == named


def test_the_titles_of_what_changes_and_of_what_does_not_differ() -> None:
    assert scene(strip("α"))["title"] != scene(strip("α", 0.7))["title"]


def test_the_sentence_names_the_highest_similarity_at_the_end() -> None:
    words = scene(strip(end=0.7), strip("Grad-CAM", -0.3))["sentence"]
    facts = ["Saliency", "0.70", "Grad-CAM", "0.05"]
    assert names_in(words, *facts) == facts
    assert "0." not in scene(strip(end=None))["sentence"]


def test_an_unfinished_check_has_the_maps_that_there_are() -> None:
    (method,) = scene(strip(end=None, maps=2))["methods"]
    assert len(method["maps"]) == 2
    assert method["alike"]["rank"] == [1, 0.75]
    assert (method["end"], method["unchanged"]) == (None, None)


def test_the_scene_is_json_and_its_lines_differ() -> None:
    given = json.loads(json.dumps(scene(strip("A"), strip("B"), strip("C"))))
    assert len({method["colour"] for method in given["methods"]}) == 3
    assert [one["key"] for one in given["measures"]] == list(MEASURES)
    assert given["stages"] == list(STAGES)


def test_values_come_back_from_the_bytes() -> None:
    heat = np.random.default_rng(0).normal(size=(16, 16)).astype(np.float32)
    packed = pack_signed(heat)
    steps = np.frombuffer(base64.b64decode(packed["data"]), np.int8).reshape(16, 16)
    limit = limit_of(heat)
    assert np.abs(steps / 127 * limit - np.clip(heat, -limit, limit)).max() <= limit / 253
    assert packed["size"] == 16


def test_large_maps_are_averaged_and_bad_values_are_zero() -> None:
    heat = np.ones((2 * SIDE + 4, 2 * SIDE + 4), np.float32)
    assert pack_signed(heat, SIDE)["size"] == (2 * SIDE + 4) // 3
    quarters = np.kron(np.array([[1, -1], [0, 0.5]]), np.ones((2, 2))).astype(np.float32)
    steps = np.frombuffer(base64.b64decode(pack_signed(quarters, 2)["data"]), np.int8)
    assert steps.tolist() == [127, -127, 0, 64]
    assert pack_signed(np.full((2, 2), np.nan, np.float32))["data"] == "AAAAAA=="


def test_what_cannot_be_drawn_is_refused() -> None:
    for count in (0, 4):
        with pytest.raises(ValueError, match=f"{count} methods were given; 1 to 3 are allowed"):
            scene(*[strip()] * count)
    with pytest.raises(ValueError, match="More maps than the 3 stages"):
        scene(Strip("A", [HEAT] * 4, dict.fromkeys(MEASURES, [1.0] * 4)))
