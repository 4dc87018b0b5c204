"""The first layer's gradient at many depths, on digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from densenet_viz import machine
from densenet_viz.evaluation.families.digits import digit_batch
from densenet_viz.facts.families import Family, Norm
from densenet_viz.facts.gradient_flow import PICTURES, specs_of
from densenet_viz.measure.gradients import measure_gradients
from densenet_viz.results.depths import DepthCurves, DepthPoint
from densenet_viz.results.gradients import LayerGradients


def measure_depths(
    families: Sequence[Family],
    depths: Sequence[int],
    growth_rate: int,
    norms: Sequence[Norm],
    *,
    seeds: Sequence[int] = range(5),
    pictures: int = PICTURES,
    on_progress: Callable[[float], None] | None = None,
    on_curves: Callable[[DepthCurves], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DepthCurves:
    """Random networks of each family at each depth, shallow ones first.

    Args:
        families: which ones.
        depths: see `FamilySpec`.
        growth_rate: k of the dense networks.
        norms: with batch norm, without, or both.
        seeds: of the random weights.
        pictures: digits in the batch.
        on_progress: called with the part done, 0 to 1.
        on_curves: called with the points so far, after each depth.
        cancelled: called before each network.

    Raises:
        Cancelled: `cancelled` returned True.
        SpecError: a value is outside its limits.
    """
    batch = digit_batch(pictures)
    about = machine.describe("cpu")
    rows = [(depth, norm) for depth in sorted(depths) for norm in norms]
    total, done = sum(depth**2 for depth, _ in rows), 0
    points: tuple[DepthPoint, ...] = ()
    found = DepthCurves(growth_rate, pictures, tuple(seeds), about, points)
    for depth, norm in rows:
        start, length = done / total, depth**2 / total
        flow = measure_gradients(
            specs_of(families, depth, growth_rate, norm),
            batch,
            seeds=seeds,
            on_progress=partial(_tell, on_progress, start, length),
            cancelled=cancelled,
        )
        points += tuple(map(_point, flow.families))
        done += depth**2
        found = DepthCurves(growth_rate, pictures, tuple(seeds), about, points)
        if on_curves is not None:
            on_curves(found)
    return found


def _tell(
    on_progress: Callable[[float], None] | None, start: float, length: float, part: float
) -> None:
    if on_progress is not None:
        on_progress(min(1.0, start + length * part))


def _point(one: LayerGradients) -> DepthPoint:
    spec, output, weight = one.spec, one.kept("output").tolist(), one.kept("weight").tolist()
    return DepthPoint(
        spec.family, spec.depth, spec.norm, spec.parameters, tuple(output), tuple(weight)
    )
