"""The bench's grid without a browser, on a small network: what is asked, shown and said."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS, attribute
from densenet_viz.attribution.baselines import BASELINES, baseline_picture
from densenet_viz.attribution.places import coarse_places
from densenet_viz.attribution.unsuited import UNSUITED
from densenet_viz.evaluation.agreement import rank_correlation, rank_correlations, ranks
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.ui.bench import grid as bench_grid
from densenet_viz.ui.bench import words as bench_words
from densenet_viz.ui.bench.choices import METHODS_FIRST
from densenet_viz.ui.bench.subject import Bench
from densenet_viz.ui.bench.words import axiom_words, completeness_words, cost_words, sums_words
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work import jobs
from tests.facts import names_in, numbers_in
from tests.sessions import desk_of, let_finish
from tests.small_models import picture, small_model
from tests.waiting import PATIENCE

MODEL = small_model()
PIXELS = picture()
QUICK = ["saliency", "grad-cam", "input-x-gradient"]


def bench() -> Bench:
    with torch.no_grad():
        logits = MODEL.network(MODEL.tensor(PIXELS))[0].numpy()
    shown = CurrentPicture("noise", PIXELS, "bench-grid-test", None)
    return Bench(MODEL, shown, logits, MODEL.prediction(logits, int(logits.argmax())))


BENCH = bench()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has computed no map."""
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The scenes that were drawn last, by their keys."""
    scenes: dict[str, Any] = {}
    for part in (bench_grid, bench_words):
        monkeypatch.setattr(
            part, "show_stage", lambda _, scene, *, key, **__: scenes.update({key: scene})
        )
    return scenes


def script(bench: object) -> None:
    from densenet_viz.ui.bench import grid as bench_grid

    bench_grid.show(bench)


def opened(**state: Any) -> AppTest:
    session = AppTest.from_function(script, args=(BENCH,), default_timeout=PATIENCE)
    for key, value in {"maps": QUICK, **state}.items():
        session.session_state[key] = value
    return fine(session.run())


def fine(session: AppTest) -> AppTest:
    assert [error.message for error in session.exception] == []
    return session


def done(session: AppTest) -> AppTest:
    """The page when its maps are finished."""
    session = fine(let_finish(session, "bench-grid"))
    assert [error.value for error in session.error] == []
    return session


def said(session: AppTest) -> str:
    """All that stands in the main part, in words."""
    return "\n".join(str(one.value) for one in [*session.markdown, *session.caption])


def heat_of(panel: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    packed = panel["map"]["heat"]
    whole = np.frombuffer(base64.b64decode(packed["data"]), "<i2").astype(float)
    return (whole * packed["most"] / 32767).reshape(packed["size"], packed["size"])


def assert_shows(panel: Mapping[str, Any], method: str, **asked: Any) -> None:
    """That a panel's map is the one that the engine computes."""
    expected = attribute(MODEL, PIXELS, method=method, **asked).heat
    atol = np.abs(expected).max() / 60_000 + 1e-7
    np.testing.assert_allclose(heat_of(panel), expected, rtol=1e-4, atol=atol)


# -- what is compared -----------------------------------------------------------------------


def test_methods_stand_family_by_family_each_with_its_map(shown: dict[str, Any]) -> None:
    done(opened())
    panels = shown["bench"]["panels"]
    assert [panel["name"] for panel in panels] == ["Saliency", "Input × gradient", "Grad-CAM"]
    assert [panel["note"] for panel in panels] == ["gradients", "gradients", "layers"]
    for panel, method in zip(panels, ("saliency", "input-x-gradient", "grad-cam"), strict=True):
        assert_shows(panel, method)
    title = shown["bench"]["scales"][0]["title"]
    assert title.startswith("Three ")
    assert title.endswith(BENCH.target.label)


def test_the_first_choice_is_of_several_families() -> None:
    assert {"grad-cam", "integrated-gradients", "saliency", "smoothgrad", "occlusion"} <= set(
        METHODS_FIRST
    )
    assert len(METHODS_FIRST) <= 9


