"""With how few connections does a network keep its answer to one picture? A greedy search.

First each connection is cut alone. Then they are cut one after the other, the least important ones
first; a cut that changes the answer is taken back. The result is not always the smallest number:
trying all sets of cuts would take too long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.knife import Knife
from densenet_viz.facts.connections import Connection, connections_of
from densenet_viz.network.cuts import cut
from densenet_viz.network.shares import alone
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

WORTH_OF_ORDER = 0.5
"""The part of the work that the first step takes; the cuts one after the other take the rest."""


@dataclass(frozen=True)
class Fewest:
    """What can be cut without another answer."""

    answer: int
    """The class that the whole network gives."""
    cuts: frozenset[Connection]
    kept: int
    """Connections that are left."""


@alone()
def keep_fewest(
    model: LoadedModel,
    picture: Picture,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Fewest:
    """Cuts as many connections as a greedy search can, so that the answer stays.

    Args:
        model: any DenseNet; it does not change.
        picture: (H, W, 3) uint8 RGB of any size.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each pass.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    every = list(connections_of(model.spec))
    report = on_progress or (lambda _part: None)
    stopped = cancelled or (lambda: False)
    knife = Knife(model, [picture])
    answer = int(knife.whole.argmax())
    margins: dict[Connection, float] = {}
    for one, logits in knife.cuts(every):
        margins[one] = _margin(logits[0], answer)
        _go_on(report, stopped, WORTH_OF_ORDER * len(margins) / len(every))
    x, cuts = model.tensor(picture), frozenset[Connection]()
    now = model
    for count, one in enumerate(sorted(every, key=lambda one: -margins[one]), start=1):
        other = cut(now, [one])
        with torch.inference_mode():
            kept = int(other.network(x).argmax()) == answer
        if kept:
            now, cuts = other, cuts | {one}
        _go_on(report, stopped, WORTH_OF_ORDER + (1 - WORTH_OF_ORDER) * count / len(every))
    return Fewest(answer, cuts, len(every) - len(cuts))


def _margin(logits: torch.Tensor, answer: int) -> float:
    """How far the answer's logit is above the next one's."""
    others = logits.clone()
    others[answer] = -torch.inf
    return float(logits[answer] - others.max())


def _go_on(report: Callable[[float], None], stopped: Callable[[], bool], part: float) -> None:
    report(part)
    if stopped():
        raise Cancelled
