"""Every page of the page table runs, without a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.ui.pages import PAGES, PageRow, sections

APP = str(Path(__file__).resolve().parent.parent / "app.py")
PAGE_SECONDS = 120

OVERVIEW_IN_A_FRESH_PROCESS = """
import sys
from streamlit.testing.v1 import AppTest
assert not AppTest.from_file("app.py", default_timeout=60).run().exception
print(*sorted({"torch", "torchvision", "captum"} & set(sys.modules)))
"""


def opened(row: PageRow) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PAGE_SECONDS)
    if row is not PAGES[0]:
        app.switch_page(row.path)
    return app.run()


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_page_runs_and_says_something(row: PageRow) -> None:
    app = opened(row)
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []
    assert len(app.main) > 0


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_page_runs_again_unchanged(row: PageRow) -> None:
    """A rerun reads caches and state that the first run filled."""
    app = opened(row).run()
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []


def test_table_names_every_page_file_once(root: Path) -> None:
    folder = (root / PAGES[0].path).parent
    on_disk = sorted(path.relative_to(root).as_posix() for path in folder.glob("*.py"))
    assert sorted(row.path for row in PAGES) == on_disk


def test_table_stands_in_the_order_of_the_lesson() -> None:
    assert {heading: [row.title for row in rows] for heading, rows in sections().items()} == {
        "Learn": ["Overview", "Growth rate", "Dense block", "Transition"],
        "Compare": ["Architectures", "Nine systems", "Few parameters", "Much memory"],
        "Explain": ["Attributions", "Bench", "Ground truth"],
        "Teach": ["Lecture"],
    }
    assert [row.url_path for row in PAGES].count("") == 1
    assert len({row.url_path for row in PAGES}) == len(PAGES)


def test_overview_paints_without_torch(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OVERVIEW_IN_A_FRESH_PROCESS],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == []
