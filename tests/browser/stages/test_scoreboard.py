"""The shipped scoreboard: each measure ranks the rows anew, and marks what edges beat."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.results.scores.form import from_json
from densenet_viz.stage.scoreboard.scene import scoreboard_scene
from tests.browser.stages.conftest import Show

BOARD = Path(__file__).resolve().parents[3] / "assets" / "scoreboard.scenes.json"


@cache
def board() -> dict[str, Any]:
    """The shipped file, as it is."""
    given: dict[str, Any] = json.loads(BOARD.read_text(encoding="utf-8"))
    return given


@pytest.fixture
def page(show: Show) -> Page:
    return show("scoreboard", scoreboard_scene(from_json(board())), reduced_motion=False)


def table_of(page: Page) -> dict[str, dict[str, str]]:
    """The table's cells by measure, and by a row's title and its treatment or "baseline"."""
    cells: list[list[str]] = page.locator(".scoreboard-table tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    (_, *measures), *rows = cells
    return {
        measure: {row[0]: row[place] for row in rows} for place, measure in enumerate(measures, 1)
    }


ROWS_JS = """(rows) => rows.map((row) => ({
  name: row.querySelector('.scoreboard-name > b').textContent
    + (row.matches('.scoreboard-baseline') ? 'baseline'
       : row.querySelector('.scoreboard-name > small').textContent),
  rank: Number(row.style.getPropertyValue('--rank')),
  marked: row.querySelector('.scoreboard-worse') !== null,
}))"""


def interval(cell: str, *, rising: bool) -> tuple[float, float]:
    """The worse and the better end of "50.0% (25.0–75.0)"."""
    low, high = map(float, re.findall(r"[\d.]+", cell)[1:])
    return (high, low) if rising else (low, high)


def test_the_table_has_a_row_a_method(page: Page) -> None:
    for column in table_of(page).values():
        assert len(column) == len(board()["rows"])
    expect(page.locator(".scoreboard-table")).to_be_hidden()
    page.locator(".scoreboard-details summary").press("Enter")
    expect(page.locator(".scoreboard-table")).to_be_visible()


def test_each_measure_ranks_the_rows_anew_and_marks_what_edges_beat(page: Page) -> None:
    choices, rows = page.locator(".scoreboard-choice [role=radio]"), page.locator(".scoreboard-row")
    (edges,) = (
        f"{row['title']}baseline"
        for row in board()["rows"]
        if row["is_baseline"] and "edge" in row["method"]
    )
    orders = []
    choices.first.focus()
    for place, column in enumerate(table_of(page).values()):
        expect(choices.nth(place)).to_be_checked()
        cells = {name: cell for name, cell in column.items() if cell != "–"}
        rising = "lower" in page.locator(".scoreboard-better").inner_text()
        means = {name: float(cell.split("%")[0]) for name, cell in cells.items()}
        best_first = sorted(means.values(), reverse=not rising)
        expect(rows).to_have_count(len(cells))
        shown = sorted(rows.evaluate_all(ROWS_JS), key=lambda row: row["rank"])
        assert [means[row["name"]] for row in shown] == best_first
        assert [row["rank"] for row in shown] == list(range(len(cells)))
        orders.append(tuple(row["name"] for row in shown))
        marked = {row["name"] for row in shown if row["marked"]}
        check_marks(cells, marked, edges, rising=rising)
        page.keyboard.press("ArrowRight")
    assert len(set(orders)) > 1
    # The last arrow has led back to the first measure. Once their movement has ended, the rows
    # stand in the document in their order.
    page.wait_for_function(
        """() => {
          const root = document.querySelector('main').shadowRoot;
          const ranks = [...root.querySelectorAll('.scoreboard-row')]
            .map((row) => Number(row.style.getPropertyValue('--rank')));
          return ranks.every((rank, place) => rank === place);
        }"""
    )
    assert page.evaluate("() => window.told") == []


def check_marks(cells: dict[str, str], marked: set[str], edges: str, *, rising: bool) -> None:
    """Marked is whose better end is worse than the edges' worse end, as far as the table's
    digits tell.
    """
    if edges not in cells:
        assert marked == set()
        return
    limit, _ = interval(cells[edges], rising=rising)
    sign = -1 if rising else 1
    distance = {
        name: sign * (limit - interval(cell, rising=rising)[1])
        for name, cell in cells.items()
        if not name.endswith("baseline")
    }
    assert {name for name, far in distance.items() if far > 0} <= marked
    assert marked <= {name for name, far in distance.items() if far >= 0}


def test_another_board_keeps_the_measure_where_it_has_it(page: Page) -> None:
    choices: Locator = page.locator(".scoreboard-choice [role=radio]")
    choices.nth(1).check()
    value = str(choices.nth(1).get_attribute("value"))
    fewer = board() | {"rows": board()["rows"][:6]}
    page.evaluate("(scene) => window.nextScene(scene)", scoreboard_scene(from_json(fewer)))
    expect(page.locator(".scoreboard-table tbody tr")).to_have_count(6)
    expect(page.locator(f'.scoreboard-choice [role=radio][value="{value}"]')).to_be_checked()
