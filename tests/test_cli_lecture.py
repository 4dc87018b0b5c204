"""`lecture check`: what it says of a deck, and of one that is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from densenet_viz import cli
from densenet_viz.lecture.deck import OWN
from densenet_viz.lecture.reading import read_deck
from tests.facts import names_in

GOOD = """\
title: t
minutes: 5
---
# One
picture: block

? q
- [ ] a
- [x] b
---
# Two
???
n
"""


def test_the_lecture_itself_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lecture", "check"]) == 0
    out, err = capsys.readouterr()
    deck = read_deck(OWN)
    facts = [deck.title, f"{len(deck.slides)} slides", "45 minutes"]
    assert names_in(out.splitlines()[0], *facts) == facts
    assert len(out.splitlines()) == 1 + len(deck.slides)
    assert err == ""


def test_a_deck_is_told_slide_by_slide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deck.md").write_text(GOOD, encoding="utf-8")
    assert cli.main(["lecture", "check", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "t: 2 slides, 5 minutes",
        "  1   2.5 min  One, picture block, question, no notes",
        "  2   2.5 min  Two",
    ]


def test_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.md"
    file.write_text(GOOD, encoding="utf-8")
    assert cli.main(["lecture", "check", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["title"], report["minutes"]) == ("t", 5)
    assert report["slides"][0] == {
        "id": "one",
        "title": "One",
        "minutes": 2.5,
        "steps": 1,
        "picture": "block",
        "question": True,
        "notes": False,
    }


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (GOOD.replace("block", "blok"), ["line 5", "picture", "blok", "growth"]),
        (None, ["mine.md"]),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, facts: list[str]
) -> None:
    file = tmp_path / "mine.md"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert cli.main(["lecture", "check", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("python -m densenet_viz: ")
    assert names_in(err, *facts) == facts
    assert err.count("\n") == 1
    assert str(tmp_path) not in err


def test_a_part_must_be_named() -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["lecture"])
    assert stop.value.code == 2


def test_checking_loads_no_torch() -> None:
    code = (
        "import sys; from densenet_viz import cli; cli.main(['lecture', 'check']);"
        "print(*sorted({'torch', 'captum', 'streamlit', 'plotly'} & set(sys.modules)),"
        " file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.split() == []
