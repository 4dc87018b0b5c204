"""The nine systems' panels, table and reconciliation, against the lecture's numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.results.timings.passes import Benchmark, Timing
from densenet_viz.stage.reconciliation.scene import reconciled, reconciliation_scene
from densenet_viz.stage.scatter.scene import pareto_front
from densenet_viz.stage.scatter.systems import (
    DEVICES,
    lesson,
    size_words,
    system_groups,
    system_panels,
    times_of,
)
from densenet_viz.stage.scatter.systems_table import ABSENT, system_table
from densenet_viz.ui import choices
from tests.facts import names_in, numbers_in

INVENTORIES = {name: inventory_of(system.spec) for name, system in SYSTEMS.items()}
# The lecture's table and Keras's totals, typed here once more.
DEPTHS = dict(zip(SYSTEMS, (107, 209, 311, 103, 205, 307, 242, 338, 402), strict=True))
TOTALS = {
    "resnet50": 25_636_712,
    "resnet101": 44_707_176,
    "resnet152": 60_419_944,
    "resnet50v2": 25_613_800,
    "resnet101v2": 44_675_560,
    "resnet152v2": 60_380_648,
    "densenet121": 8_062_504,
    "densenet169": 14_307_880,
    "densenet201": 20_242_984,
}
SECONDS = {"resnet50": (0.05, 0.10, 0.05), "densenet121": (0.10, 0.30, 0.15)}
MEASURED = Benchmark(
    {"device": "cpu"}, tuple(Timing(name, "cpu", 8, 2, took) for name, took in SECONDS.items())
)


def panels(**more: Any) -> Any:
    given = {"accuracy": "top1", "times": times_of()["cpu"], "counted": SYSTEMS, **more}
    return system_panels(INVENTORIES, **given)


def column(title: str, **more: Any) -> list[str]:
    columns, rows = system_table(INVENTORIES, counted=SYSTEMS, **more)
    index = next(at for at, one in enumerate(columns) if one.key == title)
    return [row.cells[index] for row in rows]


def test_every_densenet_is_on_the_front_of_what_is_counted_and_none_on_that_of_time() -> None:
    parameters, products, times = panels()
    assert parameters.title.startswith("Parameters: ")
    every = parameters.title.removeprefix("Parameters: ")
    assert products.title == f"Multiply-adds: {every}"
    assert times.title.startswith("CPU time, cited: ")
    assert every not in times.title
    for panel, count in ((parameters, 3), (products, 3), (times, 0)):
        front = pareto_front(panel.points, panel.x.better, panel.y.better)
        assert sum(name.startswith("densenet") for name in front) == count
    assert [one.measured for one in parameters.points] == [True] * 9
    assert [one.measured for one in times.points] == [False] * 9


def test_points_stand_where_the_lecture_says() -> None:
    parameters, _, times = panels(accuracy="top5", times=times_of()["gpu"])
    dense = {one.id: one for one in parameters.points}["densenet121"]
    assert (dense.x, dense.y, dense.label, dense.short) == (7.978856, 92.3, "DenseNet121", "D121")
    assert "7,978,856" in numbers_in(dense.detail)
    assert "Keras" in dense.source
    slow = {one.id: one for one in times.points}["densenet201"]
    assert slow.x == pytest.approx(6.7 / 4.6)


def test_a_measured_time_stands_beside_the_cited_one() -> None:
    known = times_of([MEASURED])
    assert list(known) == ["cpu", "gpu", "here-cpu-8"]
    assert known["here-cpu-8"].title == f"{DEVICES['cpu']}, here, 8 pictures"
    times = panels(times=known["here-cpu-8"])[2]
    both = [one for one in times.points if one.id == "densenet121"]
    # The median of 2, 3 and 3, round by round.
    assert [(one.measured, round(one.x, 2)) for one in both] == [(True, 3.0), (False, 1.32)]
    assert numbers_in(both[0].detail) == ["150.0", "8"]
    assert {one.id for one in times.points} == set(SECONDS)


def test_a_cpu_s_and_a_gpu_s_times_stand_beside_each_other() -> None:
    gpu = Benchmark(
        {"device": "cuda"},
        tuple(
            Timing(name, "cuda", 1, 2, tuple(second / len(name) for second in took))
            for name, took in SECONDS.items()
        ),
    )
    both = [MEASURED, gpu]
    known = times_of(both)
    assert list(known) == ["cpu", "gpu", "here-cpu-8", "here-gpu-1"]
    assert known["here-gpu-1"].title == "GPU, here, 1 picture"
    columns, rows = system_table(INVENTORIES, counted=(), benchmarks=both)
    assert [one.key for one in columns[-4:]] == [
        "cited-cpu",
        "here-cpu-8",
        "cited-cuda",
        "here-gpu-1",
    ]
    # On the GPU ResNet50 takes an eighth of its time, DenseNet121 an eleventh.
    cells = {row.id: row.cells[-4:] for row in rows}["densenet121"]
    assert cells == ("1.32×", "3.00×", "1.17×", f"{3 * 8 / 11:.2f}×")


def test_a_benchmark_without_the_reference_draws_the_cited_times_only() -> None:
    alone = Benchmark({}, (Timing("densenet121", "cpu", 1, 2, (0.1,)),))
    times = panels(times=times_of([alone])["here-cpu-1"])[2]
    assert times.title.startswith("CPU time, cited")
    assert [one.measured for one in times.points] == [False] * 9
    assert column("here-cpu-1", benchmarks=[alone]) == [ABSENT] * 9


def test_lesson_says_what_the_numbers_say() -> None:
    # Millions of parameters, and points of accuracy above the one and below the other.
    facts = ["20.0 million", "0.7", "ResNet152 (60.2 million)", "0.7", "ResNet152V2"]
    said = lesson(INVENTORIES, "top1")
    for fact in facts:
        assert fact in said
        said = said.partition(fact)[2]
    assert names_in(lesson(INVENTORIES, "top5"), "0.5", "ResNet152 ") == ["0.5", "ResNet152 "]
    fewer = {**INVENTORIES, "densenet201": INVENTORIES["densenet121"]}
    assert names_in(lesson(fewer, "top1"), "13%", "8.0 million") == ["13%", "8.0 million"]


def test_sizes_are_explained_by_the_cited_number() -> None:
    facts = ["25,636,712", "4 bytes", "97.8", "98"]
    assert names_in(size_words(INVENTORIES), *facts) == sorted(
        facts, key=size_words(INVENTORIES).index
    )


def test_table_holds_the_lecture_s_columns_and_our_own() -> None:
    assert column("depth") == [str(depth) for depth in DEPTHS.values()]
    assert column("cited-depth") == column("depth")
    assert column("parameters")[6:] == ["7,978,856", "14,149,480", "20,013,928"]
    assert column("top1")[:3] == ["74.9", "76.4", "76.6"]
    assert column("memory")[6] == f"{(7_978_856 + 83_648) * 4 / 1e6:.1f}"
    assert column("disk") == [ABSENT] * 9
    assert column("disk", stored={"resnet50": 102_500_000})[0] == "102.5"
    columns, rows = system_table(INVENTORIES, counted=SYSTEMS)
    assert all("Keras" in one.note for one in columns if one.cited)
    assert len({one.note for one in columns if not one.cited}) == 1
    assert all(len(row.cells) == len(columns) for row in rows)


def test_table_shows_cited_and_measured_ratios_beside_each_other() -> None:
    columns, rows = system_table(INVENTORIES, counted=(), benchmarks=[MEASURED])
    assert [one.key for one in columns[-2:]] == ["cited-cpu", "here-cpu-8"]
    assert {row.id: row.cells[-2:] for row in rows}["densenet121"] == ("1.32×", "3.00×")
    counted = system_table(INVENTORIES, counted=SYSTEMS)[0]
    assert columns[7].note != counted[7].note


def test_groups_differ_in_colour_and_in_shape() -> None:
    groups = system_groups()
    assert len({one.colour for one in groups}) == len({one.mark for one in groups}) == 3
    assert {one.name for one in groups} == {system.family for system in SYSTEMS.values()}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_is_reconciled_to_the_last_parameter(name: str) -> None:
    lines = reconciled(SYSTEMS[name], INVENTORIES[name], live=True)
    assert sum(part["count"] for part in lines["parts"]) == lines["total"] == TOTALS[name]
    assert (lines["keras"], lines["equal"]) == (TOTALS[name], True)
    assert sum(part["count"] for part in lines["depthParts"]) == lines["depth"] == DEPTHS[name]
    assert lines["depth"] == lines["citedDepth"] == DEPTHS[name]
    assert lines["how"] != reconciled(SYSTEMS[name], INVENTORIES[name], live=False)["how"]


def test_lines_of_resnet50_and_of_densenet121() -> None:
    resnet = reconciled(SYSTEMS["resnet50"], INVENTORIES["resnet50"], live=False)
    assert [part["count"] for part in resnet["parts"]] == [25_557_032, 53_120, 26_560]
    assert "53" in numbers_in(resnet["parts"][2]["note"])
    assert {"26,560", "53"} <= set(numbers_in(resnet["parts"][1]["note"]))
    dense = reconciled(SYSTEMS["densenet121"], INVENTORIES["densenet121"], live=True)
    assert [part["count"] for part in dense["parts"]] == [7_978_856, 83_648, 0]
    assert [part["count"] for part in dense["depthParts"]] == [120, 121, 1]


def test_a_difference_would_be_shown() -> None:
    inventory = INVENTORIES["resnet50"]
    short = Inventory(inventory.leaves[1:], inventory.activation_bytes)
    lines = reconciled(SYSTEMS["resnet50"], short, live=True)
    assert not lines["equal"]
    assert lines["depth"] != lines["citedDepth"]
    other = replace(SYSTEMS["resnet50"], keras_total=1)
    assert not reconciled(other, inventory, live=True)["equal"]


def test_reconciliation_scene_is_plain_json_of_all_nine() -> None:
    scene = json.loads(
        json.dumps(reconciliation_scene(INVENTORIES, counted=["resnet50"], chosen="resnet152"))
    )
    assert [one["id"] for one in scene["systems"]] == list(SYSTEMS)
    assert scene["chosen"] == "resnet152"
    live, *others = (one["how"] for one in scene["systems"])
    assert len(set(others)) == 1
    assert live not in others
    assert numbers_in(scene["verdict"])[:2] == ["9", "9"]
    short = Inventory(INVENTORIES["resnet50"].leaves[1:], 0)
    eight = reconciliation_scene({**INVENTORIES, "resnet50": short}, counted=(), chosen="")
    assert numbers_in(eight["verdict"])[:2] == ["8", "9"]
    unknown = reconciliation_scene(INVENTORIES, counted=(), chosen="<b>")
    assert unknown["chosen"] == "resnet50"


def test_address_names_only_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {"lit": {"ids": ["a", "b"]}}
    address = {"lit": "resnet50,<b>,densenet121,resnet50"}
    streamlit = SimpleNamespace(query_params=address, session_state={"stage": told})
    monkeypatch.setattr(choices, "st", streamlit)
    assert choices.from_address("lit", SYSTEMS) == ["resnet50", "densenet121"]
    assert choices.from_address("other", SYSTEMS) == []
    keep = choices.into_address("stage", "lit", "lit")
    keep()
    assert address == {"lit": "a,b"}
    told["lit"] = {"ids": []}
    keep()
    assert address == {}