def test_quick_maps_are_computed_first() -> None:
    session = opened(maps=["integrated-gradients", "grad-cam", "occlusion"])
    job: Any = desk_of(session, "bench-grid").job
    asked = [key[2] for key in job.key[1:]]
    assert asked[0] == "grad-cam"
    done(session)


def test_classes_are_the_most_probable_ones_until_others_are_chosen(
    shown: dict[str, Any],
) -> None:
    done(opened(compare="classes", class_map="saliency"))
    panels = shown["bench"]["panels"]
    assert len(panels) == 5
    for panel, prediction in zip(panels, BENCH.predictions, strict=True):
        assert_shows(panel, "saliency", target=prediction.index)
    done(opened(compare="classes", class_map="saliency", classes=["crane (class 4)", "ring"]))
    panels = shown["bench"]["panels"]
    assert [panel["name"] for panel in panels] == ["crane (class 4)", "ring"]
    assert_shows(panels[0], "saliency", target=4)
    assert_shows(panels[1], "saliency", target=1)


def test_layers_stand_in_the_order_of_the_network(shown: dict[str, Any]) -> None:
    done(opened(compare="layers"))
    panels = shown["bench"]["panels"]
    assert [panel["name"].lower() for panel in panels] == list(coarse_places(MODEL.spec))
    for panel, place in zip(panels, coarse_places(MODEL.spec), strict=True):
        assert_shows(panel, "grad-cam", layer=place)
    done(opened(compare="layers", layers=["final", "block 2 layer 1", "transition 1"]))
    names = [panel["name"] for panel in shown["bench"]["panels"]]
    assert names == ["Transition 1", "Block 2 layer 1", "Final"]


def test_each_baseline_is_shown_beside_its_map(shown: dict[str, Any]) -> None:
    done(opened(compare="baselines", baseline_map="occlusion"))
    panels = shown["bench"]["panels"]
    assert [panel["name"].lower() for panel in panels] == list(BASELINES)
    assert len({panel["thumbnail"]["address"] for panel in panels}) == len(BASELINES)
    assert "all black" in panels[0]["thumbnail"]["alt"]
    assert_shows(panels[1], "occlusion", baseline="white")


@pytest.mark.parametrize(
    ("name", "colour"),
    [("black", (0, 0, 0)), ("white", (255, 255, 255)), ("mean", (128, 102, 76))],
)
def test_a_uniform_baseline_looks_like_its_colour(name: str, colour: tuple[int, ...]) -> None:
    seen = baseline_picture(MODEL, MODEL.tensor(PIXELS), name)
    assert seen.shape == PIXELS.shape
    np.testing.assert_allclose(seen, np.broadcast_to(colour, PIXELS.shape), atol=1)


def test_changed_settings_reach_the_map_and_are_named(shown: dict[str, Any]) -> None:
    session = done(opened(maps=["grad-cam"]))
    layer = session.selectbox(key="bench-small-grad-cam-layer")
    done(fine(layer.set_value("block 1").run()))
    (panel,) = shown["bench"]["panels"]
    assert "block 1" in panel["note"]
    assert_shows(panel, "grad-cam", layer="block 1")


def test_settings_that_exclude_each_other_get_one_sentence() -> None:
    session = done(opened(maps=["occlusion"]))
    session.slider(key="bench-small-occlusion-window").set_value(4)
    session = fine(session.slider(key="bench-small-occlusion-stride").set_value(30).run())
    (error,) = session.error
    assert names_in(error.value, "stride=30", "window=4") == ["stride=30", "window=4"]


def test_nothing_chosen_is_nothing_shown(shown: dict[str, Any]) -> None:
    session = opened(maps=[])
    assert len(session.info) == 1
    assert shown == {}


def test_a_map_that_is_known_needs_no_job() -> None:
    done(opened())
    again = opened(maps=["grad-cam", "saliency"])
    assert desk_of(again, "bench-grid").job is None


