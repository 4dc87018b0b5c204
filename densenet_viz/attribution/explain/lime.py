"""A linear model of the score around the picture, in terms of the superpixels that are shown."""

from __future__ import annotations

import numpy as np

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.explain.coalitions import Members, Reals, game_of
from densenet_viz.attribution.parameters import Settings

RIDGE = 1.0
"""Penalty on the squared values, as in the authors' program."""


def lime(asking: Asking, settings: Settings) -> Explanation:
    """Ribeiro, Singh, Guestrin (2016), section 3.4, with the ridge regression of their program.

    The picture itself and pictures that show a random half of the superpixels are scored; those
    nearer to the picture count more.
    """
    game = game_of(asking, settings)
    random = np.random.default_rng(int(settings["seed"]))
    members = random.random((int(settings["samples"]), game.players)) < 0.5
    members = np.concatenate([np.ones((1, game.players), dtype=np.bool_), members])
    weights = nearness(members, int(settings["width"]) / 100)
    values = np.zeros(game.players)
    scores = np.array([game.whole()])
    for known in game.growing(members[1:]):
        scores = np.append(scores[:1], known)
        first = slice(len(scores))
        values = ridge(members[first], weights[first], scores)
        game.show(values)
    return Explanation(game.spread(values))


def nearness(members: Members, width: float) -> Reals:
    """(N,) weights from 0 to 1 of (N, M) coalitions: how close they are to the whole picture.

    The distance is 1 minus the cosine between a coalition and the full one; the weight is
    sqrt(exp(-distance² / width²)), as in the authors' program.

    >>> nearness(np.array([[True] * 4, [True] + [False] * 3]), 0.5).round(4).tolist()
    [1.0, 0.6065]
    """
    distance = 1 - np.sqrt(members.mean(axis=1))
    return np.asarray(np.exp(-((distance / width) ** 2) / 2), dtype=np.float64)


def ridge(members: Members, weights: Reals, scores: Reals, penalty: float = RIDGE) -> Reals:
    """(M,) values of the weighted ridge regression with an intercept that is not penalised.

    Args:
        members: (N, M) coalitions.
        weights: (N,) of their squared errors.
        scores: (N,) the scores to explain.
        penalty: on the sum of the squared values, more than 0.
    """
    shown = members.astype(np.float64)
    centred = shown - np.average(shown, axis=0, weights=weights)
    heights = scores - np.average(scores, weights=weights)
    products = (centred.T * weights) @ centred + penalty * np.eye(shown.shape[1])
    values = np.linalg.solve(products, (centred.T * weights) @ heights)
    return np.asarray(values, dtype=np.float64)
