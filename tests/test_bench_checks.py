"""The bench's two checks as pages: what is asked, what is shown, cost, failure and cancel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.evaluation import faithfulness, sanity
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Prediction
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.bench import faithful as bench_faithful
from densenet_viz.ui.bench import running as bench_running
from densenet_viz.ui.bench import sanity as bench_sanity
from densenet_viz.ui.bench.subject import Bench, true_mask
from densenet_viz.ui.current import sample
from densenet_viz.ui.uploads import CurrentPicture
from tests.facts import numbers_in
from tests.sessions import desk_of, has_desk
from tests.small_models import picture, small_model
from tests.waiting import PATIENCE

Shown = dict[str, dict[str, Any]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The last scene of each stage."""
    scenes: Shown = {}

    def keep(name: str, scene: dict[str, Any], *, key: str) -> None:
        scenes[name] = scene

    monkeypatch.setattr(bench_sanity, "show_stage", keep)
    monkeypatch.setattr(bench_faithful, "show_stage", keep)
    return scenes


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """Its model has the test's name, so that no test finds what another one computed."""
    model = replace(small_model(), name=request.node.name)
    return bench_of(model, sample("ring"), 1)


def bench_of(model: LoadedModel, seen: CurrentPicture, target: int) -> Bench:
    logits = np.arange(6, dtype=np.float32)
    return Bench(model, seen, logits, model.prediction(logits, target))


Opener = Callable[..., AppTest]


def sanity_part(bench: object) -> None:
    from densenet_viz.ui.bench import sanity as bench_sanity

    bench_sanity.show(bench)


def faithful_part(bench: object) -> None:
    from densenet_viz.ui.bench import faithful as bench_faithful

    bench_faithful.show(bench)


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Runs a part until its job is settled."""
    apps: list[AppTest] = []

    def opened(part: Callable[[Any], None], bench: Bench, *, settle: bool = True) -> AppTest:
        app = AppTest.from_function(part, args=(bench,), default_timeout=PATIENCE)
        apps.append(app)
        app.run()
        return settled(app) if settle else app

    yield opened
    for app in apps:
        for name in (*bench_sanity.DESKS, *bench_faithful.DESKS):
            if has_desk(app, name):
                desk_of(app, name).leave()


def job_of(app: AppTest) -> Any:
    name = next(
        name for name in (*bench_sanity.DESKS, *bench_faithful.DESKS) if has_desk(app, name)
    )
    return desk_of(app, name).job


def settled(app: AppTest) -> AppTest:
    assert not app.exception
    job = job_of(app)
    if job is not None:
        assert job.finished.wait(PATIENCE)
        app.run()
    assert not app.exception
    return app


def press(app: AppTest, what: str) -> AppTest:
    """Clicks the part's button for that: start, cancel or again."""
    (button,) = (one for one in app.button if (one.key or "").endswith(f"-{what}"))
    return button.click().run()


# -- sanity ---------------------------------------------------------------------------------


def test_the_check_runs_and_is_shown_whole(opened: Opener, bench: Bench, shown: Shown) -> None:
    app = opened(sanity_part, bench)
    scene = shown["sanity"]
    assert [one["title"] for one in scene["methods"]] == ["Grad-CAM", "Guided backprop", "Saliency"]
    assert scene["stages"] == list(sanity.planned_stages(bench.model.spec))
    assert all(len(one["maps"]) == len(scene["stages"]) for one in scene["methods"])
    assert all(one["end"] is not None for one in scene["methods"])
    (direct,) = sanity.sanity_checks(
        bench.model, bench.picture.pixels, asked={"saliency": {}}, target=1
    ).values()
    alike = [round(one.rank, 4) for one in direct.similarities]
    assert scene["methods"][2]["alike"]["rank"] == alike
    assert not app.error


@pytest.mark.slow
def test_another_seed_is_another_check(opened: Opener, bench: Bench, shown: Shown) -> None:
    app = opened(sanity_part, bench)
    before = shown["sanity"]["methods"][2]["alike"]["rank"]
    app.number_input(key="sanity_seed").set_value(5).run()
    settled(app)
    after = shown["sanity"]["methods"][2]["alike"]["rank"]
    assert before[0] == after[0] == 1
    assert before[1:] != after[1:]


