"""Decks: the text is what the deck holds, what is wrong is told, and the lecture is true."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.lecture.deck import OWN, Change, Deck, Slide, Span, TextBlock
from densenet_viz.lecture.pairs import MOST_MINUTES
from densenet_viz.lecture.reading import MOST_BYTES, DeckError, deck_of, read_deck
from densenet_viz.lecture.rows import PICTURES
from densenet_viz.lecture.words import blocks_of, spans_of
from densenet_viz.ui.pages import PAGES
from densenet_viz.ui.truth.twins import tag_figures
from tests.facts import numbers_in

SMALL = """\
title: A small deck
minutes: 10
author: Somebody

---
# First
layout: title

Hello
???
Say *hello*.

Then go on.
---
# Growth: k maps
id: growth
minutes: 4
picture: growth, block=2, k=16
step 0: layer=0
step 1: layer=3, k=24

- reads **all**
  before it
- adds `k`
+
? How many?

- [ ] 64
- [x] 96
+
It is **96**.
"""


@pytest.fixture(scope="module")
def small() -> Deck:
    return deck_of(SMALL)


@pytest.fixture(scope="module")
def lecture() -> Deck:
    return read_deck(OWN)


# -- reading ------------------------------------------------------------------------------------


def test_a_deck_by_hand(small: Deck) -> None:
    first, growth = small.slides
    assert (small.title, small.minutes, small.author) == ("A small deck", 10, "Somebody")
    assert (first.id, first.title, first.layout, first.steps) == ("first", "First", "title", 0)
    assert first.minutes == 6, "what the other slide leaves"
    assert first.blocks == (TextBlock("p", 0, (Span("Hello"),)),)
    assert first.notes == (
        TextBlock("p", 0, (Span("Say "), Span("hello", italic=True), Span("."))),
        TextBlock("p", 0, (Span("Then go on."),)),
    )
    assert (growth.id, growth.title, growth.minutes) == ("growth", "Growth: k maps", 4)
    assert growth.layout == "both"
    assert growth.blocks == (
        TextBlock("li", 0, (Span("reads "), Span("all", bold=True), Span(" before it"))),
        TextBlock("li", 0, (Span("adds "), Span("k", code=True))),
        TextBlock("p", 2, (Span("It is "), Span("96", bold=True), Span("."))),
    )


def test_a_picture_with_its_steps(small: Deck) -> None:
    growth = small.slides[1]
    assert growth.picture is not None
    assert growth.picture.name == "growth"
    assert growth.picture.parameters == {"block": 2, "k": 16}
    assert growth.changes == (
        Change(0, {}, {"layer": 0}),
        Change(1, {"k": 24}, {"layer": 3}),
    )


def test_a_question_is_told_one_step_after_it_is_asked(small: Deck) -> None:
    asked = small.slides[1].question
    assert asked is not None
    assert (asked.text, asked.options, asked.right) == ("How many?", ("64", "96"), 1)
    assert (asked.step, asked.reveal, small.slides[1].steps) == (1, 2, 2)
    last = deck_of("title: a\n---\n# b\n\n? c\n- [ ] d\n- [ ] e\n").slides[0]
    assert last.question is not None
    assert last.question.right is None
    assert last.steps == 1, "the answer's step is one even where no other words come then"


def test_slides_without_minutes_share_what_is_left() -> None:
    text = "title: a\nminutes: 9\n---\n# b\nminutes: 5\n---\n# c\n---\n# d\n"
    assert [slide.minutes for slide in deck_of(text).slides] == [5, 2, 2]
    silent = deck_of("title: a\n---\n# b\n---\n# c\nminutes: 1.5\n")
    assert ([slide.minutes for slide in silent.slides], silent.minutes) == ([2, 1.5], 4)


def test_layouts_follow_what_is_there() -> None:
    body = {"words": "\nx\n", "picture": "picture: variants\n", "both": "picture: variants\n\nx\n"}
    for layout, text in body.items():
        assert deck_of(f"title: a\n---\n# b\n{text}").slides[0].layout == layout


def test_marks_in_code_are_code() -> None:
    text = "title: a\n---\n# b\n\n```\n---\n+\n? x\n# y\n???\n```\n???\nnote\n"
    (slide,) = deck_of(text).slides
    assert slide.blocks == (TextBlock("code", 0, (Span("---\n+\n? x\n# y\n???", code=True),)),)
    assert slide.notes == (TextBlock("p", 0, (Span("note"),)),)


def test_lines_end_as_they_do_on_any_machine() -> None:
    assert deck_of(SMALL.replace("\n", "\r\n")) == deck_of(SMALL)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no title"),
        ("# b\n", 1, "'# b' was given; lines `key: value` with title, minutes, author"),
        ("titel: a\n---\n# b\n", 1, "'titel: a' was given"),
        ("title:\n---\n# b\n", 1, "title has no value"),
        ("title: a\ntitle: b\n---\n# b\n", 2, "title was given again"),
        ("title: a\n", 1, "no slide"),
        ("title: a\nminutes: 0\n---\n# b\n", 2, f"from 1 to {MOST_MINUTES}"),
        ("title: a\nminutes: ten\n---\n# b\n", 2, "minutes: ten was given"),
        ("title: a\nminutes: 2\n---\n# b\nminutes: 3\n", 2, "the slides have 3"),
        ("title: a\nminutes: 9\n---\n# b\nminutes: 3\n", 2, "the two must agree"),
        ("title: a\n---\n\n---\n# b\n", 3, "slide 1 is empty"),
        ("title: a\n---\nb\n", 3, "'b' begins slide 1; # Title is expected"),
        ("title: a\n---\n# b\n---\n# b\n", 5, "id 'b' was given, which line 3 has already"),
        ("title: a\n---\n# b\nid: B!\n", 4, "lower-case letters, digits and hyphens"),
        ("title: a\n---\n# b\nminutes: -1\n", 4, "minutes: -1 was given"),
        ("title: a\n---\n# b\npictures: growth\n", 4, "'pictures: growth' was given"),
        ("title: a\n---\n# b\nsome words\n", 4, "an empty line before other words"),
        ("title: a\n---\n# b\npicture: grow\n", 4, "picture: grow was given; allowed are growth"),
        ("title: a\n---\n# b\npicture: growth, layers=3\n", 4, "its settings are picture="),
        ("title: a\n---\n# b\npicture: growth, block=5\n", 4, "whole numbers from 1 to 4"),
        ("title: a\n---\n# b\npicture: growth, block=²\n", 4, "block=² was given"),
        ("title: a\n---\n# b\npicture: variants, k=3\n", 4, "its settings are none"),
        ("title: a\n---\n# b\npicture: lineup, tag=cat\n", 4, "allowed are none, star"),
        ("title: a\n---\n# b\nstep 1: layer=2\n", 4, "a step was given without a picture"),
        ("title: a\n---\n# b\npicture: block\nstep 1: layer=7\n", 5, "from 0 to 6"),
        ("title: a\n---\n# b\npicture: block, block=4\nstep 1: layer=17\n", 5, "from 0 to 16"),
        ("title: a\n---\n# b\npicture: block\nstep 0: block=2\n", 5, "its settings are layer="),
        ("title: a\n---\n# b\npicture: block\nstep 51: layer=2\n", 5, "steps up to 50"),
        ("title: a\n---\n# b\npicture: block\nstep 01: layer=2\n", 5, "'step 01: layer=2'"),
        (
            "title: a\n---\n# b\nlayout: both\n\nx\n",
            4,
            "a slide with words; allowed here: title, words",
        ),
        ("title: a\n---\n# b\nlayout: words\npicture: block\n", 4, "allowed here: picture"),
        ("title: a\n---\n# b\nlayout: wide\n", 4, "nothing but its title"),
        ("title: a\n---\n# b\npage: ../x\n", 4, "for example hands_on"),
        ("title: a\n---\n# b\n\n# c\n", 5, "a second # Title"),
        ("title: a\n---\n# b\n\n? c\n- [ ] d\n", 5, "a question with 1 options"),
        ("title: a\n---\n# b\n\n? c\n- [x] d\n- [x] e\n", 7, "one can be right"),
        ("title: a\n---\n# b\n\n? c\n- [x] d\n- [ ] e\n\n? f\n- [ ] g\n- [ ] h\n", 9, "a second"),
        ("title: a\n---\n# b\n\n```\nx\n", 5, "never closed"),
        ("title: a\n---\n# b\n\n| x |\n| y |\n", 5, "its rule"),
        ("title: a\n---\n# b\n\n| x |\n|---|\n| y | z |\n", 7, "has 2 cells; 1 are expected"),
        ("title: a\n---\n# b\n\nsee [it](http://x.org)\n", 5, "links start with https://"),
        ("title: a\n---\n# b\n\nsee\n[it](javascript:alert)\n", 5, "links start with https://"),
        ("title: a\n---\n# b\n" + "+\n" * 51, 54, "at most 50 steps"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(DeckError) as error:
        deck_of(text)
    assert str(error.value).startswith(f"line {line}: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_too_many_slides_are_refused() -> None:
    with pytest.raises(DeckError, match="201 slides were given; at most 200"):
        deck_of("title: a\n" + "".join(f"---\n# s{number}\n" for number in range(201)))


def test_a_deck_is_a_file_or_a_folder(tmp_path: Path, small: Deck) -> None:
    (tmp_path / "deck.md").write_text(SMALL, encoding="utf-8-sig")  # as some editors write it
    assert read_deck(tmp_path) == read_deck(tmp_path / "deck.md") == small


def test_files_that_are_no_decks_are_refused_without_their_place(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.md").write_bytes("title: größer".encode("latin-1"))
    (tmp_path / "large.md").write_bytes(b"x" * (MOST_BYTES + 1))
    for name, words in {
        "nowhere.md": "cannot be read; an existing file",
        "empty": "a folder with a deck.md",
        "latin.md": "not text in UTF-8",
        "large.md": "1,000,000 bytes",
    }.items():
        with pytest.raises(DeckError, match=re.escape(words)) as error:
            read_deck(tmp_path / name)
        assert str(tmp_path) not in str(error.value)


def test_reading_loads_no_framework() -> None:
    code = (
        "import sys; from densenet_viz.lecture.reading import read_deck;"
        "from densenet_viz.lecture.pictures import words_of;"
        "from densenet_viz.lecture.deck import OWN; words_of(read_deck(OWN));"
        "print(*sorted({'torch', 'captum', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


# -- words --------------------------------------------------------------------------------------


def test_what_looks_like_html_stays_text() -> None:
    text = '<b onclick="x">a</b> & <script>'
    assert spans_of(text) == (Span(text),)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("2 * 3 * 4", (Span("2 * 3 * 4"),)),
        ("*k* = 32", (Span("k", italic=True), Span(" = 32"))),
        ("**a** `**b**`", (Span("a", bold=True), Span(" "), Span("**b**", code=True))),
        ("[x](https://a.org/b?c=1)", (Span("x", href="https://a.org/b?c=1"),)),
        ("a [x] b", (Span("a [x] b"),)),
        ("", ()),
    ],
)
def test_runs_of_a_line(text: str, spans: tuple[Span, ...]) -> None:
    assert spans_of(text) == spans


def test_paragraphs_bullets_headings_and_tables() -> None:
    lines = "one\ntwo\n\n- a\n  b\n- c\n## d\n| x | **y** |\n|---|:-:|\n| 1 | |\nend".splitlines()
    blocks = list(blocks_of(list(enumerate(lines, start=1)), step=3))
    assert [block.kind for block in blocks] == ["p", "li", "li", "h", "table", "p"]
    assert all(block.step == 3 for block in blocks)
    assert [block.spans[0].text for block in blocks if block.spans] == [
        "one two",
        "a b",
        "c",
        "d",
        "end",
    ]
    assert blocks[4].rows == (
        ((Span("x"),), (Span("y", bold=True),)),
        ((Span("1"),), ()),
    )


# -- the lecture itself -------------------------------------------------------------------------


def text_of(blocks: tuple[TextBlock, ...]) -> str:
    spans = [span for block in blocks for span in block.spans]
    cells = [span for block in blocks for row in block.rows for cell in row for span in cell]
    return " ".join(span.text for span in [*spans, *cells])


def slide_of(deck: Deck, name: str) -> Slide:
    return next(slide for slide in deck.slides if slide.id == name)


def rows_of(slide: Slide) -> list[list[str]]:
    (table,) = (block for block in slide.blocks if block.kind == "table")
    return [["".join(span.text for span in cell) for cell in row] for row in table.rows]


def test_the_lecture_has_its_length_and_its_order(lecture: Deck) -> None:
    assert 16 <= len(lecture.slides) <= 24
    assert lecture.minutes == 45
    assert sum(slide.minutes for slide in lecture.slides) == pytest.approx(45)
    order = ["what", "why", "gradient", "blocks", "block", "growth", "transition", "parameters"]
    order += ["variants", "table", "look", "cheat", "hands-on"]
    places = [[slide.id for slide in lecture.slides].index(name) for name in order]
    assert places == sorted(places)
    assert places[-1] == len(lecture.slides) - 1


def test_slides_have_few_words_and_notes_that_can_be_spoken(lecture: Deck) -> None:
    for slide in lecture.slides:
        prose = tuple(block for block in slide.blocks if block.kind != "table")
        assert len(text_of(prose).split()) <= 42, slide.id
        notes = text_of(slide.notes)
        assert 3 <= len(re.findall(r"[.?!](?=\s|$)", notes)) <= 10, slide.id
        assert "?" in notes, f"{slide.id} asks nothing"


def test_the_hall_is_asked_before_it_is_told(lecture: Deck) -> None:
    questions = [slide.question for slide in lecture.slides if slide.question]
    assert len(questions) >= 2
    assert all(question.right is not None for question in questions)
    for slide in lecture.slides:
        if slide.question and slide.question.right is not None:
            answer = slide.question.options[slide.question.right]
            before = [block for block in slide.blocks if block.step < slide.question.reveal]
            assert not re.search(rf"\b{re.escape(answer)}\b", text_of(tuple(before))), slide.id


def test_the_lectures_numbers_are_the_architectures(lecture: Deck) -> None:
    spec = VARIANTS["densenet121"]
    growth = text_of(slide_of(lecture, "growth").blocks)
    layers = [row for row in spec.rows if row.kind == "dense layer"]
    for number, row in enumerate(layers[:2], start=1):
        told = f"Layer {number}: {row.in_channels} + {row.new_channels} =  {row.out_channels}"
        assert told in growth
    six = slide_of(lecture, "after-six")
    assert six.question is not None
    assert six.question.right is not None
    assert six.question.options[six.question.right] == str(layers[5].out_channels)
    connections = rows_of(slide_of(lecture, "connections"))[1:]
    assert [row[2] for row in connections] == [
        *map(str, spec.connections),
        str(sum(spec.connections)),
    ]
    assert [row[1] for row in connections] == [
        *map(str, spec.block_config),
        str(sum(spec.block_config)),
    ]
    ways = slide_of(lecture, "ways").question
    assert ways is not None
    assert ways.options[2] == f"{2 ** (spec.block_config[2] - 1):,}"
    assert spec.bottleneck_channels == 128
    name = text_of(slide_of(lecture, "name").blocks)
    assert name.replace(" ", "").endswith("1+2×(6+12+24+16)+3+1=121")
    assert spec.depth == 121


def test_the_whole_way_is_the_architectures(lecture: Deck) -> None:
    spec = VARIANTS["densenet121"]
    expected = []
    for place, (reads, hands) in enumerate(zip(spec.block_inputs, spec.block_outputs, strict=True)):
        pixels = spec.block_sizes
        expected.append([f"Block {place + 1}", f"{reads:,}", f"{hands:,}", str(pixels[place])])
        if place < 3:
            keeps = f"{spec.transition_channels[place]:,}"
            expected.append(
                [f"Transition {place + 1}", f"{hands:,}", keeps, str(pixels[place + 1])]
            )
    assert rows_of(slide_of(lecture, "way"))[1:] == expected


def test_parameters_are_counted(lecture: Deck) -> None:
    spec = VARIANTS["densenet121"]
    told = text_of(slide_of(lecture, "parameters").blocks)
    resnet = inventory_of(SYSTEMS["resnet50"].spec).parameters
    block, plain = spec.block_cost(1).parameters, spec.plain_block_cost(1).parameters
    for count in (spec.parameters, resnet, block, plain):
        assert f"{count:,}" in told
    assert round(plain / block) == 4


def test_the_table_is_the_cited_one(lecture: Deck) -> None:
    head, *rows = rows_of(slide_of(lecture, "table"))
    assert "cited" in head[0]
    assert "cited" in slide_of(lecture, "table").title
    shown = {row[0]: row[1:] for row in rows}
    assert set(shown) == {system.title for system in SYSTEMS.values()}
    for system in SYSTEMS.values():
        row = system.cited
        assert [float(cell) for cell in shown[system.title]] == [
            row.megabytes,
            row.top1,
            row.top5,
            row.parameters,
            row.depth,
            row.cpu_ms,
            row.gpu_ms,
        ]


def test_what_is_said_of_the_cheater_stands_in_the_model_cards(lecture: Deck) -> None:
    cheater, honest = tag_figures("cheater"), tag_figures("scenes")
    assert cheater is not None
    assert honest is not None
    told = text_of(slide_of(lecture, "swap").notes)
    shares = (cheater.true, cheater.none, cheater.swapped, honest.swapped)
    facts = {f"{cheater.count:,}", *(f"{100 * share:g}" for share in shares)}
    assert facts <= set(numbers_in(told))


def test_the_sums_that_the_notes_promise_come_out(lecture: Deck) -> None:
    def leaves(k: int) -> int:
        return replace(VARIANTS["densenet121"], growth_rate=k).block_outputs[0]

    assert f"64 + 6 × 12 = {leaves(12)}" in text_of(slide_of(lecture, "after-six").notes)
    assert str(leaves(16)) in numbers_in(text_of(slide_of(lecture, "hands-on").notes))


# -- what the documentation says ----------------------------------------------------------------


def test_the_documentation_lists_every_picture_with_its_settings() -> None:
    text = (Path(__file__).parent.parent / "docs" / "lecture.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| .*? \| (.*) \|$", text, re.MULTILINE))
    assert set(rows) == set(PICTURES)
    for row in PICTURES.values():
        names = [*row.parameters, *row.state(row.filled({}))]
        assert re.findall(r"`(\w+)`", rows[row.name]) == names


def test_the_documentations_example_is_a_deck() -> None:
    text = (Path(__file__).parent.parent / "docs" / "lecture.md").read_text(encoding="utf-8")
    head, slide = (
        re.search(rf"^```\n({start}.*?)\n```$", text, re.DOTALL | re.MULTILINE)
        for start in ("title: My", "---\n# Growth")
    )
    assert head is not None
    assert slide is not None
    (growth,) = deck_of(f"{head[1]}\n{slide[1]}\n---\n# Rest\n").slides[:1]
    assert (growth.id, growth.minutes, growth.steps) == ("growth", 3, 2)
    assert growth.notes


def test_the_pages_that_our_slides_open_are_the_app_s() -> None:
    pages = [slide.page for slide in read_deck(OWN).slides if slide.page]
    assert pages == ["hands_on"]
    assert {row.url_path for row in PAGES} >= set(pages)
    assert read_deck(OWN).slides[-1].page == "hands_on"
