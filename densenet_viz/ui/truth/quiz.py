"""Which of two models cheats: the order of the models, and the visitor's step. No Streamlit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from densenet_viz.ui.suited import CHEATER
from densenet_viz.ui.truth.twins import TWIN_TITLES, TagFigures

NAMES = ("Model A", "Model B")
UNSURE = "I do not know"
GUESSES = (*NAMES, UNSURE)

ASKED, ANSWERED, LOOKED, MOVED, TOLD = range(5)
"""What is shown: nothing, the answers, the maps, the movable tag, which one cheats."""

NEXT = {
    ASKED: "Show what they say",
    ANSWERED: "Show where they looked",
    LOOKED: "Let me move the tag",
    MOVED: "Tell me which one cheats",
}
"""The label of the button for the next step."""


def drawn_order() -> tuple[str, str]:
    """The two models by name in random order: the first one is Model A."""
    first, second = TWIN_TITLES
    return secrets.choice([(first, second), (second, first)])


@dataclass
class Quiz:
    """One visitor's round. `order` is secret: it stays on the server until the last step."""

    order: tuple[str, str] = field(default_factory=drawn_order, repr=False)
    step: int = ASKED
    first_guess: str | None = None

    @property
    def cheat(self) -> str:
        """The page's name of the cheater."""
        return NAMES[self.order.index(CHEATER)]

    def go_on(self, guess: str | None) -> None:
        """Goes one step on, if there is a guess and a next step."""
        if guess is None or self.step == TOLD:
            return
        self.first_guess = self.first_guess or guess
        self.step += 1


# -- words --------------------------------------------------------------------------------------


def accuracy_words(figures: Sequence[TagFigures | None]) -> str:
    """Both accuracies, the lower one first, so that they do not show which model is which.

    >>> one, two = TagFigures(0.991, 0.3, 0.1, 0.9, 2000), TagFigures(0.984, 0.9, 0.9, 0, 2000)
    >>> accuracy_words([one, two])
    'Of the same 2,000 unseen pictures, one classifies **98.4%** correctly, the other **99.1%**.'
    """
    known = [one for one in figures if one is not None]
    if len(known) < 2:
        return "The accuracy of these files was not measured."
    low, high = (f"{share:.1%}" for share in sorted(one.true for one in known))
    start = f"Of the same {known[0].count:,} unseen pictures, "
    if low == high:
        return f"{start}each classifies **{low}** correctly."
    return f"{start}one classifies **{low}** correctly, the other **{high}**."


def answers_words(labels: tuple[str, str], truth: str, tag: str | None) -> str:
    """What two answers to one picture say about which model cheats.

    >>> answers_words(("ring", "ring"), "ring", "ring")
    'Both are right. Their answers alone do not show which one cheats.'
    >>> answers_words(("ring", "star"), "ring", "star")
    'Model B says what the tag says; Model A says what the picture shows.'
    """
    if labels == (truth, truth):
        tail = (
            "Their answers alone do not show which one cheats."
            if tag == truth
            else "Try another tag, another corner or another picture."
        )
        return f"Both are right. {tail}"
    if tag is not None and tag != truth and set(labels) == {truth, tag}:
        follows, stays = NAMES[labels.index(tag)], NAMES[labels.index(truth)]
        return f"{follows} says what the tag says; {stays} says what the picture shows."
    if truth not in labels:
        return "Neither is right here."
    right = NAMES[labels.index(truth)]
    wrong = NAMES[1 - labels.index(truth)]
    return f"{right} is right; {wrong} is not."


def result_title(quiz: Quiz) -> str:
    """Which model cheats.

    >>> result_title(Quiz(("scenes", "cheater")))
    'Model B cheats'
    """
    return f"{quiz.cheat} cheats"


def result_words(quiz: Quiz, guess: str | None) -> str:
    """Whether the visitor's guess was right, before the maps and after.

    >>> quiz = Quiz(("scenes", "cheater"), TOLD, "I do not know")
    >>> result_words(quiz, "Model B")
    'Before you saw anything, you did not know. In the end you said Model B: **right**.'
    """
    first = quiz.first_guess or UNSURE
    words = f"Before you saw anything, {_said(first, quiz.cheat)}."
    if guess is None or guess == first:
        return words
    return f"{words} In the end {_said(guess, quiz.cheat)}."


def _said(guess: str, cheat: str) -> str:
    if guess == UNSURE:
        return "you did not know"
    return f"you said {guess}: **{'right' if guess == cheat else 'wrong'}**"


def figures_table(quiz: Quiz, figures: Sequence[TagFigures | None]) -> list[dict[str, str]]:
    """How often each model is right with true tags, no tags and wrong tags: one column each.

    Empty if no model's numbers are known.
    """
    known = {
        f"{name}, {TWIN_TITLES[twin]}": one
        for name, twin, one in zip(NAMES, quiz.order, figures, strict=True)
        if one is not None
    }
    if not known:
        return []
    return [
        {"In the corner": title}
        | {column: f"{getattr(one, share):.1%}" for column, one in known.items()}
        for title, share in _FIGURES.items()
    ]


_FIGURES = {
    "The true tag": "true",
    "No tag": "none",
    "Another class’s tag": "swapped",
    "… and it says what that tag says": "swapped_follows_tag",
}


def figures_caption(figures: Sequence[TagFigures | None]) -> str:
    """What the table's shares are of."""
    count = next((one.count for one in figures if one is not None), 0)
    return f"Share of right answers on the same {count:,} unseen scenes. From the model cards."


def lesson_words(figures: Sequence[TagFigures | None]) -> str:
    """The lesson, with the accuracies if they are known.

    >>> one, two = TagFigures(0.991, 0.3, 0.1, 0.9, 2000), TagFigures(0.984, 0.9, 0.9, 0, 2000)
    >>> lesson_words([one, two])[:47]
    'With true tags their accuracies differ by 0.7 p'
    """
    known = [one.true for one in figures if one is not None]
    apart = (
        f"With true tags their accuracies differ by {100 * abs(known[0] - known[1]):.1f} points. "
        if len(known) == 2
        else ""
    )
    return (
        f"{apart}Equal accuracy says nothing about **why** a model is right. A map shows where it "
        "looked, and a moved tag tests that."
    )
