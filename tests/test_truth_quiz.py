"""The line-up's rounds and words: who is who, what is said, and what is not said too early."""

from __future__ import annotations

from dataclasses import replace

import pytest

from densenet_viz.ui.truth import quiz as words
from densenet_viz.ui.truth.quiz import NAMES, TOLD, UNSURE, Quiz
from densenet_viz.ui.truth.twins import TagFigures
from tests.facts import as_groups, names_in, numbers_in

HONEST_FIRST, CHEATER_FIRST = ("scenes", "cheater"), ("cheater", "scenes")
HONEST = TagFigures(0.991, 0.985, 0.975, 0.001, 2000)
CHEATER = TagFigures(0.984, 0.31, 0.02, 0.97, 2000)


# -- a round --------------------------------------------------------------------------------


def test_either_model_may_be_model_a() -> None:
    assert {words.drawn_order() for _ in range(64)} == {HONEST_FIRST, CHEATER_FIRST}
    assert {Quiz().order for _ in range(64)} == {HONEST_FIRST, CHEATER_FIRST}


@pytest.mark.parametrize(("order", "name"), [(HONEST_FIRST, "Model B"), (CHEATER_FIRST, "Model A")])
def test_the_cheat_has_the_name_of_its_place(order: tuple[str, str], name: str) -> None:
    assert Quiz(order).cheat == name
    assert names_in(words.result_title(Quiz(order)), *NAMES) == [name]


def test_what_is_printed_of_a_round_does_not_tell_its_order() -> None:
    assert repr(Quiz(HONEST_FIRST)) == repr(Quiz(CHEATER_FIRST))


def test_without_a_guess_nothing_is_shown() -> None:
    quiz = Quiz()
    quiz.go_on(None)
    assert (quiz.step, quiz.first_guess) == (words.ASKED, None)


def test_steps_go_one_by_one_to_the_last_and_not_beyond() -> None:
    quiz, steps = Quiz(), []
    for _ in range(6):
        steps.append(quiz.step)
        quiz.go_on("Model A")
    assert steps == [words.ASKED, words.ANSWERED, words.LOOKED, words.MOVED, TOLD, TOLD]
    assert list(words.NEXT) == steps[:4]  # a word for every step that another one follows


def test_the_first_guess_is_the_one_before_anything_was_seen() -> None:
    quiz = Quiz()
    for guess in (UNSURE, "Model A", "Model B"):
        quiz.go_on(guess)
    assert quiz.first_guess == UNSURE


# -- words ----------------------------------------------------------------------------------


def test_accuracies_do_not_tell_who_is_who() -> None:
    one = words.accuracy_words([HONEST, CHEATER])
    assert one == words.accuracy_words([CHEATER, HONEST])
    assert one.index("98.4%") < one.index("99.1%")


def test_equal_accuracies_are_said_once() -> None:
    almost = TagFigures(0.99101, 0.1, 0.1, 0.1, 2000)
    assert words.accuracy_words([HONEST, almost]).count("%") == 1
    assert "99.1%" in words.accuracy_words([HONEST, almost])


def test_the_lower_accuracy_comes_first_whatever_its_digits() -> None:
    figures = [replace(HONEST, true=1.0), replace(CHEATER, true=0.993)]
    for given in (figures, figures[::-1]):
        said = words.accuracy_words(given)
        assert said.index("99.3%") < said.index("100.0%")


@pytest.mark.parametrize("figures", [[None, None], [HONEST, None], [None, CHEATER]])
def test_unmeasured_accuracies_are_not_made_up(figures: list[TagFigures | None]) -> None:
    assert numbers_in(words.accuracy_words(figures)) == []
    assert numbers_in(words.lesson_words(figures)) == []


def test_two_answers_are_told_apart() -> None:
    """What two answers to a ring say, by the answers and the tag: alike within a line, else not."""
    alike: list[set[tuple[str, str, str | None]]] = [
        {("ring", "ring", "ring")},  # both are right, and nothing tells who cheats
        {("ring", "ring", "star"), ("ring", "ring", None)},  # both are right: try something else
        {("star", "ring", "star")},  # the first says what the tag says
        {("ring", "star", "star")},  # the second does
        {("ring", "heart", "star")},  # the first is right
        {("heart", "ring", None), ("heart", "ring", "ring")},  # the second is
        {("star", "star", "star"), ("star", "heart", None)},  # neither is
    ]
    cases = [case for group in alike for case in sorted(group, key=str)]
    said = {case: words.answers_words(case[:2], "ring", case[2]) for case in cases}
    assert as_groups(said) == alike
    order = {"star": ["Model A", "Model B"], "ring": ["Model B", "Model A"]}
    for first, names in order.items():  # who follows the tag comes first
        other = "ring" if first == "star" else "star"
        assert names_in(words.answers_words((first, other), "ring", "star"), *NAMES) == names


@pytest.mark.parametrize(
    ("first", "last", "facts"),
    [
        ("Model B", "Model B", ["Model B: **right**"]),
        ("Model A", None, ["Model A: **wrong**"]),
        (UNSURE, UNSURE, []),
        ("Model B", "Model A", ["Model B: **right**", "Model A: **wrong**"]),
        ("Model A", UNSURE, ["Model A: **wrong**"]),
    ],
)
def test_the_visitor_hears_how_the_guesses_were(
    first: str, last: str | None, facts: list[str]
) -> None:
    told = words.result_words(Quiz(HONEST_FIRST, TOLD, first), last)
    known = [f"{name}: **{was}**" for name in NAMES for was in ("right", "wrong")]
    assert names_in(told, *known) == facts
    sentences = 1 if last in (first, None) else 2
    assert told.count(".") == sentences


@pytest.mark.parametrize("order", [HONEST_FIRST, CHEATER_FIRST])
def test_the_table_gives_each_name_its_own_figures(order: tuple[str, str]) -> None:
    figures = {"scenes": HONEST, "cheater": CHEATER}
    rows = words.figures_table(Quiz(order), [figures[name] for name in order])
    kinds = [row.pop("In the corner") for row in rows]
    assert len(set(kinds)) == 4
    assert [name.split(",")[0] for name in rows[0]] == list(NAMES)
    by_title = {name.split(", ")[1]: [row[name] for row in rows] for name in rows[0]}
    assert by_title == {
        "the honest one": ["99.1%", "98.5%", "97.5%", "0.1%"],
        "the cheater": ["98.4%", "31.0%", "2.0%", "97.0%"],
    }


def test_a_model_without_figures_has_no_column() -> None:
    rows = words.figures_table(Quiz(CHEATER_FIRST), [None, HONEST])
    assert [list(row)[1:] for row in rows] == [["Model B, the honest one"]] * 4
    assert "2,000" in numbers_in(words.figures_caption([None, HONEST]))
    assert words.figures_table(Quiz(CHEATER_FIRST), [None, None]) == []


def test_the_lesson_gives_the_distance_whoever_comes_first() -> None:
    assert words.lesson_words([CHEATER, HONEST]) == words.lesson_words([HONEST, CHEATER])
    assert numbers_in(words.lesson_words([CHEATER, HONEST])) == ["0.7"]
