"""Small networks of several families and sizes, trained on the same pictures: frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from densenet_viz.facts.families import FAMILIES, Family

FORMAT = 1
"""Version of the JSON form."""


@dataclass(frozen=True)
class TrainedNetwork:
    """One training of one network.

    `growth_rate` is that of the dense network with the same budget. `multiply_adds` are those of
    one picture, `step_bytes` the most bytes that a training step of the batch holds at a time, and
    `accuracy` is the share of right answers on unseen pictures, 0 to 1. `seconds` are those of all
    steps, with one thread. A training whose loss was not a number any more has `diverged`.
    """

    family: Family
    growth_rate: int
    seed: int
    parameters: int
    multiply_adds: int
    step_bytes: int
    accuracy: float
    seconds: float
    diverged: bool = False


@dataclass(frozen=True)
class TrainedFamilies:
    """All trainings of one command, with equal depth, pictures and recipe."""

    depth: int
    epochs: int
    learning_rate: float
    batch: int
    machine: Mapping[str, str]
    """What the seconds were measured on, and when."""
    networks: tuple[TrainedNetwork, ...]

    def families(self) -> tuple[Family, ...]:
        """Those that were trained."""
        there = {one.family for one in self.networks}
        return tuple(family for family in FAMILIES if family in there)

    def sizes(self, family: Family) -> tuple[tuple[TrainedNetwork, ...], ...]:
        """A family's trainings: for each size, small ones first, one of each seed."""
        rates = sorted({one.growth_rate for one in self.networks if one.family == family})
        return tuple(
            tuple(one for one in self.networks if (one.family, one.growth_rate) == (family, rate))
            for rate in rates
        )


def network_to_json(one: TrainedNetwork) -> dict[str, Any]:
    """One training as JSON types."""
    return asdict(one)


def network_from_json(given: Mapping[str, Any]) -> TrainedNetwork:
    """The training that `network_to_json` wrote.

    Raises:
        TypeError: a value is missing, or there is one too many.
    """
    return TrainedNetwork(**given)


def families_to_json(found: TrainedFamilies) -> dict[str, Any]:
    """All trainings as JSON types."""
    return {
        "format": FORMAT,
        "depth": found.depth,
        "epochs": found.epochs,
        "learning_rate": found.learning_rate,
        "batch": found.batch,
        "machine": dict(found.machine),
        "networks": [network_to_json(one) for one in found.networks],
    }


def families_from_json(given: Mapping[str, Any]) -> TrainedFamilies:
    """The trainings that `families_to_json` wrote.

    Raises:
        ValueError: they have another format.
    """
    if given.get("format") != FORMAT:
        raise ValueError(f"format={given.get('format')!r} was given; {FORMAT} was expected.")
    names = ("depth", "epochs", "learning_rate", "batch", "machine")
    networks: Sequence[Mapping[str, Any]] = given["networks"]
    return TrainedFamilies(
        **{name: given[name] for name in names},
        networks=tuple(map(network_from_json, networks)),
    )
