"""How much concepts matter to a network (TCAV): frozen values, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from densenet_viz.results.scores import Interval

LEVEL = 0.05
"""The probability of calling any concept of a class significant although none is."""

Verdict = Literal["raises", "lowers", "not significant", "not found"]

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        "raises": "with it, the network sees more of this class",
        "lowers": "with it, the network sees less of this class",
        "not significant": "no more than random pictures",
        "not found": "the layer does not tell it from its absence",
    }
)


@dataclass(frozen=True)
class ConceptScore:
    """What a concept does to one class, at one layer.

    `score` is the share of the class's pictures whose score rises in the concept's direction, the
    mean over several directions. `accuracy` is that of the directions on held-out pictures, 0 to 1;
    0.5 is chance. `random` is the score of directions between random pictures,
    and `p` the probability of such a difference between `score` and `random` by chance (two-sided
    t-test). `level` is the largest `p` that counts as significant. `change` is how far the class's
    score (its logit) rises on average if the concept is added to a picture of the class; None if it
    was not measured.
    """

    concept: str
    title: str
    target: str
    score: Interval
    random: Interval
    accuracy: Interval
    p: float
    level: float
    change: Interval | None = None

    @property
    def verdict(self) -> Verdict:
        if self.accuracy.low <= 0.5:
            return "not found"
        if not self.p < self.level:
            return "not significant"
        return "raises" if self.score.mean > self.random.mean else "lowers"


@dataclass(frozen=True)
class ConceptTest:
    """The scores of several concepts for several classes, and how they were measured.

    There are `directions` of each concept, each learned from `scenes` other scenes, and `pictures`
    of each class.
    """

    model: str
    layer: str
    seed: int
    directions: int
    scenes: int
    pictures: int
    seconds: float
    scores: tuple[ConceptScore, ...]
