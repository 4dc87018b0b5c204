"""The bench's scenes: scales and words by hand, maps that come back as they were."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from densenet_viz.figures.colours import limit_of
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.stage.agreement.scene import agreement_scene, extremes
from densenet_viz.stage.bench.scene import Panel, bench_scene
from densenet_viz.stage.maps.signed_scale import OWN_TITLE
from tests.facts import names_in, numbers_in

STAR = Prediction(0, "star", 0.9)
PICTURE = np.zeros((8, 8, 3), np.uint8)
SMALL, LARGE = np.zeros((8, 8), np.float32), np.full((8, 8), 2.0, np.float32)
SMALL[1, 5], SMALL[6, 2] = 0.25, -0.75
LARGE[0, 0] = -6.0


def made(heat: Any, *, finished: bool = True) -> Attribution:
    return Attribution("saliency", heat[None], STAR, (STAR,), 0.1, 1, finished=finished)


FIRST = Panel("Saliency", "slope", "gradients", made(SMALL))
SECOND = Panel("Occlusion", "fall of the score", "", made(LARGE))


def scene(*panels: Panel) -> dict[str, Any]:
    return bench_scene(
        PICTURE,
        panels or (FIRST, SECOND),
        caption="a drawn star",
        title="Two ways to ask",
        lesson="They may differ.",
        label="star",
        waiting="waiting for its turn",
    )


def scales(drawn: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: one for one in drawn["scales"]}


def test_a_map_comes_with_its_values() -> None:
    shown = scene()["panels"][0]["map"]
    whole = np.frombuffer(base64.b64decode(shown["heat"]["data"]), "<i2").reshape(8, 8)
    np.testing.assert_allclose(whole * shown["heat"]["most"] / 32767, SMALL, atol=1e-4)


def test_one_scale_ends_at_the_largest_limit() -> None:
    drawn = scene()
    assert limit_of(LARGE) > limit_of(SMALL)
    assert scales(drawn)["shared"]["end"] == limit_of(LARGE)
    assert [panel["map"]["ends"]["shared"] for panel in drawn["panels"]] == [limit_of(LARGE)] * 2
    assert [panel["map"]["ends"]["own"] for panel in drawn["panels"]] == [
        limit_of(SMALL),
        limit_of(LARGE),
    ]


def test_shares_are_of_the_sum_of_absolute_values() -> None:
    drawn = scene()
    first, second = (panel["map"] for panel in drawn["panels"])
    assert (first["strength"], second["strength"]) == (1.0, 63 * 2.0 + 6.0)
    # A pixel is drawn at full colour at the same share of its map in both.
    end = scales(drawn)["share"]["end"]
    assert end == pytest.approx(max(limit_of(SMALL) / 1.0, limit_of(LARGE) / 132.0))
    assert first["ends"]["share"] == pytest.approx(end)
    assert second["ends"]["share"] == pytest.approx(132 * end)


def test_maps_of_different_units_begin_without_one() -> None:
    drawn = scene()
    assert drawn["begin"] == "share"
    shared = scales(drawn)["shared"]
    assert shared["sentence"].startswith("They may differ. ")
    assert numbers_in(shared["sentence"]) == ["2"]  # units
    assert numbers_in(scales(drawn)["share"]["sentence"]) == ["2"]
    same = replace(SECOND, unit=FIRST.unit)
    assert shared["legend"] != scales(scene(FIRST, same))["shared"]["legend"]


def test_maps_of_one_unit_begin_on_its_scale() -> None:
    drawn = scene(FIRST, replace(SECOND, unit="slope; where squared, its square"))
    assert drawn["begin"] == "shared"
    assert scales(drawn)["shared"]["sentence"] == "They may differ."
    assert [panel["map"]["unit"] for panel in drawn["panels"]] == ["slope", "slope"]


def test_own_scales_are_said_to_forbid_comparing_strengths() -> None:
    own = scales(scene())["own"]
    assert own["title"] == OWN_TITLE
    assert own["end"] is None
    assert scales(scene())["shared"]["title"] == "Two ways to ask"


def test_what_is_not_there_or_not_finished_says_so() -> None:
    waits = replace(FIRST, attribution=None)
    comes = replace(FIRST, attribution=made(SMALL, finished=False))
    drawn = scene(waits, comes, SECOND)["panels"]
    assert [panel["map"] is None for panel in drawn] == [True, False, False]
    assert [panel["sharpening"] for panel in drawn] == [False, True, False]
    assert scene(waits)["waiting"] == "waiting for its turn"


def test_a_map_is_described_by_its_strongest_region() -> None:
    drawn = scene()["panels"]
    facts = ["Saliency", "100%", "x 4–5, y 0–1"]
    assert names_in(drawn[0]["map"]["alt"], *facts) == facts
    nothing = scene(replace(FIRST, attribution=made(-np.abs(SMALL))))["panels"][0]["map"]
    assert nothing["alt"].startswith("Saliency: ")
    assert numbers_in(nothing["alt"]) == []


def test_a_thumbnail_comes_with_its_words() -> None:
    drawn = scene(replace(FIRST, thumbnail=PICTURE, thumbnail_words="all black"), SECOND)["panels"]
    assert drawn[0]["thumbnail"]["alt"] == "all black"
    assert drawn[0]["thumbnail"]["address"].startswith("data:image/png;base64,")
    assert drawn[1]["thumbnail"] is None


def test_a_map_of_nothing_can_be_drawn() -> None:
    drawn = scene(replace(FIRST, attribution=made(np.zeros((8, 8), np.float32))))
    shown = drawn["panels"][0]["map"]
    assert shown["strength"] == 0
    assert min(shown["ends"].values()) > 0


def test_scene_is_plain_json() -> None:
    drawn = scene(FIRST, replace(SECOND, attribution=None))
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn
    assert drawn["caption"] == "a drawn star, 8 × 8 px"
    assert len(set(drawn["meaning"])) == 2
    assert all("star" in end for end in drawn["meaning"])


@pytest.mark.parametrize("count", [0, 10])
def test_the_grid_has_one_to_nine_maps(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} panels were given; 1 to 9"):
        bench_scene(PICTURE, [FIRST] * count, caption="", title="", lesson="", label="")


def test_a_map_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(4, 4\); the picture's \(8, 8\)"):
        scene(replace(FIRST, attribution=made(SMALL[:4, :4])))


# -- agreement ------------------------------------------------------------------------------

NAMES = ["Saliency", "Grad-CAM", "Occlusion"]
RHO = np.array([[1, 0.834, -0.25], [0.834, 1, 0.1], [-0.25, 0.1, 1]])
FLAT = np.array([[1, np.nan], [np.nan, np.nan]])


def test_most_and_least_alike_pair_are_named() -> None:
    signed, strength = agreement_scene(NAMES, RHO, np.abs(RHO), lesson="So.")["kinds"]
    assert names_in(signed["title"], *NAMES, "−0.25") == ["Saliency", "Occlusion", "−0.25"]
    most, least = signed["sentence"].split(". ")
    assert names_in(most, *NAMES, "0.83") == ["Saliency", "Grad-CAM", "0.83"]
    assert names_in(least, *NAMES, "−0.25") == ["Saliency", "Occlusion", "−0.25"]
    assert names_in(strength["title"], *NAMES, "0.10") == ["Grad-CAM", "Occlusion", "0.10"]
    assert [[cell["text"] for cell in row] for row in signed["rows"]] == [
        ["1.00", "0.83", "−0.25"],
        ["0.83", "1.00", "0.10"],
        ["−0.25", "0.10", "1.00"],
    ]


def test_two_maps_are_one_pair() -> None:
    kind = agreement_scene(NAMES[:2], RHO[:2, :2], RHO[:2, :2], lesson="So.")["kinds"][0]
    assert names_in(kind["title"], *NAMES, "0.83") == ["Saliency", "Grad-CAM", "0.83"]
    assert kind["sentence"] == ""


def test_what_cannot_be_compared_is_not_called_unlike() -> None:
    assert extremes(FLAT) is None
    kind = agreement_scene(NAMES[:2], FLAT, FLAT, lesson="So.")["kinds"][0]
    assert names_in(kind["title"], *NAMES) == []
    assert kind["rows"][0][1]["text"] == "–"
    assert kind["rows"][0][1]["ground"] == "#ffffff"


def test_numbers_can_be_read_on_their_colours() -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for rho in np.linspace(-1, 1, 81):
        table = np.array([[1.0, rho], [rho, 1.0]])
        cell = agreement_scene(NAMES[:2], table, table, lesson="")["kinds"][0]["rows"][0][1]
        low, high = sorted((luminance(cell["ink"]), luminance(cell["ground"])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, rho


@pytest.mark.parametrize("names", [["one"], NAMES])
def test_a_table_has_a_row_for_each_name(names: list[str]) -> None:
    table = RHO[:2, :2] if len(names) == 3 else RHO[:1, :1]
    with pytest.raises(ValueError, match="are expected"):
        agreement_scene(names, table, table, lesson="")
