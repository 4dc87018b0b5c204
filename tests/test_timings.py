"""What is made of measured seconds, against values worked out by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest

from densenet_viz.facts.systems import REFERENCE, SYSTEMS
from densenet_viz.results.timings.passes import Benchmark, Timing, cited_ratio, rows_of
from densenet_viz.results.timings.seconds import ratio_of, spread_of
from densenet_viz.results.timings.training import TrainingRun, TrainingStep, step_rows

BENCHMARK = Benchmark(
    {"processor": "Acme 9"},
    (
        Timing("resnet50", "cpu", 1, 2, (0.010, 0.040, 0.020)),
        Timing("resnet50", "cpu", 8, 2, (0.100, 0.100, 0.100)),
        Timing("densenet121", "cpu", 1, 2, (0.020, 0.040, 0.060)),
        Timing("densenet121", "cpu", 8, 2, (0.150, 0.130, 0.140)),
    ),
)
RUN = TrainingRun(
    {"processor": "Acme 9"},
    (
        TrainingStep("resnet50", 4, False, 400, (1.0, 1.0, 1.0)),
        TrainingStep("densenet121", 4, False, 500, (1.0, 2.0, 4.0)),
        TrainingStep("densenet121", 4, True, 250, (1.5, 2.2, 5.0)),
    ),
    {"resnet50": 102, "densenet121": 32},
)


def test_median_and_spread() -> None:
    timing = Timing("resnet50", "cpu", 1, 2, (0.05, 0.01, 0.02, 0.04, 0.03))
    assert timing.median == 0.03
    assert timing.spread == pytest.approx(0.02)  # quartiles 0.02 and 0.04
    assert spread_of((0.7,)) == 0.0
    assert RUN.steps[1].median == 2.0
    assert RUN.steps[1].spread == pytest.approx(1.5)  # quartiles 1.5 and 3


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert BENCHMARK.ratio("densenet121", 1, "cpu") == 2.0  # of 2, 1 and 3
    assert BENCHMARK.ratio("densenet121", 8, "cpu") == pytest.approx(1.4)
    assert BENCHMARK.ratio(REFERENCE, 1, "cpu") == 1.0
    slow_round = ratio_of((2.0, 80.0, 2.0), (1.0, 40.0, 1.0))
    assert slow_round == 2.0


def test_rounds_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio_of((1.0, 2.0), (1.0,))


@pytest.mark.parametrize("asked", [("densenet201", 1, "cpu"), ("densenet121", 2, "cpu")])
def test_what_was_not_measured_has_no_ratio(asked: tuple[str, int, str]) -> None:
    with pytest.raises(KeyError, match=rf"\b{asked[1]}\b"):
        BENCHMARK.ratio(*asked)


def test_cited_ratios_are_keras_own() -> None:
    assert cited_ratio("densenet121", "cpu") == pytest.approx(77.1 / 58.2)
    assert cited_ratio("resnet152v2", "cuda") == pytest.approx(6.6 / 4.6)
    assert {cited_ratio(REFERENCE, device) for device in ("cpu", "cuda")} == {1.0}
    assert all(0.5 < cited_ratio(name, "cpu") < 3 for name in SYSTEMS)


def test_rows_for_files() -> None:
    assert rows_of(BENCHMARK)[2] == {
        "model": "densenet121",
        "device": "cpu",
        "batch": 1,
        "threads": 2,
        "median_ms": 40.0,
        "spread_ms": 20.0,
        "ratio_to_resnet50": 2.0,
        "cited_ratio": 1.3247,
        "rounds": 3,
    }


def test_checkpointing_is_held_against_the_plain_step() -> None:
    assert RUN.memory_ratio("densenet121") == 0.5
    assert RUN.time_ratio("densenet121") == pytest.approx(1.25)  # of 1.5, 1.1 and 1.25
    assert RUN.pair("resnet50") is None
    assert (RUN.memory_ratio("resnet50"), RUN.time_ratio("resnet50")) == (None, None)


def test_step_rows_for_files() -> None:
    rows = step_rows(RUN)
    assert [row["peak_ratio"] for row in rows] == [None, None, 0.5]
    assert [row["time_ratio"] for row in rows] == [None, None, 1.25]
    assert rows[2] == {
        "model": "densenet121",
        "batch": 4,
        "checkpointing": True,
        "peak_bytes": 250,
        "weight_bytes": 32,
        "median_ms": 2200.0,
        "spread_ms": 1750.0,
        "peak_ratio": 0.5,
        "time_ratio": 1.25,
        "rounds": 3,
    }


def test_the_types_and_what_pages_ask_before_measuring_load_no_torch() -> None:
    code = (
        "import sys, densenet_viz.results.timings.passes, densenet_viz.results.timings.training;"
        "import densenet_viz.facts.memory;"
        "import densenet_viz.machine as machine;"
        "machine.spare_bytes('cpu'); machine.processor();"
        "print(*sorted({'torch', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
