"""The page on which a visitor trains a network, and the parts around it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.learning.settings import Settings, settings_in
from densenet_viz.results.learning import FinishedRun
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.pages import PAGES
from densenet_viz.ui.training.live import losses_of
from densenet_viz.ui.training.runs import as_csv, as_json, link_of
from densenet_viz.ui.training.session import DESK, MOST_RUNS, Entry, Training, Trainings
from densenet_viz.ui.training.watched import said_by
from densenet_viz.ui.work.owners import is_own
from tests.sessions import desk_of, let_finish

APP = str(Path(__file__).resolve().parent.parent / "app.py")
PAGE_SECONDS = 120
TINY = {"k": "2", "depth": "10", "epochs": "1", "batch": "256"}
(ROW,) = [row for row in PAGES if row.name == "hands_on"]


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PAGE_SECONDS)
    app.switch_page(ROW.path)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def assert_sound(app: AppTest) -> None:
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []


def trainings_of(app: AppTest) -> Trainings:
    found: Trainings = app.session_state["_trainings"]
    return found


def trained() -> AppTest:
    app = opened(**TINY)
    app.button(key="train_start").click().run()
    return let_finish(app, DESK)


def part(app: AppTest, name: str) -> AppTest:
    app.session_state["hands"] = name
    app.run()
    assert_sound(app)
    return app


def entry() -> Entry:
    settings = Settings()
    run = FinishedRun(
        settings=settings.to_dict(),
        parameters=10,
        layers=("stem", "classifier"),
        losses=(1.0, 0.5),
        accuracies=(0.1, 0.6, 0.9),
        gradients=((1.0, 2.0), (0.5, 1.0)),
        seconds=3.0,
        complete=True,
    )
    return Entry("Run 1", settings, run, None)


def test_a_training_runs_to_its_end_and_enters_the_list() -> None:
    app = trained()
    assert_sound(app)
    (over,) = trainings_of(app).over
    assert over.settings == settings_in(TINY)
    assert over.run.complete
    assert app.button(key="train_stop").disabled
    assert len(app.get("bidi_component")) == 1
    app.button(key="train_start").click().run()
    let_finish(app, DESK)
    assert [run.name for run in trainings_of(app).over] == ["Run 1", "Run 2"]


def test_one_step_is_one_step_and_the_rest_follows() -> None:
    app = opened(**TINY)
    app.button(key="train_step").click().run()
    let_finish(app, DESK)
    now = trainings_of(app).now
    assert now is not None
    assert now.run is not None
    assert len(now.run.steps) == 1
    app.button(key="train_step").click().run()
    let_finish(app, DESK)
    assert len(now.run.steps) == 2
    app.button(key="train_continue").click().run()
    let_finish(app, DESK)
    assert now.run.done
    assert len(trainings_of(app).over) == 1


def test_a_stopped_training_frees_the_desk() -> None:
    app = opened(**(TINY | {"epochs": "40", "batch": "16"}))
    app.button(key="train_start").click().run()
    app.button(key="train_stop").click().run()
    assert trainings_of(app).now is None
    assert desk_of(app, DESK).job is None
    assert_sound(app)


def test_another_page_leaves_the_training_alone() -> None:
    app = opened(**TINY)
    app.button(key="train_start").click().run()
    job = desk_of(app, DESK).job
    app.switch_page("pages/memory.py").run()
    assert desk_of(app, DESK).job is job
    let_finish(app, DESK)
    assert len(trainings_of(app).over) == 1


def test_settings_come_from_the_address_and_go_back_into_it() -> None:
    app = opened(**TINY, family="plain", seed="7", model="nothing")
    assert app.session_state["train_family"] == "plain"
    assert app.session_state["train_seed"] == 7
    assert app.query_params["k"] in ("2", ["2"])
    assert "rate" not in app.query_params
    assert not app.warning


@pytest.mark.parametrize("address", [{"k": "<b>"}, {"depth": "11"}, {"k": "48", "depth": "148"}])
def test_a_wrong_address_is_one_warning(address: dict[str, str]) -> None:
    app = opened(**address)
    assert_sound(app)
    assert len(app.warning) == 1
    assert app.session_state["train_growth_rate"] == Settings().growth_rate


def test_too_much_work_is_refused_before_it_starts() -> None:
    app = opened()
    app.session_state["train_growth_rate"] = 24
    app.session_state["train_depth"] = 100
    app.run()
    assert len(app.error) == 1
    assert app.button(key="train_start").disabled
    assert app.button(key="train_step").disabled


def test_every_part_can_be_opened_without_a_training() -> None:
    app = opened()
    for name in ("runs", "draw", "tasks"):
        part(app, name)


@pytest.mark.parametrize("name", ["runs", "draw"])
def test_who_has_no_trained_network_can_begin_there(name: str) -> None:
    app = part(opened(), name)
    app.button(key="train_first").click().run()
    assert_sound(app)
    assert app.session_state["hands"] == "train"
    now = trainings_of(app).now
    assert now is not None
    assert now.settings == Settings()
    app.button(key="train_stop").click().run()


def test_a_trained_network_can_be_compared_and_used_elsewhere() -> None:
    app = part(trained(), "runs")
    assert len(app.table) == 1
    app.button(key="train_use").click().run()
    assert_sound(app)
    model = app.session_state["_own_model"].model
    assert model.input_size == 16
    assert is_own(model)
    app.switch_page("pages/growth_rate.py").run()
    assert_sound(app)
    assert app.session_state["model"] == "your-model"


def test_a_drawn_and_an_unseen_digit_are_answered() -> None:
    app = part(trained(), "draw")
    app.button(key="train_take").click().run()
    assert_sound(app)
    pixels, caption = app.session_state["_train_drawn"]
    assert pixels.shape == (16, 16, 3)
    assert caption


def test_tasks_are_counted() -> None:
    app = part(trained(), "tasks")
    assert len(app.subheader) == 4


# -- lists and files ----------------------------------------------------------------------------


def test_the_files_have_every_epoch() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([entry()]))))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert rows[2]["accuracy"] == "0.9"
    (told,) = json.loads(as_json([entry()]))
    assert told["gradients"] == [[1.0, 2.0], [0.5, 1.0]]


def test_a_link_restores_the_settings() -> None:
    settings = settings_in(TINY | {"family": "residual", "rate": "0.05"})
    _, _, query = link_of(settings).partition("?")
    assert settings_in(dict(one.split("=") for one in query.split("&"))) == settings
    assert link_of(Settings()) == "/hands_on"


def test_the_list_is_bounded_and_old_weights_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    from densenet_viz.learning.samples import samples_of
    from densenet_viz.learning.training import Run
    from densenet_viz.ui.training import session

    settings = settings_in(TINY)
    run = Run(settings, samples_of("digits"))
    while not run.done:
        run.advance()
    monkeypatch.setattr(session, "MOST_BYTES", 4 * settings.spec.parameters * 2)
    mine = Trainings()
    for number in range(MOST_RUNS + 3):
        mine.add(Training(settings, number, run))
    assert len(mine.over) == MOST_RUNS
    assert [one.network is not None for one in mine.over] == [False] * (MOST_RUNS - 2) + [True] * 2
    mine.add(Training(settings, MOST_RUNS + 2, run))
    assert len(mine.over) == MOST_RUNS


def test_many_losses_become_means() -> None:
    from densenet_viz.results.learning import StepRecord

    steps = [StepRecord(step, 1, float(step), 0.1, (), 0.0) for step in range(1, 1_001)]
    points = losses_of(steps, 100)
    assert len(points) <= 300
    assert points[0] == (0.04, np.mean([1, 2, 3, 4]))
    assert points[-1][0] == 10
    assert losses_of([], 10) == ()


@pytest.mark.slow
def test_two_networks_can_be_watched_with_any_tag() -> None:
    app = opened(hands="watch", watched_tag="false")
    let_finish(app, "watched")
    assert_sound(app)
    assert len(app.get("bidi_component")) == 1
    runs = desk_of(app, "watched").job.result
    assert [run.name for run in runs] == ["scenes", "cheater"]
    assert CLASSES[runs[1].frames[-1].answer] == said_by("star", "false")
    assert runs[1].frames[-1].on_tag > 0.5 > runs[0].frames[-1].on_tag
    app.session_state["watched_tag"] = "none"
    app.run()
    let_finish(app, "watched")
    assert_sound(app)
    (honest, _) = desk_of(app, "watched").job.result
    assert CLASSES[honest.frames[-1].answer] == "star"
    assert honest.frames[-1].on_tag is None
