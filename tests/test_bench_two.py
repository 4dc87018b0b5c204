"""Two at once without a browser, on small networks: what is asked and shown on each side."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS, AttributionError, attribute
from densenet_viz.evaluation.agreement import rank_correlation
from densenet_viz.images.fitting import fit_as
from densenet_viz.network.models import LoadedModel, ModelUnavailable
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.scenes.generator import draw_scene, sample_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui import current, fetching
from densenet_viz.ui.attribution import map_jobs
from densenet_viz.ui.bench import two as bench_two
from densenet_viz.ui.bench.subject import Bench
from densenet_viz.ui.bench.two_choices import TOP, WEIGHTS, same_class, settings_for
from densenet_viz.ui.current import sample
from densenet_viz.ui.uploads import SECOND, CurrentPicture
from densenet_viz.ui.work import jobs
from tests.facts import names_in, numbers_in
from tests.image_files import encode
from tests.sessions import desk_of, has_desk, let_finish
from tests.small_models import SPEC, picture, small_model, small_network
from tests.waiting import PATIENCE, until

MODEL = small_model()
OTHER = replace(
    MODEL,
    name="other",
    title="Other",
    network=small_network(replace(SPEC, input_size=48), seed=5),
    spec=replace(SPEC, input_size=48),
    input_size=48,
)
STRANGE = replace(OTHER, name="strange", labels=tuple("uvwxyz"))


def logits_of(model: LoadedModel, shown: CurrentPicture) -> Any:
    with torch.no_grad():
        return model.network(model.tensor(shown.pixels))[0].numpy()


def bench(model: LoadedModel = MODEL, name: str = "ring", target: int | None = None) -> Bench:
    shown = sample(name)
    logits = logits_of(model, shown)
    index = int(logits.argmax()) if target is None else target
    return Bench(model, shown, logits, model.prediction(logits, index))


BENCH = bench()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has computed no map, with one other network to be had."""
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    st.cache_resource.clear()
    monkeypatch.setattr(current, "model_named", {"cheater": OTHER}.__getitem__)


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The scene that was drawn last."""
    scenes: dict[str, Any] = {}
    monkeypatch.setattr(bench_two, "show_stage", lambda _, scene, **__: scenes.update(scene))
    return scenes


def script(bench: object) -> None:
    from densenet_viz.ui.bench import two as bench_two

    bench_two.show(bench)


def opened(given: Bench = BENCH, **state: Any) -> AppTest:
    session = AppTest.from_function(script, args=(given,), default_timeout=PATIENCE)
    for key, value in {"two_method": "saliency", **state}.items():
        session.session_state[key] = value
    return fine(session.run())


def fine(session: AppTest) -> AppTest:
    assert [error.message for error in session.exception] == []
    return session


def done(session: AppTest) -> AppTest:
    """The page when both maps are finished."""
    session = fine(let_finish(session, "bench-two"))
    assert [error.value for error in session.error] == []
    return session


def heat_of(packed: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    heat = packed["heat"]
    whole = np.frombuffer(base64.b64decode(heat["data"]), "<i2").astype(float)
    return (whole * heat["most"] / 32767).reshape(heat["size"], heat["size"])


def assert_shows(side: Mapping[str, Any], model: LoadedModel, name: str, **asked: Any) -> None:
    """That a side's map is the one that the engine computes."""
    asked = {"method": "saliency", **asked}
    expected = attribute(model, sample(name).pixels, **asked).heat
    atol = np.abs(expected).max() / 60_000 + 1e-7
    np.testing.assert_allclose(heat_of(side["map"]), expected, rtol=1e-4, atol=atol)


# -- two pictures ---------------------------------------------------------------------------


def test_two_pictures_are_asked_about_the_same_class(shown: dict[str, Any]) -> None:
    done(opened(bench(target=3), two_picture="heart"))
    left, right = shown["sides"]
    assert_shows(left, MODEL, "ring", target=3)
    assert_shows(right, MODEL, "heart", target=3)
    assert all("crane" in side["note"] for side in (left, right))
    assert right["caption"] == "a drawn heart, 64 × 64 px"
    assert (shown["linked"], shown["apart"]) == (False, None)


