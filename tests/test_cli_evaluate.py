"""`evaluate` from a shell: what it prints, what it writes, how it says no."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from densenet_viz import cli, evaluation
from densenet_viz.attribution import METHODS
from densenet_viz.cli import evaluate as evaluating
from densenet_viz.results.scores import from_json, to_json
from tests.boards import board, row
from tests.commands import refused
from tests.facts import names_in
from tests.small_models import tiny


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the evaluation was asked for; it answers at once."""
    given: dict[str, Any] = {}

    def instead(model: object, **options: Any) -> object:
        given.update(options, model=model)
        return board(model=given["model"].name)

    monkeypatch.setattr(evaluation, "evaluate", instead, raising=False)
    monkeypatch.setattr(evaluating, "load_model", tiny)
    return given


def test_a_real_run_of_two_scenes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluating, "load_model", tiny)
    words = "evaluate --methods saliency --scenes 2 --pairs 1 --perturb 1 --workers 1 --json"
    assert cli.main(words.split()) == 0
    out, err = capsys.readouterr()
    report = from_json(json.loads(out))
    assert (report.model, report.scenes, report.pairs) == ("scenes", 2, 1)
    assert report.rows[0].method == "saliency"
    assert "measuring: 100%" in err


def test_options_reach_the_evaluation(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    words = "evaluate --model cheater --methods saliency,grad-cam --methods occlusion saliency"
    assert cli.main([*words.split(), "--scenes", "7", "--pairs", "0", "--seed", "3",
                     "--device", "cuda"]) == 0  # fmt: skip
    assert asked["model"].name == "cheater"
    assert asked["methods"] == ("saliency", "grad-cam", "occlusion")
    assert (asked["scenes"], asked["pairs"], asked["seed"]) == (7, 0, 3)
    assert asked["workers"] is None
    assert asked["device"] == "cuda"
    facts = ["cheater", "3 scenes", "2 of", "seed 4"]
    assert names_in(capsys.readouterr().out, *facts) == facts


def test_the_defaults_are_the_functions_own(asked: dict[str, Any]) -> None:
    from densenet_viz.evaluation import scoreboard

    assert cli.main(["evaluate"]) == 0
    assert asked["methods"] == tuple(METHODS)
    assert (asked["scenes"], asked["seed"]) == (scoreboard.SCENES, scoreboard.SEED)
    assert (asked["pairs"], asked["perturb"]) == (None, None)  # as many as scenes
    assert asked["device"] == "cpu"


def test_the_table_for_people_has_the_best_first(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["evaluate"]) == 0
    tables = capsys.readouterr().out.split("\n\n")[1:]
    assert tables[0].startswith("Pointing game (higher")
    assert tables[1].startswith("Deletion (lower")
    lines = tables[0].splitlines()[1:]
    assert lines[0].strip().startswith("99.0%")
    assert names_in(lines[0], "Edges", "positive part", "baseline") == [
        *("Edges", "positive part", "baseline")
    ]
    assert names_in(lines[2], "Good", "baseline") == ["Good"]


def test_it_can_be_written_to_a_file(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "board.json"
    assert cli.main(["evaluate", "--json", "--out", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert from_json(json.loads(file.read_text(encoding="utf-8"))).model == "scenes"


def test_methods_are_added_to_a_table_with_its_own_scenes(
    asked: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "board.json"
    first = board(model="cheater", machine={"device": "cuda"})
    file.write_text(json.dumps(to_json(first)), encoding="utf-8")
    later = replace(first, date="2027-01-01 00:00 UTC", rows=(
        row("lime", 0.5, 0.5), row("good", 0.1, 0.9), row("edges", 0.2, 0.2, is_baseline=True)
    ))  # fmt: skip

    def instead(_model: object, **options: Any) -> object:
        asked.update(options)
        return later

    monkeypatch.setattr(evaluation, "evaluate", instead)
    words = ["evaluate", "--methods", "lime", "--add-to", str(file)]
    assert cli.main([*words, "--out", str(file), "--json"]) == 0
    counts = (asked["scenes"], asked["pairs"], asked["perturb"], asked["seed"])
    assert (counts, asked["device"]) == ((3, 2, 2, 4), "cuda")
    joined = from_json(json.loads(file.read_text(encoding="utf-8")))
    assert joined.rows == (*first.rows[:2], later.rows[0], first.rows[2])
    assert (joined.date, joined.notes[0]) == (first.date, first.notes[0])
    assert names_in(joined.notes[1], "Lime", later.date) == ["Lime", later.date]
    assert "--add-to" in refused(capsys, *words)  # it has all methods now
    with pytest.raises(ValueError, match="5"):
        first.with_rows_of(replace(later, seed=5))
    pointing = {"pointing_game": later.rows[0].measures["pointing_game"]}
    fewer = replace(later, rows=(replace(later.rows[0], measures=pointing),))
    assert "no scenes" in first.with_rows_of(fewer).notes[1]
    assert "no scenes" not in joined.notes[1]
    file.write_text("[]", encoding="utf-8")
    assert "--add-to" in refused(capsys, *words)


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("--methods magic", ["--methods", "'magic'", "grad-cam"]),
        ("--model nothing", ["'nothing'"]),
        ("--model densenet121", ["'densenet121'", "scenes", "cheater"]),
        ("--scenes 0", ["--scenes", "'0'", "1"]),
        ("--pairs -1", ["--pairs", "'-1'"]),
        ("--seed x", ["--seed", "'x'"]),
        ("--workers 0", ["--workers", "'0'", "256"]),
    ],
)
def test_it_says_no_in_one_line(
    capsys: pytest.CaptureFixture[str], words: str, facts: list[str]
) -> None:
    assert names_in(refused(capsys, "evaluate", *words.split()), *facts) == facts


def test_a_file_that_cannot_be_written_is_said(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "--out" in refused(capsys, "evaluate", "--out", str(tmp_path / "none" / "board.json"))
    assert "--out" in refused(capsys, "evaluate", "--out", str(tmp_path))
    assert asked == {}  # it is said before the long computation
