"""A network small enough to be trained in a test, and what two of them have in common."""

from __future__ import annotations

import hashlib

import torch
from torch import nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.scenes.data import Pictures
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.shapes import CLASSES

SMALL = DenseNetSpec(
    growth_rate=4,
    block_config=(1, 1),
    initial_channels=8,
    num_classes=len(CLASSES),
    input_size=SIZE,
)


def same_weights(first: nn.Module, second: nn.Module) -> bool:
    """Whether two networks of one kind are equal bit for bit, running statistics included."""
    theirs = second.state_dict()
    return all(torch.equal(value, theirs[key]) for key, value in first.state_dict().items())


def digest(pictures: Pictures) -> str:
    """SHA-256 of pixels and labels."""
    return hashlib.sha256(pictures.images.tobytes() + pictures.labels.tobytes()).hexdigest()
