"""The lecture to take away: what the HTML file holds and forbids, and who prints it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from densenet_viz import cli
from densenet_viz.lecture import browser, printing, reading
from densenet_viz.lecture.export import embed_json, to_html
from densenet_viz.lecture.handout import handout, words
from densenet_viz.lecture.printing import PrintError, to_pdf
from densenet_viz.stage.modules import address, style
from tests.facts import names_in
from tests.waiting import until

HOSTILE = "</script><img src=https://evil.example/x onerror=alert(1)> & \u2028 \"' <!--"
# What may name an address without asking for it: the name of SVG's elements.
NAMESPACE = "http://www.w3.org/2000/svg"


def span(text: str, **marks: Any) -> dict[str, Any]:
    return {"text": text, **marks}


def block(kind: str, *spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "step": 0, "spans": list(spans), **more}


def slide(title: str, **parts: Any) -> dict[str, Any]:
    empty = {"blocks": [], "notes": [], "steps": 0, "picture": None, "question": None}
    return {"id": "s", "title": title, "minutes": 1.5, "layout": "words", **empty, **parts}


def deck(*slides: dict[str, Any], title: str = "Dense") -> dict[str, Any]:
    return {
        "title": title,
        "minutes": 3,
        "slides": list(slides),
        "scenes": {"a": {"key": "a", "numbers": [0.1, -2e-7, 3], "text": HOSTILE}},
        "modules": {"overview": address("overview/overview.js")},
        "styles": {"stage": style("shared/stage.css"), "overview": style("overview/overview.css")},
    }


PICTURE = {
    "stage": "overview",
    "key": "a",
    "alt": "A <strip>",
    "sentence": "It & all",
    "states": [],
}
WHOLE = deck(
    slide(
        HOSTILE,
        blocks=[block("p", span(HOSTILE)), block("li", span("one")), block("li", span("two"))],
        notes=[block("p", span("Say <this>.", bold=True))],
        picture=PICTURE,
    ),
    slide("Ask", question={"text": "Which?", "options": ["<a>", "b"], "right": 1}),
    title=HOSTILE,
)


class Reader(HTMLParser):
    """A page as a browser takes it apart: its elements, and the text of some."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self.inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.inside = False

    def handle_data(self, data: str) -> None:
        place = len(self.elements) - 1
        if self.inside:
            self.texts[place] = self.texts.get(place, "") + data

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (attributes, self.texts.get(place, ""))
            for place, (name, attributes) in enumerate(self.elements)
            if name == tag and wanted.items() <= attributes.items()
        ]


@pytest.fixture(scope="module")
def page() -> Reader:
    return Reader(to_html(WHOLE))


# -- the HTML file --------------------------------------------------------------------------


def test_the_page_reads_back_what_was_put_in(page: Reader) -> None:
    [(_, data)] = page.all("script", type="application/json")
    assert json.loads(data) == {
        **WHOLE,
        "mode": "file",
        "style": json.loads(data)["style"],
    }


def test_hostile_words_stay_words(page: Reader) -> None:
    assert len(page.all("script")) == 2
    assert page.all("img") == []
    assert page.all("title") == [({}, HOSTILE)]
    assert page.all("h2")[0][1] == HOSTILE
    assert page.all("p")[-1][1] == "B: b"


def test_data_cannot_leave_its_element() -> None:
    text = embed_json({"text": HOSTILE})
    assert not set("<>&\u2028\u2029") & set(text)
    assert text.isascii()
    assert json.loads(text) == {"text": HOSTILE}


def test_data_holds_no_number_that_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        embed_json({"number": float("nan")})


def test_the_policy_forbids_every_connection(page: Reader) -> None:
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0][0]["content"] or ""
    rules = {words[0]: words[1:] for words in map(str.split, policy.split(";"))}
    assert rules["default-src"] == ["'none'"]
    assert not {"connect-src", "frame-src", "worker-src", "font-src"} & rules.keys()
    sources = {source for name, given in rules.items() for source in given if name != "script-src"}
    assert sources <= {"'none'", "'unsafe-inline'", "data:", "blob:"}
    [(_, start)] = page.all("script", type="module")
    digest = base64.b64encode(hashlib.sha256(start.encode()).digest()).decode()
    assert rules["script-src"] == [f"'sha256-{digest}'", "data:"]


def test_nothing_comes_from_elsewhere(page: Reader) -> None:
    """No element asks for an address, in the page or in what its modules hold in turn."""
    assert page.all("link") == []
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "poster", "data", "action"} & attributes.keys(), tag
        if tag != "a":
            assert "href" not in attributes
    [(_, start)] = page.all("script", type="module")
    for text in unpacked(start):
        assert not re.search(r"(from|import|await import\()\s*[\"']\.", text)
        assert not re.search(r"https?://\w", text.replace(NAMESPACE, "")), text[:80]


def unpacked(text: str) -> list[str]:
    """The modules in a text, and the modules in those; the text itself without them."""
    inside = re.findall(r"data:text/javascript;base64,([\w+/=]+)", text)
    found = [module for packed in inside for module in unpacked(base64.b64decode(packed).decode())]
    return [re.sub(r"data:text/javascript;base64,[\w+/=]+", "", text), *found]


def test_words_of_all_slides_are_there_without_a_script(page: Reader) -> None:
    assert [text for _, text in page.all("h2")] == [HOSTILE, "Ask"]
    assert [text for _, text in page.all("li")] == ["one", "two", "<a>", "b"]
    assert [text for _, text in page.all("h3")] == ["Notes", "Answer"]
    assert page.all("div", role="img")[0] == (
        {"class": "handout-picture", "data-slide": "0", "role": "img", "aria-label": "A <strip>"},
        "A <strip>",
    )
    assert page.all("figcaption")[0][1] == "It & all"
    assert len(page.all("noscript")) == 2


def test_only_https_becomes_a_link() -> None:
    safe = words([block("p", span("paper", href="https://arxiv.org/abs/1608.06993"))])
    assert safe == (
        '<p><a href="https://arxiv.org/abs/1608.06993" rel="noopener noreferrer">paper</a></p>'
    )
    assert words([block("p", span("x", href="javascript:alert(1)"))]) == "<p>x</p>"


def test_a_question_stands_before_its_answer() -> None:
    blocks = [block("p", span("Before.")), {**block("p", span("After.")), "step": 1}]
    question = {"text": "Which?", "options": ["a", "b"], "right": None, "step": 0, "reveal": 1}
    page = handout(deck(slide("Ask", blocks=blocks, question=question, steps=1)))
    assert re.findall(r"Before|Which|After|Answer", page) == ["Before", "Which", "After"]


def test_a_table_has_a_head() -> None:
    rows = [[[span("a")], [span("b", code=True)]], [[span("1")], [span("<2")]]]
    assert words([block("table", rows=rows)]) == (
        "<table><thead><tr><th>a</th><th><code>b</code></th></tr></thead>"
        "<tbody><tr><td>1</td><td>&lt;2</td></tr></tbody></table>"
    )


def test_the_look_is_the_apps() -> None:
    """A page without the app's server has its colours from no server: they are written twice."""
    config = (Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text("utf-8")
    css = style("lecture/file.css")
    for name in ("text", "background", "primary"):
        light, dark = themes(config, f"{name}Color")
        assert f"--st-{name}-color: light-dark({light.lower()}, {dark.lower()})" in css


def themes(config: str, option: str) -> tuple[str, str]:
    found = [
        re.search(rf'^\[theme\.{theme}\]$.*?^{option} = "(#\w+)"', config, re.MULTILINE | re.DOTALL)
        for theme in ("light", "dark")
    ]
    assert found[0] is not None
    assert found[1] is not None
    return found[0][1], found[1][1]


# -- the PDF --------------------------------------------------------------------------------


def stand_in(folder: Path, body: str) -> Path:
    """A program in the place of a browser; `argument(prefix)` is what stands after a prefix."""
    program = folder / "browser"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys, time\n"
        "def argument(prefix):\n"
        "    return next(a[len(prefix):] for a in sys.argv if a.startswith(prefix))\n"
        f"{body}\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def writing(data: bytes) -> str:
    return f"pathlib.Path(argument('--print-to-pdf=')).write_bytes({data!r})"


def test_the_browser_prints_the_page_and_leaves_nothing(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    body = (
        "page = sys.argv[-1].removeprefix('file://').removesuffix('?handout')\n"
        f"pathlib.Path({str(noted)!r}).write_text(page + '\\n' + open(page).read())\n"
        f"{writing(b'%PDF-1.4 whole')}"
    )
    assert to_pdf("<p>page</p>", browser=stand_in(tmp_path, body)) == b"%PDF-1.4 whole"
    path, html = noted.read_text().split("\n", 1)
    assert html == "<p>page</p>"
    assert not Path(path).parent.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",  # it ends without printing
        writing(b"%PDF-1.4 /Title (handout-unfinished)"),
        writing(b"no pdf"),
    ],
    ids=["nothing", "unfinished", "no PDF"],
)
def test_what_is_not_whole_is_not_given(tmp_path: Path, body: str) -> None:
    with pytest.raises(PrintError):
        to_pdf("", browser=stand_in(tmp_path, body))


def test_a_browser_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    noted = tmp_path / "child"
    body = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(noted)!r}).write_text(str(child.pid))\n"
        "child.wait()"
    )
    with pytest.raises(PrintError, match=" 5 "):  # seconds
        to_pdf("", browser=stand_in(tmp_path, body), limit=5)
    until(lambda: is_over(Path("/proc", noted.read_text(), "stat")))


def is_over(process: Path) -> bool:
    """Whether a process, by its file in /proc, is gone or waits for its parent to look."""
    try:
        return process.read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_program_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PrintError):
        to_pdf("", browser=tmp_path / "none")


def test_no_browser_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "find_browser", lambda: None)
    with pytest.raises(PrintError, match="CHROMIUM"):
        to_pdf("")


def test_where_a_browser_is_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "usual_places", lambda *_: iter([tmp_path / "edge"]))
    assert browser.find_browser() is None
    program = stand_in(tmp_path, "")
    program.rename(tmp_path / "edge")
    assert browser.find_browser() == tmp_path / "edge"
    stand_in(tmp_path, "").rename(tmp_path / "google-chrome")
    assert browser.find_browser() == tmp_path / "google-chrome"
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "edge"))
    assert browser.find_browser() == tmp_path / "edge"
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    assert browser.find_browser() is None


def test_usual_places_of_each_system() -> None:
    windows = {"PROGRAMFILES": "C:/Programs", "LOCALAPPDATA": "C:/Mine"}
    found = [path.as_posix() for path in browser.usual_places("win32", windows)]
    assert found[:2] == [
        "C:/Programs/Google/Chrome/Application/chrome.exe",
        "C:/Mine/Google/Chrome/Application/chrome.exe",
    ]
    assert "C:/Programs/Microsoft/Edge/Application/msedge.exe" in found
    mac = [path.as_posix() for path in browser.usual_places("darwin", {"HOME": "/Users/me"})]
    assert "/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium" in mac


# -- the command ----------------------------------------------------------------------------

DECK = """title: Small
minutes: 1

---
# First
minutes: 1

Hello.

???
Say hello.
"""


def complaint(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    assert cli.main(["lecture", "export", *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_a_deck_becomes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, html = tmp_path / "deck.md", tmp_path / "lecture.html"
    own.write_text(DECK, encoding="utf-8")
    assert cli.main(["lecture", "export", "--deck", str(own), "--html", str(html)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "lecture.html" in err
    page = Reader(html.read_text(encoding="utf-8"))
    assert page.all("title")[0][1] == "Small"
    assert [text for _, text in page.all("p")][-2:] == ["Hello.", "Say hello."]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["deck.md", "lecture.html"]


def test_a_pdf_that_fails_leaves_the_html(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, html, pdf = (tmp_path / name for name in ("deck.md", "lecture.html", "lecture.pdf"))
    own.write_text(DECK, encoding="utf-8")
    monkeypatch.setenv("CHROMIUM", str(stand_in(tmp_path, "")))
    given = ["--deck", str(own), "--html", str(html), "--pdf", str(pdf)]
    assert cli.main(["lecture", "export", *given]) == 1
    assert "PDF" in capsys.readouterr().err
    assert html.is_file()
    assert not pdf.exists()


def test_what_cannot_be_written_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> str:
        raise AssertionError("the deck was drawn first")

    monkeypatch.setattr(reading, "read_deck", never)
    file = str(tmp_path / "a")
    assert "--html" in complaint(capsys)
    both = complaint(capsys, "--html", file, "--pdf", file)
    assert names_in(both, "--html", "--pdf") == ["--html", "--pdf"]
    for wrong in (f"{file}/no/where", str(tmp_path)):
        assert names_in(complaint(capsys, "--html", wrong), "--html", "--pdf") == ["--html"]
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    assert "CHROMIUM" in complaint(capsys, "--pdf", file)


def test_a_deck_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "deck.md"
    own.write_text("nothing", encoding="utf-8")
    given = ("--deck", str(own), "--html", str(tmp_path / "a.html"))
    assert "line 1" in complaint(capsys, *given)
    assert not (tmp_path / "a.html").exists()
