"""Maps for all pages: each is computed only once, and several can be one job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from densenet_viz.attribution import METHODS, Method
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Attribution, Explains
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.expecting import (
    Schedule,
    expected_seconds,
    learn,
    left_of,
    need_of,
)
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.jobs import Reporter
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.owners import Kind, Owner, kept_for
from densenet_viz.ui.work.queue import seconds_run

MAPS = Kind("maps", shared=96, own=32)
"""One of 224 x 224 px takes 0.6 MB."""
RESULTS = Kind("results of jobs", shared=32, own=8)


def results_of(*sources: Owner) -> Kept:
    """Where the result of a job about these models and pictures is kept (for `Desk.ask`)."""
    return kept_for(RESULTS, *sources)


@dataclass(frozen=True, eq=False)
class Ask:
    """All that a map depends on. Two asks with the same `key` have the same map."""

    model: LoadedModel
    picture: CurrentPicture
    method: str
    target: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Every parameter of the method, checked (`Method.settings`)."""
    explains: Explains = "logit"
    against: int | None = None
    """The class whose logit is subtracted, if two classes are compared."""

    @property
    def row(self) -> Method:
        return METHODS[self.method]

    @property
    def key(self) -> tuple[Any, ...]:
        settings = tuple(sorted(self.settings.items()))
        asked = (self.method, self.target, self.explains, self.against, settings)
        return (self.model.name, self.picture.key, *asked)

    @property
    def sources(self) -> tuple[Owner, ...]:
        """What the map is computed from."""
        return (self.model, self.picture)

    @property
    def kept(self) -> Kept:
        """The cache that has the map."""
        return kept_for(MAPS, *self.sources)

    @property
    def known(self) -> Attribution | None:
        """The map, if it is computed."""
        found: Attribution | None = self.kept.find(self.key)
        return found

    @property
    def cost(self) -> int:
        """The most passes that it may take; a backward pass counts as one."""
        cost = self.row.cost(self.model.spec, self.settings)
        return cost.forward + cost.backward

    @property
    def to_compute(self) -> tuple[LoadedModel, str, Mapping[str, Any]]:
        """What decides how long it takes, and what it needs (`expecting`)."""
        return self.model, self.method, self.settings


@dataclass(frozen=True, eq=False)
class MapsJob:
    """Several maps as one job (`jobs.Desk.ask(job.key, job.compute, job.kept, job.need)`).

    Its previews and its result are a tuple with an `Attribution` or None for each ask: the
    finished maps, and the current state of the one that is being computed.
    """

    asks: Sequence[Ask]

    @property
    def key(self) -> tuple[Any, ...]:
        return ("maps", *(ask.key for ask in self.asks))

    @property
    def kept(self) -> Kept:
        """Where the result is kept."""
        return results_of(*dict.fromkeys(one for ask in self.asks for one in ask.sources))

    @property
    def need(self) -> Need:
        """What the maps need that are not computed yet."""
        return need_of(ask.to_compute for ask in self.asks if ask.known is None)

    def known(self) -> tuple[Attribution | None, ...]:
        """The maps that are already computed."""
        return tuple(ask.known for ask in self.asks)

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> tuple[Attribution, ...]:
        made: list[Attribution | None] = list(self.known())
        waiting = [place for place, one in enumerate(made) if one is None]
        time = Schedule([expected_seconds(*self.asks[place].to_compute) for place in waiting])
        report(0.0, time.whole)
        for count, place in enumerate(waiting):

            def part_done(part: float, left: float, count: int = count) -> None:
                report(time.part(count, part), time.left(count, left, seconds_run()))

            def look(preview: Attribution, place: int = place) -> None:
                report.preview((*made[:place], preview, *made[place + 1 :]))

            time.begin(seconds_run())
            made[place] = compute_map(self.asks[place], part_done, cancelled, look)
            report.preview(tuple(made))
        return tuple(one for one in made if one is not None)


def compute_map(
    ask: Ask,
    report: Callable[[float, float], None] = lambda _part, _left: None,
    cancelled: Callable[[], bool] = lambda: False,
    look: Callable[[Attribution], None] = lambda _preview: None,
) -> Attribution:
    """The map of an ask, from the cache if it is there.

    Args:
        ask: all that the map depends on.
        report: called with the finished part, 0 to 1, and the seconds that are likely to be left.
        cancelled: called before each pass.
        look: called now and then with the unfinished map, whose `Attribution.finished` is False.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    if (known := ask.known) is not None:
        return known
    from densenet_viz.attribution import attribute

    logits = answer_of(ask.model, ask.picture).logits
    expected, began = expected_seconds(*ask.to_compute), seconds_run()
    made = attribute(
        ask.model,
        ask.picture.pixels,
        method=ask.method,
        target=ask.target,
        explains=ask.explains,
        against=ask.against,
        logits=logits,
        device="auto",
        on_progress=lambda part: report(part, left_of(expected, seconds_run() - began, part)),
        on_preview=look,
        cancelled=cancelled,
        **ask.settings,
    )
    learn(*ask.to_compute, seconds_run() - began)
    ask.kept.put(ask.key, made)
    return made
