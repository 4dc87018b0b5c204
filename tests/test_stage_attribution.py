"""The attribution page: its scenes against hand-computed values, and the page without a browser."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.figures.colours import signed_rgb
from densenet_viz.network import models
from densenet_viz.network.models import LoadedModel, ModelUnavailable
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.regions import strongest_regions
from densenet_viz.stage.attribution.scene import (
    attribution_scene,
    gallery_scene,
    predictions_scene,
)
from densenet_viz.stage.maps.signed_scale import pack_heat, pack_palette
from densenet_viz.stage.shared.words import number
from densenet_viz.ui import current
from densenet_viz.ui.attribution import explained, explaining
from densenet_viz.ui.bench.words import completeness_words
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work import jobs, unfinished
from densenet_viz.ui.work.line import Place
from densenet_viz.ui.work.progress import progress_words
from tests.facts import names_in, numbers_in
from tests.sessions import let_finish
from tests.small_models import picture, small_model
from tests.tiers import in_tiers
from tests.waiting import PATIENCE

RING = Prediction(1, "ring", 0.75)
STAR = Prediction(0, "star", 0.25)

# 8 x 8: of the positive 10, 6 lie in the upper right corner's cell and 4 in the lower left one.
PICTURE = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
HEAT = np.zeros((8, 8), np.float32)
HEAT[1, 7], HEAT[0, 6] = 5, 1
HEAT[7, 0] = 4
HEAT[4, 4] = -8


def attribution(values: np.ndarray[Any, Any] = HEAT[None], **changes: Any) -> Attribution:
    result = Attribution("grad-cam", values.astype(np.float32), RING, (RING, STAR), 0.5, 2)
    return replace(result, **changes)


def scene(result: Attribution | None, **changes: Any) -> dict[str, Any]:
    given = {
        "caption": "a drawn ring",
        "method": "Grad-CAM",
        "target": RING,
        "is_top": True,
        "verdict": "It says ring.",
    }
    return attribution_scene(
        changes.pop("picture", PICTURE), attribution=result, **{**given, **changes}
    )


# -- scenes ---------------------------------------------------------------------------------


def test_regions_are_cells_in_the_order_of_what_raises() -> None:
    first, second, *rest = strongest_regions(HEAT)
    assert (first.name, first.total, first.share) == ("x 6–7, y 0–1", 6.0, 0.6)
    assert (second.name, second.total, second.share) == ("x 0–1, y 6–7", 4.0, 0.4)
    assert {region.share for region in rest} == {0.0}
    assert min(region.total for region in rest) == -8.0
    assert sum(region.total for region in strongest_regions(HEAT)) == HEAT.sum()


def test_regions_cover_a_map_whose_side_is_no_multiple() -> None:
    regions = strongest_regions(np.ones((7, 7), np.float32))
    assert sum(region.total for region in regions) == 49


def test_heat_survives_packing() -> None:
    heat = np.random.default_rng(0).normal(0, 1e-4, (16, 16)).astype(np.float32)
    packed = pack_heat(heat)
    whole = np.frombuffer(base64.b64decode(packed["data"]), "<i2").reshape(16, 16)
    most = float(np.abs(heat).max())
    np.testing.assert_allclose(whole * packed["most"] / 32767, heat, atol=most / 65000)
    assert packed["size"] == 16


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_heat_of_nothing_is_zero(value: float) -> None:
    packed = pack_heat(np.full((2, 2), value, np.float32))
    assert packed["most"] == 0
    assert base64.b64decode(packed["data"]) == bytes(8)


def test_palette_is_blue_white_orange() -> None:
    colours = np.frombuffer(base64.b64decode(pack_palette()), np.uint8).reshape(257, 3)
    assert colours[128].tolist() == [255, 255, 255]
    assert colours[0].tolist() == signed_rgb(np.array([[-1.0]]), 1.0)[0, 0].tolist()
    assert colours[256].tolist() == signed_rgb(np.array([[1.0]]), 1.0)[0, 0].tolist()


def test_scene_says_where_it_looked_with_its_numbers() -> None:
    drawn = scene(attribution())
    assert "ring" in drawn["title"]
    # The verdict first; then the region's share and place, and the strongest pixel's.
    assert drawn["sentence"].startswith("It says ring.")
    for fact in ("60%", "x 6–7, y 0–1", "+5.00", "x 7, y 1"):
        assert fact in drawn["sentence"]
    limit = drawn["map"]["limit"]
    assert limit == pytest.approx(np.percentile(np.abs(HEAT), 99.5))
    assert drawn["map"]["limits"] == [f"−{number(limit)}", "0", f"+{number(limit)}"]
    assert names_in(drawn["map"]["scale"], "98.4%", "8.00") == ["98.4%", "8.00"]


def test_scene_of_another_class_does_not_claim_that_it_was_said() -> None:
    drawn = scene(attribution(), target=STAR, is_top=False)
    assert "star" in drawn["title"]
    assert drawn["title"] != scene(attribution(), target=STAR, is_top=True)["title"]
    assert all("star" in end for end in drawn["map"]["meaning"])


def test_scene_of_a_map_that_raises_nothing_says_so() -> None:
    drawn = scene(attribution(-np.abs(HEAT)[None]))
    assert "ring" in drawn["title"]
    assert drawn["title"] != scene(attribution())["title"]
    assert "%" not in drawn["sentence"]


def test_scene_of_a_map_of_zeros_says_so_and_has_no_scale() -> None:
    drawn = scene(attribution(np.zeros((1, 8, 8))))
    assert "nothing" in drawn["title"]
    assert "zero" in drawn["sentence"]
    assert not numbers_in(drawn["sentence"] + drawn["map"]["scale"] + drawn["map"]["alt"])
    assert drawn["map"]["limits"] == []
    assert drawn["map"]["limit"] > 0  # by which the values are divided


def test_scene_of_a_map_that_only_raises_says_so() -> None:
    both, raising = scene(attribution()), scene(attribution(np.abs(HEAT)[None]))
    assert "below zero" in raising["sentence"]
    assert "below zero" not in both["sentence"]
    assert len(raising["map"]["limits"]) == 3


@pytest.mark.parametrize("heat", [HEAT, 0 * HEAT, -np.abs(HEAT)], ids=["both", "zero", "lowers"])
def test_scene_of_a_picture_of_one_colour_points_at_nothing(heat: np.ndarray[Any, Any]) -> None:
    flat = np.full((8, 8, 3), (90, 91, 92), np.uint8)
    drawn = scene(attribution(heat[None]), picture=flat)
    assert "nothing" in drawn["title"]
    assert "one colour" in drawn["sentence"]
    assert not numbers_in(drawn["sentence"])
    assert scene(attribution(heat[None]))["title"] != drawn["title"]


def test_scene_adds_the_three_colours_up() -> None:
    drawn = scene(attribution(np.stack([HEAT, HEAT, -HEAT])))
    whole = np.frombuffer(base64.b64decode(drawn["map"]["heat"]["data"]), "<i2").reshape(8, 8)
    np.testing.assert_allclose(whole * drawn["map"]["heat"]["most"] / 32767, HEAT, atol=1e-3)


def test_scene_without_a_map_says_what_is_going_on() -> None:
    drawn = scene(None, waiting="Computing.")
    assert drawn["map"] is None
    assert drawn["sentence"] == "It says ring."  # the verdict alone
    assert drawn["title"] != scene(attribution())["title"]
    assert drawn["waiting"] == "Computing."


def test_bars_name_the_chosen_and_the_right_class() -> None:
    bars = predictions_scene((RING, STAR), {0: "star", 1: "ring"}, 0, "ring")["bars"]
    assert [(bar["name"], bar["text"], bar["chosen"], bar["right"]) for bar in bars] == [
        ("ring", "75.0%", False, True),
        ("star", "25.0%", True, False),
    ]


def test_gallery_holds_every_picture_and_the_choice() -> None:
    drawn = gallery_scene([("ring", np.zeros((2, 2, 3), np.uint8))], "ring", label="Scenes")
    assert (drawn["chosen"], [one["name"] for one in drawn["pictures"]]) == ("ring", ["ring"])


# -- words and files ------------------------------------------------------------------------


def question(truth: str | None = "ring", **changes: Any) -> explaining.MapQuestion:
    model = small_model()
    asked = explaining.MapQuestion(
        model=model,
        picture=CurrentPicture("ring", picture(), "key", truth),
        predictions=(RING, STAR),
        target=RING,
        method=METHODS["integrated-gradients"],
        settings={"n_steps": 8, "rule": "adaptive", "baseline": "black"},
    )
    return replace(asked, **changes)


def test_verdict_says_whether_it_is_right_where_that_is_known() -> None:
    def facts(words: str) -> list[str]:
        return names_in(words, "ring", "75.0%", "right", "wrong", "star", "25.0%")

    assert facts(explained.verdict(question())) == ["ring", "75.0%", "right"]
    assert facts(explained.verdict(question("star"))) == ["ring", "75.0%", "wrong", "star"]
    assert facts(explained.verdict(question(None))) == ["ring", "75.0%"]
    asked = explained.verdict(question(None, target=STAR))
    assert facts(asked) == ["ring", "75.0%", "star", "25.0%"]


def test_questions_differ_in_whatever_the_map_depends_on() -> None:
    asked = question()
    others = [
        question(model=replace(asked.model, name="other")),
        question(picture=replace(asked.picture, key="other")),
        question(method=METHODS["saliency"]),
        question(target=STAR),
        question(settings={"n_steps": 9, "baseline": "black"}),
    ]
    assert len({asked.key, *(other.key for other in others)}) == 6
    assert (
        question(settings={"rule": "adaptive", "baseline": "black", "n_steps": 8}).key == asked.key
    )


def test_completeness_is_told_with_its_numbers() -> None:
    values = np.full((3, 2, 2), 0.25)  # sums to 3
    words = completeness_words(attribution(values, convergence_delta=0.5))
    assert "⚠" in words
    assert {"3.00", "2.50", "20.0"} <= set(numbers_in(words))
    assert "✓" in completeness_words(attribution(values, convergence_delta=0.02))


def test_progress_words_estimate_what_is_left() -> None:
    place = Place()
    job = jobs.Job("key", place=place)
    waiting = progress_words("Occlusion", job)
    assert (waiting[:9], numbers_in(waiting)) == ("Occlusion", [])
    place.report(0.0, None, now=10.0)
    place.turn(10.0, running=True)
    place.report(0.25, None, now=12.0)
    place.turn(12.0, running=False)
    running = progress_words("Occlusion", job)
    assert names_in(running, "Occlusion", "25%", "6 s") == ["Occlusion", "25%", "6 s"]


# -- the page -------------------------------------------------------------------------------


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadedModel]:
    """A small live network in the bundled one's place, and nothing remembered before or after."""
    small = replace(small_model(), name="scenes", knows="Knows six kinds of drawn things.")
    monkeypatch.setattr(current, "LOADED", {"scenes": small})
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    monkeypatch.setattr("densenet_viz.network.weights.find", lambda _name: None)
    st.cache_resource.clear()
    yield small
    st.cache_resource.clear()


