"""Shapley values of superpixels as a weighted regression on the scores of coalitions."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.explain.coalitions import Members, Reals, complete, game_of
from densenet_viz.attribution.parameters import Settings


def kernel_shap(asking: Asking, settings: Settings) -> Explanation:
    """Lundberg, Lee (2017), section 4.1: the values that best explain the coalitions' scores.

    The empty and the full coalition have infinite weight in the paper: they are not sampled, and
    the regression fits them exactly.
    """
    game = game_of(asking, settings)
    blank, whole = game.blank(), game.whole()
    random = np.random.default_rng(int(settings["seed"]))
    members, weights = coalitions(game.players, int(settings["samples"]), random)
    gains = np.empty(0)
    for known in game.growing(members):
        gains = known - blank
        first = slice(len(gains))
        game.show(regression(members[first], weights[first], gains, whole - blank))
    return complete(game, regression(members, weights, gains, whole - blank), whole - blank)


def size_weights(players: int) -> Reals:
    """The Shapley kernel's weight of all coalitions of 1, 2, ..., M - 1 members, (M - 1,).

    The paper's equation for one coalition, times the number of coalitions of its size.

    >>> size_weights(4).tolist()
    [1.0, 0.75, 1.0]
    """
    sizes = np.arange(1, players)
    return np.asarray((players - 1) / (sizes * (players - sizes)), dtype=np.float64)


def coalitions(players: int, most: int, random: np.random.Generator) -> tuple[Members, Reals]:
    """At most `most` different coalitions of `players`, in random order, and their weights.

    From the smallest and largest sizes inwards, all coalitions of a size are used as long as random
    sampling would give at least as many on average. For the other sizes, random coalitions are
    drawn, each with its complement. If `most` allows all 2^M - 2, all are used.
    """
    totals = size_weights(players)
    members, weights = [np.zeros((0, players), dtype=np.bool_)], [np.zeros(0)]
    left, low = most, 1
    while low <= players // 2:
        sizes = sorted({low, players - low})
        count = sum(comb(players, size) for size in sizes)
        share = sum(totals[size - 1] for size in sizes) / totals[low - 1 : players - low].sum()
        if left * share < count * (1 - 1e-9):
            break
        for size in sizes:
            members.append(all_of(players, size))
            weights.append(np.full(comb(players, size), totals[size - 1] / comb(players, size)))
        left, low = left - count, low + 1
    if low <= players // 2 and left >= 2:
        drawn, shares = drawn_of(np.arange(low, players - low + 1), totals, left // 2, random)
        members.append(drawn)
        weights.append(shares)
    order = random.permutation(sum(map(len, weights)))
    return np.concatenate(members)[order], np.concatenate(weights)[order]


def all_of(players: int, size: int) -> Members:
    """All coalitions of a size, (comb(players, size), players).

    >>> all_of(3, 2).astype(int).tolist()
    [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """
    chosen = np.array(list(combinations(range(players), size)))
    members = np.zeros((len(chosen), players), dtype=np.bool_)
    np.put_along_axis(members, chosen, values=True, axis=1)
    return members


def drawn_of(
    sizes: np.ndarray[tuple[int], np.dtype[np.int64]],
    totals: Reals,
    pairs: int,
    random: np.random.Generator,
) -> tuple[Members, Reals]:
    """Random coalitions and their complements, each once, weighted by how often it was drawn.

    Args:
        sizes: how many members there may be.
        totals: (M - 1,) the weight of each size from 1 on; those of `sizes` are divided.
        pairs: the number of draws.
        random: the random generator.
    """
    among = totals[sizes - 1]
    size = random.choice(sizes, pairs, p=among / among.sum())
    ranks = random.random((pairs, len(totals) + 1)).argsort(axis=1).argsort(axis=1)
    chosen = ranks < size[:, None]
    members, counts = np.unique(np.concatenate([chosen, ~chosen]), axis=0, return_counts=True)
    return members, counts * (among.sum() / (2 * pairs))


def regression(members: Members, weights: Reals, gains: Reals, rise: float) -> Reals:
    """(M,) values whose sum is `rise` and whose sums over coalitions are closest to `gains`.

    Starting from equal values, only changes that add up to zero are fitted. If the coalitions do
    not determine them, the smallest changes are chosen.

    Args:
        members: (N, M) coalitions.
        weights: (N,) of their squared errors.
        gains: (N,) their scores minus the baseline's.
        rise: the score of the full coalition minus the baseline's.
    """
    shown = members.astype(np.float64)
    equal = rise / shown.shape[1]
    scale = np.sqrt(weights)
    errors = gains - equal * shown.sum(axis=1)
    centred = shown - shown.mean(axis=1, keepdims=True)
    changes = np.linalg.lstsq(scale[:, None] * centred, scale * errors, rcond=1e-10)[0]
    return np.asarray(equal + changes, dtype=np.float64)
