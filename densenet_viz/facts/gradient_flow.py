"""Which networks the gradients are measured on, and how much memory that takes.

A network has the depth of a dense one and its parameters within 2%, see `families`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from densenet_viz.facts.families import FAMILIES, Family, FamilySpec, Norm, dense_spec, matched

DEPTHS = tuple(range(10, 107, 12))
GROWTH_RATES = (3, 4, 6, 8)
PICTURES = 64
SEEDS = 5
TRAINED_EPOCHS = 3
"""Passes over the digits where gradients are followed along training."""
_FLOAT = 4
_COPIES = 3
"""What a layer reads, what its norm makes of it, and what its ReLU makes of that."""


def specs_of(
    families: Iterable[Family], depth: int, growth_rate: int, norm: Norm
) -> list[FamilySpec]:
    """One network of each family, with the depth and the budget of a dense one.

    >>> [spec.depth for spec in specs_of(["plain", "dense"], 22, 6, "none")]
    [22, 22]

    Args:
        families: which ones; they come in the order of `FAMILIES`.
        depth: see `FamilySpec`.
        growth_rate: k of the dense network.
        norm: whether the networks have batch norm.

    Raises:
        SpecError: a value is outside its limits.
    """
    dense = dense_spec(depth, growth_rate, norm=norm)
    chosen = set(families)
    return [matched(dense, family) for family in FAMILIES if family in chosen]


def memory_of(specs: Sequence[FamilySpec], pictures: int = PICTURES) -> int:
    """About the bytes that the largest of these networks keeps for its backward pass."""
    return max(_kept(spec) for spec in specs) * pictures


def _kept(spec: FamilySpec) -> int:
    numbers = 0
    for block, size in enumerate(spec.sizes):
        read = sum(spec.reads(block, layer) for layer in range(spec.layers))
        numbers += (read + spec.leaving[block]) * size**2
    return _FLOAT * _COPIES * numbers
