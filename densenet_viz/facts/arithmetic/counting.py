"""A network's inventory by arithmetic: the same values as `measure.inventory` counts live."""

from __future__ import annotations

from functools import lru_cache

from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.arithmetic.resnet import ResNetSpec
from densenet_viz.facts.spec import DenseNetSpec


@lru_cache(maxsize=64)
def inventory_of(spec: DenseNetSpec | ResNetSpec) -> Inventory:
    """The modules of a network of `spec` and their costs, for one picture of its input size.

    >>> densenet121 = inventory_of(DenseNetSpec())
    >>> densenet121.depth_parts
    {'convolutions': 120, 'batch norms': 121, 'classifier': 1}
    >>> densenet121.parameters + densenet121.running_statistics
    8062504
    """
    return Inventory(spec.leaves, spec.activation_bytes)
