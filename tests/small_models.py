"""Small live networks for tests: real DenseNets, a few thousand weights, every norm at work."""

from __future__ import annotations

import io

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.models import LoadedModel
from densenet_viz.scenes.shapes import CLASSES

SPEC = DenseNetSpec(
    growth_rate=4, block_config=(2, 2), initial_channels=16, num_classes=6, input_size=64
)
OWN_SPEC = DenseNetSpec(
    growth_rate=4,
    block_config=(2, 2),
    initial_channels=8,
    bottleneck=False,
    compression=0.75,
    num_classes=6,
    input_size=64,
)


def small_network(spec: DenseNetSpec = SPEC, seed: int = 3) -> nn.Module:
    """A network whose norms are not the identity, so that forgetting one shows."""
    network = build(spec, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                for tensor, low, high in (
                    (module.weight, 0.6, 1.4),
                    (module.bias, -0.2, 0.2),
                    (module.running_mean, -0.2, 0.2),
                    (module.running_var, 0.6, 1.4),
                ):
                    tensor.copy_(torch.empty_like(tensor).uniform_(low, high, generator=generator))
    return network


def small_model(spec: DenseNetSpec = SPEC, seed: int = 3) -> LoadedModel:
    return LoadedModel(
        name="small",
        title="Small",
        spec=spec,
        network=small_network(spec, seed),
        labels=("star", "ring", "heart", "crane", "crane", "tall ship")[: spec.num_classes],
        input_size=spec.input_size,
        mean=(0.5, 0.4, 0.3),
        std=(0.25, 0.2, 0.3),
        provenance="Random weights, for tests.",
        knows="Knows nothing.",
        trained=False,
    )


def picture(size: int = 64, seed: int = 1) -> NDArray[np.uint8]:
    """Coloured noise with a bright square, (size, size, 3).

    No part has one colour: there a max pool's values would all be equal, and rounding, which
    differs from processor to processor, would choose the largest.
    """
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (size, size, 3), dtype=np.uint8)
    side = size // 2 - size // 4
    shades = np.array((245, 195, 40)) + random.integers(-6, 7, (side, side, 3))
    pixels[size // 4 : size // 2, size // 4 : size // 2] = shades
    return pixels


def saved(value: object) -> bytes:
    """What torch.save writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


SCENE_SPEC = DenseNetSpec(
    growth_rate=4,
    block_config=(1, 1, 1),
    initial_channels=8,
    num_classes=len(CLASSES),
    input_size=128,
)


def tiny(name: str = "scenes", spec: DenseNetSpec = SCENE_SPEC) -> LoadedModel:
    """An untrained network that takes drawn scenes as they are and has their classes."""
    return LoadedModel(
        name=name,
        title="Tiny",
        spec=spec,
        network=small_network(spec),
        labels=CLASSES[: spec.num_classes],
        input_size=spec.input_size,
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        provenance="Random weights, for tests.",
        knows="Knows nothing.",
        trained=False,
    )
