"""The benchmark's pure parts; its times are no test's business."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import browsing, tables
from benchmarks.app import MARK, PARTS, in_words, main, replaced
from benchmarks.attribution import BEGIN, END, placed
from benchmarks.browsing import MAIN_PICTURES
from benchmarks.controls import FIRST, LAYERS, PRESSES
from benchmarks.machine import descendants, instructions, processor_seconds
from benchmarks.tables import Table, markdown, percentile, shown, spread
from densenet_viz.machine import cpu_model
from densenet_viz.stage.modules import FOLDER
from densenet_viz.ui.controls import CONTROLS
from densenet_viz.ui.pages import PAGES

TABLE = Table("Paint", ("page", "ms", "kB"), (("home", 80.0, 1200), ("next", 1234.5, 3)), "Quick.")


def test_markdown_of_a_table() -> None:
    assert markdown(TABLE).splitlines() == [
        *("### Paint", "", "| page | ms | kB |", "|---|---:|---:|"),
        *("| home | 80.0 | 1,200 |", "| next | 1,234 | 3 |", "", "Quick."),
    ]


def test_records_survive_json() -> None:
    records = json.loads(json.dumps(TABLE.as_records()))
    assert records[1] == {"table": "Paint", "page": "next", "ms": 1234.5, "kB": 3}


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 1), (50, 10), (95, 19), (95.1, 20), (99, 20), (100, 20)]
)
def test_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile([*range(20, 0, -1)], share) == expected


def test_spread_is_median_lowest_highest() -> None:
    assert spread([5.0, 1.0, 2.0, 4.0]) == (3.0, 1.0, 5.0)


def test_numbers_keep_three_figures() -> None:
    assert [shown(value) for value in (0.1234, 9.876, 98.76, 987.6)] == [
        *("0.12", "9.88", "98.8", "988")
    ]


def test_the_processor_has_a_name() -> None:
    text = "processor\t: 0\nvendor_id\t: Acme\nmodel name\t: Acme Nine: fast\n"
    assert cpu_model(text) == "Acme Nine: fast"


def test_our_processes_are_found_and_timed() -> None:
    """A child that counts for a while has used the processor; the same by its name."""
    code = "import sys; [hash(i) for i in range(3_000_000)]; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        assert child.pid in [int(process.name) for process in descendants()]
        assert processor_seconds("python") > 0
        assert processor_seconds("no such name") == 0
        child.stdin.close()
    assert os.getpid() not in [int(process.name) for process in descendants()]


@pytest.mark.parametrize("module", [tables, browsing])
def test_examples(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_new_figures_take_the_place_of_the_old() -> None:
    text = replaced(f"Words.\n\n{MARK}\n\nold figures\n", in_words({"date": "today"}, [TABLE]))
    assert text.startswith(f"Words.\n\n{MARK}\n\n- date: today\n\n### Paint\n\n| page |")
    assert "old" not in text
    with pytest.raises(ValueError, match=re.escape(MARK)):
        replaced("Words.", "new")


def test_figures_between_two_marks_are_replaced_and_nothing_else() -> None:
    text = placed(f"before\n{BEGIN}\nold\n{END}\nafter {MARK} app", "new")
    assert text.startswith(f"before\n{BEGIN}\n\nnew\n\n{END}\nafter")
    assert text.endswith(f"{MARK} app")
    with pytest.raises(ValueError, match=re.escape(END)):
        placed(f"{BEGIN} only", "new")


def test_every_page_has_a_picture_to_wait_for() -> None:
    assert list(MAIN_PICTURES) == [row.name for row in PAGES]


def test_what_is_waited_for_is_drawn_by_a_stage() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.js"))
    waited = " ".join(MAIN_PICTURES.values())
    for name in {"growth-plus", *re.findall(r"\.([a-z-]+)", waited)}:
        assert f"{name}" in code, name


def test_the_growth_page_has_a_network_for_every_key() -> None:
    row = CONTROLS["k"]
    assert (FIRST, FIRST + PRESSES * row.step) == (row.low, row.high)
    assert max(LAYERS) == CONTROLS["layers"].high


def test_no_rounds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--rounds", "0"])
    assert "--rounds 0" in capsys.readouterr().err


def test_the_report_names_its_command_and_every_part(root: Path) -> None:
    text = (root / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "python -m benchmarks.app" in text
    assert text.partition(MARK)[2].count("\n### ") == len(PARTS)
    assert "python -m benchmarks.attribution" in text
    assert BEGIN in text.partition(END)[0]
    assert text.index(END) < text.index(MARK)


def test_a_report_names_the_class_of_processor() -> None:
    """A report begins with it: a wrong call ends the benchmark before its first row."""
    assert re.fullmatch(r"[A-Z0-9]+, (no )?native bfloat16", instructions())
