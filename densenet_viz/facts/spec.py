"""Channel, shape and cost arithmetic of a DenseNet, as plain numbers.

Nothing here needs a deep-learning library, so a page that shows only arithmetic appears at once.
`tests/test_network.py` compares every number of this file with networks that really run.

Source: Huang, Liu, van der Maaten, Weinberger, "Densely Connected Convolutional Networks"
(CVPR 2017), section 3 and table 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from densenet_viz.facts.arithmetic.inventory import FLOAT_BYTES, LeafCount
from densenet_viz.facts.arithmetic.limits import SpecError
from densenet_viz.facts.arithmetic.rows import BlockCost, LayerRow, layer_cost, rows_of
from densenet_viz.facts.configuration import BOTTLENECK_FACTOR, Configuration

__all__ = [
    "BOTTLENECK_FACTOR",
    "FLOAT_BYTES",
    "VARIANTS",
    "BlockCost",
    "DenseNetSpec",
    "LayerRow",
    "SpecError",
]


@dataclass(frozen=True)
class DenseNetSpec(Configuration):
    """A DenseNet in numbers: its configuration, and what it costs.

    >>> spec = DenseNetSpec()
    >>> spec.name, spec.parameters, sum(spec.connections)
    ('DenseNet-121', 7978856, 535)
    >>> [row.out_channels for row in spec.rows if row.kind == "dense layer"][:2]
    [96, 128]

    Args and limits are those of `Configuration`.

    Raises:
        SpecError: a value is outside its limits, a transition would keep no map, or the input is
            too small, so that a block would have no pixels.
    """

    # -- totals ---------------------------------------------------------------------------

    @property
    def connections(self) -> tuple[int, ...]:
        """Direct connections of each block, L(L+1)/2 (paper, section 1)."""
        return tuple(layers * (layers + 1) // 2 for layers in self.block_config)

    @property
    def depth_parts(self) -> dict[str, int]:
        """The weight layers that the name counts, part by part."""
        per_layer = 2 if self.bottleneck else 1
        return {
            "stem": 1,
            "dense layers": per_layer * sum(self.block_config),
            "transitions": len(self.block_config) - 1,
            "classifier": 1,
        }

    @property
    def depth(self) -> int:
        """The number in the network's name: 121 for the default."""
        return sum(self.depth_parts.values())

    @property
    def name(self) -> str:
        return f"DenseNet-{self.depth}"

    @property
    def depth_reason(self) -> str:
        """Why it is called 121, in one line."""
        per_layer = "2 × " if self.bottleneck else ""
        blocks = " + ".join(map(str, self.block_config))
        parts = self.depth_parts
        return (
            f"1 (stem) + {per_layer}({blocks}) ({'bottleneck' if self.bottleneck else 'dense'} "
            f"layers) + {parts['transitions']} (transitions) + 1 (classifier) = {self.depth}"
        )

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    def parameters_until(self, block: int) -> int:
        """Of the stem, and of all blocks with their transitions up to `block`, counted from 1.

        >>> spec = DenseNetSpec()
        >>> spec.parameters_until(1) == 9_536 + spec.block_cost(1).parameters + 2 * 256 + 256 * 128
        True
        """
        kinds = ("stem", "dense layer", "transition")
        return sum(row.parameters for row in self.rows if row.block <= block and row.kind in kinds)

    @property
    def multiply_adds(self) -> int:
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        return sum(row.activation_bytes for row in self.rows)

    # -- rows -----------------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[LayerRow, ...]:
        """Every step in the order of computation."""
        return tuple(rows_of(self))

    @property
    def leaves(self) -> tuple[LeafCount, ...]:
        """Every module with weights, in the order of computation."""
        return tuple(leaf for row in self.rows for leaf in row.leaves)

    def dense_rows(self, block: int) -> tuple[LayerRow, ...]:
        """The layers of one block; `block` counts from 1."""
        return tuple(row for row in self.rows if row.kind == "dense layer" and row.block == block)

    def block_cost(self, block: int) -> BlockCost:
        """What the dense layers of one block cost; `block` counts from 1."""
        return _summed(self.dense_rows(block))

    def plain_block_cost(self, block: int) -> BlockCost:
        """The same block without concatenation.

        Every layer has the same bottleneck and the same numbers of input and output maps. But
        earlier maps are not kept, so the layer must write all of its output maps, not only k of
        them ("no need to re-learn redundant feature maps", paper, section 1).
        """
        size = self.block_sizes[block - 1]
        costs = [
            layer_cost(self, row.in_channels, row.out_channels, size)
            for row in self.dense_rows(block)
        ]
        return _summed(costs)


def _summed(costs: Iterable[BlockCost | LayerRow]) -> BlockCost:
    parts = tuple(costs)
    return BlockCost(
        sum(part.parameters for part in parts),
        sum(part.multiply_adds for part in parts),
        sum(part.activation_bytes for part in parts),
    )


VARIANTS: Mapping[str, DenseNetSpec] = MappingProxyType(
    {
        "densenet121": DenseNetSpec(32, (6, 12, 24, 16), 64),
        "densenet161": DenseNetSpec(48, (6, 12, 36, 24), 96),
        "densenet169": DenseNetSpec(32, (6, 12, 32, 32), 64),
        "densenet201": DenseNetSpec(32, (6, 12, 48, 32), 64),
        "densenet264": DenseNetSpec(32, (6, 12, 64, 48), 64),
    }
)
"""The ImageNet configurations of the paper's table 1, and torchvision's 161."""
