"""What training keeps in memory, by arithmetic: known before torch is loaded.

Source: Pleiss, Chen, Huang, Li, van der Maaten, Weinberger, "Memory-Efficient Implementation of
DenseNets" (2017), section 3. A test holds it against what autograd really keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from densenet_viz.arithmetic.counting import inventory_of
from densenet_viz.spec import FLOAT_BYTES, DenseNetSpec
from densenet_viz.systems import SYSTEMS

_WORKING = 200_000_000
"""Bytes that operations may take within themselves."""


@dataclass(frozen=True)
class KeptMaps:
    """Bytes of maps kept after each layer of a block, one picture, float32.

    `naive`: every layer keeps the concatenation that it read, and the same once more, normed and
    activated. `shared`: every map is kept once and concatenated again on the way back. `both` is
    the part that either keeps: what each bottleneck's 1×1 wrote, and the same normed and activated.
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


def needed_bytes(models: Sequence[str], batch: int) -> int:
    """Memory that measuring these models takes at most, about: an estimate by arithmetic.

    All weights stand in memory at once; to them comes the greatest of the steps, in which every
    tensor that the forward pass writes might be kept, and a gradient for each weight.
    """
    inventories = {name: inventory_of(SYSTEMS[name].spec) for name in models}
    weights = sum(one.weight_bytes * len(ways(name)) for name, one in inventories.items())
    step = max(one.activation_bytes * batch + one.weight_bytes for one in inventories.values())
    return weights + step + _WORKING
