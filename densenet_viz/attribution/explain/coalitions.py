"""A picture as a game: superpixels are the players, and the score is a coalition's gain.

A coalition's superpixels show the picture, all others show the baseline.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.explain.segments import Labels, superpixels_of
from densenet_viz.attribution.parameters import Settings

Members = NDArray[np.bool_]
"""(N, players): who is in each of N coalitions."""

Reals = NDArray[np.float64]


class Game:
    """See the top of this file. With several baselines, a score is the mean over them.

    Attributes:
        players: how many superpixels there are, M.
    """

    def __init__(self, asking: Asking, labels: Labels, baselines: Tensor) -> None:
        """The game of one question.

        Args:
            asking: the picture, the network and the class.
            labels: (S, S), each pixel's superpixel from 0 to M - 1.
            baselines: (D, 3, S, S), what absent superpixels show.
        """
        self._asking = asking
        self._labels = torch.from_numpy(labels).to(asking.device)
        self._baselines = baselines
        self._sizes = np.bincount(labels.ravel())
        self.players = len(self._sizes)

    def whole(self) -> float:
        """The score of the picture: all players take part."""
        return float(self._asking.scores(self._asking.x)[0])

    def blank(self) -> float:
        """The score of the baseline: no player takes part."""
        return float(self._asking.scores(self._baselines).double().mean())

    def worths(self, members: Members) -> Reals:
        """(N,) scores of (N, M) coalitions."""
        found = np.empty(0)
        for known in self.growing(members):
            found = known
        return found

    def growing(self, members: Members) -> Iterator[Reals]:
        """The scores of the first few of (N, M) coalitions, then of more, finally of all, (N,).

        So a map can be shown before the last coalition is scored.
        """
        known, few = np.empty(0), self._asking.batch
        asked = torch.from_numpy(members)
        # A smaller part first, so that the first map appears sooner.
        for part in (asked[:few], *torch.split(asked[few:], 2 * few)):
            if len(part):
                known = np.concatenate([known, self._scores(part.to(self._labels.device))])
                yield known

    def _scores(self, members: Tensor) -> Reals:
        shown = members[:, self._labels][:, None]
        scores = [
            self._asking.scores(torch.where(shown, self._asking.x, baseline)).double()
            for baseline in self._baselines
        ]
        return np.asarray(torch.stack(scores).mean(0).cpu().numpy(), dtype=np.float64)

    def spread(self, values: Reals) -> Tensor:
        """(M,) values to a (1, S, S) map: each is divided evenly among its superpixel's pixels.

        So the map's sum is the sum of the values.
        """
        each = torch.from_numpy(values / self._sizes).float().to(self._labels.device)
        return each[self._labels][None]

    def show(self, values: Reals) -> None:
        self._asking.show(self.spread(values))


def game_of(asking: Asking, settings: Settings) -> Game:
    """The game for a method's `segments`, `baseline` and, if it has one, `seed`."""
    seed = int(settings.get("seed", 0))
    baselines = baseline_inputs(asking.model, asking.x, str(settings["baseline"]), seed)
    return Game(asking, superpixels_of(asking, int(settings["segments"])), baselines)


def complete(game: Game, values: Reals, rise: float) -> Explanation:
    """The map of values that should add up to `rise`, and the difference to `rise`."""
    spread = game.spread(values)
    return Explanation(spread, float(spread.double().sum()) - rise)
