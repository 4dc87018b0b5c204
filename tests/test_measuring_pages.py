"""The pages that measure: the button, its progress, its results, and what they refuse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.measure import latency, training_step
from densenet_viz.results.timings.passes import Benchmark, Timing
from densenet_viz.results.timings.training import TrainingRun, TrainingStep
from densenet_viz.ui import inventories, measuring, stages, training_steps
from densenet_viz.ui.work import jobs, progress, turns
from densenet_viz.ui.work.turns import Measurement
from tests.sessions import desk_of, let_finish
from tests.waiting import PATIENCE, until

PAGES = Path(__file__).resolve().parent.parent / "pages"


def machine(device: str) -> dict[str, str]:
    gpu = {"gpu": "Acme GPU"} if device == "cuda" else {}
    about = {"date": "today", "processor": "Acme 9", "cores": "2", "threads": "2"}
    return {**about, "device": device, "torch": "2", "rounds": "3", "passes": "", "step": "", **gpu}


class Measuring:
    """Stands for a measurement: says what it was asked, and ends when it is told."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.go_on = threading.Event()

    def wait(self, on_progress: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        on_progress(0.25)
        while not self.go_on.wait(0.01):
            if cancelled():
                raise InterruptedError

    def benchmark(self, *, on_progress: Any, cancelled: Any, **asked: Any) -> Benchmark:
        """On the n-th system a pass takes n times as long; a tenth of it on a GPU."""
        self.asked.append(asked)
        self.wait(on_progress, cancelled)
        device = asked["device"]
        second = 0.01 if device == "cuda" else 0.1
        return Benchmark(
            machine(device),
            tuple(
                Timing(name, device, batch, 2, (second * n * batch,) * 3)
                for n, name in enumerate(SYSTEMS, start=1)
                for batch in asked["batches"]
            ),
        )

    def steps(self, names: Any, *, on_progress: Any, cancelled: Any, **asked: Any) -> TrainingRun:
        self.asked.append({"names": names, **asked})
        self.wait(on_progress, cancelled)
        steps = (TrainingStep(name, asked["batch"], False, 10**8, (1.0,) * 3) for name in names)
        return TrainingRun(machine(asked["device"]), tuple(steps), dict.fromkeys(names, 10**7))


@pytest.fixture
def measurement(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measuring]:
    """A process that has measured nothing and counted everything."""
    stand_in = Measuring()
    counted = {name: (inventory_of(system.spec), 1) for name, system in SYSTEMS.items()}
    monkeypatch.setattr(inventories, "COUNTED", counted)
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    monkeypatch.setattr(measuring, "MEASUREMENT", Measurement("benchmark"))
    monkeypatch.setattr(training_steps, "MEASUREMENT", Measurement("training"))
    monkeypatch.setattr(measuring, "known_devices", lambda: ("cpu", "cuda"))
    monkeypatch.setattr(latency, "benchmark", stand_in.benchmark)
    monkeypatch.setattr(training_step, "measure_steps", stand_in.steps)
    has(monkeypatch, 10**11)
    yield stand_in
    stand_in.go_on.set()  # nothing that a failed test left goes on


def has(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    monkeypatch.setattr(turns, "spare_bytes", lambda _device: memory)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The scenes that pages draw, by their keys."""
    scenes: dict[str, Any] = {}
    monkeypatch.setattr(
        stages, "show_stage", lambda _, scene, *, key, **__: scenes.update({key: scene})
    )
    return scenes


def opened(page: str) -> AppTest:
    return AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=PATIENCE).run()


def begun(session: AppTest, measurement: Measuring, count: int = 1) -> AppTest:
    until(lambda: len(measurement.asked) >= count)
    return session.run()


def ended(session: AppTest, measurement: Measuring, name: str = "benchmark") -> AppTest:
    measurement.go_on.set()
    assert desk_of(session, name).job is not None
    session = let_finish(session, name)
    measurement.go_on.clear()
    return session


def progress_said(session: AppTest) -> list[str]:
    return [bar.proto.text for bar in session.get("progress")]


def tables(session: AppTest) -> list[list[str]]:
    """The titles of each table's columns."""
    return [list(table.value.columns) for table in session.table]


# -- nine systems ---------------------------------------------------------------------------


def test_what_is_chosen_is_measured_with_progress(measurement: Measuring) -> None:
    session = opened("nine_systems")
    assert not session.button(key="measure_start").disabled
    session.segmented_control(key="measure_batches").set_value([32, 1])
    session.slider(key="measure_rounds").set_value(3)
    session.button(key="measure_start").click().run()
    session = begun(session, measurement)
    assert measurement.asked == [{"device": "cpu", "batches": (1, 32), "rounds": 3}]
    (said,) = progress_said(session)
    assert "25%" in said
    assert session.button(key="measure_start").disabled
    session = ended(session, measurement)
    assert progress_said(session) == []
    assert not session.button(key="measure_start").disabled
    assert not session.exception


def test_what_was_measured_goes_into_the_panel_the_tables_and_the_files(
    measurement: Measuring, shown: dict[str, Any]
) -> None:
    session = opened("nine_systems")
    session.button(key="measure_start").click().run()
    session = ended(begun(session, measurement), measurement)
    assert session.segmented_control(key="time").value == "here-cpu-1"  # what is new is shown
    session = opened("nine_systems")  # what was measured is for everybody
    assert tables(session) == [["System", "Here, 1 picture", "Here, 8 pictures", "Keras, cited"]]
    # The n-th system takes n times ResNet50's time: DenseNet121 is the seventh.
    assert list(session.table[0].value.iloc[6]) == [
        "DenseNet121",
        "7.00 × (7.00 to 7.00)",
        "7.00 × (7.00 to 7.00)",
        "1.32 ×",
    ]
    assert [(one.proto.label, one.key) for one in session.download_button] == [
        ("Download as CSV", "benchmark-cpu_csv"),
        ("Download as JSON", "benchmark-cpu_json"),
    ]
    here = session.segmented_control(key="time")
    assert here.options == [
        "CPU, cited",
        "GPU, cited",
        "CPU, here, 1 picture",
        "CPU, here, 8 pictures",
    ]
    here.set_value("here-cpu-8").run()
    times = shown["systems"]["panels"][2]
    assert times["title"].startswith("CPU time, here, 8 pictures")
    points = {one["id"]: one["x"] for one in times["points"] if one["measured"]}
    assert points["densenet121"] == pytest.approx(7.0)
    assert len(points) == len(SYSTEMS)
    columns = [one["title"] for one in shown["systems"]["columns"]]
    assert columns[-2:] == ["CPU × ResNet50, 1 picture", "CPU × ResNet50, 8 pictures"]


def test_the_cpu_s_times_stay_when_the_gpu_is_measured(
    measurement: Measuring, shown: dict[str, Any]
) -> None:
    session = opened("nine_systems")
    session.button(key="measure_start").click().run()
    session = ended(begun(session, measurement), measurement)
    session.segmented_control(key="measure_device").set_value("cuda")
    session.segmented_control(key="measure_batches").set_value([1])
    session.button(key="measure_start").click().run()
    session = ended(begun(session, measurement, 2), measurement)
    assert [one["device"] for one in measurement.asked] == ["cpu", "cuda"]
    assert [len(columns) for columns in tables(session)] == [4, 3]
    said = [one.value for one in session.markdown if "Acme 9" in one.value]
    assert ["Acme GPU" in one for one in said] == [False, True]
    assert session.segmented_control(key="time").options[2:] == [
        "CPU, here, 1 picture",
        "CPU, here, 8 pictures",
        "GPU, here, 1 picture",
    ]
    columns = [one["title"] for one in shown["systems"]["columns"]]
    assert columns[-1] == "GPU × ResNet50, 1 picture"
    assert "CPU × ResNet50, 8 pictures" in columns
    assert not session.exception


def test_no_batch_is_refused(measurement: Measuring) -> None:
    session = opened("nine_systems")
    session.segmented_control(key="measure_batches").set_value([]).run()
    assert len(session.warning) == 1
    assert session.button(key="measure_start").disabled


# -- both pages -------------------------------------------------------------------------------


BOTH = pytest.mark.parametrize(
    ("page", "start", "name"),
    [("nine_systems", "measure_start", "benchmark"), ("memory", "step_start", "training")],
)


@BOTH
def test_a_measurement_can_be_cancelled_and_leaves_what_was_there(
    measurement: Measuring, page: str, start: str, name: str
) -> None:
    session = opened(page)
    session.button(key=start).click().run()
    session = ended(begun(session, measurement), measurement, name)
    downloads = [one.key for one in session.download_button]
    assert len(downloads) == 2
    session.button(key=start).click().run()
    session = begun(session, measurement, 2)
    session.button(key=f"cancel_{name}").click().run()
    assert [info.value for info in session.info] == [turns.CANCELLED]
    assert not session.button(key=start).disabled
    assert [one.key for one in opened(page).download_button] == downloads


def test_the_memory_page_says_what_concatenation_costs(
    measurement: Measuring, shown: dict[str, Any]
) -> None:
    session = opened("memory")
    (panel,) = shown["memory"]["panels"]
    assert "0.31×" in panel["sentence"]  # DenseNet121's parameters beside ResNet50's
    small = next(one for one in panel["points"] if one["id"] == "densenet121")
    assert small["x"] == pytest.approx(7.978856)
    assert small["measured"]
    said = " ".join(text.value for text in session.markdown)
    assert "28.3 MB" in said  # block 3 with every concatenation kept


def test_no_system_is_refused(measurement: Measuring) -> None:
    session = opened("memory")
    session.multiselect(key="step_systems").set_value([]).run()
    assert len(session.warning) == 1
    assert session.button(key="step_start").disabled


# -- memory, on both pages ------------------------------------------------------------------


@BOTH
def test_too_little_memory_is_said_before_and_not_while_it_is_used(
    measurement: Measuring, monkeypatch: pytest.MonkeyPatch, page: str, start: str, name: str
) -> None:
    session = opened(page)
    session.button(key=start).click().run()
    has(monkeypatch, 10**9)  # the measurement itself takes the rest
    session = begun(session, measurement)
    assert [warning.value for warning in session.warning] == []
    assert not opened(page).warning  # nor is another visitor told
    session = ended(session, measurement, name)
    (warning,) = session.warning
    assert "1.0 GB are free: choose" in warning.value
    assert session.button(key=start).disabled
    assert not session.exception


@BOTH
def test_who_waited_is_refused_if_memory_has_become_short(
    measurement: Measuring, monkeypatch: pytest.MonkeyPatch, page: str, start: str, name: str
) -> None:
    with turns.turn(lambda: False):
        session = opened(page)
        session.button(key=start).click().run()
        assert progress.MEASURING in progress_said(session)[0]
        has(monkeypatch, 10**9)
    session = ended(session, measurement, name)
    (error,) = session.error
    assert "1.0 GB are free: choose" in error.value
    assert measurement.asked == []


def test_steps_on_both_devices_stay(measurement: Measuring) -> None:
    session = opened("memory")
    for count, device in enumerate(("cpu", "cuda"), start=1):
        session.segmented_control(key="step_device").set_value(device)
        session.button(key="step_start").click().run()
        session = ended(begun(session, measurement, count), measurement, "training")
    assert [one["device"] for one in measurement.asked] == ["cpu", "cuda"]
    assert measurement.asked[0]["names"] == training_steps.DEFAULT
    keys = [one.key for one in session.download_button]
    assert keys == [
        f"training-step-{d}_{kind}" for d in ("cpu", "cuda") for kind in ("csv", "json")
    ]
    assert not session.exception
