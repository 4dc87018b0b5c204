"""How large the loss's gradient is at each layer of a network, and what direct connections bring.

For every weight layer, the L2 norm of two gradients of the mean cross-entropy over a batch:

- *output*: of what the layer writes, dL/dy. By the chain rule it shows how much of the loss's
  gradient has come back to this layer. It is the better one to compare layers by.
- *weight*: of the layer's weights, dL/dW, which is dL/dy times what the layer reads. It says how
  much the layer learns in a step, and depends on how large the maps are. In a plain network
  without norms the maps shrink forwards as the gradients shrink backwards, so their product can be
  about the same in all layers, although almost nothing arrives at the first one.

Batch norm uses the batch's own statistics, as in training.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from densenet_viz.errors import Cancelled
from densenet_viz.facts.families import FamilySpec
from densenet_viz.measure.direct import Cut, logits_without
from densenet_viz.network.families import build_family, weight_layers
from densenet_viz.network.shares import without_sharing
from densenet_viz.results.gradients import DirectPaths, GradientFlow, LayerGradients

_PER_LAYER = 2.0
"""About how much longer a dense layer takes than another family's; only for the progress bar."""


@dataclass(frozen=True)
class Examples:
    """A batch: (N, 3, S, S) normalised pictures and (N,) classes from 0."""

    pictures: Tensor
    labels: Tensor


def sizes_by_layer(network: nn.Module, batch: Examples) -> tuple[list[float], list[float], float]:
    """The norms of dL/dy and of dL/dW of each weight layer, and the loss.

    The network's mode is used as it is, and its own gradients stay as they are.

    Args:
        network: has convolutions and linear layers, each called once.
        batch: suits the network.
    """
    layers = [module for _, module in weight_layers(network)]
    written: dict[nn.Module, Tensor] = {}

    def catch(module: nn.Module, _args: object, output: Tensor) -> None:
        written[module] = output

    handles = [layer.register_forward_hook(catch) for layer in layers]
    try:
        loss = cross_entropy(network(batch.pictures), batch.labels)
    finally:
        for handle in handles:
            handle.remove()
    targets = [written[layer] for layer in layers] + [layer.weight for layer in layers]
    norms = [float(gradient.norm()) for gradient in torch.autograd.grad(loss, targets)]
    return norms[: len(layers)], norms[len(layers) :], float(loss.detach())


@dataclass
class _Walk:
    """The progress of a measurement, and the request to stop."""

    total: float
    on_progress: Callable[[float], None] | None
    cancelled: Callable[[], bool] | None
    done: float = field(default=0.0)

    def look(self) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def step(self, weight: float) -> None:
        self.done += weight
        if self.on_progress is not None:
            self.on_progress(min(1.0, self.done / self.total))


def measure_gradients(
    specs: Sequence[FamilySpec],
    batch: Examples,
    *,
    seeds: Sequence[int] = range(5),
    on_progress: Callable[[float], None] | None = None,
    on_flow: Callable[[GradientFlow], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> GradientFlow:
    """The gradients at initialisation, for several random networks of each family.

    Args:
        specs: of networks with equal depth, one of each family.
        batch: suits the networks.
        seeds: of the random weights.
        on_progress: called with the part done, 0 to 1, after each network.
        on_flow: called with the values so far, after each seed.
        cancelled: called before each network.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    weights = [_weight(spec) for spec in specs]
    walk = _Walk(len(seeds) * sum(weights), on_progress, cancelled)
    found: list[list[tuple[list[float], list[float], float]]] = [[] for _ in specs]
    flow: GradientFlow | None = None
    for count, seed in enumerate(seeds, start=1):
        for spec, weight, rows in zip(specs, weights, found, strict=True):
            walk.look()
            with without_sharing():  # many small operations
                rows.append(sizes_by_layer(build_family(spec, seed=seed).train(), batch))
            walk.step(weight)
        flow = GradientFlow(
            tuple(
                _joined(spec, seeds[:count], rows) for spec, rows in zip(specs, found, strict=True)
            ),
            len(batch.labels),
        )
        if on_flow is not None:
            on_flow(flow)
    assert flow is not None, "at least one seed"
    return flow


def _weight(spec: FamilySpec) -> float:
    """About how long a network takes, in any unit."""
    return spec.multiply_adds * (_PER_LAYER if spec.family == "dense" else 1.0)


def _joined(
    spec: FamilySpec, seeds: Sequence[int], rows: Sequence[tuple[list[float], list[float], float]]
) -> LayerGradients:
    output, weight, losses = zip(*rows, strict=True)
    return LayerGradients(spec, tuple(seeds), np.array(output), np.array(weight), np.array(losses))


def measure_direct(
    spec: FamilySpec,
    batch: Examples,
    *,
    seeds: Sequence[int] = range(5),
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DirectPaths:
    """The gradient of what the stem writes, with direct connections and without them.

    A cut connection still brings its values forwards, so the loss is the same; only its gradient is
    left out.

    Args:
        spec: of the network.
        batch: suits the network.
        seeds: of the random weights.
        on_progress: called with the part done, 0 to 1, after each pass.
        cancelled: called before each pass.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    cuts: tuple[Cut, ...] = ("none", "first", "every")
    walk = _Walk(len(seeds) * len(cuts), on_progress, cancelled)
    found = np.empty((len(cuts), len(seeds)))
    for column, seed in enumerate(seeds):
        network = build_family(spec, seed=seed).train()
        for row, cut in enumerate(cuts):
            walk.look()
            with without_sharing():
                stem, logits = logits_without(network, spec.family, batch.pictures, cut)
                loss = cross_entropy(logits, batch.labels)
                found[row, column] = float(torch.autograd.grad(loss, stem)[0].norm())
            walk.step(1)
    return DirectPaths(spec, tuple(seeds), *found)