# -- while it is computed -------------------------------------------------------------------


class Slow:
    """Stands for `attribute`: shows a first look, and ends when it is told."""

    def __init__(self) -> None:
        self.go_on, self.looked = threading.Event(), threading.Event()

    def __call__(self, *_: Any, method: str, **options: Any) -> Attribution:
        options["on_progress"](0.5)
        star = Prediction(0, "star", 0.5)
        values = np.ones((1, 64, 64), np.float32)
        options["on_preview"](Attribution(method, values / 2, star, (), 0.1, 1, finished=False))
        self.looked.set()
        while not self.go_on.wait(0.01):
            if options["cancelled"]():
                raise InterruptedError
        return Attribution(method, values, star, (), 0.1, 1)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    stand_in = Slow()
    monkeypatch.setattr("densenet_viz.attribution.attribute", stand_in)
    yield stand_in
    stand_in.go_on.set()


def test_a_map_is_shown_while_it_comes(slow: Slow, shown: dict[str, Any]) -> None:
    session = opened(maps=["saliency", "occlusion"])
    assert slow.looked.wait(PATIENCE)
    fine(session.run())
    panels = shown["bench"]["panels"]
    assert [panel["sharpening"] for panel in panels] == [True, False]
    assert [panel["map"] is None for panel in panels] == [False, True]
    assert shown["bench"]["waiting"]
    assert "agreement" not in shown
    slow.go_on.set()
    done(session)
    panels = shown["bench"]["panels"]
    assert [panel["sharpening"] for panel in panels] == [False, False]
    assert heat_of(panels[0]).max() == pytest.approx(1.0)
    assert "agreement" in shown


def test_cancelled_maps_can_be_computed_after_all(slow: Slow, shown: dict[str, Any]) -> None:
    session = opened(maps=["saliency"])
    assert slow.looked.wait(PATIENCE)
    session = fine(session.button(key="cancel_grid").click().run())
    assert ["cancelled" in info.value for info in session.info] == [True]
    # What was seen of it is not kept: nothing would say that it is not finished.
    assert shown["bench"]["panels"][0]["map"] is None
    assert shown["bench"]["waiting"] == "cancelled"
    slow.go_on.set()
    done(fine(session.button(key="again_grid").click().run()))
    assert shown["bench"]["panels"][0]["map"] is not None


def test_an_error_gets_one_sentence_and_another_try(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any]
) -> None:
    def broken(*_: Any, **__: Any) -> Attribution:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("densenet_viz.attribution.attribute", broken)
    session = opened(maps=["saliency"])
    session = fine(let_finish(session, "bench-grid"))
    assert len(session.error) == 1
    assert "secret" not in session.error[0].value
    assert shown["bench"]["panels"][0]["map"] is None
    assert not session.button(key="again_grid").disabled


# -- words ----------------------------------------------------------------------------------


def made(total: float, delta: float | None, seconds: float = 0.5) -> Attribution:
    values = np.full((1, 2, 2), total / 4, np.float32)
    star = Prediction(0, "star", 0.5)
    return Attribution("x", values, star, (), seconds, 3, 2, convergence_delta=delta)


@pytest.mark.parametrize(
    ("delta", "sign", "numbers"),
    [
        (0.0, "✓", ["8.00", "8.00", "0.0"]),
        (0.04, "✓", ["8.00", "7.96", "0.5"]),
        (-2.0, "⚠", ["8.00", "10.0", "20.0", "1"]),  # more than 1% off
        (8.0, "⚠", ["8.00", "0", "1"]),
        (None, "T", ["8.00"]),
    ],
)
def test_a_sum_is_held_against_the_scores_rise(
    delta: float | None, sign: str, numbers: list[str]
) -> None:
    words = completeness_words(made(8.0, delta))
    assert numbers_in(words) == numbers
    assert names_in(words, "✓", "⚠") == [sign] * (delta is not None)


