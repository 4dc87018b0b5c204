"""Who of a process's jobs runs, who waits, and for how long: arithmetic without threads.

The short ones go before the long ones: the smallest *rank* is next. A rank is the seconds that a
job still takes, plus those of its visitor's earlier jobs (the ended ones, too, while there are
others), minus a part of the time that it has waited. So a visitor with seven jobs holds up nobody
who has one, and nobody waits for ever. A *patient* job, such as a training, comes after all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from statistics import median

SECONDS = 5.0
"""Expected of a job of which nothing is known."""
AGEING = 0.5
"""A job that has waited a second is preferred like one that is so many seconds shorter. It is less
than 1, so that of two equal jobs the one that runs is not stopped."""
GAIN = 1.0
"""Seconds by which a waiting job must be ahead of a running one, before that one pauses for it."""
ENOUGH = 0.05
"""The part, 0 to 1, that must be done before the time so far says how long the rest takes."""
LATER = 600.0
"""Seconds by which a patient job is behind all others: so long ones of many visitors hold up no
page, and after twenty minutes in the line they count like the others."""
MOST = 200
"""Jobs that may wait or run at the same time."""

Free = Callable[[str], int | None]
"""Takes a device's name; returns its free bytes, or None if they are unknown."""


class Declined(Exception):
    """A job that cannot be done now; the message is for the visitor."""


@dataclass(frozen=True)
class Need:
    """What a job takes while it runs."""

    seconds: float | None = None
    """Expected, alone on the machine; None if nothing is known."""
    cores: int | None = None
    """The most that it can use: None for all, 0 if it computes nothing and waits for others."""
    memory: int = 0
    """Bytes on `device` above those that the process has anyway."""
    device: str = "cpu"
    kind: Hashable = None
    """Of what kind the job is, so that it teaches what others of the kind take; None: no kind."""
    work: float = 1.0
    """How much there is to do, in a unit of the kind."""
    patient: bool = False
    """Whether jobs that are not patient go first, and it pauses for each of them."""


NOTHING = Need(cores=0)
"""Of a download, or of a job that waits for other jobs: it is never in the line."""


@dataclass(eq=False)
class Place:
    """A job's place in the line, and the seconds that it has run and waited."""

    need: Need = NOTHING
    visitor: Hashable = None
    """Whose job it is; None: nobody else's jobs belong to it."""
    running: bool = False
    whole: bool = False
    """Whether nothing else may run at the same time: it measures."""
    short: int | None = None
    """The free bytes, if these are too few for it."""
    part: float = 0.0
    """How much is done, 0 to 1."""
    behind: Place | None = None
    """The place of a job that this one's job waits for."""
    _told: tuple[float, float] | None = None
    """The seconds that were left by the job's own account, and when that was, in seconds run."""
    _before: float | None = None
    """The seconds that it had run at its first report."""
    _ran: float = 0.0
    _waited: float = 0.0
    _since: float | None = field(default=None)
    """When it began to wait or to run; None before and after the line."""

    def turn(self, now: float, *, running: bool | None) -> None:
        """From now on it runs, or waits; None: neither."""
        self._ran, self._waited = self.ran(now), self.waited(now)
        self.running, self._since = bool(running), None if running is None else now

    def ran(self, now: float) -> float:
        return self._ran + (now - self._since if self.running and self._since is not None else 0)

    def waited(self, now: float) -> float:
        waiting = not self.running and self._since is not None
        return self._waited + (now - self._since if waiting and self._since is not None else 0)

    @property
    def waiting(self) -> bool:
        return self._since is not None and not self.running

    @property
    def begun(self) -> bool:
        """Whether the job has reported anything."""
        return self._before is not None

    @property
    def has_memory(self) -> bool:
        """Whether it runs, or has run and pauses."""
        return self.running or self._ran > 0

    def report(self, part: float, left: float | None, now: float) -> None:
        """Takes what is done, 0 to 1, and the seconds that are left, if the job knows them."""
        if self._before is None:
            self._before = self.ran(now)
        self.part = min(1.0, max(0.0, part))
        if left is not None:
            self._told = left, self.ran(now)

    def known_left(self, now: float) -> float | None:
        """Seconds until the end; None while too little is known."""
        ran = self.ran(now)
        if self._told is not None:
            left, at = self._told
            return longer_than(left, ran - at)
        if self._before is None or self.part < ENOUGH:
            return None
        return (ran - self._before) * (1 - self.part) / self.part

    def slowness(self, now: float) -> float:
        """How many times as long it takes as was expected, 1 or more: as others are likely to."""
        if self.need.seconds is None:
            return 1.0
        return max(1.0, (self.ran(now) + self.left(now)) / max(self.need.seconds, 0.001))

    def left(self, now: float) -> float:
        """The same, or what is expected."""
        known = self.known_left(now)
        if known is not None:
            return known
        seconds = self.need.seconds
        return longer_than(SECONDS if seconds is None else seconds, self.ran(now))


def longer_than(expected: float, ran: float) -> float:
    """Seconds that are left of a job that has run for a while; late ones are likely to stay so.

    >>> [longer_than(4.0, ran) for ran in (0.0, 2.0, 3.5, 8.0)]
    [4.0, 2.0, 0.875, 2.0]
    """
    return max(expected - ran, ran / 4)


