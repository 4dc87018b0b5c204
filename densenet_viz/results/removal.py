"""What is left of a network's answers when whole layers are removed: frozen values, without torch.

Layers are counted from 0 in the order of computation, through all blocks or stages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from densenet_viz.results.reuse import Replacement
from densenet_viz.results.scores import Interval

FORMAT = 1
"""Version of the JSON form of a `Removal`."""


@dataclass(frozen=True)
class Left:
    """What is left without some layers.

    `accuracy` is the share of pictures with the right answer, `probability` the mean probability of
    the right class, both 0 to 1.
    """

    accuracy: Interval
    probability: Interval


@dataclass(frozen=True)
class Removal:
    """Layers removed one at a time, and in growing numbers in random orders.

    `alone` has one value for each layer, with intervals over the pictures. `growing` has one value
    for each of `counts`, the numbers of removed layers, with intervals over the orders; each order
    removes the same layers first as it goes on.
    """

    model: str
    title: str
    digest: str
    """It distinguishes networks with the same name."""
    layers: tuple[str, ...]
    replacement: Replacement
    """What stands in the place of what a removed layer wrote: zero, or its mean."""
    pictures: int
    seed: int
    orders: int
    whole: Left
    alone: tuple[Left, ...]
    counts: tuple[int, ...]
    growing: tuple[Left, ...]

    def lasting(self, part: float) -> int:
        """How many random layers can go before less than this part of the accuracy is left.

        The largest of 0 and `counts` up to which the mean accuracy is never below `part` times that
        of the whole network.
        """
        found = 0
        for count, left in zip(self.counts, self.growing, strict=True):
            if left.accuracy.mean < part * self.whole.accuracy.mean:
                break
            found = count
        return found


def removal_to_json(removal: Removal) -> dict[str, Any]:
    """A removal as JSON types, its numbers rounded to a hundred-thousandth."""
    return {
        "format": FORMAT,
        "model": removal.model,
        "title": removal.title,
        "digest": removal.digest,
        "layers": list(removal.layers),
        "replacement": removal.replacement,
        "pictures": removal.pictures,
        "seed": removal.seed,
        "orders": removal.orders,
        "whole": _left_to_json(removal.whole),
        "alone": [_left_to_json(left) for left in removal.alone],
        "counts": list(removal.counts),
        "growing": [_left_to_json(left) for left in removal.growing],
    }


def removal_from_json(given: Mapping[str, Any]) -> Removal:
    """The removal that `removal_to_json` wrote.

    Raises:
        ValueError: it has another format.
    """
    if given.get("format") != FORMAT:
        raise ValueError(f"format={given.get('format')!r} was given; {FORMAT} was expected.")
    names = ("model", "title", "digest", "replacement", "pictures", "seed", "orders")
    return Removal(
        **{name: given[name] for name in names},
        layers=tuple(given["layers"]),
        whole=_left_from_json(given["whole"]),
        alone=tuple(map(_left_from_json, given["alone"])),
        counts=tuple(given["counts"]),
        growing=tuple(map(_left_from_json, given["growing"])),
    )


def _left_to_json(left: Left) -> dict[str, list[float]]:
    return {
        name: [*(round(value, 5) for value in (one.mean, one.low, one.high)), one.count]
        for name, one in (("accuracy", left.accuracy), ("probability", left.probability))
    }


def _left_from_json(given: Mapping[str, Any]) -> Left:
    return Left(Interval(*given["accuracy"]), Interval(*given["probability"]))
