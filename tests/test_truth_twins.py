"""What the ground-truth page asks of its two models: answers, maps, and the cards' figures."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.ui.truth import twins
from densenet_viz.ui.work.jobs import Desk, Shop
from tests.small_models import picture, small_model
from tests.waiting import PATIENCE

FIGURES = {
    "true": 0.991,
    "none": 0.985,
    "swapped": 0.97,
    "swapped_follows_tag": 0.001,
    "count": 2000,
}
FIRST, SECOND = replace(small_model(), name="first"), replace(small_model(seed=4), name="second")


def attribution(values: Any, method: str = "saliency") -> Attribution:
    heat = np.asarray(values, dtype=np.float32)[None]
    return Attribution(method, heat, Prediction(1, "ring", 0.9), (), 0.1, 1)


# -- answers --------------------------------------------------------------------------------


def test_pictures_are_known_by_size_and_pixels() -> None:
    flat = np.zeros((2, 6, 3), np.uint8)
    changed = flat.copy()
    changed[1, 5, 2] = 1
    keys = [twins.key_of(one) for one in (flat, flat.reshape(6, 2, 3), changed)]
    assert len(set(keys)) == 3
    assert twins.key_of(flat.copy()) == keys[0]


def test_a_picture_is_asked_once_of_each_model() -> None:
    passes: list[str] = []
    one, other = (replace(small_model(), name=f"counted {number}") for number in (1, 2))
    for model in (one, other):
        model.network.register_forward_hook(lambda *_, name=model.name: passes.append(name))
    pixels = picture()
    assert twins.answers(one, pixels) == twins.answers(one, pixels.copy())
    assert passes == [one.name]
    twins.answers(one, picture(seed=2))
    twins.answers(other, pixels)
    assert passes == [one.name, one.name, other.name]


def test_answers_are_the_models_own_best_first() -> None:
    answers = twins.answers(FIRST, picture(), 3)
    chances = [one.probability for one in answers]
    assert chances == sorted(chances, reverse=True)
    assert len(answers) == 3
    assert answers[0] == FIRST.prediction(FIRST.answer(picture()).logits, answers[0].index)


# -- maps -----------------------------------------------------------------------------------


def test_the_key_has_all_that_maps_depend_on() -> None:
    def key(
        *, seed: int = 1, model: LoadedModel = FIRST, method: str = "saliency", target: int = 0
    ) -> tuple[Any, ...]:
        return twins.TwinMaps(picture(seed=seed), (twins.TwinAsk(model, method, target),)).key

    asked = twins.TwinAsk(FIRST, "saliency", 0)
    two = (asked, twins.TwinAsk(SECOND, "saliency", 0))
    keys = [
        key(),
        key(seed=2),
        key(model=SECOND),
        key(method="occlusion"),
        key(target=1),
        twins.TwinMaps(picture(), two).key,
        twins.TwinMaps(picture(), two[::-1]).key,
    ]
    assert len(set(keys)) == len(keys)
    assert key() == keys[0]


def test_maps_come_in_the_order_asked_and_report_one_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[Any, ...]] = []

    def fake(
        model: LoadedModel,
        pixels: Any,
        *,
        method: str,
        target: int,
        on_progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> tuple[Any, ...]:
        asked.append((twins.key_of(pixels), cancelled()))
        on_progress(0.5)
        on_progress(1.0)
        return model.name, method, target

    monkeypatch.setattr("densenet_viz.attribution.attribute", fake)
    reported: list[float] = []
    asks = (twins.TwinAsk(SECOND, "occlusion", 2), twins.TwinAsk(FIRST, "saliency", 1))
    maps = twins.TwinMaps(picture(), asks).compute(reported.append, lambda: True)
    assert maps == (("second", "occlusion", 2), ("first", "saliency", 1))
    assert reported == [0.25, 0.5, 0.75, 1.0]
    assert asked == [(twins.key_of(picture()), True)] * 2


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The only desk there is."""
    mine = Desk(Shop())
    monkeypatch.setattr(twins, "desk", lambda _name: mine)
    return mine


