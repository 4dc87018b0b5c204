"""Every page of the page table runs, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.ui.pages import PAGES, PageRow, sections

APP = str(Path(__file__).resolve().parent.parent / "app.py")
PAGE_SECONDS = 120


def opened(row: PageRow) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PAGE_SECONDS)
    if row is not PAGES[0]:
        app.switch_page(row.path)
    return app.run()


def assert_sound(app: AppTest) -> None:
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_page_runs_and_runs_again(row: PageRow) -> None:
    """It has one title and, where it asks for no map, draws its picture at once.

    A second run reads the caches and the state that the first one filled.
    """
    app = opened(row)
    assert_sound(app)
    (title,) = app.title
    if row.section in ("Learn", "Compare"):
        assert len(app.get("bidi_component")) > 0
    app.run()
    assert_sound(app)
    assert [again.value for again in app.title] == [title.value]


def test_table_names_every_page_file_once(root: Path) -> None:
    folder = (root / PAGES[0].path).parent
    on_disk = sorted(path.relative_to(root).as_posix() for path in folder.glob("*.py"))
    assert sorted(row.path for row in PAGES) == on_disk


def test_table_stands_in_the_order_of_the_lesson() -> None:
    assert {heading: [row.title for row in rows] for heading, rows in sections().items()} == {
        "Learn": ["Overview", "Growth rate", "Dense block", "Transition", "Inside", "Why it works"],
        "Compare": ["Architectures", "Nine systems", "Few parameters", "Much memory"],
        "Explain": ["Attributions", "Bench", "Ground truth"],
        "Teach": ["Hands on", "Lecture"],
    }
    assert [row.url_path for row in PAGES].count("") == 1
    assert len({row.url_path for row in PAGES}) == len(PAGES)