def test_costs_of_several_maps_are_added() -> None:
    assert numbers_in(cost_words([made(1, 0)])) == ["3", "2", "0.50"]
    assert numbers_in(cost_words([made(1, 0)] * 2)) == ["6", "4", "1.00", "2"]


def test_what_a_method_does_not_promise_is_not_measured() -> None:
    assert numbers_in(sums_words(METHODS["saliency"], [("Saliency", made(1, 5))])) == []
    both = sums_words(
        METHODS["integrated-gradients"], [("Black", made(8, 0)), ("White", made(1, 1))]
    )
    assert [line[:9] for line in both.strip().split("\n")] == ["- Black: ", "- White: "]


def test_axioms_are_told_in_words() -> None:
    words = axiom_words(METHODS["integrated-gradients"])
    named = re.findall(r"^- ([^:]+):", words, re.MULTILINE)
    assert set(named) == set(METHODS["integrated-gradients"].axioms)
    assert "- " not in axiom_words(METHODS["grad-cam"])


def test_every_method_that_is_compared_gets_its_words_and_numbers(shown: dict[str, Any]) -> None:
    session = done(opened(maps=["saliency", "integrated-gradients"]))
    words = said(session)
    for name in ("saliency", "integrated-gradients"):
        row = METHODS[name]
        assert row.caution in words
        assert row.paper in words
    assert words.count("✓") + words.count("⚠") == 1  # of the one that promises a sum
    labels = [expander.label for expander in session.expander]
    assert f"**Saliency** · {METHODS['saliency'].question}" in labels
    assert all(row.reason in words for row in UNSUITED)
    table = session.table[0].value
    assert list(table["Map"]) == ["Saliency", "Integrated gradients"]
    assert numbers_in(table["Passes"].iloc[0]) == ["1", "1"]


def test_agreement_is_that_of_the_maps_that_are_shown(shown: dict[str, Any]) -> None:
    done(opened(maps=["saliency", "grad-cam"]))
    one, other = map(heat_of, shown["bench"]["panels"])
    rows = shown["agreement"]["kinds"][0]["rows"]
    told = float(rows[0][1]["text"].replace("−", "-"))
    assert told == pytest.approx(rank_correlation(one, other), abs=0.011)
    assert shown["agreement"]["names"] == ["Saliency", "Grad-CAM"]


# -- rank correlation -----------------------------------------------------------------------


def test_rank_correlation_by_hand() -> None:
    """Ranks 1, 2.5, 2.5, 4 against 2, 1, 4, 3: 1.5 over the root of 4.5 times 5."""
    one, other = np.array([[0.0, 1.0], [1.0, 7.0]]), np.array([[5.0, -5.0], [9.0, 6.0]])
    assert ranks(one).tolist() == [1, 2.5, 2.5, 4]
    assert rank_correlation(one, other) == pytest.approx(1.5 / (4.5 * 5) ** 0.5)
    assert rank_correlation(one, -other) == pytest.approx(-1.5 / (4.5 * 5) ** 0.5)


def test_rank_correlation_is_scipys() -> None:
    spearmanr = pytest.importorskip("scipy.stats").spearmanr
    generator = np.random.default_rng(0)
    maps_ = [generator.normal(size=(20, 20)), generator.integers(0, 5, (20, 20)).astype(float)]
    maps_.append(np.round(maps_[0] + maps_[1], 1))
    expected = spearmanr(np.stack([one.ravel() for one in maps_], axis=1)).statistic
    np.testing.assert_allclose(rank_correlations(maps_), expected, atol=1e-12)


def test_rank_correlation_sees_order_only() -> None:
    values = np.random.default_rng(1).normal(size=(8, 8))
    assert rank_correlation(values, np.exp(3 * values)) == pytest.approx(1.0)


def test_a_map_of_one_value_ranks_nothing() -> None:
    assert np.isnan(rank_correlation(np.zeros((4, 4)), np.arange(16.0).reshape(4, 4)))


def test_maps_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 2\) and \(4, 4\) were given"):
        rank_correlation(np.zeros((2, 2)), np.zeros((4, 4)))
