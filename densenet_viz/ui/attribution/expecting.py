"""How long maps are likely to take, and what they need, before they are computed.

A method's row in `attribution.needs` says what it took on another machine. What maps took here
corrects that: first the speed of this machine, then each method's own time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.needs import memory_of, passes_of
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
"""The part, 0 to 1, of a map below which its progress says nothing about its time."""


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
    """Takes what a map took."""
    work = work_of(model, method, settings)
    for kind in _kinds(model, method):
        EXPERIENCE.note(kind, work, seconds)


def _kinds(model: LoadedModel, method: str) -> tuple[Hashable, ...]:
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
