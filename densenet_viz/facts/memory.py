"""Memory that measuring and training need, by arithmetic: known before torch is loaded.

What training keeps: Pleiss, Chen, Huang, Li, van der Maaten, Weinberger, "Memory-Efficient
Implementation of DenseNets" (2017), section 3. A test compares it with what autograd really keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import FLOAT_BYTES, DenseNetSpec
from densenet_viz.facts.systems import SYSTEMS

_WORKING = 200_000_000
"""Bytes that an operation may need while it runs."""
_PICTURE = 3 * 224 * 224 * FLOAT_BYTES
_WIDEST = 64 * 112 * 112 * FLOAT_BYTES
"""Size of the first convolution's output for a picture: no tensor of the nine is larger."""
_AT_ONCE = 5
"""The most such tensors that a pass without gradients holds at a time; a test counts them."""


@dataclass(frozen=True)
class KeptMaps:
    """Bytes of maps kept after each layer of a block, one picture, float32.

    `naive`: every layer keeps the concatenation that it read, and a second copy after norm and
    ReLU. `shared`: every map is kept once and concatenated again in the backward pass. `both` is
    the part that both keep: the output of each bottleneck's 1×1, also after norm and ReLU.
    """

    naive: tuple[int, ...]
    shared: tuple[int, ...]
    both: tuple[int, ...]


def kept_maps(spec: DenseNetSpec, block: int) -> KeptMaps:
    """What block `block` (counted from 1) of a network with bottleneck layers keeps.

    >>> kept = kept_maps(DenseNetSpec(), 3)
    >>> round(kept.naive[-1] / kept.shared[-1], 1)
    5.1
    """
    size = spec.block_sizes[block - 1]
    a_map = size * size * FLOAT_BYTES
    reads = [row.in_channels for row in spec.dense_rows(block)]
    layers = range(1, len(reads) + 1)
    bottlenecks = [2 * spec.bottleneck_channels * layer for layer in layers]
    naive = [2 * sum(reads[:layer]) + both for layer, both in zip(layers, bottlenecks, strict=True)]
    shared = [own + both for own, both in zip(reads, bottlenecks, strict=True)]
    return KeptMaps(
        tuple(a_map * maps for maps in naive),
        tuple(a_map * maps for maps in shared),
        tuple(a_map * maps for maps in bottlenecks),
    )


def ways(name: str) -> tuple[bool, ...]:
    """Whether `memory_efficient` can be off, or off and on: only DenseNets concatenate."""
    return (False, True) if SYSTEMS[name].family == "DenseNet" else (False,)


def needed_for_steps(models: Sequence[str], batch: int) -> int:
    """About the most memory that measuring these models' training steps needs, in bytes.

    All weights are in memory at once, and also the largest of the steps: every tensor that the
    forward pass writes may be kept, and there is a gradient for each weight.
    """
    inventories = {name: inventory_of(SYSTEMS[name].spec) for name in models}
    weights = sum(one.weight_bytes * len(ways(name)) for name, one in inventories.items())
    step = max(one.activation_bytes * batch + one.weight_bytes for one in inventories.values())
    return weights + step + _WORKING


def needed_for_passes(models: Sequence[str], batches: Sequence[int]) -> int:
    """About the most memory that timing these models' forward passes needs, in bytes.

    All weights are in memory at once, and the pictures and maps of the largest batch.
    """
    weights = sum(inventory_of(SYSTEMS[name].spec).weight_bytes for name in set(models))
    return weights + max(batches) * (_PICTURE + _AT_ONCE * _WIDEST) + _WORKING


def memory_trouble(needed: int, spare: int | None, advice: str) -> str | None:
    """Why there is not enough memory, in a sentence; None if there is enough or it is unknown.

    >>> memory_trouble(2_500_000_000, 2_000_000_000, "choose a smaller batch")
    'That needs about 2.5 GB, but only 2.0 GB are free: choose a smaller batch.'
    >>> memory_trouble(2_500_000_000, 3_000_000_000, "choose a smaller batch")
    """
    if spare is None or needed <= spare:
        return None
    need, free = f"{needed / 1e9:.1f} GB", f"{spare / 1e9:.1f} GB"
    return f"That needs about {need}, but only {free} are free: {advice}."
