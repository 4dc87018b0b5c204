"""The paths by which the loss's gradient goes back through a dense block, on a live network.

Each layer of a block reads all sources before it, so there are 2^(L - l) paths from the block's end
back to layer l: one through every subset of the layers between. For one picture the backward pass
is linear, so the gradient is the exact sum over all paths, and the paths of each length can be
added up separately: the gradient through m layers is the gradient through m - 1, passed through
one more layer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.flows import GradientPaths
from densenet_viz.results.traces import Picture


def gradient_paths(
    model: LoadedModel, picture: Picture, *, block: int, target: int
) -> GradientPaths:
    """The gradient of the loss at every source of a block, split by the length of its paths.

    Args:
        model: its network is used in evaluation mode, and its lock is held.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        block: counted from 1.
        target: the right class's index; the loss is its cross-entropy.

    Raises:
        ValueError: the block or the class does not exist.
    """
    blocks, classes = len(model.spec.block_config), len(model.labels)
    if not 1 <= block <= blocks:
        raise ValueError(f"block={block} was given; 1 to {blocks} are allowed.")
    if not 0 <= target < classes:
        raise ValueError(f"target={target} was given; 0 to {classes - 1} are allowed.")
    with model.lock:
        end, gradient = _at_end(model, picture, block, target)
        parts = _by_length(model, end, gradient, block)
    return _summed(parts, block, model.labels[target])


def _at_end(model: LoadedModel, picture: Picture, block: int, target: int) -> tuple[Tensor, Tensor]:
    """The (1, C, h, w) tensor at the block's end, and the loss's gradient there."""
    caught: list[Tensor] = []

    def catch(_module: nn.Module, _args: object, output: Tensor) -> Tensor:
        caught.append(output.detach().requires_grad_())
        return caught[0]

    module = model.network.get_submodule(f"features.denseblock{block}")
    handle = module.register_forward_hook(catch)
    try:
        logits = model.network(model.tensor(picture))
    finally:
        handle.remove()
    slope = torch.softmax(logits[0].detach().double(), 0)
    slope[target] = -(slope.sum() - slope[target])  # p - 1 without rounding where p is nearly 1
    length = slope.norm()
    slope = slope / length if length > 0 else slope
    (gradient,) = torch.autograd.grad(logits, caught[0], slope.to(logits.dtype)[None])
    return caught[0].detach(), gradient


def _by_length(model: LoadedModel, end: Tensor, gradient: Tensor, block: int) -> list[list[Tensor]]:
    """For each length, from 0, the gradient at each source through paths of that length."""
    entering, k = model.spec.block_inputs[block - 1], model.spec.growth_rate
    layers = model.spec.block_config[block - 1]
    sizes = [entering] + [k] * layers
    pieces = list(gradient.split(sizes, 1))
    parts = [pieces]
    graphs = [
        _layer(model, end, block, layer, entering + k * (layer - 1))
        for layer in range(1, layers + 1)
    ]
    for _ in range(layers):
        parts.append(_once_more(graphs, parts[-1], sizes))
    return parts


def _layer(
    model: LoadedModel, end: Tensor, block: int, layer: int, reads: int
) -> tuple[Tensor, Tensor]:
    """A layer's input and output, connected by its graph."""
    read = end[:, :reads].detach().requires_grad_()
    module = model.network.get_submodule(f"features.denseblock{block}.denselayer{layer}")
    return read, module([read])


def _once_more(
    graphs: Sequence[tuple[Tensor, Tensor]], before: Sequence[Tensor], sizes: Sequence[int]
) -> list[Tensor]:
    """The gradient at each source that comes from `before` through one more layer."""
    after = [torch.zeros_like(one) for one in before]
    for layer, (read, written) in enumerate(graphs, start=1):
        (back,) = torch.autograd.grad(written, read, before[layer], retain_graph=True)
        for source, piece in enumerate(back.split(sizes[:layer], 1)):
            after[source] += piece
    return after


def _summed(parts: list[list[Tensor]], block: int, label: str) -> GradientPaths:
    by_source = [torch.stack(pieces).double().flatten(1) for pieces in zip(*parts, strict=True)]
    wholes = [pieces.sum(0) for pieces in by_source]
    squares = [float(whole @ whole) for whole in wholes]
    return GradientPaths(
        block=block,
        label=label,
        whole=np.sqrt(squares),
        norms=np.array([pieces.norm(dim=1).tolist() for pieces in by_source]),
        shares=np.array(
            [
                (pieces @ whole / (square or 1.0)).tolist()
                for pieces, whole, square in zip(by_source, wholes, squares, strict=True)
            ]
        ),
    )
