"""`evaluate` from a shell: what it prints, what it writes, how it says no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from densenet_viz import cli, evaluation
from densenet_viz.attribution import METHODS
from densenet_viz.cli import evaluate as evaluating
from densenet_viz.scores import from_json
from tests.boards import board
from tests.test_cli import refused
from tests.test_evaluation_scoreboard import tiny


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
    assert "cheater: 3 scenes of one object, 2 of two, seed 4" in capsys.readouterr().out


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
    assert tables[0].startswith("Pointing game (higher is better")
    assert tables[1].startswith("Deletion (lower is better")
    lines = tables[0].splitlines()[1:]
    assert lines[0].strip().startswith("99.0%")
    assert lines[0].endswith("Edges (positive part) – baseline")
    assert lines[2].endswith("Good (positive part)")


def test_it_can_be_written_to_a_file(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "board.json"
    assert cli.main(["evaluate", "--json", "--out", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert from_json(json.loads(file.read_text(encoding="utf-8"))).model == "scenes"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--methods magic", "--methods 'magic' was given; there are grad-cam"),
        ("--model nothing", "There is no model 'nothing'"),
        ("--model densenet121", "no true masks for what 'densenet121' knows; scenes and cheater"),
        ("--scenes 0", "'0' is not a whole number from 1 to"),
        ("--pairs -1", "'-1' is not a whole number"),
        ("--seed x", "'x' is not a whole number"),
        ("--workers 0", "'0' is not a whole number from 1 to 256"),
    ],
)
def test_it_says_no_in_one_line(capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    assert said in refused(capsys, "evaluate", *words.split())


def test_a_file_that_cannot_be_written_is_said(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "--out cannot be written" in refused(
        capsys, "evaluate", "--out", str(tmp_path / "none" / "board.json")
    )
