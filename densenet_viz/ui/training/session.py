"""A session's trainings: the one that it has now, and the last ones that are over."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Literal

import streamlit as st

from densenet_viz.learning.settings import Settings
from densenet_viz.results.learning import FinishedRun
from densenet_viz.ui.work.jobs import Desk, Reporter, desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import Need

if TYPE_CHECKING:
    from torch import nn

    from densenet_viz.learning.looking import Looker
    from densenet_viz.learning.training import Run

MOST_RUNS = 12
"""Trainings that a session keeps."""
MOST_BYTES = 48_000_000
"""Bytes of weights that these may have together; of the oldest ones only the curves are kept."""
DESK = "training"
KIND = "training"
_KEY = "_trainings"
_NUMBERS = count(1)

State = Literal["none", "waiting", "working", "paused", "done", "failed"]


@dataclass(eq=False)
class Entry:
    """A training that is over. `network` is None when its weights were dropped."""

    name: str
    settings: Settings
    run: FinishedRun
    network: nn.Module | None = field(repr=False)
    _looker: Looker | None = field(default=None, repr=False)

    def looker(self) -> Looker:
        """Who asks its network about pictures; only while it has a network."""
        from densenet_viz.learning.looking import Looker

        if self._looker is None:
            if self.network is None:
                raise ValueError(f"{self.name} has no network any more.")
            self._looker = Looker(self.settings, self.network)
        return self._looker

    def drop_network(self) -> None:
        """Frees the memory of its weights."""
        self.network = self._looker = None

    @property
    def bytes(self) -> int:
        return 4 * self.run.parameters if self.network is not None else 0


@dataclass(eq=False)
class Training:
    """A training that a session began. The job's thread and the page share it."""

    settings: Settings
    number: int
    run: Run | None = None
    problem: str = ""
    """Why it cannot go on; one sentence."""
    kept: Kept = field(default_factory=lambda: Kept(1))
    parts: int = 0
    """How often it was started or continued."""


class Trainings:
    """All of one session; see the top of this file."""

    def __init__(self) -> None:
        self.now: Training | None = None
        self.over: deque[Entry] = deque(maxlen=MOST_RUNS)
        self.began = 0
        self._lock = Lock()

    def add(self, training: Training) -> None:
        """Puts a training into the list of those that are over, once it has an epoch."""
        run = training.run
        with self._lock:
            if run is None or any(entry.name == _name(training) for entry in self.over):
                return
            summary = run.summary()
            if not summary.losses:
                return
            self.over.append(Entry(_name(training), training.settings, summary, run.copy()))
            spare = MOST_BYTES
            for entry in reversed(self.over):
                spare -= entry.bytes
                if spare < 0 and entry is not self.over[-1]:
                    entry.drop_network()

    def find(self, name: str) -> Entry | None:
        """The training of that name that is over."""
        return next((entry for entry in self.entries() if entry.name == name), None)

    def entries(self) -> list[Entry]:
        """Those that are over, the oldest first; a job's thread may add one meanwhile."""
        with self._lock:
            return list(self.over)


def _name(training: Training) -> str:
    return f"Run {training.number}"


def trainings() -> Trainings:
    """This session's."""
    found: Trainings = st.session_state.setdefault(_KEY, Trainings())
    return found


def own_desk() -> Desk:
    """This session's desk for trainings."""
    return desk(DESK)


def state() -> State:
    """What the session's training is doing."""
    now = trainings().now
    if now is None:
        return "none"
    if now.problem:
        return "failed"
    if now.run is not None and now.run.done:
        return "done"
    job = own_desk().job
    if job is None or own_desk().state != "working":
        return "paused"
    return "waiting" if job.standing() is not None or now.run is None else "working"


# -- what the buttons do ------------------------------------------------------------------------


def start(settings: Settings) -> None:
    """Begins a new training; one that was not over is stopped."""
    stop()
    mine = trainings()
    mine.began += 1
    mine.now = Training(settings, mine.began)
    go_on()


def go_on(*, one_step: bool = False) -> None:
    """Continues the training to its end, or for one step."""
    mine = trainings()
    now = mine.now
    if now is None or now.problem or (now.run is not None and now.run.done):
        return
    now.parts += 1
    own_desk().leave()
    own_desk().ask(
        (id(now), now.parts),
        _computing(mine, now, one_step=one_step),
        now.kept,
        _need(now, one_step=one_step),
    )


def begin_with_a_step(settings: Settings) -> None:
    """Begins a new training, makes its first step, and pauses."""
    stop()
    mine = trainings()
    mine.began += 1
    mine.now = Training(settings, mine.began)
    go_on(one_step=True)


def pause() -> None:
    """Drops the job; its thread ends after the step that it makes now."""
    own_desk().leave()


def stop() -> None:
    """Ends the training. If it has an epoch, it stays in the list."""
    own_desk().leave()
    mine = trainings()
    if mine.now is not None:
        mine.add(mine.now)
        mine.now = None


def _need(now: Training, *, one_step: bool) -> Need:
    """One processor, so that two trainings run at the same time on two; all other jobs go first."""
    settings, done = now.settings, 0.0 if now.run is None else now.run.part
    work = settings.work / settings.steps if one_step else settings.work * (1 - done)
    memory = settings.step_bytes
    return Need(cores=1, memory=memory, kind=KIND, work=work, patient=True)


def _computing(
    mine: Trainings, now: Training, *, one_step: bool
) -> Callable[[Reporter, Callable[[], bool]], None]:
    """The job: it makes steps until the end, a problem, or the one step that was asked for.

    Between two steps it lets a much shorter job go first (`stopped`, see `ui.work.queue`).
    """

    def compute(report: Reporter, stopped: Callable[[], bool]) -> None:
        from densenet_viz.learning.samples import samples_of
        from densenet_viz.learning.training import Diverged, Run, train

        samples = samples_of(now.settings.data, stopped)
        if now.run is None:
            now.run = Run(now.settings, samples)
        run = now.run
        before = len(run.steps)
        report(run.part)
        try:
            for record in train(run, stopped):
                made = record.step - before
                spent = record.seconds - (run.steps[before - 1].seconds if before else 0.0)
                report(run.part, (now.settings.steps - record.step) * spent / made)
                if one_step:
                    break
        except Diverged as error:
            now.problem = str(error)
            mine.add(now)
        if run.done:
            mine.add(now)

    return compute
