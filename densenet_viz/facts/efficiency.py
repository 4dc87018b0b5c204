"""Published errors and counted costs: how few parameters a DenseNet needs for a ResNet's error.

Costs are counted from the architectures, errors are cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from densenet_viz.facts.arithmetic.cifar import Counted, ResNet34
from densenet_viz.facts.cited.cifar import TABLE_2, CifarRow, DataSet
from densenet_viz.facts.cited.imagenet import FIGURE_3, ErrorMeasure, ImageNetRow
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.facts.systems import SYSTEMS

Cost = Literal["parameters", "multiply-adds"]
COSTS: tuple[Cost, ...] = ("parameters", "multiply-adds")


class Costed(Protocol):
    """Anything whose weights and multiply-adds for one picture can be counted."""

    @property
    def parameters(self) -> int: ...

    @property
    def multiply_adds(self) -> int: ...


@dataclass(frozen=True)
class Entry:
    """One network: its counted costs, and its cited error in percent.

    If the architecture cannot be counted, `counted` is False, `parameters` are the published ones,
    and there are no multiply-adds.
    """

    title: str
    family: str
    error: float
    parameters: int
    multiply_adds: int | None
    counted: bool

    def cost(self, kind: Cost) -> int | None:
        return self.parameters if kind == "parameters" else self.multiply_adds


@dataclass(frozen=True)
class Match:
    """Two networks of about the same error."""

    rival: Entry
    densenet: Entry

    @property
    def away(self) -> float:
        """The DenseNet's error minus the rival's, in percentage points."""
        return round(self.densenet.error - self.rival.error, 2)

    def share(self, kind: Cost) -> float:
        """The DenseNet's cost as a fraction of the rival's.

        Raises:
            ValueError: this cost could not be counted for one of the two.
        """
        ours, theirs = self.densenet.cost(kind), self.rival.cost(kind)
        if ours is None or theirs is None:
            raise ValueError(f"{kind} of {self.rival.title} could not be counted")
        return ours / theirs


def imagenet_network(name: str) -> Costed:
    """The architecture behind a row of figure 3, by the row's name."""
    if name in VARIANTS:
        return VARIANTS[name]
    return ResNet34() if name == "resnet34" else SYSTEMS[name].spec


def imagenet_entries(measure: ErrorMeasure) -> tuple[Entry, ...]:
    """The networks of the paper's figure 3."""
    return tuple(_imagenet_entry(row, measure) for row in FIGURE_3)


def _imagenet_entry(row: ImageNetRow, measure: ErrorMeasure) -> Entry:
    network = imagenet_network(row.name)
    return Entry(
        *(row.title, row.family, row.errors[measure]),
        network.parameters,
        network.multiply_adds,
        counted=True,
    )


def cifar_network(row: CifarRow, data_set: DataSet) -> Counted | None:
    """The architecture behind a row of table 2, with as many classes as the data set has."""
    if row.network is None:
        return None
    classes = {"num_classes": 100 if data_set.startswith("C100") else 10}
    return replace(row.network, **classes)  # type: ignore[type-var]


def cifar_entries(data_set: DataSet) -> tuple[Entry, ...]:
    """The rows of table 2 that have an error on this data set, and parameters."""
    entries = (_cifar_entry(row, data_set) for row in TABLE_2 if data_set in row.errors)
    return tuple(entry for entry in entries if entry is not None)


def _cifar_entry(row: CifarRow, data_set: DataSet) -> Entry | None:
    network = cifar_network(row, data_set)
    about = (row.title, row.family, row.errors[data_set])
    if network is not None:
        return Entry(*about, network.parameters, network.multiply_adds, counted=True)
    if row.millions is not None:
        return Entry(*about, round(row.millions * 1e6), None, counted=False)
    return None


def is_densenet(entry: Entry) -> bool:
    return entry.family.startswith("DenseNet")


def nearest_matches(entries: Sequence[Entry]) -> tuple[Match, ...]:
    """For each network that is not a DenseNet, the DenseNet with the nearest error."""
    densenets = [entry for entry in entries if is_densenet(entry)]
    return tuple(
        Match(rival, min(densenets, key=lambda entry: abs(entry.error - rival.error)))
        for rival in entries
        if not is_densenet(rival)
    )


def match_for(entries: Sequence[Entry], title: str) -> Match:
    """The match of one network, by its title.

    Raises:
        KeyError: no network with this title, or it is a DenseNet.
    """
    for match in nearest_matches(entries):
        if match.rival.title == title:
            return match
    raise KeyError(title)


def best_rival_match(entries: Iterable[Entry], kind: Cost) -> Match:
    """The best network that is not a DenseNet, and the cheapest DenseNet that is at least as good.

    Raises:
        ValueError: no DenseNet is as good, or the cost of one cannot be counted.
    """
    known = [entry for entry in entries if entry.cost(kind) is not None]
    rival = min((one for one in known if not is_densenet(one)), key=lambda one: one.error)
    good = [one for one in known if is_densenet(one) and one.error <= rival.error]
    return Match(rival, min(good, key=lambda one: one.cost(kind) or 0))
