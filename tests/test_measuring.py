"""What pages say of a measurement: tables, bars, sentences and files."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.cited.checkpointing import PUBLISHED_STEP
from densenet_viz.facts.memory import kept_maps, memory_trouble
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.figures.step_memory import kept_figure, steps_figure
from densenet_viz.results.timings.passes import Benchmark, Timing, rows_of
from densenet_viz.results.timings.training import TrainingRun, TrainingStep
from densenet_viz.stage.scatter.step_memory import COLUMNS, compared, memory_scene
from densenet_viz.ui import measuring, training_steps
from tests.facts import names_in

MACHINE = {
    "date": "2026-01-02 03:04 UTC",
    "processor": "Acme 9, fast",
    "cores": "2",
    "threads": "2",
    "torch": "2.13.0",
    "rounds": "3",
    "step": "forward and backward",
}
BENCHMARK = Benchmark(
    MACHINE,
    tuple(
        Timing(name, "cpu", batch, 2, tuple(factor * batch * each for each in (0.1, 0.1, 0.2)))
        for name, factor in (("resnet50", 1.0), ("densenet121", 1.5))
        for batch in (1, 8)
    ),
)
RUN = TrainingRun(
    MACHINE,
    (
        TrainingStep("resnet50", 4, False, 400_000_000, (1.0, 1.0, 1.0)),
        TrainingStep("densenet121", 4, False, 500_000_000, (1.0, 2.0, 4.0)),
        TrainingStep("densenet121", 4, True, 250_000_000, (1.5, 2.2, 5.0)),
    ),
    {"resnet50": 102_000_000, "densenet121": 32_000_000},
)
INVENTORIES = {name: inventory_of(system.spec) for name, system in SYSTEMS.items()}


def test_the_table_stands_beside_keras() -> None:
    assert measuring.table_of(BENCHMARK) == [
        {
            "System": "ResNet50",
            "Here, 1 picture": "1 × = 100 ms ± 50",
            "Here, 8 pictures": "1 × = 800 ms ± 400",
            "Keras, cited": "1.00 ×",
        },
        {
            "System": "DenseNet121",
            "Here, 1 picture": "1.50 × (1.50 to 1.50)",
            "Here, 8 pictures": "1.50 × (1.50 to 1.50)",
            "Keras, cited": "1.32 ×",
        },
    ]


def test_the_file_has_the_machine_in_each_row() -> None:
    text = measuring.as_csv(rows_of(BENCHMARK), MACHINE)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert {row["processor"] for row in rows} == {"Acme 9, fast"}
    assert [row["rounds"] for row in rows] == ["3"] * 4  # the row's own, once
    assert rows[2]["ratio_to_resnet50"] == "1.5"


def test_what_checkpointing_does_stands_beside_what_was_published() -> None:
    ours, cited = training_steps.lessons(RUN)
    for words, facts in (
        (ours, ["DenseNet121", "0.50×", "1.25×"]),
        (cited, ["0.56×", "1.25×", "DenseNet-BC-100"]),
    ):
        assert names_in(words, *facts) == facts
    assert PUBLISHED_STEP.memory_ratio == pytest.approx(1.605 / 2.863)
    assert training_steps.lessons(TrainingRun(MACHINE, RUN.steps[:1], RUN.weight_bytes)) == []


def test_bars_and_their_words() -> None:
    bars = training_steps.memory_bars(RUN)
    assert [(bar.title, bar.plain, bar.efficient) for bar in bars] == [
        ("ResNet50", 400.0, None),
        ("DenseNet121", 500.0, 250.0),
    ]
    figure = steps_figure(bars, "MB", 0)
    assert [list(trace.x) for trace in figure.data] == [[400.0, 500.0], [None, 250.0]]
    assert list(figure.data[1].text) == ["", "250 MB"]
    facts = ["ResNet50 400 MB", "DenseNet121 500 MB", "250 MB"]
    assert names_in(training_steps.memory_words(RUN), *facts) == facts
    facts = ["DenseNet121 2.00 s", "2.20 s"]
    assert names_in(training_steps.time_words(RUN), *facts) == facts
    assert len(steps_figure(bars[:1], "MB", 0).data) == 1


def test_the_table_of_steps() -> None:
    assert training_steps.table_of(RUN)[2] == {
        "System": "DenseNet121",
        "Checkpointing": "yes",
        "Peak": "250.0 MB",
        "Weights (extra)": "32.0 MB",
        "Time": "2.20 ± 1.75 s",
    }


def test_what_nobody_can_tell_is_not_refused() -> None:
    assert memory_trouble(10**18, None, "do less") is None
    assert memory_trouble(2, 1, "do less") is not None


def test_the_lesson_of_the_scatter_holds_in_numbers() -> None:
    scene = memory_scene(INVENTORIES, live=False)
    (panel,) = scene["panels"]
    points = {point["id"]: point for point in panel["points"]}
    assert set(points) == set(SYSTEMS)
    assert {point["measured"] for point in points.values()} == {False}
    small, peer = points["densenet121"], points["resnet50"]
    assert small["x"] < peer["x"] / 3 < small["x"] * 1.1
    assert small["y"] > 1.3 * peer["y"]
    assert "computed" in small["detail"]
    assert compared(INVENTORIES) == panel["sentence"]
    cells = {row["id"]: row["cells"] for row in scene["rows"]}
    assert set(cells) == set(SYSTEMS)
    assert cells["densenet121"][0] == f"{INVENTORIES['densenet121'].parameters:,}"
    assert list(COLUMNS.values()) == [one["title"] for one in scene["columns"]]
    live = {one["id"]: one for one in memory_scene(INVENTORIES, live=True)["panels"][0]["points"]}
    assert {point["measured"] for point in live.values()} == {True}
    assert all(live[name]["detail"] != point["detail"] for name, point in points.items())
    assert all(live[name]["x"] == point["x"] for name, point in points.items())


def test_the_lines_are_the_computed_ones() -> None:
    kept = kept_maps(VARIANTS["densenet121"], 3)
    figure = kept_figure(kept)
    for trace, values in zip(figure.data, (kept.naive, kept.shared, kept.both), strict=True):
        assert list(trace.x) == list(range(1, 25))
        assert list(trace.y) == [value / 1e6 for value in values]
    steps = {b - a for a, b in pairwise(kept.shared)}
    assert len(steps) == 1  # a straight line
    rises = [b - a for a, b in pairwise(kept.naive)]
    assert rises == sorted(set(rises))  # ever steeper
