"""The check with Captum on its two pages: who computed a map, and what the button does."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS, AttributionError, attribute
from densenet_viz.evaluation import checking as engine
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.checks import CaptumCheck, Effort
from densenet_viz.stage.attribution.scene import attribution_scene
from densenet_viz.stage.shared.words import maker_words
from densenet_viz.ui.attribution import captum_check
from densenet_viz.ui.attribution.map_jobs import Ask, results_of
from densenet_viz.ui.bench import running as bench_running
from densenet_viz.ui.bench import words as bench_words
from densenet_viz.ui.bench.comparison import ComparedMap, Comparison
from densenet_viz.ui.bench.grid import panels
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work import jobs, turns
from tests.facts import as_groups, numbers_in
from tests.sessions import desk_of, has_desk, let_finish
from tests.small_models import picture, small_model
from tests.waiting import PATIENCE

MODEL = small_model()
OWN = CurrentPicture("your picture", picture(), "captum-check-test", None)
DESK = "check"
WHO = "Captum 0 · Saliency"
STAR = Prediction(0, "star", 0.5)

Shown = dict[str, dict[str, Any]]


def ask_for(method: str, target: int = 1) -> Ask:
    return Ask(MODEL, OWN, method, target, METHODS[method].settings(MODEL.spec, {}))


def made(ask: Ask) -> Attribution:
    return attribute(MODEL, OWN.pixels, method=ask.method, target=ask.target, **ask.settings)


SALIENCY, OCCLUSION = ask_for("saliency"), ask_for("occlusion")
MAPS = {ask: made(ask) for ask in (SALIENCY, OCCLUSION)}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has computed no check."""
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The scenes that were drawn last, by their keys."""
    scenes: Shown = {}
    for part in (captum_check, bench_words):
        monkeypatch.setattr(
            part, "show_stage", lambda _, scene, *, key, **__: scenes.update({key: scene})
        )
    return scenes


def place(shows: dict[str, object]) -> None:
    """The check's place on a page; `shows` has the map that the page shows now."""
    from densenet_viz.ui.attribution.captum_check import show_check

    show_check(shows["ask"], shows["map"], "check")


@pytest.fixture
def page() -> dict[str, Any]:
    """What the page shows: an ask and its map."""
    return {"ask": SALIENCY, "map": MAPS[SALIENCY]}


@pytest.fixture
def app(page: dict[str, Any]) -> Iterator[AppTest]:
    opened = AppTest.from_function(place, args=(page,), default_timeout=PATIENCE)
    yield fine(opened.run())
    if has_desk(opened, DESK):
        desk_of(opened, DESK).leave()


def fine(app: AppTest) -> AppTest:
    assert [error.message for error in app.exception] == []
    return app


def press(app: AppTest, what: str) -> AppTest:
    return fine(app.button(key=f"{DESK}-{what}").click().run())


def settled(app: AppTest) -> AppTest:
    return fine(let_finish(app, DESK))