def test_each_ones_most_probable_class_can_be_asked_for(shown: dict[str, Any]) -> None:
    done(opened(bench(target=3), two_picture="heart", two_class=TOP))
    for side, name in zip(shown["sides"], ("ring", "heart"), strict=True):
        assert_shows(side, MODEL, name, target=int(logits_of(MODEL, sample(name)).argmax()))


def test_the_picture_on_the_left_is_not_offered_on_the_right() -> None:
    session = done(opened(two_picture="ring"))
    box = session.selectbox(key="two_picture")
    assert "ring" not in box.options
    assert box.value == box.options[0]


def test_a_second_picture_can_be_brought(shown: dict[str, Any]) -> None:
    session = done(opened())
    own = picture(40, seed=8)
    upload = session.file_uploader(key="second_upload_widget")
    session = done(fine(upload.set_value(("b.png", encode(own, "PNG"), "image/png")).run()))
    assert session.selectbox(key="two_picture").value == SECOND
    assert shown["sides"][0]["caption"].startswith("a drawn ring")  # the left one stays
    right = shown["sides"][1]
    assert right["caption"] == "your second picture, 64 × 64 px"
    target = BENCH.target.index
    expected = attribute(MODEL, own, method="saliency", target=target).heat
    np.testing.assert_allclose(heat_of(right["map"]), expected, rtol=1e-4, atol=1e-4)


def test_a_refused_file_says_why_and_leaves_the_right_side() -> None:
    session = opened(two_picture="heart")
    upload = session.file_uploader(key="second_upload_widget")
    session = fine(upload.set_value(("x.png", b"GIF89a...", "image/png")).run())
    (error,) = session.error
    assert "GIF" in error.value
    assert session.selectbox(key="two_picture").value == "heart"


# -- two networks ---------------------------------------------------------------------------


def test_two_networks_before_one_picture_each_at_its_own_size(shown: dict[str, Any]) -> None:
    done(opened(bench(target=1), two="networks"))
    left, right = shown["sides"]
    assert_shows(left, MODEL, "ring", target=1)
    assert_shows(right, OTHER, "ring", target=1)
    assert (left["size"], right["size"]) == (64, 48)
    assert [side["name"] for side in (left, right)] == ["Left: Small", "Right: Other"]
    assert shown["linked"] is True


def test_the_difference_and_its_correlation_are_of_both_maps(shown: dict[str, Any]) -> None:
    done(opened(bench(target=1), two="networks"))
    one, other = (heat_of(side["map"]) for side in shown["sides"])
    # 64 px on 48: over the common grid of 192, which either divides.
    fine_grid = np.kron(one, np.ones((3, 3))) / 9
    summed = fine_grid.reshape(48, 4, 48, 4).sum(axis=(1, 3)) / np.abs(one).sum()
    expected = summed - other / np.abs(other).sum()
    assert shown["apart"]["size"] == 48
    np.testing.assert_allclose(heat_of(shown["apart"]["map"]), expected, atol=1e-5)
    rho = rank_correlation(summed, other)
    told = [float(one.replace("−", "-")) for one in numbers_in(shown["apart"]["sentence"])]
    assert min(abs(one - rho) for one in told) < 0.011


def test_a_class_that_the_other_network_lacks_leaves_each_its_most_probable(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any]
) -> None:
    monkeypatch.setattr(current, "model_named", lambda _name: STRANGE)
    session = done(opened(bench(target=3), two="networks"))
    assert any("crane (class 3)" in one.value for one in session.caption)
    assert "two_class" not in session.session_state
    left, right = shown["sides"]
    assert_shows(left, MODEL, "ring", target=int(logits_of(MODEL, sample("ring")).argmax()))
    assert_shows(right, STRANGE, "ring", target=int(logits_of(STRANGE, sample("ring")).argmax()))


