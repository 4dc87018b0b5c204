"""What a network does during its training with tags that say the truth or not: without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.results.traces import Maps


@dataclass(frozen=True)
class TagShares:
    """Shares of unseen scenes, 0 to 1, after some steps.

    `true`, `none` and `false` are the shares in which the network names the object, when a corner
    has the tag of its class, no tag, or the tag of another class. `follows` is the share in
    which it names the class of the false tag.
    """

    true: float
    none: float
    false: float
    follows: float


def tag_wins(steps: Sequence[int], shares: Sequence[TagShares]) -> int | None:
    """The first step from which on a false tag's class is named in more than half of the scenes.

    None if it is not so at the last step.
    """
    won = None
    for step, share in zip(reversed(steps), reversed(shares), strict=True):
        if share.follows <= 0.5:
            break
        won = step
    return won


@dataclass(frozen=True, eq=False)
class WatchedFrame:
    """A network after some steps, and what it does with one picture.

    `chances` (classes,) are its probabilities. `kernels` (C, 3, h, w) are the weights of the first
    convolution. `maps` has for each block what its last layer writes, (k, h, w). `reuse` has for
    each block the mean |w| of each connection, as in `Reuse`. `heat` (S, S) is the map of the class
    that it names; `on_object` and `on_tag` are the shares of the map's positive values there, 0 to
    1, with the usual tolerance; `on_tag` is None if there is no tag.
    """

    chances: NDArray[np.float32]
    kernels: NDArray[np.float32]
    maps: tuple[Maps, ...]
    reuse: tuple[NDArray[np.float64], ...]
    heat: NDArray[np.float32]
    on_object: float
    on_tag: float | None

    @property
    def answer(self) -> int:
        """The class that it names."""
        return int(self.chances.argmax())


@dataclass(frozen=True, eq=False)
class WatchedRun:
    """One network along its training; `steps` (from 0), `shares` and `frames` go together."""

    name: str
    steps: tuple[int, ...]
    shares: tuple[TagShares, ...]
    frames: tuple[WatchedFrame, ...]