def with_map(app: AppTest) -> AppTest:
    """The page once its map is there."""
    let_finish(app.run(), "attribution")
    assert not app.exception
    assert has_map(app)
    return app


def has_map(app: AppTest) -> bool:
    """Whether it shows the tables of a map, the second of which is of the map's regions."""
    return len(app.table) > 1


@pytest.fixture
def page(root: Path, model: LoadedModel) -> AppTest:
    return AppTest.from_file(str(root / "pages" / "attributions.py"), default_timeout=PATIENCE)


def said(app: AppTest) -> str:
    return " ".join(text.value for text in app.markdown)


@pytest.mark.parametrize("name", in_tiers(METHODS, {"saliency", "grad-cam", "occlusion", "lrp"}))
def test_page_answers_with_every_method(page: AppTest, name: str) -> None:
    page.session_state["method"] = name
    with_map(page)
    assert not page.error
    assert page.selectbox("method").value == name
    assert METHODS[name].question in said(page)
    assert METHODS[name].caution in said(page)
    assert (names_in(said(page), "✓", "⚠") != []) == METHODS[name].complete
    assert all(f"- {axiom}:" in said(page) for axiom in METHODS[name].axioms)


def test_page_keeps_class_and_picture_apart(page: AppTest) -> None:
    with_map(page)
    page.selectbox("target").set_value("heart")
    page.selectbox("picture").set_value("star")
    with_map(page)
    assert page.selectbox("target").value == "heart"
    assert any("heart" in column for column in page.table[1].value.columns)