def test_a_class_is_found_by_its_name_wherever_it_stands() -> None:
    turned = replace(OTHER, labels=MODEL.labels[::-1])
    assert same_class(bench(target=1), bench(turned)) == 4
    assert same_class(bench(target=1), bench(STRANGE)) is None
    assert same_class(bench(target=3), BENCH) == 3


def test_a_network_that_is_not_to_be_had_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any]
) -> None:
    def absent(_name: str) -> LoadedModel:
        raise ModelUnavailable("No weights here.")

    monkeypatch.setattr(current, "model_named", absent)
    session = opened(two="networks")
    assert [error.value for error in session.error] == ["No weights here."]
    assert shown == {}
    assert desk_of(session, "bench-two").job is None


def test_the_download_of_the_right_network_has_a_cancel_of_its_own(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any]
) -> None:
    arrived = threading.Event()

    def fetch(_name: str, report: Any, cancelled: Any) -> None:
        report(0.5)
        until(lambda: arrived.is_set() or cancelled())

    monkeypatch.setattr(fetching, "is_absent", lambda _name: not arrived.is_set())
    monkeypatch.setattr(fetching, "_fetch", fetch)
    monkeypatch.setattr(current, "model_named", lambda _name: OTHER)
    session = opened(two="networks", two_model="densenet121")
    assert desk_of(session, WEIGHTS).state == "working"
    assert shown == {}
    fine(session.button(key=f"cancel_{WEIGHTS}").click().run())
    assert desk_of(session, WEIGHTS).state == "cancelled"
    assert not has_desk(session, fetching.DESK)  # the left network's is not touched
    session = fine(session.run())
    arrived.set()
    fine(session.button(key=f"again_{WEIGHTS}").click().run())
    done(session)
    assert [side["name"] for side in shown["sides"]] == ["Left: Small", "Right: Other"]


def test_the_cheater_is_held_against_the_honest_one() -> None:
    """The network on the left is not offered; of the two bundled ones it is the other."""
    honest = replace(MODEL, name="scenes")
    session = done(opened(replace(BENCH, model=honest), two="networks"))
    box = session.selectbox(key="two_model")
    assert box.value == "cheater"
    assert not any(option == "121, drawn scenes" for option in box.options)


@pytest.mark.parametrize("name", ["own", "scenes"])
def test_what_a_network_of_drawn_shapes_does_not_know_is_said_once(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any], name: str
) -> None:
    """The page says it over this part of the left network, and a second offer would be an error."""
    monkeypatch.setattr(current, "model_named", lambda _name: replace(OTHER, name="cheater"))
    given = bench(replace(MODEL, name=name), "a photograph of a cat")
    session = done(opened(given, two="networks", model=name))
    assert [OTHER.title in one.value for one in session.warning] == [True] * (name == "own")
    assert not any(button.key == "use_imagenet" for button in session.button)
    left, right = (side["says"] for side in shown["sides"])
    assert (given.predictions[0].label in left) == (name == "own")
    assert not any(label in right for label in OTHER.labels)


def test_findings_are_not_called_what_the_network_says(shown: dict[str, Any]) -> None:
    findings = bench(replace(MODEL, exclusive=False))
    done(opened(findings, two_picture="heart"))
    assert all("finding" in side["says"] for side in shown["sides"])
    assert findings.predictions[0].label in shown["sides"][0]["says"]


# -- settings -------------------------------------------------------------------------------


def test_defaults_are_each_networks_own_and_choices_hold_for_both() -> None:
    row = METHODS["occlusion"]
    chosen = row.settings(MODEL.spec, {})
    own = settings_for(row, chosen, MODEL, OTHER)
    assert own == row.settings(OTHER.spec, {})
    assert own["window"] != chosen["window"]
    changed = row.settings(MODEL.spec, {"window": 20, "baseline": "black"})
    theirs = settings_for(row, changed, MODEL, OTHER)
    assert (theirs["window"], theirs["baseline"]) == (20, "black")
    with pytest.raises(AttributionError, match="window=32 was given"):
        settings_for(row, {**chosen, "window": 32, "stride": 32}, MODEL, OTHER)


