"""What maps are expected to take, before and after this machine has computed some."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.resources import RESOURCES, memory_of, passes_of
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.results.attributions import Prediction
from densenet_viz.ui.attribution import expecting, map_jobs
from densenet_viz.ui.attribution.explaining import MapQuestion
from densenet_viz.ui.attribution.map_jobs import Ask, MapsJob
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.experience import Experience
from densenet_viz.ui.work.line import NOTHING
from tests.small_models import picture, small_model

MODEL = small_model()
OWN = CurrentPicture("your picture", picture(), "expecting-test", None)


@pytest.fixture(autouse=True)
def experience(monkeypatch: pytest.MonkeyPatch) -> Experience:
    """A process that has computed nothing yet."""
    new = Experience()
    monkeypatch.setattr(expecting, "EXPERIENCE", new)
    return new


def settings(method: str, **given: object) -> dict[str, Any]:
    return dict(METHODS[method].settings(MODEL.spec, given))


def expected(method: str, **given: object) -> float:
    return expecting.expected_seconds(MODEL, method, settings(method, **given))


def test_every_method_says_what_it_needs() -> None:
    assert list(RESOURCES) == list(METHODS)
    for spec in (DenseNetSpec(input_size=128), DenseNetSpec()):
        for name, row in METHODS.items():
            passes = passes_of(row, spec, row.settings(spec, {}))
            assert passes == RESOURCES[name].passes
            assert 0 < memory_of(name, spec) <= 2e9
    assert memory_of("occlusion", DenseNetSpec()) == 280_000_000
    assert memory_of("saliency", MODEL.spec) < memory_of("saliency", DenseNetSpec())
    assert memory_of("occlusion", DenseNetSpec(input_size=1024)) == 420_000_000


def test_more_steps_take_longer() -> None:
    usual = expected("kernel-shap")
    assert expected("kernel-shap", samples=1024) == pytest.approx(4 * usual, rel=0.02)


def test_the_first_map_teaches_the_machines_speed_and_its_own_method_more() -> None:
    before = {name: expected(name) for name in ("saliency", "smoothgrad", "occlusion")}
    expecting.learn(MODEL, "smoothgrad", settings("smoothgrad"), 3 * before["smoothgrad"])
    after = {name: expected(name) for name in before}
    assert after == pytest.approx({name: 3 * one for name, one in before.items()})
    quick = expected("grad-cam")
    expecting.learn(MODEL, "grad-cam", settings("grad-cam"), 9.0)  # it loaded something
    assert (expected("saliency"), expected("grad-cam")) == (after["saliency"], quick)
    expecting.learn(MODEL, "grad-cam", settings("grad-cam"), 0.5)
    assert expected("saliency") == after["saliency"]
    assert expected("grad-cam") == pytest.approx(0.5)
    expecting.learn(MODEL, "occlusion", settings("occlusion"), 7.0)
    assert expected("occlusion") == pytest.approx(7.0)
    assert expected("saliency") == pytest.approx(after["saliency"])
    larger = replace(MODEL, spec=replace(MODEL.spec, growth_rate=2 * MODEL.spec.growth_rate))
    assert expecting.expected_seconds(larger, "occlusion", settings("occlusion")) != 7.0


def test_a_job_needs_the_time_of_all_its_maps_and_the_memory_of_one() -> None:
    asks = [(MODEL, name, settings(name)) for name in ("saliency", "occlusion")]
    both, small = expecting.need_of(asks), expecting.need_of(asks[:1])
    assert both.seconds == pytest.approx(expected("saliency") + expected("occlusion"))
    assert both.memory == memory_of("occlusion", MODEL.spec)
    assert (small.cores, both.cores) == (1, expecting.AT_ONCE)


def test_a_known_map_waits_for_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    row, target = METHODS["occlusion"], Prediction(1, "ring", 0.5)
    question = MapQuestion(MODEL, OWN, (target,), target, row, settings(row.name))
    assert question.need.memory == memory_of(row.name, MODEL.spec)
    monkeypatch.setattr(Ask, "known", property(lambda _self: "a map"))
    assert question.need == NOTHING


def test_the_estimate_counts_each_maps_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Occlusion takes nine times as long as expected here; the job's own clock says so."""
    asks = [Ask(MODEL, OWN, name, 1, settings(name)) for name in ("saliency", "occlusion")]
    whole = [expected(ask.method) for ask in asks]
    now, told = [0.0], []
    monkeypatch.setattr(map_jobs, "seconds_run", lambda: now[0])

    def attribute(*_: object, method: str, on_progress: Any, **_more: object) -> str:
        for part in (0.0, 0.5, 1.0):
            on_progress(part)
            now[0] += 0.5 * whole[0] if method == "saliency" else 4.5 * whole[1]
        return method

    monkeypatch.setattr("densenet_viz.attribution.attribute", attribute)

    class Report:
        def __call__(self, part: float, left: float) -> None:
            told.append((part, left))

        def preview(self, _value: object) -> None:
            pass

    monkeypatch.setattr(Ask, "known", property(lambda _self: None))
    MapsJob(asks).compute(Report(), lambda: False)  # type: ignore[arg-type]
    parts, lefts = zip(*told, strict=True)
    assert list(parts) == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, pytest.approx(1.0))
    share = whole[0] / sum(whole)
    assert parts[:4] == pytest.approx((0.0, 0.0, share / 2, share))
    assert lefts[0] == pytest.approx(sum(whole))
    assert lefts[2] == pytest.approx(sum(whole) - whole[0] / 2)
    assert lefts[5] == pytest.approx(4.5 * whole[1])  # half is done, and took that long


def test_slow_maps_make_the_rest_slow_too() -> None:
    """Three maps of 1, 4 and 15 s on a machine that is four times as slow."""
    time = expecting.Schedule([1.0, 4.0, 15.0])
    time.begin(100.0)
    assert time.left(0, 1.0, 100.0) == 20.0
    halfway = time.left(0, 2.0, 102.0)  # a fortieth is done, which says a quarter of all
    assert halfway == pytest.approx(2.0 + 19.0 * (0.75 + 0.25 * 4.0))
    time.begin(104.0)
    assert time.left(1, 12.0, 108.0) == pytest.approx(12.0 + 4 * 15.0)
    assert time.part(1, 0.5) == 3.0 / 20.0
