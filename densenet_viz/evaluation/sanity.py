"""The sanity check of saliency maps: does the map change when the learned weights are replaced?

Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim (NeurIPS 2018), "Sanity Checks for Saliency Maps".
A method whose map stays the same when weights become random shows the picture, not the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from densenet_viz.attribution import METHODS, attribute
from densenet_viz.evaluation.baselines import Heat, edges
from densenet_viz.evaluation.randomised import randomise, stages_of, wholly_random
from densenet_viz.evaluation.similarity import Similarity, similarity
from densenet_viz.network.shares import alone
from densenet_viz.results.traces import Maps

if TYPE_CHECKING:
    from densenet_viz.facts.spec import DenseNetSpec
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.traces import Picture

UNCHANGED = 0.5
"""If a map is more similar than this to those of wholly random networks, it did not change.

At 0.5 the ranks of one map explain a quarter (0.5 squared) of the variance of the other's.
"""

AGAIN = 2
"""More networks with only random weights. A map of few cells (Grad-CAM of the last block has 4 x 4
for a picture of 128 px) is sometimes similar to another by chance; the mean of three seldom is."""

TRAINED = "trained"
"""The name of the first stage: the unchanged network."""


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """A method's maps while the network's weights become random from the classifier downwards.

    The first entry always belongs to the trained network; a check that is not `finished` has only
    the first stages.
    """

    method: str
    target: int
    seed: int
    stages: tuple[str, ...]
    maps: tuple[Heat, ...]
    """(S, S) each, signed, summed over the colours."""
    similarities: tuple[Similarity, ...]
    """Similarity of each map to the first one."""
    again: tuple[Similarity, ...]
    """Similarity of the maps of `AGAIN` other wholly random networks to the first one."""
    planned: tuple[str, ...]
    """All stages of the finished check."""

    @property
    def finished(self) -> bool:
        return len(self.stages) == len(self.planned) and len(self.again) == AGAIN

    @property
    def at_the_end(self) -> Similarity | None:
        """The mean over all wholly random networks; None before they are known."""
        if not self.finished:
            return None
        last = (self.similarities[-1], *self.again)
        names = ("rank", "rank_absolute", "ssim")
        return Similarity(*(float(np.mean([getattr(one, name) for one in last])) for name in names))

    @property
    def unchanged(self) -> bool | None:
        """Whether the map is still similar with all weights random; None while this is unknown."""
        end = self.at_the_end
        return None if end is None else max(end.rank, end.rank_absolute, end.ssim) > UNCHANGED


def planned_stages(spec: DenseNetSpec) -> tuple[str, ...]:
    """The names of all stages of a check, the trained network first."""
    return (TRAINED, *(stage.name for stage in stages_of(spec)))


def networks_of(spec: DenseNetSpec) -> int:
    """The number of networks in a check; each needs one map."""
    return len(planned_stages(spec)) + AGAIN


def cost_of(spec: DenseNetSpec, asked: Mapping[str, Mapping[str, Any]]) -> int:
    """The most passes for the maps; a gradient counts as one more."""
    costs = [METHODS[name].cost(spec, settings) for name, settings in asked.items()]
    return sum(cost.forward + cost.backward for cost in costs) * networks_of(spec)


def edge_line(picture: Picture) -> Heat:
    """The edge detector's map, (S, S); it does not depend on a network."""
    return edges(picture, np.random.default_rng(0))


Checks = Mapping[str, SanityCheck]


@alone()
def sanity_checks(
    model: LoadedModel,
    picture: Picture,
    *,
    asked: Mapping[str, Mapping[str, Any]],
    target: int,
    seed: int = 0,
    device: str = "cpu",
    on_progress: Callable[[float], None] = lambda _part: None,
    cancelled: Callable[[], bool] = lambda: False,
    on_preview: Callable[[Checks], None] = lambda _checks: None,
) -> Checks:
    """Several methods' maps of one class on the same randomised networks.

    Args:
        model: its network is copied, not changed.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        asked: the methods' parameters by their names in `METHODS`; missing ones get their
            defaults.
        target: the class's index, the same at all stages.
        seed: of the random weights.
        device: where the maps are computed, as in `attribute`.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each pass.
        on_preview: called with the checks after each stage.

    Returns:
        The checks by the methods' names.

    Raises:
        AttributionError: a method, the target or a parameter is not allowed.
        Cancelled: `cancelled` returned True.
    """
    planned = planned_stages(model.spec)
    found: dict[str, list[tuple[Maps, Similarity]]] = {name: [] for name in asked}

    def checks() -> Checks:
        return {name: _check(name, target, seed, rows, planned) for name, rows in found.items()}

    steps = networks_of(model.spec) * len(asked)
    for network in _models(model, picture, seed):
        for name, settings in asked.items():
            done = sum(map(len, found.values()))

            def part_done(part: float, done: int = done) -> None:
                on_progress((done + part) / steps)

            values = attribute(
                network,
                picture,
                method=name,
                target=target,
                device=device,
                on_progress=part_done,
                cancelled=cancelled,
                **settings,
            ).values
            first = found[name][0][0] if found[name] else values
            found[name].append((values, similarity(first, values)))
        on_preview(checks())
    return checks()


def _models(model: LoadedModel, picture: Picture, seed: int) -> Iterator[LoadedModel]:
    """The networks in order: the trained one, one for each stage, and other wholly random ones."""
    yield model
    x = model.tensor(picture)
    for _stage, network in randomise(model, x, seed):
        yield network
    for more in range(1, AGAIN + 1):
        yield wholly_random(model, x, seed + more)


def _check(
    method: str,
    target: int,
    seed: int,
    rows: list[tuple[Maps, Similarity]],
    planned: tuple[str, ...],
) -> SanityCheck:
    count = min(len(rows), len(planned))
    return SanityCheck(
        method=method,
        target=target,
        seed=seed,
        stages=planned[:count],
        maps=tuple(np.asarray(values.sum(0), dtype=np.float32) for values, _ in rows[:count]),
        similarities=tuple(alike for _, alike in rows[:count]),
        again=tuple(alike for _, alike in rows[count:]),
        planned=planned,
    )
