"""How strongly each layer of a DenseNet reads each earlier one: frozen values, without torch.

Rows and columns are those of `results.flows`: row s is source s, from 0, what enters the block, to
the last layer; column r - 1 is reader r, up to what comes after the block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.connections import Connection
from densenet_viz.results.scores import Interval

Weighing = Literal["weights", "norm-aware"]

WEIGHINGS: Mapping[Weighing, str] = MappingProxyType(
    {
        "weights": "mean of |w| over all weights between the source’s maps and the reader",
        "norm-aware": "mean of |w| · |γ| / σ: each weight times what the reader’s batch norm "
        "multiplies the map by",
    }
)
"""How a connection is weighed, each with its definition (paper, section 5, figure 5)."""

Replacement = Literal["zero", "mean"]
"""What a reader gets instead of the maps that are cut off."""


@dataclass(frozen=True, eq=False)
class Reuse:
    """The weights of every connection. `blocks` has for each block an (L + 1, L + 1) matrix, NaN
    where there is no connection.
    """

    model: str
    weighing: Weighing
    blocks: tuple[NDArray[np.float64], ...]

    def of(self, connection: Connection) -> float:
        """The weight of one connection."""
        matrix = self.blocks[connection.block - 1]
        return float(matrix[connection.source, connection.reader - 1])


@dataclass(frozen=True)
class MeanFlows:
    """How much of the right class's rise went along each connection, on average over pictures.

    `sizes` are means of the flows without their signs, in units of the logit: a connection that
    adds for some pictures and takes for others counts, too.
    """

    model: str
    digest: str
    """`LoadedModel.digest` of the network."""
    baseline: str
    """What each picture is changed from."""
    pictures: int
    seed: int
    sizes: Mapping[Connection, float]


@dataclass(frozen=True)
class Effect:
    """What happens to a network's answers when one connection is cut.

    `accuracy` is the share of pictures whose answer is right, 0 to 1. `probability` and `logit` are
    the changes of the right class's probability and logit, cut minus whole: negative if the
    connection helps.
    """

    connection: Connection
    accuracy: Interval
    probability: Interval
    logit: Interval


@dataclass(frozen=True)
class Ablation:
    """The effects of cutting each connection, one at a time, and what they were measured on."""

    model: str
    digest: str
    """`LoadedModel.digest` of the network."""
    replacement: Replacement
    pictures: int
    seed: int
    accuracy: Interval
    """Of the whole network."""
    effects: tuple[Effect, ...]
    date: str
    versions: Mapping[str, str]
    machine: Mapping[str, str]

    def effect(self, connection: Connection) -> Effect:
        """What cutting this connection does.

        Raises:
            KeyError: it was not measured.
        """
        return self._by_connection[connection]

    @cached_property
    def _by_connection(self) -> Mapping[Connection, Effect]:
        return {effect.connection: effect for effect in self.effects}


FORMAT = 1
"""Version of the JSON forms of an `Ablation` and of `MeanFlows`."""
_CHANGES = ("accuracy", "probability", "logit")


def effect_to_json(effect: Effect) -> dict[str, Any]:
    """An effect as JSON types, its numbers rounded to a hundred-thousandth."""
    one = effect.connection
    made: dict[str, Any] = {"connection": [one.block, one.source, one.reader]}
    return made | {name: _interval_to_json(getattr(effect, name)) for name in _CHANGES}


def effect_from_json(given: Mapping[str, Any]) -> Effect:
    """The effect that `effect_to_json` wrote."""
    intervals = {name: Interval(*given[name]) for name in _CHANGES}
    return Effect(Connection(*given["connection"]), **intervals)


def ablation_to_json(ablation: Ablation) -> dict[str, Any]:
    """An ablation as JSON types."""
    return {
        "format": FORMAT,
        "model": ablation.model,
        "digest": ablation.digest,
        "replacement": ablation.replacement,
        "pictures": ablation.pictures,
        "seed": ablation.seed,
        "accuracy": _interval_to_json(ablation.accuracy),
        "date": ablation.date,
        "versions": dict(ablation.versions),
        "machine": dict(ablation.machine),
        "effects": [effect_to_json(effect) for effect in ablation.effects],
    }


def ablation_from_json(given: Mapping[str, Any]) -> Ablation:
    """The ablation that `ablation_to_json` wrote.

    Raises:
        ValueError: it has another format.
    """
    if given.get("format") != FORMAT:
        raise ValueError(f"format={given.get('format')!r} was given; {FORMAT} was expected.")
    names = ("model", "digest", "replacement", "pictures", "seed", "date", "versions", "machine")
    return Ablation(
        **{name: given[name] for name in names},
        accuracy=Interval(*given["accuracy"]),
        effects=tuple(effect_from_json(effect) for effect in given["effects"]),
    )


def flows_to_json(flows: MeanFlows) -> dict[str, Any]:
    """Mean flows as JSON types, with four digits each."""
    return {
        "format": FORMAT,
        "model": flows.model,
        "digest": flows.digest,
        "baseline": flows.baseline,
        "pictures": flows.pictures,
        "seed": flows.seed,
        "sizes": [
            [one.block, one.source, one.reader, float(f"{size:.4g}")]
            for one, size in flows.sizes.items()
        ],
    }


def flows_from_json(given: Mapping[str, Any]) -> MeanFlows:
    """The flows that `flows_to_json` wrote.

    Raises:
        ValueError: they have another format.
    """
    if given.get("format") != FORMAT:
        raise ValueError(f"format={given.get('format')!r} was given; {FORMAT} was expected.")
    return MeanFlows(
        **{name: given[name] for name in ("model", "digest", "baseline", "pictures", "seed")},
        sizes={Connection(*place): size for *place, size in given["sizes"]},
    )


def _interval_to_json(interval: Interval) -> list[float]:
    values = (interval.mean, interval.low, interval.high)
    return [*(round(value, 5) for value in values), interval.count]