def test_what_is_expensive_waits_for_a_yes_and_tells_its_cost(
    opened: Opener, bench: Bench, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_running, "AUTOMATIC", 10)
    app = opened(sanity_part, bench)
    cost = sanity.cost_of(
        bench.model.spec, bench_running.settings_of(bench_sanity.FIRST, bench.model.spec)
    )
    assert f"{cost:,}" in numbers_in(app.info[0].value)
    assert shown == {}
    settled(press(app, "start"))
    assert shown["sanity"]["methods"][0]["end"] is not None
    assert not app.info


def test_it_can_be_cancelled_and_begun_again(
    opened: Opener, bench: Bench, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    real = sanity.sanity_checks

    def slow(*given: Any, cancelled: Callable[[], bool], **more: Any) -> Any:
        while not go_on.wait(0.01):
            if cancelled():
                raise InterruptedError
        return real(*given, cancelled=cancelled, **more)

    monkeypatch.setattr(sanity, "sanity_checks", slow)
    app = opened(sanity_part, bench, settle=False)
    assert "Sanity check" in app.get("progress")[0].proto.text
    job = job_of(app)
    press(app, "cancel")
    assert job.finished.wait(PATIENCE)
    assert "cancelled" in app.run().info[0].value
    go_on.set()
    settled(press(app, "again"))
    assert "sanity" in shown


def test_a_failure_is_told_in_one_sentence(
    opened: Opener, bench: Bench, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(sanity, "sanity_checks", broken)
    monkeypatch.setattr(faithfulness, "faithfulness", broken)
    for part in (sanity_part, faithful_part):
        app = opened(part, bench)
        assert [one.value for one in app.error] == [bench_running.FAILED]
        assert any((one.key or "").endswith("-again") for one in app.button)
    assert shown == {}


def test_nothing_chosen_is_the_first_method(opened: Opener, bench: Bench, shown: Shown) -> None:
    app = opened(sanity_part, bench)
    app.multiselect(key="sanity_methods").set_value([]).run()
    settled(app)
    assert [one["title"] for one in shown["sanity"]["methods"]] == ["Grad-CAM"]


# -- faithfulness ---------------------------------------------------------------------------


def values_of(scene: dict[str, Any]) -> dict[str, list[str]]:
    return {row["title"]: [one["text"] for one in row["values"]] for row in scene["measures"]}


def test_all_measures_of_a_drawn_scene(opened: Opener, bench: Bench, shown: Shown) -> None:
    opened(faithful_part, bench)
    scene = shown["faithful"]
    titles = ["Grad-CAM", "Saliency", "Input × gradient", "Random map", "Edge detector"]
    assert [one["title"] for one in scene["lines"]] == titles
    assert scene["waiting"] == []
    rows = values_of(scene)
    assert len(rows) == 8
    assert rows["Max sensitivity"][3:] == ["–", "–"]
    assert set(rows["Pointing game"]) <= {"hit", "miss"}
    assert scene["outline"].startswith("M")
    assert all(len(one["deletion"]) == faithfulness.STEPS + 1 for one in scene["lines"])
    assert len(scene["notes"]) == 3  # the class is the object's


def test_a_picture_without_a_mask_has_no_row_of_it(
    opened: Opener, bench: Bench, shown: Shown
) -> None:
    own = CurrentPicture("your picture", picture(90), "own", None)
    opened(faithful_part, bench_of(bench.model, own, 1))
    assert len(values_of(shown["faithful"])) == 5
    assert shown["faithful"]["outline"] == ""
    assert true_mask(own, 64) is None


def test_another_class_than_the_objects_is_warned_of(
    opened: Opener, bench: Bench, shown: Shown
) -> None:
    opened(faithful_part, replace(bench, target=Prediction(2, "heart", 0.2)))
    assert len(shown["faithful"]["notes"]) == 4
    assert "ring" in shown["faithful"]["notes"][-1]


@pytest.mark.parametrize("size", [64, 128, 224])
def test_the_mask_is_fitted_as_the_picture_is(size: int) -> None:
    mask = draw_scene(0, "sample", CLASSES.index("ring")).mask
    fitted = true_mask(sample("ring"), size)
    assert fitted is not None
    assert fitted.shape == (size, size)
    assert fitted.mean() == pytest.approx(mask.mean(), rel=0.05)
    if size == len(mask):
        assert np.array_equal(fitted, mask)
    middle, expected = (np.argwhere(one).mean(axis=0) / len(one) for one in (fitted, mask))
    assert np.abs(middle - expected).max() < 0.01