def _left(place: Place, slow: float, now: float) -> float:
    """Seconds that are left; those of a job that has not begun are likely to get more, too."""
    return place.left(now) * (1.0 if place.has_memory else slow)


@dataclass(frozen=True)
class Standing:
    """Where a waiting job stands: its number in the line, from 1, and what it waits for."""

    number: int
    seconds: float
    """Expected until its turn."""
    measuring: bool
    """Whether a measurement has the whole machine."""
    free: int | None
    """The free bytes, if these are too few for it."""


class Line:
    """The jobs of a process that wait or run, in the order of their arrival.

    Args:
        cores: of the machine, 1 or more.
        free: tells the free memory.
        most: jobs that may wait or run at the same time.
    """

    def __init__(self, cores: int, free: Free, most: int = MOST) -> None:
        self.cores, self._free, self._most = cores, free, most
        self._places: list[Place] = []
        self._used: dict[Hashable, float] = {}
        """Seconds that the ended jobs of a visitor have run, while others of them are here."""

    @property
    def running(self) -> list[Place]:
        return [place for place in self._places if place.running]

    def join(self, place: Place, now: float) -> None:
        """
        Raises:
            Declined: there are too many jobs already.
        """
        if len(self._places) >= self._most:
            raise Declined("Too many computations wait on this machine. Try again in a minute.")
        place.turn(now, running=False)
        self._places.append(place)

    def leave(self, place: Place, now: float) -> None:
        """Gives a place back, whether it was running or not."""
        if place in self._places:
            self._places.remove(place)
            ran = 0.0 if place.need.patient else place.ran(now)
            self._used[place.visitor] = self._used.get(place.visitor, 0.0) + ran
            here = {one.visitor for one in self._places} - {None}
            self._used = {who: used for who, used in self._used.items() if who in here}
        place.turn(now, running=None)

    def admit(self, now: float) -> list[Place]:
        """Lets those run for which there is room; returns them."""
        admitted = []
        for _, place in self._ranked(now):
            if not self._has_cores(place, self.running):
                break  # shorter ones behind it would keep it waiting for ever
            place.short = self._shortage(place)
            if place.short is None:
                place.turn(now, running=True)
                admitted.append(place)
        return admitted

    def should_pause(self, place: Place, now: float) -> bool:
        """Whether a waiting job is so much shorter, and has room without this one and the others
        that have to pause for it, too.
        """
        if place.whole or not any(one.waiting for one in self._places):
            return False
        ranks = dict(self._ranks(now))
        slow = place.slowness(now)

        def gives_way(running: Place, one: Place) -> bool:
            if running.whole or ranks[one] + GAIN >= ranks[running]:
                return False
            if running.need.patient and not one.need.patient:
                return True
            return slow * one.left(now) + GAIN < running.left(now)

        return any(
            gives_way(place, one)
            and self._has_cores(one, [run for run in self.running if not gives_way(run, one)])
            and self._shortage(one) is None
            for one in self._places
            if one.waiting
        )

    def standing(self, place: Place, now: float) -> Standing | None:
        """Where it stands; None if it does not wait."""
        order = [one for _, one in self._ranked(now)]
        if place not in order:
            return None
        ahead = [*self.running, *order[: order.index(place)]]
        slow = self._slowness(now)
        work = sum(self._share(one) * _left(one, slow, now) for one in ahead)
        measuring = any(one.whole for one in self.running)
        return Standing(order.index(place) + 1, work, measuring, place.short)

    # -- ranks and room -------------------------------------------------------------------

    def _ranked(self, now: float) -> list[tuple[float, Place]]:
        """Those that wait, the next one first."""
        waiting = [(rank, place) for place, rank in self._ranks(now) if place.waiting]
        return sorted(waiting, key=lambda pair: pair[0])

    def _ranks(self, now: float) -> Iterator[tuple[Place, float]]:
        slow = self._slowness(now)
        before: dict[Hashable, float] = defaultdict(float, self._used)
        for place in self._places:
            visitor = id(place) if place.visitor is None else place.visitor
            left = _left(place, slow, now)
            later = LATER if place.need.patient else 0.0
            yield place, before[visitor] + left + later - AGEING * place.waited(now)
            if not place.need.patient:  # a visitor's training does not put off the same one's maps
                before[visitor] += left

    def _slowness(self, now: float) -> float:
        """How many times as long as expected the jobs take that have begun; 1 if none is known."""
        begun = (one for one in self._places if one.has_memory and one.need.seconds is not None)
        return median([one.slowness(now) for one in begun] or [1.0])

    def _uses(self, place: Place) -> int:
        wanted = place.need.cores
        return self.cores if wanted is None or place.whole else min(wanted, self.cores)

    def _share(self, place: Place) -> float:
        return self._uses(place) / self.cores

    def _has_cores(self, place: Place, beside: list[Place]) -> bool:
        return sum(map(self._uses, beside)) + self._uses(place) <= self.cores

    def _shortage(self, place: Place) -> int | None:
        """The free bytes, if these are too few; what others may still take is not free."""
        if not place.need.memory or place.has_memory:
            return None
        free = self._free(place.need.device)
        if free is None:
            return None
        promised = sum(
            one.need.memory
            for one in self._places
            if one.has_memory and one.need.device == place.need.device
        )
        left = max(0, free - promised)
        return left if left < place.need.memory else None