def test_page_takes_a_photo_and_says_that_it_only_knows_scenes(page: AppTest) -> None:
    photo = io.BytesIO()
    Image.fromarray(picture(100)).save(photo, "JPEG")
    page.run()
    assert not page.warning
    page.file_uploader(key="upload_widget").set_value(
        ("<b>me</b>.jpg", photo.getvalue(), "image/jpeg")
    )
    with_map(page)
    assert page.selectbox("picture").value == "your picture"
    assert explained.ONLY_SHAPES in page.warning[0].value
    assert page.button("use_imagenet").label.endswith("31 MB")
    assert "<b>" not in said(page)


def test_page_stays_usable_after_a_bad_file(page: AppTest) -> None:
    page.run()
    page.file_uploader(key="upload_widget").set_value(("cat.png", b"GIF89a and so on", "image/png"))
    with_map(page)
    assert len(page.error) == 1
    assert "GIF" in page.error[0].value
    assert "cat" not in page.error[0].value
    assert page.selectbox("picture").value == "ring"
    page.selectbox("picture").set_value("star")
    with_map(page)


def test_page_shows_progress_and_can_be_cancelled(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, wait = explaining.MapQuestion.compute, threading.Event()

    def slow(self: Any, report: Callable[[float], None], cancelled: Callable[[], bool]) -> Any:
        report(0.5)
        while not wait.wait(0.01):
            if cancelled():
                raise RuntimeError("stopped")
        return compute(self, report, cancelled)

    monkeypatch.setattr(explaining.MapQuestion, "compute", slow)
    page.run()
    assert not has_map(page)
    page.button("cancel").click().run()
    assert ["cancelled" in info.value.casefold() for info in page.info] == [True]
    wait.set()
    page.button("again").click()
    with_map(page)
    assert not page.info


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RuntimeError("/secret/path is broken"), unfinished.FAILED),
        (AttributionError("stride=9 was given."), "stride=9 was given."),
    ],
)
def test_page_says_one_sentence_when_a_map_fails(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def broken(_self: Any, _report: Any, _cancelled: Any) -> Any:
        raise error

    monkeypatch.setattr(explaining.MapQuestion, "compute", broken)
    let_finish(page.run(), "attribution")
    assert [shown.value for shown in page.error] == [sentence]


def test_page_without_any_model_says_what_to_do(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_name: str, **_options: Any) -> Any:
        raise ModelUnavailable("No bundled model.")

    monkeypatch.setattr(current, "LOADED", {})
    monkeypatch.setattr(models, "load_model", absent)
    page.run()
    assert not page.exception
    assert [shown.value for shown in page.error] == ["No bundled model."]