def heat_of(panel: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    packed = panel["map"]["heat"]
    whole = np.frombuffer(base64.b64decode(packed["data"]), "<i2").astype(float)
    return (whole * packed["most"] / 32767).reshape(packed["size"], packed["size"])


def check_of(
    ours: Any, theirs: Any, cosine: float, part: float, method: str = "saliency"
) -> CaptumCheck:
    mine = Attribution(method, np.float32(ours), STAR, (), 0.1, 1, computed_by=WHO)
    effort = Effort(1.0, None)
    given = (mine, np.float32(theirs), WHO, effort, Effort(2.5, 12_000_000))
    return CaptumCheck(*given, cosine=cosine, rank=-0.5, largest_difference=part)


# -- the button -----------------------------------------------------------------------------


def test_nothing_runs_before_the_button(app: AppTest, shown: Shown) -> None:
    assert desk_of(fine(app.run()), DESK).job is None
    assert shown == {}
    assert [button.key for button in app.button] == [f"{DESK}-start"]
    assert len(app.table) == 0


def test_both_maps_and_their_difference_have_one_scale(app: AppTest, shown: Shown) -> None:
    settled(press(app, "start"))
    (scene,) = shown.values()
    direct = engine.check_with_captum(MODEL, OWN.pixels, MAPS[SALIENCY])
    ours, theirs, apart = scene["panels"]
    atol = np.abs(direct.theirs).max() / 10_000
    np.testing.assert_allclose(heat_of(ours), MAPS[SALIENCY].heat, atol=atol)
    np.testing.assert_allclose(heat_of(theirs), direct.theirs.sum(0), atol=atol)
    assert np.abs(heat_of(apart) - (MAPS[SALIENCY].heat - direct.theirs.sum(0))).max() < atol
    assert scene["begin"] == "shared"
    assert len({panel["map"]["ends"]["shared"] for panel in scene["panels"]}) == 1
    assert (bool(ours["maker"]), ours["maker"], apart["maker"]) == (True, theirs["maker"], "")
    assert captum_check.share(direct.largest_difference) in apart["map"]["alt"]
    assert len(app.button) == 0


def test_the_numbers_are_the_checks(app: AppTest) -> None:
    settled(press(app, "start"))
    found: CaptumCheck = desk_of(app, DESK).job.result  # type: ignore[union-attr]
    took, alike = (table.value for table in app.table)
    efforts = (found.our_effort, found.their_effort)
    assert [numbers_in(told) for told in took["Time"]] == [
        [f"{one.seconds:.2f}"] for one in efforts
    ]
    assert list(took["Computed by"]) == [MAPS[SALIENCY].computed_by, found.classes]
    assert float(alike["Cosine"].iloc[0]) == pytest.approx(found.cosine, abs=1e-4)
    assert float(alike["Rank correlation"].iloc[0]) == pytest.approx(found.rank, abs=1e-4)
    assert found.cosine > 0.999
    assert any(f"{found.cosine:.4f}" in numbers_in(one.value) for one in app.markdown)


def test_another_map_hides_the_check_and_the_first_one_keeps_it(
    app: AppTest, page: dict[str, Any], shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(press(app, "start"))
    for changed in (OCCLUSION, ask_for("saliency", target=2)):
        shown.clear()
        page |= {"ask": changed, "map": MAPS.get(changed) or made(changed)}
        fine(app.run())
        assert (shown, len(app.table), desk_of(app, DESK).job) == ({}, 0, None)
        assert [button.key for button in app.button] == [f"{DESK}-start"]
    page |= {"ask": SALIENCY, "map": MAPS[SALIENCY]}
    fine(app.run())
    assert (shown, desk_of(app, DESK).job) == ({}, None)
    monkeypatch.setattr(engine, "check_with_captum", None)  # it is known: nothing is computed
    settled(press(app, "start"))
    assert len(shown) == 1


def test_a_map_that_is_still_coming_has_no_check(
    app: AppTest, page: dict[str, Any], shown: Shown
) -> None:
    settled(press(app, "start"))
    shown.clear()
    page["map"] = None
    fine(app.run())
    assert (shown, desk_of(app, DESK).job, len(app.button)) == ({}, None, 0)


def test_an_uploads_check_is_kept_with_the_upload(app: AppTest) -> None:
    settled(press(app, "start"))
    job = desk_of(app, DESK).job
    assert job is not None
    assert results_of(MODEL, OWN).find(job.key) is job.result
    other = CurrentPicture("your picture", OWN.pixels, OWN.key, None)
    assert results_of(MODEL, other).find(job.key) is None
    assert jobs.SHOP._results.find(job.key) is None


def test_where_captum_has_no_call_there_is_its_sentence_and_no_button(
    app: AppTest, page: dict[str, Any]
) -> None:
    ask = ask_for("lrp")
    page |= {"ask": ask, "map": made(ask)}
    fine(app.run())
    with pytest.raises(AttributionError) as refused:
        engine.check_with_captum(MODEL, OWN.pixels, page["map"])
    assert [one.value for one in app.info] == [str(refused.value)]
    assert len(app.button) == 0


# -- what goes wrong ------------------------------------------------------------------------


def test_a_failure_is_one_sentence_and_can_be_tried_again(
    app: AppTest, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("/secret/path")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "check_with_captum", broken)
        settled(press(app, "start"))
        assert [one.value for one in app.error] == [bench_running.FAILED]
        assert shown == {}
    settled(press(app, "again"))  # one click is enough
    assert len(shown) == 1
    assert not app.error


def test_it_can_be_cancelled_and_begun_again(
    app: AppTest, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, real = threading.Event(), engine.check_with_captum

    def slow(*given: Any, cancelled: Callable[[], bool], **more: Any) -> Any:
        assert more["on_progress"] is not None
        while not go_on.wait(0.01):
            if cancelled():
                raise InterruptedError
        return real(*given, cancelled=cancelled, **more)

    monkeypatch.setattr(engine, "check_with_captum", slow)
    press(app, "start")
    job = desk_of(app, DESK).job
    assert job is not None
    assert len(app.get("progress")) == 1
    press(app, "cancel")
    assert job.finished.wait(PATIENCE)
    fine(app.run())
    assert (shown, len(app.info)) == ({}, 1)
    go_on.set()
    settled(press(app, "again"))
    assert len(shown) == 1


def test_it_waits_until_nothing_else_is_measured(app: AppTest, shown: Shown) -> None:
    with turns.turn(lambda: False):
        press(app, "start")
        job = desk_of(app, DESK).job
        assert job is not None
        assert (job.begun, job.finished.is_set(), shown) == (False, False, {})
    settled(app)
    assert len(shown) == 1


# -- words and numbers ----------------------------------------------------------------------


def test_memory_that_is_not_known_is_said() -> None:
    ours, theirs = captum_check.efforts(check_of([[[1]]], [[[1]]], 1.0, 0.0))
    assert numbers_in(ours["Memory"]) == []
    assert numbers_in(theirs["Memory"]) == ["12"]
    assert [numbers_in(one["Time"]) for one in (ours, theirs)] == [["1.00"], ["2.50"]]
    assert captum_check.measures(check_of([[[1]]], [[[1]]], 1.0, 0.0))["Rank correlation"][0] == "−"


def test_the_verdict_follows_the_numbers() -> None:
    told = {
        case: captum_check.verdict(check_of([[[1]]], [[[1]]], *case))
        for case in [
            (1.0, 0.0),
            (0.99999, 9e-4),
            (0.99999, 2e-3),
            (0.991, 0.5),
            (0.92, 0.5),
            (0.5, 0.5),
            (-1.0, 2.0),
        ]
    }
    assert [len(group) for group in as_groups(dict(told))] == [2, 2, 1, 2]
    assert captum_check.verdict(check_of([[[0]]], [[[0]]], 0.0, 0.0)) not in told.values()


def test_what_is_not_captums_says_why() -> None:
    for method, settings, inner in (
        ("occlusion", {}, "occlusion"),
        ("smoothgrad", {"over": "deeplift"}, "deeplift"),
    ):
        check = check_of([[[1]]], [[[1]]], 0.9, 0.5, method)
        check = replace(check, ours=replace(check.ours, parameters=settings))
        ours = METHODS[inner].ours
        assert ours is not None
        words = captum_check.result_words(check)
        assert ours.likeness in words
        assert ours.reason in words
        assert METHODS[inner].title in words
    plain = captum_check.result_words(check_of([[[1]]], [[[1]]], 1.0, 3e-7))
    assert numbers_in(plain) == ["1.0000", "0.00003"]


# -- who computed it ------------------------------------------------------------------------


def test_the_map_says_who_computed_it() -> None:
    for ask, found in MAPS.items():
        scene = attribution_scene(
            OWN.pixels,
            caption="noise",
            method=ask.row.title,
            target=found.target,
            is_said=True,
            verdict="",
            attribution=found,
        )
        assert scene["maker"] == maker_words(found.computed_by)
    assert MAPS[SALIENCY].computed_by in maker_words(MAPS[SALIENCY].computed_by)
    likeness = METHODS["occlusion"].ours.likeness  # type: ignore[union-attr]
    assert maker_words(MAPS[OCCLUSION].computed_by).endswith(likeness)


COMPARED = Comparison(
    "Two", "Lesson.", "ring", tuple(ComparedMap(ask.row.title, ask) for ask in MAPS)
)


def below(comparison: object, maps: object) -> None:
    from densenet_viz.ui.bench import words as bench_words

    bench_words.show(comparison, maps)


def test_each_map_of_the_bench_is_marked_and_named_in_the_table() -> None:
    seen = panels(COMPARED, {ask.key: one for ask, one in MAPS.items()})
    assert [panel.attribution for panel in seen] == list(MAPS.values())
    for ask, one in MAPS.items():
        assert maker_words(one.computed_by) in bench_words.row_of(ask.row.title, one).values()


def test_the_bench_checks_the_map_that_is_chosen(shown: Shown) -> None:
    (desk,) = bench_words.DESKS
    app = AppTest.from_function(
        below, args=(COMPARED, tuple(MAPS.values())), default_timeout=PATIENCE
    )
    fine(app.run())
    assert desk_of(app, desk).job is None
    fine(app.selectbox(key="bench_check").set_value("Occlusion").run())
    fine(app.button(key=f"{desk}-start").click().run())
    fine(let_finish(app, desk))
    scene = shown[f"{desk}-maps"]
    np.testing.assert_allclose(heat_of(scene["panels"][0]), MAPS[OCCLUSION].heat, atol=1e-3)
    shown.clear()
    fine(app.selectbox(key="bench_check").set_value("Saliency").run())
    assert f"{desk}-maps" not in shown
    assert desk_of(app, desk).job is None
