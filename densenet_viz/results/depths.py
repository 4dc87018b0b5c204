"""How the first layer's gradient depends on the depth: frozen values, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from densenet_viz.facts.families import FAMILIES, Family, Norm
from densenet_viz.results.gradients import At

FORMAT = 1
"""Version of the JSON form."""


@dataclass(frozen=True)
class DepthPoint:
    """Random networks of one family and one depth.

    `output` and `weight` have one value for each seed: the first layer's gradient as a multiple of
    the last layer's, 0 or more.
    """

    family: Family
    depth: int
    norm: Norm
    parameters: int
    output: tuple[float, ...]
    weight: tuple[float, ...]

    def parts(self, at: At) -> tuple[float, ...]:
        """One value for each seed."""
        return self.output if at == "output" else self.weight

    def middle(self, at: At) -> float:
        """The median over the seeds; of an even number, the upper one."""
        return sorted(self.parts(at))[len(self.parts(at)) // 2]


@dataclass(frozen=True)
class DepthCurves:
    """Points of several families, depths and norms, measured with the same pictures and seeds."""

    growth_rate: int
    pictures: int
    seeds: tuple[int, ...]
    machine: Mapping[str, str]
    """What it was measured on, and when."""
    points: tuple[DepthPoint, ...]

    def of(self, family: Family, norm: Norm) -> tuple[DepthPoint, ...]:
        """A family's points with growing depth; none if it was not measured."""
        found = [one for one in self.points if (one.family, one.norm) == (family, norm)]
        return tuple(sorted(found, key=lambda one: one.depth))

    def families(self, norm: Norm) -> tuple[Family, ...]:
        """Those that were measured."""
        return tuple(family for family in FAMILIES if self.of(family, norm))

    def vanished_at(self, family: Family, norm: Norm, at: At, part: float) -> int | None:
        """The smallest measured depth from which the median stays below `part`; None: at none."""
        found = None
        for point in reversed(self.of(family, norm)):
            if point.middle(at) >= part:
                break
            found = point.depth
        return found


def curves_to_json(curves: DepthCurves) -> dict[str, Any]:
    """The curves as JSON types, each number with five digits."""
    return {
        "format": FORMAT,
        "growth_rate": curves.growth_rate,
        "pictures": curves.pictures,
        "seeds": list(curves.seeds),
        "machine": dict(curves.machine),
        "points": [_to_json(point) for point in curves.points],
    }


def _to_json(point: DepthPoint) -> dict[str, Any]:
    return {
        "family": point.family,
        "depth": point.depth,
        "norm": point.norm,
        "parameters": point.parameters,
        "output": [float(f"{part:.5g}") for part in point.output],
        "weight": [float(f"{part:.5g}") for part in point.weight],
    }


def curves_from_json(given: Mapping[str, Any]) -> DepthCurves:
    """The curves that `curves_to_json` wrote.

    Raises:
        ValueError: they have another format.
    """
    if given.get("format") != FORMAT:
        raise ValueError(f"format={given.get('format')!r} was given; {FORMAT} was expected.")
    points = (
        DepthPoint(**{**row, "output": tuple(row["output"]), "weight": tuple(row["weight"])})
        for row in given["points"]
    )
    return DepthCurves(
        growth_rate=given["growth_rate"],
        pictures=given["pictures"],
        seeds=tuple(given["seeds"]),
        machine=dict(given["machine"]),
        points=tuple(points),
    )
