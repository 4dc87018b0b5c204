"""Named networks, built and counted once for all tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch

from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.measure.inventory import take_inventory
from densenet_viz.network.systems import build_system


@dataclass(frozen=True)
class Counted:
    """What one live network showed."""

    inventory: Inventory
    logits: torch.Tensor
    """(2, classes), of two pictures of noise, 64 px."""
    parameters: int
    buffers: int
    """Numbers in the state that is not trained, counters aside."""


@cache
def counted(name: str) -> Counted:
    network = build_system(name, seed=0)
    noise = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits = network(noise)
    return Counted(
        take_inventory(network),
        logits,
        sum(weight.numel() for weight in network.parameters()),
        sum(state.numel() for state in network.buffers() if state.is_floating_point()),
    )
