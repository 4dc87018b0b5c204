"""Shapley values of superpixels from random orders in which they join."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.explain.coalitions import Members, complete, game_of
from densenet_viz.attribution.parameters import Settings

Order = NDArray[np.int64]


def shapley_sampling(asking: Asking, settings: Settings) -> Explanation:
    """What each superpixel adds to the score when it joins, averaged over random orders.

    Castro, Gómez, Tejada (2009). In each order the gains add up to the score's rise from
    the baseline to the picture, so their means do, too.
    """
    game = game_of(asking, settings)
    blank, whole = game.blank(), game.whole()
    random = np.random.default_rng(int(settings["seed"]))
    total = np.zeros(game.players)
    count = int(settings["permutations"])
    for done, order in enumerate(orders(game.players, count, random), start=1):
        scores = np.concatenate([[blank], game.worths(joining(order)), [whole]])
        total[order] += np.diff(scores)
        game.show(total / done)
    return complete(game, total / count, whole - blank)


def orders(players: int, count: int, random: np.random.Generator) -> Iterator[Order]:
    """`count` random orders of (players,); every second one is the one before it, reversed.

    A player that joins early in one order joins late in the other, so the errors partly cancel:
    Mitchell, Cooper, Frank, Holmes, "Sampling Permutations for Shapley Value Estimation", JMLR
    2022.
    """
    for number in range(count):
        if number % 2 == 0:
            order = random.permutation(players)
            yield order
        else:
            yield order[::-1]


def joining(order: Order) -> Members:
    """The (M - 1, M) coalitions between the empty and the full one, without these two.

    >>> joining(np.array([1, 2, 0])).astype(int).tolist()
    [[0, 1, 0], [0, 1, 1]]
    """
    ranks = np.argsort(order)
    return np.asarray(ranks < np.arange(1, len(order))[:, None], dtype=np.bool_)
