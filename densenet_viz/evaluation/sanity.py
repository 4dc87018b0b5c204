"""The sanity check of saliency maps: does the map change when the network forgets what it learned?

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
"""A map more alike than this to those of networks without any learned weight did not change.

At 0.5 the ranks of the one map account for a quarter (0.5 squared) of the variance of the other's.
"""

AGAIN = 2
"""Further networks with nothing but random weights. A map of few cells (Grad-CAM of the last block
has 4 x 4 for a picture of 128 px) is like another by chance once in a while; the mean of three
seldom is."""

TRAINED = "trained"
"""What the first stage is called: the network as it is."""


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """A method's maps while the network's weights become random from the classifier downwards.

    The first of everything is the trained network's; a check that is not `finished` has the first
    stages only.
    """

    method: str
    target: int
    seed: int
    stages: tuple[str, ...]
    maps: tuple[Heat, ...]
    """(S, S) each, signed, summed over the colours."""
    similarities: tuple[Similarity, ...]
    """Of each map to the first one."""
    again: tuple[Similarity, ...]
    """Of the maps of `AGAIN` other wholly random networks to the first one."""
    planned: tuple[str, ...]
    """All stages that there will be."""

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
        """Whether the map is still alike when all weights are random; None before that is known."""
        end = self.at_the_end
        return None if end is None else max(end.rank, end.rank_absolute, end.ssim) > UNCHANGED


def planned_stages(spec: DenseNetSpec) -> tuple[str, ...]:
    """The names of all stages of a check, the trained network first."""
    return (TRAINED, *(stage.name for stage in stages_of(spec)))


def networks_of(spec: DenseNetSpec) -> int:
    """How many networks a check asks for a map each."""
    return len(planned_stages(spec)) + AGAIN


def cost_of(spec: DenseNetSpec, asked: Mapping[str, Mapping[str, Any]]) -> int:
    """Passes for the maps at most, a gradient counted as one more."""
    costs = [METHODS[name].cost(spec, settings) for name, settings in asked.items()]
    return sum(cost.forward + cost.backward for cost in costs) * networks_of(spec)


def edge_line(picture: Picture) -> Heat:
    """The edge detector's map, (S, S): the line that no network moves."""
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
        model: whose network is copied; itself it is not touched.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        asked: the methods' parameters by their names in `METHODS`; those not given have their
            defaults.
        target: the class's index, the same at all stages.
        seed: of the random weights.
        device: where the maps are computed, as in `attribute`.
        on_progress: told the part that is done, 0 to 1.
        cancelled: asked before each pass.
        on_preview: shown the checks after each stage.

    Returns:
        The checks by the methods' names.

    Raises:
        AttributionError: a method, the target or a parameter is not one that is allowed.
        Cancelled: `cancelled` answered yes.
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
    """The networks in their order: the trained one, each stage's, and other wholly random ones."""
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
