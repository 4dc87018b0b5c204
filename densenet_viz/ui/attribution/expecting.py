"""How long maps are likely to take, and what they need, before they are computed.

A method's row in `attribution.resources` says what it took on another machine. What maps took here
corrects that: first the speed of this machine, then each method's own time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.resources import memory_of, passes_of
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.machine import cores, devices
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.ui.work.experience import EXPERIENCE
from densenet_viz.ui.work.line import Need, longer_than

GUESS = 0.04
"""A core's seconds for 1e9 multiply-adds, before this machine has computed a map."""
AT_ONCE = 8
"""The pictures of a usual batch: that many cores can share it."""
SMALL = 2
"""Pictures of a batch that one core computes."""
EARLY = 0.1
"""The part, 0 to 1, of the work below which its progress says little about its time."""


def cost_key(model: LoadedModel) -> tuple[Hashable, ...]:
    """What a pass costs: equal for networks of the same size, on the same device."""
    return _multiply_adds(model.spec), devices()[-1]


@lru_cache(64)
def _multiply_adds(spec: DenseNetSpec) -> int:
    return spec.multiply_adds


def work_of(model: LoadedModel, method: str, settings: Mapping[str, Any]) -> float:
    """What a map costs, in 1e9 multiply-adds of one core's forward passes that take as long."""
    passes = passes_of(METHODS[method], model.spec, settings)
    together = 1 if _is_small(model, method, settings) else min(cores(), AT_ONCE)
    return passes / together * _multiply_adds(model.spec) / 1e9


def expected_seconds(model: LoadedModel, method: str, settings: Mapping[str, Any]) -> float:
    """How long a map is likely to take, alone on the machine."""
    work = work_of(model, method, settings)
    for kind in _kinds(model, method):
        if (seconds := EXPERIENCE.expected(kind, work)) is not None:
            return seconds
    return work * GUESS


def learn(model: LoadedModel, method: str, settings: Mapping[str, Any], seconds: float) -> None:
    """Takes what a map took.

    What is loaded for the first map of a network is no speed: if that map is a small one, it
    teaches nothing, and small ones teach nothing about other methods.
    """
    work = work_of(model, method, settings)
    own, machine = _kinds(model, method)
    if _is_small(model, method, settings):
        first = ("first map", *cost_key(model))
        known = EXPERIENCE.expected(first) is not None
        EXPERIENCE.note(own if known else first, work, seconds)
        return
    EXPERIENCE.note(own, work, seconds)
    EXPERIENCE.note(machine, work, seconds)


def _kinds(model: LoadedModel, method: str) -> tuple[Hashable, Hashable]:
    """The kinds that teach the time of a map, the best one first."""
    return ("map", method, *cost_key(model)), ("any map", devices()[-1])


def left_of(expected: float, ran: float, part: float) -> float:
    """Seconds until the end of a map, of which a part, 0 to 1, of the most passes is done.

    Some methods need fewer passes than they may make, so the time that is expected counts, too.

    >>> left_of(4.0, 1.0, 0.05), left_of(4.0, 1.0, 0.5), left_of(4.0, 6.0, 0.5)
    (3.0, 1.0, 6.0)
    """
    by_time = longer_than(expected, ran)
    if part < EARLY:
        return by_time
    by_part = ran * (1 - part) / part
    return by_part if ran > expected else min(by_part, by_time)


class Schedule:
    """The time of several maps, one after the other, of which each is expected to take a while.

    What the first ones really take corrects the rest: fully, when a tenth of the work is done.
    """

    def __init__(self, expected: Sequence[float]) -> None:
        self._expected = expected
        self.whole = sum(expected)
        self._began: list[float] = []

    def begin(self, now: float) -> None:
        """Says that the next map begins."""
        self._began.append(now)

    def part(self, count: int, part: float) -> float:
        """How much is done of all, 0 to 1, with a part of the map that has this number, from 0."""
        done = sum(self._expected[:count]) + part * self._expected[count]
        return done / self.whole if self.whole else 0.0

    def left(self, count: int, left: float, now: float) -> float:
        """Seconds until the end of all, if the map with this number still takes `left`."""
        ran = now - self._began[count]
        share = ran / (ran + left) if ran + left > 0 else 0.0
        done = self.part(count, share)
        later = sum(self._expected[count + 1 :])
        if done <= 0:
            return left + later
        slowness = (now - self._began[0]) / (done * self.whole)
        trust = min(1.0, done / EARLY)
        return left + later * (1 - trust + trust * slowness)


def need_of(maps: Iterable[tuple[LoadedModel, str, Mapping[str, Any]]]) -> Need:
    """What a job needs that computes these maps, each a model, a method and its settings."""
    wanted = list(maps)
    return Need(
        seconds=sum(expected_seconds(*one) for one in wanted),
        cores=1 if all(_is_small(*one) for one in wanted) else AT_ONCE,
        memory=max((memory_of(method, model.spec) for model, method, _ in wanted), default=0),
        device=devices()[-1],
    )


def _is_small(model: LoadedModel, method: str, settings: Mapping[str, Any]) -> bool:
    """Whether one core computes it alone."""
    cost = METHODS[method].cost(model.spec, settings)
    return max(cost.forward, cost.backward) <= SMALL
