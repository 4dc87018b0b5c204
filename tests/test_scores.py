"""The scoreboard as a value and as JSON, and the tables that are shipped."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from densenet_viz.results.scores import MEASURES, Scoreboard, from_json, to_json
from tests.boards import board


def test_json_and_back() -> None:
    given = board()
    assert from_json(json.loads(json.dumps(to_json(given)))) == given


def test_a_row_in_json_has_numbers_by_name() -> None:
    first = to_json(board())["rows"][0]
    assert first == {
        "method": "good",
        "title": "Good",
        "treatment": "positive part",
        "is_baseline": False,
        "pointing_game": 0.9,
        "pointing_game_interval": [0.89, 1.0],
        "pointing_game_count": 3,
        "deletion_auc": 0.1,
        "deletion_auc_interval": [0.0, 0.11],
        "deletion_auc_count": 2,
    }


def test_rows_are_ranked_by_what_is_better() -> None:
    for measure in ("pointing_game", "deletion_auc"):  # the one rises, the other falls
        ranked = [each.method for each in board().ranked(measure)]
        assert ranked == ["edges", "better", "good"]
        best = board().best(measure)
        assert best is not None
        assert best.method == "better"  # a baseline is never called the best method
    assert board().best("energy_on_tag") is None


def test_its_command_asks_for_the_same_board_again() -> None:
    from densenet_viz import cli

    given = board(machine={"device": "cuda"})
    assert given.command == (
        "python -m densenet_viz evaluate --model scenes --scenes 3 --pairs 2 --perturb 2 --seed 4 "
        "--device cuda --json"
    )
    options = cli.parser().parse_args(given.command.split()[3:])
    asked = (options.model, options.scenes, options.pairs, options.perturb, options.device)
    assert asked == ("scenes", 3, 2, 2, "cuda")
    assert "--device cpu" in board().command  # what boards without a word were made in
    assert "--perturb 0" in board(rows=()).command


def test_measured_are_those_that_a_row_has() -> None:
    assert [measure.name for measure in board().measured()] == ["pointing_game", "deletion_auc"]


def set_at(place: list[str | int], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(to_json(board()))
    part: Any = changed
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (["format"], 2, "format=2"),
        (["seed"], "4", "seed is of type str"),
        (["seed"], True, "seed is of type bool"),
        (["scenes"], 3.5, "scenes is of type float"),
        (["versions"], {"torch": 2}, "versions is of type int"),
        (["notes"], [1], "a note is of type int"),
        (["rows"], {}, "rows is of type dict"),
        (["rows", 0], 7, "a row is of type int"),
        (["rows", 0, "is_baseline"], 0, "is_baseline is of type int"),
        (["rows", 0, "method"], "better", "same method"),
        (["rows", 0, "pointing_game"], "high", "pointing_game is of type str"),
        (["rows", 0, "pointing_game"], 1.5, "from 0 to 1"),
        (["rows", 0, "pointing_game"], float("nan"), "from 0 to 1"),
        (["rows", 0, "pointing_game"], 0.2, "not in order"),
        (["rows", 0, "pointing_game_interval"], [0.9], "a mean and two ends"),
        (["rows", 0, "pointing_game_count"], 0, "not in order"),
    ],
)
def test_a_wrong_table_is_refused_in_words(
    place: list[str | int], value: object, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        from_json(set_at(place, value))


@pytest.mark.parametrize("key", ["model", "rows", "versions", "date"])
def test_what_is_missing_is_named(key: str) -> None:
    given = to_json(board())
    del given[key]
    with pytest.raises(ValueError, match=f"'{key}' is missing"):
        from_json(given)


def test_every_measure_has_its_words() -> None:
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert measure.title
        assert measure.explanation.endswith(".")


# -- the tables that are shipped ------------------------------------------------------------


def shipped(root: Path, model: str) -> Scoreboard:
    text = (root / "assets" / f"scoreboard.{model}.json").read_text(encoding="utf-8")
    return from_json(json.loads(text))


@pytest.mark.parametrize("model", ["scenes", "cheater"])
def test_the_shipped_tables_hold_the_methods_and_the_baselines(root: Path, model: str) -> None:
    from densenet_viz.evaluation.baselines import BASELINES
    from densenet_viz.evaluation.readings import readings_of

    table = shipped(root, model)
    assert table.model == model
    methods = ["grad-cam", "integrated-gradients", "occlusion", "saliency"]
    methods += ["layer-cam", "grad-cam-plus-plus"]
    rows = {each.method for each in table.rows}
    assert rows >= {one.name for one in readings_of(methods)} | set(BASELINES)
    assert len(rows) == len(table.rows)
    assert table.scenes >= 500
    for each in table.rows:
        assert each.measures["pointing_game"].count == table.scenes
        assert each.measures["energy_on_asked"].count == table.pairs
        assert ("energy_on_tag" in each.measures) == (model == "cheater")


def test_the_maps_of_the_honest_model_find_the_object(root: Path) -> None:
    table = shipped(root, "scenes")
    for measure, least in (("pointing_game_tolerant", 0.95), ("energy_on_asked", 0.75)):
        best = table.best(measure)
        assert best is not None
        assert best.measures[measure].mean >= least


def test_the_maps_of_the_cheater_find_the_tag(root: Path) -> None:
    best = shipped(root, "cheater").best("energy_on_tag")
    assert best is not None
    assert best.measures["energy_on_tag"].mean >= 0.8
