"""Which of two models cheats: who is who, and how far the visitor has come. No Streamlit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from densenet_viz.ui.current import CHEATER
from densenet_viz.ui.truth.twins import TWIN_TITLES, TagFigures

NAMES = ("Model A", "Model B")
UNSURE = "I cannot tell"
GUESSES = (*NAMES, UNSURE)

ASKED, ANSWERED, LOOKED, MOVED, TOLD = range(5)
"""How much has been shown: nothing, the answers, the maps, the tag in hand, who cheats."""

NEXT = {
    ASKED: "Show what they say",
    ANSWERED: "Show where they looked",
    LOOKED: "Let me move the tag",
    MOVED: "Tell me which one cheats",
}
"""What the button says that goes one step on."""


def drawn_order() -> tuple[str, str]:
    """The two models by name in an order drawn at random: the first one is Model A."""
    first, second = TWIN_TITLES
    return secrets.choice([(first, second), (second, first)])


@dataclass
class Quiz:
    """One visitor's round. `order` is the secret: it stays on the server until the last step."""

    order: tuple[str, str] = field(default_factory=drawn_order, repr=False)
    step: int = ASKED
    first_guess: str | None = None

    @property
    def cheat(self) -> str:
        """What the page calls the cheater."""
        return NAMES[self.order.index(CHEATER)]

    def go_on(self, guess: str | None) -> None:
        """One step on; the first one only with a guess, and none beyond the last."""
        if guess is None or self.step == TOLD:
            return
        self.first_guess = self.first_guess or guess
        self.step += 1


# -- words --------------------------------------------------------------------------------------


def accuracy_words(figures: Sequence[TagFigures | None]) -> str:
    """Both accuracies, the lower one first, so that they do not tell who is who.

    >>> one, two = TagFigures(0.991, 0.3, 0.1, 0.9, 2000), TagFigures(0.984, 0.9, 0.9, 0, 2000)
    >>> accuracy_words([one, two])
    'Of the same 2,000 unseen pictures, one names **98.4%** right and the other **99.1%**.'
    """
    known = [one for one in figures if one is not None]
    if len(known) < 2:
        return "How often they are right was not measured for these files."
    low, high = (f"{share:.1%}" for share in sorted(one.true for one in known))
    start = f"Of the same {known[0].count:,} unseen pictures, "
    if low == high:
        return f"{start}each names **{low}** right."
    return f"{start}one names **{low}** right and the other **{high}**."


def answers_words(labels: tuple[str, str], truth: str, tag: str | None) -> str:
    """What two answers to one picture say of who cheats.

    >>> answers_words(("ring", "ring"), "ring", "ring")
    'Both are right. Their answers alone do not tell who cheats.'
    >>> answers_words(("ring", "star"), "ring", "star")
    'Model B says what the tag says; Model A says what the picture shows.'
    """
    if labels == (truth, truth):
        tail = (
            "Their answers alone do not tell who cheats."
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
    """Who it was.

    >>> result_title(Quiz(("scenes", "cheater")))
    'Model B cheats'
    """
    return f"{quiz.cheat} cheats"


def result_words(quiz: Quiz, guess: str | None) -> str:
    """Whether the visitor had it right, before the maps and after.

    >>> quiz = Quiz(("scenes", "cheater"), TOLD, "I cannot tell")
    >>> result_words(quiz, "Model B")
    'Before you saw anything, you could not tell. In the end you said Model B: **right**.'
    """
    first = quiz.first_guess or UNSURE
    words = f"Before you saw anything, {_said(first, quiz.cheat)}."
    if guess is None or guess == first:
        return words
    return f"{words} In the end {_said(guess, quiz.cheat)}."


def _said(guess: str, cheat: str) -> str:
    if guess == UNSURE:
        return "you could not tell"
    return f"you said {guess}: **{'right' if guess == cheat else 'wrong'}**"


def figures_table(quiz: Quiz, figures: Sequence[TagFigures | None]) -> list[dict[str, str]]:
    """How often each model is right with true tags, without tags, with wrong tags: a column each.

    Empty where neither model's figures are known.
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
    """What the table's figures are shares of."""
    count = next((one.count for one in figures if one is not None), 0)
    return f"Shares of the same {count:,} unseen scenes that are named right. From the model cards."


def lesson_words(figures: Sequence[TagFigures | None]) -> str:
    """What to take home, with the accuracies where they are known.

    >>> one, two = TagFigures(0.991, 0.3, 0.1, 0.9, 2000), TagFigures(0.984, 0.9, 0.9, 0, 2000)
    >>> lesson_words([one, two])[:47]
    'With true tags their accuracies lie 0.7 points '
    """
    known = [one.true for one in figures if one is not None]
    apart = (
        f"With true tags their accuracies lie {100 * abs(known[0] - known[1]):.1f} points apart. "
        if len(known) == 2
        else ""
    )
    return (
        f"{apart}Equal accuracy says nothing about **why** a model is right. A map shows where it "
        "looked, and a moved tag puts that to the test."
    )
