"""The weight layers of a network, one by one: counted live, or by arithmetic.

Both give the same frozen values, so that they can be compared leaf by leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

FLOAT_BYTES = 4

Kind = Literal["7×7", "1×1", "3×3", "transition", "batch norm", "classifier"]
KINDS: tuple[Kind, ...] = ("7×7", "1×1", "3×3", "transition", "batch norm", "classifier")
"""The kinds of leaves; a transition's convolution is also 1×1, but counted separately."""

_BY_KERNEL: Mapping[int, Kind] = {7: "7×7", 3: "3×3", 1: "1×1"}

Quantity = Literal["parameters", "multiply_adds", "running_statistics", "keras_biases"]


@dataclass(frozen=True)
class LeafCount:
    """One module that holds weights, for one picture.

    `place` is "stem", "block N", "transition N" or "head" (what follows the last block), where a
    residual network's stages are its blocks. `running_statistics` are a batch norm's means and
    variances, which are not trained. `keras_biases` are the biases that Keras's convolution has
    here and ours does not have.
    """

    module: str
    kind: Kind
    place: str
    parameters: int
    running_statistics: int
    keras_biases: int
    multiply_adds: int


@dataclass(frozen=True)
class Inventory:
    """A whole network: its leaves in the order of computation.

    `activation_bytes` is the float32 size of every tensor that an operation writes for one
    picture, sums and concatenations included, also if it writes in place.
    """

    leaves: tuple[LeafCount, ...]
    activation_bytes: int

    @cached_property
    def parameters(self) -> int:
        """Trainable."""
        return self._sum("parameters")

    @cached_property
    def running_statistics(self) -> int:
        return self._sum("running_statistics")

    @cached_property
    def keras_biases(self) -> int:
        return self._sum("keras_biases")

    @property
    def keras_total(self) -> int:
        """The parameters that Keras Applications prints for the same architecture."""
        return self.parameters + self.running_statistics + self.keras_biases

    @cached_property
    def multiply_adds(self) -> int:
        return self._sum("multiply_adds")

    @property
    def weight_bytes(self) -> int:
        """Float32 weights and running statistics in memory."""
        return (self.parameters + self.running_statistics) * FLOAT_BYTES

    @property
    def depth_parts(self) -> dict[str, int]:
        """Keras Applications' depth, part by part."""
        kinds = [leaf.kind for leaf in self.leaves]
        norms, classifiers = kinds.count("batch norm"), kinds.count("classifier")
        return {
            "convolutions": len(kinds) - norms - classifiers,
            "batch norms": norms,
            "classifier": classifiers,
        }

    @property
    def depth(self) -> int:
        """Convolutions + batch norms + classifier: 242 for DenseNet-121."""
        return sum(self.depth_parts.values())

    @property
    def places(self) -> tuple[str, ...]:
        """Every place once, in the order of computation."""
        return tuple(dict.fromkeys(leaf.place for leaf in self.leaves))

    def table(self, quantity: Quantity) -> Mapping[str, Mapping[Kind, int]]:
        """The sum of a quantity by place and, in each place, by kind; zeros are left out."""
        sums: dict[str, dict[Kind, int]] = {place: {} for place in self.places}
        for leaf in self.leaves:
            row = sums[leaf.place]
            row[leaf.kind] = row.get(leaf.kind, 0) + int(getattr(leaf, quantity))
        return sums

    def _sum(self, quantity: Quantity) -> int:
        return total(self.leaves, quantity)


def total(leaves: Iterable[LeafCount], quantity: Quantity) -> int:
    """The sum of one quantity over some leaves."""
    return sum(int(getattr(leaf, quantity)) for leaf in leaves)


class HasLeaves(Protocol):
    """A description of a network, or of a part of one."""

    @property
    def leaves(self) -> tuple[LeafCount, ...]:
        """Every module with weights, in the order of computation."""


class Totals:
    """Totals over a class's leaves, for one picture; a base class."""

    @property
    def parameters(self: HasLeaves) -> int:
        """All that is trained."""
        return total(self.leaves, "parameters")

    @property
    def multiply_adds(self: HasLeaves) -> int:
        """Of convolutions and the classifier."""
        return total(self.leaves, "multiply_adds")


# -- leaves by arithmetic ---------------------------------------------------------------------


def halved(size: int) -> int:
    """A size after a stride of 2 with 'same' padding: 224 -> 112, 7 -> 4."""
    return (size + 1) // 2


def kind_of(kernel: int, place: str) -> Kind:
    """The kind of a kernel × kernel convolution at a place.

    >>> kind_of(1, "block 1"), kind_of(1, "transition 1")
    ('1×1', 'transition')
    """
    return "transition" if place.startswith("transition") else _BY_KERNEL[kernel]


def convolution(
    module: str,
    place: str,
    *,
    reads: int,
    writes: int,
    kernel: int,
    size: int,
    keras_bias: bool = False,
) -> LeafCount:
    """A convolution without biases that writes `writes` maps of size × size pixels."""
    weights = reads * writes * kernel * kernel
    return LeafCount(
        *(module, kind_of(kernel, place), place),
        parameters=weights,
        running_statistics=0,
        keras_biases=writes * keras_bias,
        multiply_adds=weights * size * size,
    )


def norm(module: str, place: str, channels: int) -> LeafCount:
    """A batch norm: scale and shift are trained, mean and variance are running statistics."""
    return LeafCount(module, "batch norm", place, 2 * channels, 2 * channels, 0, 0)


def classifier(module: str, reads: int, classes: int) -> LeafCount:
    """The last layer, with its biases."""
    weights = reads * classes
    return LeafCount(module, "classifier", "head", weights + classes, 0, 0, weights)
