"""The shipped scoreboard: what is read of it, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from densenet_viz.scores import Interval, Score, Scoreboard, to_json
from densenet_viz.ui.truth_scoreboard import SIZE_LIMIT, board_words, command_of, read_board
from tests.boards import board


def write(folder: Path, given: Scoreboard | str, name: str = "scenes") -> None:
    text = given if isinstance(given, str) else json.dumps(to_json(given))
    (folder / f"scoreboard.{name}.json").write_text(text, encoding="utf-8")


# -- the file -------------------------------------------------------------------------------


def test_a_shipped_scoreboard_is_read(tmp_path: Path) -> None:
    write(tmp_path, board())
    assert read_board("scenes", tmp_path) == board()


@pytest.mark.parametrize("model", ["scenes", "cheater"])
def test_the_command_asks_for_the_shipped_rows_and_no_others(model: str) -> None:
    from densenet_viz import cli
    from densenet_viz.cli.evaluate import chosen
    from densenet_viz.evaluation.readings import readings_of

    table = read_board(model)
    assert table is not None
    options = cli.parser().parse_args(command_of(table).split()[3:])
    asked = [reading.name for reading in readings_of(chosen(options.methods))]
    assert asked == [row.method for row in table.rows if not row.is_baseline]
    assert (options.model, options.scenes, options.pairs) == (model, table.scenes, table.pairs)


def test_a_missing_scoreboard_is_none(tmp_path: Path) -> None:
    assert read_board("scenes", tmp_path) is None
    (tmp_path / "scoreboard.scenes.json").mkdir()
    assert read_board("scenes", tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"format": 1}', "NaN"])
def test_a_broken_scoreboard_is_none(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert read_board("scenes", tmp_path) is None


def test_bytes_that_are_no_text_are_none(tmp_path: Path) -> None:
    (tmp_path / "scoreboard.scenes.json").write_bytes(b"\xff\xfe\x00\x01")
    assert read_board("scenes", tmp_path) is None


def test_another_model_s_scoreboard_is_none(tmp_path: Path) -> None:
    write(tmp_path, board(model="cheater"))
    assert read_board("scenes", tmp_path) is None
    write(tmp_path, board(model="cheater"), "cheater")
    assert read_board("cheater", tmp_path) == board(model="cheater")


def test_a_scoreboard_that_measured_nothing_is_none(tmp_path: Path) -> None:
    write(tmp_path, board(rows=()))
    assert read_board("scenes", tmp_path) is None
    write(tmp_path, board(rows=tuple(replace(row, measures={}) for row in board().rows)))
    assert read_board("scenes", tmp_path) is None


def test_a_file_is_not_read_beyond_its_limit(tmp_path: Path) -> None:
    write(tmp_path, board(notes=("x" * (SIZE_LIMIT // 2),)))
    assert read_board("scenes", tmp_path) is not None
    write(tmp_path, board(notes=("x" * SIZE_LIMIT,)))
    assert read_board("scenes", tmp_path) is None


# -- words ----------------------------------------------------------------------------------


def measured(method: str, pointing: float, deletion: float) -> Score:
    """A row with narrow intervals."""
    measures = {
        "pointing_game": Interval(pointing, pointing - 0.01, pointing + 0.01, 1000),
        "deletion_auc": Interval(deletion, deletion - 0.01, deletion + 0.01, 1000),
    }
    return Score(method, method.title(), "positive part", method == "edges", measures)


def words_of(pointing: float, deletion: float, model: str = "scenes") -> str:
    """What is said of one method beside edges that get 50% by either measure."""
    rows = (measured("saliency", pointing, deletion), measured("edges", 0.5, 0.5))
    return board_words(board(model=model, scenes=1200, rows=rows))


def test_methods_that_beat_edges_are_not_called_worse() -> None:
    assert words_of(0.9, 0.1).endswith("1,200 unseen scenes; no scene carries a tag.")
    assert words_of(0.49, 0.51).endswith("no scene carries a tag.")  # their intervals touch


@pytest.mark.parametrize(
    ("pointing", "deletion", "listed"),
    [
        (0.4, 0.1, "By “Pointing game”, some"),
        (0.9, 0.6, "By “Deletion”, some"),
        (0.4, 0.6, "By “Pointing game” and “Deletion”, some"),
    ],
)
def test_the_measures_by_which_edges_win_are_listed(
    pointing: float, deletion: float, listed: str
) -> None:
    words = words_of(pointing, deletion)
    assert f"{listed} methods do **worse than an edge detector**" in words


def test_more_measures_than_a_sentence_holds_are_counted() -> None:
    given = board()
    names = ("pointing_game", "energy_inside", "energy_near", "average_precision")
    low, half = Interval(0.4, 0.39, 0.41, 9), Interval(0.5, 0.49, 0.51, 9)
    rows = (
        replace(given.rows[0], method="saliency", measures=dict.fromkeys(names, low)),
        replace(given.rows[-1], method="edges", measures=dict.fromkeys(names, half)),
    )
    assert "By 4 of the measures below, some methods" in board_words(replace(given, rows=rows))


def test_the_cheater_s_scenes_carry_tags() -> None:
    assert "every scene carries its true tag" in words_of(0.9, 0.1, "cheater")
    assert "no scene carries a tag" not in words_of(0.9, 0.1, "cheater")
