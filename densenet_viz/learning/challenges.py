"""Four tasks for somebody who trains networks, each with a check of the trainings so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from densenet_viz.results.learning import FinishedRun

LEARNED = 0.5
"""The accuracy, 0 to 1, from which a network has learned something; by chance it is 0.1."""
NOT_LEARNED = 0.2
"""The accuracy up to which it has learned nothing."""
ENOUGH_EPOCHS = 3
"""Epochs after which a network that has learned nothing counts as one that cannot."""
GAIN = 0.005
"""A larger growth rate that raises the accuracy by less is wasted."""


@dataclass(frozen=True)
class Outcome:
    """Whether a task is done, and one sentence on what the trainings show so far."""

    done: bool
    words: str


@dataclass(frozen=True)
class Challenge:
    """A task. `check` takes the trainings on digits that made all their steps."""

    name: str
    title: str
    task: str
    check: Callable[[Sequence[FinishedRun]], Outcome]


def judge(challenge: Challenge, runs: Sequence[FinishedRun]) -> Outcome:
    """The outcome for trainings of any kind; only complete ones on digits count."""
    return challenge.check(
        [run for run in runs if run.complete and run.settings["data"] == "digits"]
    )


def _small(runs: Sequence[FinishedRun]) -> Outcome:
    fit = [run for run in runs if run.parameters < 50_000]
    if not fit:
        return Outcome(False, "No network with fewer than 50,000 parameters was trained yet.")
    best = max(fit, key=lambda run: run.accuracy)
    return Outcome(
        best.accuracy >= 0.97,
        f"The best one so far: {best.parameters:,} parameters, {best.accuracy:.1%} right.",
    )


def _depth(runs: Sequence[FinishedRun]) -> Outcome:
    plain = [run for run in runs if run.settings["family"] == "plain"]
    pairs = [
        (_whole(learned, "depth"), _whole(failed, "depth"))
        for group in _alike(plain, "depth")
        for learned in group
        for failed in group
        if learned.accuracy >= LEARNED
        and failed.accuracy <= NOT_LEARNED
        and len(failed.losses) >= ENOUGH_EPOCHS
        and _whole(learned, "depth") < _whole(failed, "depth")
    ]
    if not pairs:
        return Outcome(
            False,
            f"Plain networks so far: {len(plain)}. Train two that differ only in their depth: one "
            f"that reaches {LEARNED:.0%} or more, and a deeper one that is right for "
            f"{NOT_LEARNED:.0%} or less after {ENOUGH_EPOCHS} epochs.",
        )
    low, high = min(pairs, key=lambda pair: pair[1] - pair[0])
    return Outcome(
        high - low <= 18,
        f"At depth {low} it learns, at depth {high} it does not. "
        + ("" if high - low <= 18 else "Find two depths that differ by 18 or less."),
    )


def _theta(runs: Sequence[FinishedRun]) -> Outcome:
    dense = [run for run in runs if run.settings["family"] == "dense"]
    best: float | None = None
    for group in _alike(dense, "compression"):
        by_theta = {_number(run, "compression"): run.accuracy for run in group}
        keeping = [theta for theta, accuracy in by_theta.items() if accuracy >= 0.95]
        if not keeping:
            continue
        smallest = min(keeping)
        best = smallest if best is None else min(best, smallest)
        near = any(theta >= smallest - 0.11 for theta in by_theta if theta < smallest - 1e-9)
        if smallest <= 0.1 + 1e-9 or near:
            return Outcome(True, f"θ = {smallest:g} keeps 95%; no smaller one that was tried does.")
    if best is None:
        return Outcome(False, "No dense network with 95% was trained yet.")
    return Outcome(
        False, f"The smallest θ that keeps 95% so far is {best:g}. Try the next smaller one, too."
    )


def _growth(runs: Sequence[FinishedRun]) -> Outcome:
    dense = [run for run in runs if run.settings["family"] == "dense"]
    for group in _alike(dense, "growth_rate"):
        found = sorted({_whole(run, "growth_rate"): run.accuracy for run in group}.items())
        for (_, before), (rate, accuracy), (larger, after) in zip(
            found, found[1:], found[2:], strict=False
        ):
            if accuracy - before >= GAIN and after - accuracy < GAIN:
                return Outcome(
                    True,
                    f"k = {rate} has {accuracy:.1%}; k = {larger} has {after:.1%}, so more is "
                    "wasted here.",
                )
    return Outcome(
        False,
        "Train three dense networks that differ only in k. From the first to the second the "
        f"accuracy has to rise by {GAIN:.1%} or more, from the second to the third by less.",
    )


CHALLENGES: Mapping[str, Challenge] = MappingProxyType(
    {
        row.name: row
        for row in (
            Challenge(
                "small",
                "97% with few parameters",
                "Reach 97% on unseen digits with fewer than 50,000 parameters.",
                _small,
            ),
            Challenge(
                "depth",
                "Too deep to learn",
                "Find the depth at which the plain network stops learning. Without batch norm it "
                "happens at a smaller depth.",
                _depth,
            ),
            Challenge(
                "theta",
                "The smallest θ",
                "Find the smallest compression θ with which a dense network keeps 95%.",
                _theta,
            ),
            Challenge(
                "growth",
                "Enough maps",
                "Find the growth rate k from which more maps are wasted: the next larger k gains "
                "less than half a percent.",
                _growth,
            ),
        )
    }
)
"""The tasks by name."""


def _alike(runs: Sequence[FinishedRun], but: str) -> list[list[FinishedRun]]:
    """The runs in groups that have the same settings, except for one."""
    groups: dict[object, list[FinishedRun]] = defaultdict(list)
    for run in runs:
        same = {name: value for name, value in run.settings.items() if name != but}
        groups[tuple(sorted((name, str(value)) for name, value in same.items()))].append(run)
    return list(groups.values())


def _number(run: FinishedRun, name: str) -> float:
    value = run.settings[name]
    if not isinstance(value, (int, float)):
        raise TypeError(f"{name} is {value!r}; a number is expected.")
    return float(value)


def _whole(run: FinishedRun, name: str) -> int:
    return int(_number(run, name))
