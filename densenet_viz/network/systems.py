"""The nine systems and the five variants, live, by name."""

from __future__ import annotations

from torch import nn

from densenet_viz.facts.arithmetic.resnet import ResNetSpec
from densenet_viz.facts.systems import NAMED_SPECS
from densenet_viz.network.build import build
from densenet_viz.network.resnet import build_resnet


def build_system(
    name: str, *, seed: int | None = None, memory_efficient: bool = False
) -> nn.Module:
    """A system (a key of `SYSTEMS`) or a variant (of `VARIANTS`) with random weights.

    Args:
        name: "resnet50", "resnet50v2", "densenet121", "densenet264" and so on.
        seed: makes the random weights repeatable without touching torch's global generator.
        memory_efficient: DenseNets only: in training, torchvision does not keep the
            concatenations but makes them again in the backward pass.

    Returns:
        A module in evaluation mode, from (N, 3, H, W) pictures to (N, 1000) logits.

    Raises:
        ValueError: there is no such network, or it cannot be memory-efficient.
    """
    spec = NAMED_SPECS.get(name)
    if spec is None:
        raise ValueError(f"{name[:40]!r} was given; allowed: {', '.join(NAMED_SPECS)}.")
    if not isinstance(spec, ResNetSpec):
        return build(spec, seed=seed, memory_efficient=memory_efficient)
    if memory_efficient:
        raise ValueError(f"memory_efficient was given for {name}; only DenseNets have it.")
    return build_resnet(spec, seed=seed)