class Waiting:
    """Stands for `attribute`: waits until it is told to go on or to stop."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()

    def __call__(self, *_: Any, method: str, **options: Any) -> Attribution:
        self.asked.append(method)
        while not self.go_on.wait(0.01):
            if options["cancelled"]():
                raise InterruptedError
        return attribution([[1.0]], method)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    stand_in = Waiting()
    monkeypatch.setattr("densenet_viz.attribution.attribute", stand_in)
    return stand_in


def test_maps_that_were_begun_are_taken_up_when_asked_for(desk: Desk, waiting: Waiting) -> None:
    maps = twins.TwinMaps(picture(), (twins.TwinAsk(FIRST, "saliency", 0),))
    twins.begin("any", maps)
    assert twins.ask("any", maps) == (desk, None)  # not there yet, and the page goes on
    waiting.go_on.set()
    assert desk.job is not None
    assert desk.job.finished.wait(PATIENCE)
    _, found = twins.ask("any", maps)
    assert found is not None
    assert [one.method for one in found] == ["saliency"]
    assert waiting.asked == ["saliency"]


def test_only_maps_of_another_picture_are_let_go(desk: Desk, waiting: Waiting) -> None:
    twins.let_go("any", picture())  # nothing was asked for yet
    twins.begin("any", twins.TwinMaps(picture(), (twins.TwinAsk(FIRST, "saliency", 0),)))
    job = desk.job
    assert job is not None
    twins.let_go("any", picture())
    assert desk.job is job
    twins.let_go("any", picture(seed=2))
    assert desk.job is None
    assert job.finished.wait(PATIENCE)
    assert isinstance(job.error, InterruptedError)


# -- shares ---------------------------------------------------------------------------------


def test_shares_count_what_is_positive_and_near() -> None:
    mask = np.zeros((32, 32), np.bool_)
    mask[16, 16] = True
    heat = np.zeros((32, 32))
    heat[16, 16], heat[16, 18], heat[16, 19] = 1.0, 2.0, 3.0  # the tolerance is 2.1 px here
    heat[0, :] = -5.0
    assert twins.share_near(attribution(heat), mask) == pytest.approx(0.5)
    assert int(twins.near(mask).sum()) == 13  # a disc of that radius


def test_a_map_without_positive_values_has_no_share() -> None:
    assert twins.share_near(attribution(-np.ones((8, 8))), np.ones((8, 8), np.bool_)) == 0.0


def test_the_tolerance_that_is_said_is_the_one_that_is_used() -> None:
    assert f"{twins.metrics.tolerance(128):.1f} px" in twins.NEAR_WORDS


# -- figures of the model cards --------------------------------------------------------------


def write(folder: Path, text: str) -> None:
    (folder / "scenes.json").write_text(text, encoding="utf-8")


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(twins, "ASSETS", tmp_path)
    return tmp_path


def test_the_card_s_figures_are_read(assets: Path) -> None:
    write(assets, json.dumps({"name": "scenes", "tags": FIGURES}))
    assert twins.tag_figures("scenes") == twins.TagFigures(0.991, 0.985, 0.97, 0.001, 2000)
    assert twins.tag_figures("cheater") is None  # which has no file


@pytest.mark.parametrize("share", ["true", "none", "swapped", "swapped_follows_tag"])
@pytest.mark.parametrize(
    "value",
    [-0.01, 1.01, math.nan, math.inf, None, "often", [0.5], pytest.param(10**400, id="huge")],
)
def test_a_share_that_is_none_leaves_all_figures_out(
    assets: Path, share: str, value: object
) -> None:
    write(assets, json.dumps({"tags": FIGURES | {share: value}}))
    assert twins.tag_figures("scenes") is None


@pytest.mark.parametrize("count", [0, -3, None, "many", math.inf, math.nan])
def test_figures_of_no_scenes_are_left_out(assets: Path, count: object) -> None:
    write(assets, json.dumps({"tags": FIGURES | {"count": count}}))
    assert twins.tag_figures("scenes") is None


@pytest.mark.parametrize("name", FIGURES)
def test_all_figures_have_to_be_there(assets: Path, name: str) -> None:
    rest = {key: value for key, value in FIGURES.items() if key != name}
    write(assets, json.dumps({"tags": rest}))
    assert twins.tag_figures("scenes") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"tags": null}', '{"tags": [1]}'])
def test_a_broken_card_states_nothing(assets: Path, text: str) -> None:
    write(assets, text)
    assert twins.tag_figures("scenes") is None


def test_a_card_that_is_no_text_states_nothing(assets: Path) -> None:
    (assets / "scenes.json").write_bytes(b"\xff\xfe\x00")
    assert twins.tag_figures("scenes") is None
