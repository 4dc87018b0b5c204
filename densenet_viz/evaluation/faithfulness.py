"""How faithful maps are to the network on one picture: several measures, side by side.

Each answers a different question, and they often disagree. None needs to know where the object is;
if that is known (a drawn scene), three more measures compare the map with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.asking import Asking, Watch
from densenet_viz.evaluation import metrics
from densenet_viz.evaluation.baselines import BASELINES, Heat
from densenet_viz.evaluation.infidelity import (
    SAMPLES,
    Infidelity,
    Squares,
    gives_slopes,
    infidelity,
    predict_falls,
    squares,
)
from densenet_viz.evaluation.perturbation import Perturbed, order_of, perturb
from densenet_viz.evaluation.sensitivity import samples_for, sensitivity_max
from densenet_viz.network.shares import alone
from densenet_viz.results.attributions import Attribution, Explains
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.facts.spec import DenseNetSpec
    from densenet_viz.network.loaded import LoadedModel

STEPS: Final = 16
"""In this many equal steps, pixels are removed or inserted."""

REFERENCES: Final = ("random", "edges")
"""The maps of `BASELINES` that are compared with the methods'."""


@dataclass(frozen=True)
class Found:
    """How well a map's positive values find the drawn object, each 0 to 1 (`metrics`)."""

    pointing: bool
    energy: float
    average_precision: float


@dataclass(frozen=True, eq=False)
class Measured:
    """One map and all its measures.

    `rank` (S, S) says for each pixel how many come before it in deletion and insertion: 0 for the
    highest value. `sensitivity` is None for a reference, `found` is None if no mask is known.
    """

    name: str
    title: str
    heat: Heat
    rank: NDArray[np.int32]
    curves: Perturbed
    infidelity: Infidelity
    sensitivity: float | None
    found: Found | None


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """The methods in their given order, followed by the references."""

    target: int
    methods: tuple[Measured, ...]
    references: tuple[Measured, ...]
    samples: Mapping[str, int]
    """How many moved pictures were used for each method's sensitivity."""
    finished: bool
    axis: Explains
    """What the curves of deletion and insertion measure."""


Settings = Mapping[str, Any]


def cost_of(spec: DenseNetSpec, asked: Mapping[str, Settings]) -> int:
    """The most passes of all measures (a gradient counts as one more), without the maps' own."""
    return sum(_passes(spec, asked))


def _passes(spec: DenseNetSpec, asked: Mapping[str, Settings]) -> tuple[int, int]:
    """Pictures that go forward, and gradients that come back."""
    curves = 3 + 2 * (STEPS - 1)
    forward = 1 + SAMPLES + curves * (len(asked) + len(REFERENCES))
    backward = 0
    for name, settings in asked.items():
        cost = METHODS[name].cost(spec, settings)
        samples = samples_for(cost.forward + cost.backward)
        forward, backward = forward + samples * cost.forward, backward + samples * cost.backward
    return forward, backward


@alone()
def faithfulness(
    model: LoadedModel,
    picture: Picture,
    maps: Sequence[Attribution],
    *,
    axis: Explains = "probability",
    mask: metrics.Mask | None = None,
    seed: int = 0,
    device: str = "cpu",
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_preview: Callable[[Faithfulness], None] = lambda _so_far: None,
) -> Faithfulness:
    """All measures of maps of one picture and one class.

    Infidelity and sensitivity are about what the maps explain, the logit or the probability.

    Args:
        model: the model that the maps explain.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        maps: of this picture, this model and one class, each by another method. All explain the
            logit, or all the probability.
        axis: what the curves of deletion and insertion measure.
        mask: where the drawn object is, (S, S) of the model's input size, if that is known.
        seed: of everything that is drawn at random.
        device: "cpu" or "cuda".
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each pass.
        on_preview: called with the results so far.

    Raises:
        ValueError: no map was given, or maps of several classes, or of logits and probabilities.
        Cancelled: `cancelled` returned True.
    """
    targets = {one.target.index for one in maps}
    if len(targets) != 1:
        raise ValueError(f"Maps of {len(targets)} classes were given; maps of one are expected.")
    if len({one.explains for one in maps}) != 1:
        raise ValueError("Maps of logits and of probabilities were given; one kind is expected.")
    asked = {one.method: one.parameters for one in maps}
    watch = Watch(_passes(model.spec, asked)[0], on_progress, cancelled)
    explains = maps[0].explains
    work = _Work(model, picture, targets.pop(), mask, seed, watch, device, explains, axis)
    references = [work.reference(name) for name in REFERENCES]
    rows: list[Measured] = []
    samples = {name: work.samples(name, settings) for name, settings in asked.items()}

    def so_far(*, finished: bool) -> Faithfulness:
        measured = tuple(rows), tuple(references), samples
        return Faithfulness(work.asking.target, *measured, finished, axis)

    on_preview(so_far(finished=False))
    for one in maps:
        rows.append(work.method(one))
        on_preview(so_far(finished=False))
    watch.report(1.0)
    return so_far(finished=True)


