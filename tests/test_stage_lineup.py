"""The line-up's scene: its words by hand, and that nothing is sent before it may be seen."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from densenet_viz.results.attributions import Prediction
from densenet_viz.stage.lineup.scene import Witness, lineup_scene
from densenet_viz.stage.shared.outline import outline, pack_mask
from tests.facts import as_groups, names_in

RING, STAR = Prediction(1, "ring", 0.875), Prediction(0, "star", 0.9999)
PICTURE = np.zeros((8, 8, 3), np.uint8)
MASK, TAG_MASK = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
MASK[2:6, 2:6] = True
TAG_MASK[0, 7] = True
HEAT = np.zeros((8, 8), np.float32)
HEAT[3, 3], HEAT[0, 7] = 4, -8

FIRST = Witness("Witness 1", RING, right=True, on_object=0.75, on_tag=0.125)
SECOND = Witness("Witness 2", STAR, right=False, on_object=0.25, on_tag=0.5)


def told(witness: Witness, **changes: Any) -> Witness:
    return replace(witness, heat=HEAT, **changes)


def scene(first: Witness = FIRST, second: Witness = SECOND, **changes: Any) -> dict[str, Any]:
    given = {
        "caption": "a drawn ring",
        "truth": "ring",
        "tag": "star",
        "mask": MASK,
        "tag_mask": TAG_MASK,
    }
    return lineup_scene(PICTURE, witnesses=(first, second), **{**given, **changes})


def test_what_is_not_to_be_seen_yet_is_not_sent() -> None:
    drawn = scene()
    assert drawn["outlines"] == []
    assert drawn["palette"] == ""
    assert [one["map"] for one in drawn["witnesses"]] == [None, None]
    sent = json.dumps(drawn)
    for hidden in (pack_mask(MASK), pack_mask(TAG_MASK), outline(MASK), outline(TAG_MASK)):
        assert hidden not in sent
    # Nor does anything else of it depend on where the networks looked.
    assert scene(told(FIRST, on_object=0.1), SECOND) != drawn
    assert scene(replace(FIRST, on_object=0.1), SECOND, mask=None, tag_mask=None) == drawn


def test_before_the_answers_nothing_is_said_of_them_or_of_the_tag() -> None:
    drawn = scene(Witness("Witness 1", None), Witness("Witness 2", None))
    assert drawn["witnesses"] == [
        {"name": "Witness 1", "label": None, "map": None},
        {"name": "Witness 2", "label": None, "map": None},
    ]
    assert "ring" in drawn["sentence"]
    assert "ring" in drawn["alt"]
    assert drawn["tag"] == ""
    assert drawn["title"] != scene()["title"]
    assert "star" not in json.dumps(drawn)


def test_a_network_that_has_not_answered_has_no_map() -> None:
    with pytest.raises(ValueError, match="has not answered"):
        scene(told(FIRST, answer=None), SECOND)


def test_answers_are_sent_before_the_maps() -> None:
    first, second = scene()["witnesses"]
    assert first == {
        "name": "Witness 1",
        "label": "ring",
        "share": 0.875,
        "percent": "87.5%",
        "right": True,
        "map": None,
    }
    assert (second["label"], second["percent"], second["right"]) == ("star", "over 99.9%", False)


def test_one_map_alone_is_sent_alone() -> None:
    drawn = scene(FIRST, told(SECOND))
    assert drawn["witnesses"][0]["map"] is None
    assert drawn["witnesses"][1]["map"] is not None
    assert [one["name"] for one in drawn["outlines"]] == ["object", "tag"]
    assert drawn["title"] == scene()["title"]  # as before any map


def test_a_map_comes_with_its_values_limits_and_shares() -> None:
    shown = scene(told(FIRST), told(SECOND))["witnesses"][0]["map"]
    whole = np.frombuffer(base64.b64decode(shown["heat"]["data"]), "<i2").reshape(8, 8)
    np.testing.assert_allclose(whole * shown["heat"]["most"] / 32767, HEAT, atol=1e-3)
    limit = np.percentile(np.abs(HEAT), 99.5)
    assert shown["limit"] == pytest.approx(limit)
    assert f"±{limit:.3g}" in shown["scale"]
    assert shown["shares"] == [
        {"name": "object", "share": 0.75, "percent": "75%"},
        {"name": "tag", "share": 0.125, "percent": "12%"},
    ]
    facts = ["Witness 1", "ring", "75%", "object", "12%", "tag"]
    assert names_in(shown["alt"], *facts) == facts


def test_a_share_that_was_not_measured_is_not_told() -> None:
    only = scene(told(FIRST, on_tag=None), told(SECOND))["witnesses"][0]["map"]
    assert [one["name"] for one in only["shares"]] == ["object"]
    facts = ["Witness 1", "ring", "75%", "object", "tag", "%"]
    assert names_in(only["alt"], *facts[:-1]) == facts[:4]
    none = scene(told(FIRST, on_tag=None, on_object=None), told(SECOND))["witnesses"][0]["map"]
    assert none["shares"] == []
    assert names_in(none["alt"], *facts) == facts[:2]


def test_a_share_of_nothing_is_told() -> None:
    shown = scene(told(FIRST, on_tag=0.0), told(SECOND))["witnesses"][0]["map"]
    assert shown["shares"][1] == {"name": "tag", "share": 0.0, "percent": "0%"}


def test_outlines_are_those_of_the_masks() -> None:
    drawn = scene(told(FIRST), told(SECOND))
    assert drawn["outlines"] == [
        {"name": "object", "path": outline(MASK), "bits": pack_mask(MASK)},
        {"name": "tag", "path": "M7.5 0L8 0.5L7.5 1L7 0.5Z", "bits": pack_mask(TAG_MASK)},
    ]
    assert len(base64.b64decode(drawn["palette"])) == 257 * 3
    untagged = scene(told(FIRST), told(SECOND), tag=None, tag_mask=None)
    assert [one["name"] for one in untagged["outlines"]] == ["object"]


@pytest.mark.parametrize(
    ("first", "second", "facts"),
    [
        (FIRST, SECOND, ["ring", "star"]),
        (FIRST, replace(FIRST, name="Witness 2"), ["ring", "right"]),
        (replace(SECOND, name="Witness 1"), SECOND, ["star", "wrong"]),
    ],
)
def test_before_a_map_the_title_tells_the_answers(
    first: Witness, second: Witness, facts: list[str]
) -> None:
    assert names_in(scene(first, second)["title"], "ring", "star", "right", "wrong") == facts


Looks = tuple[float | None, float | None]
"""The shares on the object and on the tag."""


def title_of(first: Looks, second: Looks) -> str:
    one, two = (
        told(witness, on_object=on_object, on_tag=on_tag)
        for witness, (on_object, on_tag) in ((FIRST, first), (SECOND, second))
    )
    title: str = scene(one, two)["title"]
    return title


@pytest.mark.parametrize(
    ("first", "second", "who"),
    [
        ((0.7, 0.1), (0.2, 0.5), "Witness 2"),
        ((0.2, 0.5), (0.7, 0.1), "Witness 1"),
        ((0.0, 0.1), (0.7, 0.0), "Witness 1"),
    ],
)
def test_once_told_the_title_names_who_looks_at_the_tag(
    first: Looks, second: Looks, who: str
) -> None:
    title = title_of(first, second)
    assert names_in(title, "Witness 1", "Witness 2") == [who]
    assert "tag" in title


def test_a_title_of_both_of_neither_and_of_what_was_not_measured_differ() -> None:
    both: tuple[Looks, Looks] = ((0.1, 0.2), (0.2, 0.5))
    neither: list[tuple[Looks, Looks]] = [((0.7, 0.1), (0.5, 0.4)), ((0.3, 0.3), (0.0, 0.0))]
    unknown: list[tuple[Looks, Looks]] = [((0.7, None), (0.2, 0.5)), ((None, 0.9), (0.2, 0.5))]
    titles = {pair: title_of(*pair) for pair in (both, *neither, *unknown)}
    assert as_groups(titles) == [{both}, set(neither), set(unknown)]
    assert not any("Witness" in title for title in titles.values())


@pytest.mark.parametrize("tag", ["star", "ring", None])
def test_sentence_and_description_name_object_and_tag(tag: str | None) -> None:
    drawn = scene(tag=tag)
    for words in (drawn["sentence"], drawn["alt"]):
        assert names_in(words, "ring", "star") == ["ring"] + ["star"] * (tag == "star")
        assert words.count("ring") >= (2 if tag == "ring" else 1)
    assert (tag or "no tag") in drawn["tag"]


def test_a_tag_that_agrees_and_one_that_does_not_are_told_apart() -> None:
    agrees, differs = (scene(tag=tag)["sentence"].replace(tag, "") for tag in ("ring", "star"))
    assert agrees != differs.replace("ring", "")


def test_scene_is_plain_json() -> None:
    drawn = scene(told(FIRST), told(SECOND))
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn
    assert drawn["size"] == 8
    assert drawn["picture"].startswith("data:image/png;base64,")


SMALL = np.zeros((4, 4), bool)


@pytest.mark.parametrize(
    ("first", "changes", "words"),
    [
        (FIRST, {"mask": SMALL}, r"\(4, 4\); the picture's \(8, 8\)"),
        (FIRST, {"tag_mask": SMALL}, r"\(4, 4\); the picture's \(8, 8\)"),
        (replace(FIRST, heat=HEAT[:4]), {}, r"\(4, 8\); the picture's \(8, 8\)"),
        (replace(FIRST, on_object=1.25), {}, "a share of 1.25"),
        (replace(FIRST, on_tag=-0.5), {}, "a share of -0.5"),
        (replace(FIRST, on_tag=float("nan")), {}, "a share of nan"),
    ],
)
def test_what_does_not_fit_the_picture_is_refused(
    first: Witness, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        scene(first, **changes)
    if not changes:
        with pytest.raises(ValueError, match=words):
            scene(SECOND, first)
