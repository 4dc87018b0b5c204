"""How many layers can go before the answer does: whole layers of a live network are removed.

Veit, Wilber, Belongie ("Residual Networks Behave Like Ensembles of Relatively Shallow Networks",
NeurIPS 2016) removed residual units in this way, one at a time and in growing numbers, and their
networks lost little. Of a dense layer, all that it wrote is replaced, for every reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from torch import Tensor

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.connections import SEED, Outcome, Scale, outcome_of
from densenet_viz.evaluation.ablations.knife import Knife
from densenet_viz.evaluation.statistics import bootstrap, wilson
from densenet_viz.facts.places import places_of
from densenet_viz.network.shares import alone
from densenet_viz.network.small import ResidualModel
from densenet_viz.results.removal import Left, Removal
from densenet_viz.results.reuse import Replacement
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

ORDERS = 8
"""Random orders by default."""
SCENES = 160
"""Pictures by default: 10 of each class."""
_COUNTS = (1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128)


class Layered(Protocol):
    """A network with pictures, whose layers can be removed.

    `layers` are their names, in the order of computation.
    """

    @property
    def model(self) -> Scale: ...
    @property
    def title(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def layers(self) -> tuple[str, ...]: ...
    @property
    def pictures(self) -> int: ...
    @property
    def replacement(self) -> Replacement: ...
    def logits(self, removed: frozenset[int]) -> Tensor:
        """(N, classes) without the layers of these places in `layers`."""


class DenseLayers:
    """The dense layers of a DenseNet: what a removed layer wrote is zero or its mean everywhere.

    The mean is each channel's own, over the pictures and all pixels.
    """

    def __init__(
        self, model: LoadedModel, pictures: Sequence[Picture], replacement: Replacement = "zero"
    ) -> None:
        self.model, self.pictures, self.replacement = model, len(pictures), replacement
        self.layers = tuple(at for at in places_of(model.spec) if ".denselayer" in at)
        self._places = [
            (block, layer)
            for block, count in enumerate(model.spec.block_config, start=1)
            for layer in range(1, count + 1)
        ]
        self._knife = Knife(model, pictures, replacement)

    @property
    def title(self) -> str:
        return self.model.title

    @property
    def digest(self) -> str:
        return self.model.digest

    def logits(self, removed: frozenset[int]) -> Tensor:
        """(N, classes) without the layers of these places in `layers`."""
        return self._knife.without(frozenset(self._places[one] for one in removed))


class ResidualLayers:
    """The units of a residual network: a removed unit adds zero, or its branch's mean.

    The mean is each channel's own, over the pictures and all pixels.
    """

    def __init__(
        self, model: ResidualModel, pictures: Sequence[Picture], replacement: Replacement = "zero"
    ) -> None:
        self.model, self.pictures, self.replacement = model, len(pictures), replacement
        self.layers = tuple(name.removeprefix("features.") for name in model.spec.layers)
        self._x = torch.cat([model.tensor(picture) for picture in pictures])
        self._means = None if replacement == "zero" else model.network.branch_means(self._x)

    @property
    def title(self) -> str:
        return self.model.title

    @property
    def digest(self) -> str:
        return self.model.digest

    def logits(self, removed: frozenset[int]) -> Tensor:
        """(N, classes) without the units of these places in `layers`."""
        return self.model.network.without(self._x, removed, self._means)


def layered(
    model: LoadedModel | ResidualModel,
    pictures: Sequence[Picture],
    replacement: Replacement = "zero",
) -> Layered:
    """A network with its pictures, and what stands in the place of what a removed layer wrote."""
    if isinstance(model, ResidualModel):
        return ResidualLayers(model, pictures, replacement)
    return DenseLayers(model, pictures, replacement)


def counts_up_to(layers: int) -> tuple[int, ...]:
    """The numbers of layers that are removed together, up to all.

    >>> counts_up_to(10)
    (1, 2, 3, 4, 6, 8, 10)
    """
    return (*(count for count in _COUNTS if count < layers), layers)


@alone()
def measure_removal(
    network: Layered,
    labels: Sequence[int] | None = None,
    *,
    orders: int = ORDERS,
    seed: int = SEED,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Removal:
    """Removes each layer alone, then growing numbers of layers in random orders.

    Args:
        network: with its pictures.
        labels: the right class of each picture; without them, the whole network's own answers.
        orders: random orders, 2 or more, for the intervals.
        seed: of the orders.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each pass.

    Raises:
        ValueError: there are fewer than two orders.
        Cancelled: `cancelled` returned True.
    """
    if orders < 2:
        raise ValueError(f"orders={orders} was given; at least 2 are needed for an interval.")
    layers = len(network.layers)
    counts = counts_up_to(layers)
    every = layers + orders * len(counts)
    report = on_progress or (lambda _part: None)
    whole = network.logits(frozenset())
    right = whole.argmax(1) if labels is None else torch.tensor(labels)
    done = 0

    def left(removed: frozenset[int]) -> Outcome:
        nonlocal done
        if cancelled is not None and cancelled():
            raise Cancelled
        found = outcome_of(network.model, network.logits(removed), right)
        done += 1
        report(done / every)
        return found

    one_by_one = [_over_pictures(left(frozenset({one}))) for one in range(layers)]
    together: list[list[Outcome]] = [[] for _ in counts]
    for order in random_orders(layers, orders, seed):
        for place, count in enumerate(counts):
            together[place].append(left(frozenset(order[:count])))
    return Removal(
        model=network.model.name,
        title=network.title,
        digest=network.digest,
        layers=network.layers,
        replacement=network.replacement,
        pictures=network.pictures,
        seed=seed,
        orders=orders,
        whole=_over_pictures(outcome_of(network.model, whole, right)),
        alone=tuple(one_by_one),
        counts=counts,
        growing=tuple(map(_over_orders, together)),
    )


def random_orders(layers: int, orders: int, seed: int) -> Iterator[list[int]]:
    """All layers in random orders; the same arguments give the same orders."""
    rng = np.random.default_rng((seed, layers))
    for _ in range(orders):
        yield rng.permutation(layers).tolist()


def _over_pictures(outcome: Outcome) -> Left:
    return Left(
        wilson(int(outcome.hits.sum()), len(outcome.hits)), bootstrap(list(outcome.probabilities))
    )


def _over_orders(outcomes: Sequence[Outcome]) -> Left:
    return Left(
        bootstrap([float(one.hits.mean()) for one in outcomes]),
        bootstrap([float(one.probabilities.mean()) for one in outcomes]),
    )