class _Work:
    """What the measures of all maps share: all use the same squares and falls of the score."""

    def __init__(
        self,
        model: LoadedModel,
        picture: Picture,
        target: int,
        mask: metrics.Mask | None,
        seed: int,
        watch: Watch,
        device: str,
        explains: Explains,
        axis: Explains,
    ) -> None:
        self.picture = model.picture(picture)
        self.seed, self.axis = seed, axis
        self.mask = mask
        self.asking = Asking(
            *(model, model.tensor(picture), target), watch=watch, explains=explains, device=device
        )
        x, cover = self.asking.x, model.uniform(model.mean)
        drawn = squares(x.cpu(), cover, torch.Generator().manual_seed(seed))
        pictures = torch.cat([x.cpu(), x.cpu() - drawn.removed])
        scores = self.asking.scores(pictures).cpu().double()
        self.squares: Squares = drawn
        self.falls: Tensor = scores[0] - scores[1:]

    def samples(self, method: str, settings: Settings) -> int:
        cost = METHODS[method].cost(self.asking.model.spec, settings)
        return samples_for(cost.forward + cost.backward)

    def reference(self, name: str) -> Measured:
        title, draw = BASELINES[name]
        heat = draw(self.picture, np.random.default_rng(self.seed))
        return self._measured(name, title, heat[None], slopes=False, sensitivity=None)

    def method(self, one: Attribution) -> Measured:
        from densenet_viz.attribution.computing import explain as explain_with

        row = METHODS[one.method]
        slopes = gives_slopes(one.method, one.parameters)

        def explain(x: Tensor) -> Tensor:
            return explain_with(row, self.asking.about(x), one.parameters).values.detach().cpu()

        sensitivity = sensitivity_max(
            explain,
            self.asking.x,
            torch.from_numpy(one.values),
            torch.Generator().manual_seed(self.seed + 1),
            self.samples(one.method, one.parameters),
        )
        return self._measured(row.name, row.title, one.values, slopes, sensitivity)

    def _measured(
        self,
        name: str,
        title: str,
        values: NDArray[np.float32],
        slopes: bool,
        sensitivity: float | None,
    ) -> Measured:
        heat = np.asarray(values.sum(axis=0), dtype=np.float32)
        places = np.empty(heat.size, np.int32)
        places[order_of(heat, np.random.default_rng(self.seed))] = np.arange(heat.size)
        rank = places.reshape(heat.shape)
        said = predict_falls(torch.from_numpy(values), self.squares, slopes=slopes)
        return Measured(
            name=name,
            title=title,
            heat=heat,
            rank=rank,
            curves=self._curves(rank),
            infidelity=infidelity(said, self.falls),
            sensitivity=sensitivity,
            found=None if self.mask is None else found(heat, self.mask),
        )

    def _curves(self, rank: NDArray[np.int32]) -> Perturbed:
        asking = self.asking

        def ask(pictures: Tensor) -> Tensor:
            parts = []
            for part in torch.split(pictures, 2 * asking.batch):
                asking.watch.before(len(part))
                parts.append(asking.fused.logits(part.to(asking.device)))
            return torch.cat(parts)

        return perturb(
            asking.model,
            self.picture,
            asking.target,
            {"map": -rank.astype(np.float32)},  # no ties are left, so nothing is drawn
            np.random.default_rng(self.seed),
            STEPS,
            ask=ask,
            axis=self.axis,
        )["map"]


def found(heat: Heat, mask: metrics.Mask) -> Found:
    """How well the positive part of a map (S, S) finds the object."""
    positive = np.maximum(heat, 0)
    return Found(
        pointing=metrics.pointing(positive, mask),
        energy=metrics.energy(positive, mask),
        average_precision=metrics.precision_recall(positive, mask).average_precision,
    )
