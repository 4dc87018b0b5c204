"""Covers one superpixel at a time."""

from __future__ import annotations

import numpy as np

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.explain.coalitions import game_of
from densenet_viz.attribution.parameters import Settings


def feature_ablation(asking: Asking, settings: Settings) -> Explanation:
    """How far the score falls when only one superpixel shows the baseline."""
    game = game_of(asking, settings)
    falls = np.zeros(game.players)
    whole = game.whole()
    for known in game.growing(~np.eye(game.players, dtype=np.bool_)):
        falls[: len(known)] = whole - known
        game.show(falls)
    return Explanation(game.spread(falls))