def test_changed_settings_reach_both_maps(shown: dict[str, Any]) -> None:
    session = done(opened(bench(target=1), two="networks", two_method="grad-cam"))
    layer = session.selectbox(key="two-small-grad-cam-layer")
    done(fine(layer.set_value("block 1").run()))
    for side, model in zip(shown["sides"], (MODEL, OTHER), strict=True):
        assert_shows(side, model, "ring", method="grad-cam", layer="block 1", target=1)


def test_differing_defaults_are_told() -> None:
    session = done(opened(bench(target=1), two="networks", two_method="occlusion"))
    facts = ["window 13", "10"]
    assert any(names_in(one.value, *facts) == facts for one in session.caption)


# -- the true mask --------------------------------------------------------------------------


def test_the_true_mask_is_fitted_as_the_picture_is() -> None:
    """A model that keeps the middle of a picture sees a larger object, less its edges."""
    given = sample("ring")
    whole = bench_two.true_mask(given, 64)
    middle = bench_two.true_mask(given, 64, "margin")
    drawn = sample_scene("ring").mask
    grey = np.repeat(np.where(drawn, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    assert whole is not None
    assert middle is not None
    assert not np.array_equal(whole, middle)
    np.testing.assert_array_equal(middle, fit_as(grey, 64, "margin")[..., 0] >= 128)


def test_shares_are_held_against_the_true_mask() -> None:
    index = CLASSES.index("ring")
    mask = draw_scene(0, "sample", index).mask
    size = len(mask)
    np.testing.assert_array_equal(bench_two.true_mask(sample("ring"), size), mask)
    half = bench_two.true_mask(sample("ring"), size // 2)
    assert half is not None
    assert half.mean() == pytest.approx(mask.mean(), rel=0.05)
    on = Attribution("x", mask.astype(np.float32)[None], Prediction(1, "ring", 0.5), (), 0.1, 1)
    looked = bench_two.looked_of(sample("ring"), on)
    assert looked is not None
    assert (looked.thing, looked.share) == ("ring", pytest.approx(1.0))
    assert mask.mean() < looked.area < 0.5
    off = replace(on, values=(~mask).astype(np.float32)[None])
    beside = bench_two.looked_of(sample("ring"), off)
    assert beside is not None
    assert beside.share < looked.area


def test_of_an_upload_no_mask_is_known() -> None:
    assert bench_two.true_mask(CurrentPicture(SECOND, picture(), "k", None), 64) is None


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


def test_one_job_makes_both_maps_and_shows_them_as_they_come(
    slow: Slow, shown: dict[str, Any]
) -> None:
    session = opened()
    assert slow.looked.wait(PATIENCE)
    fine(session.run())
    assert [side["sharpening"] for side in shown["sides"]] == [True, False]
    assert [side["map"] is None for side in shown["sides"]] == [False, True]
    assert shown["waiting"]
    slow.go_on.set()
    done(session)
    assert [side["sharpening"] for side in shown["sides"]] == [False, False]


def test_cancelled_maps_can_be_computed_after_all(slow: Slow, shown: dict[str, Any]) -> None:
    session = opened()
    assert slow.looked.wait(PATIENCE)
    session = fine(session.button(key="cancel_two").click().run())
    assert sum("cancelled" in info.value.casefold() for info in session.info) == 1
    assert "cancelled" in shown["waiting"]
    assert [side["map"] for side in shown["sides"]] == [None, None]
    slow.go_on.set()
    done(fine(session.button(key="again").click().run()))
    assert all(side["map"] for side in shown["sides"])


def test_maps_that_another_part_made_are_not_made_again(shown: dict[str, Any]) -> None:
    given = bench(target=1)
    for name in ("ring", "heart"):
        map_jobs.compute_map(bench(name=name, target=1).ask("saliency"))
    session = opened(given, two_picture="heart")
    assert desk_of(session, "bench-two").job is None
    assert all(side["map"] for side in shown["sides"])
    rows = session.table[0].value
    assert list(rows["Map"]) == ["Left: Small, a drawn ring", "Right: Small, a drawn heart"]
    assert rows["Explained"].iloc[0].startswith("ring (")
