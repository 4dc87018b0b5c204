"""How strongly each layer reads each source: figure 5 of the paper, on any live DenseNet.

The figure shows "the average absolute filter weights of convolutional layers": the L1 norm of the
weights that connect source s with reader l, divided by the number of input maps (Huang et al.,
CVPR 2017, section 5 and figure 5). Here it is divided by the number of weights, so that readers
with kernels of other sizes can be compared; within a column, this is the same up to a factor.
A reader's batch norm first multiplies each map by gamma / sigma, so the same weight counts more for
a map with a small spread: the second weighing includes this.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.facts.connections import connections_of, reader_norm
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.reuse import Reuse, Weighing


def measure_reuse(model: LoadedModel, weighing: Weighing = "weights") -> Reuse:
    """The mean absolute weight of every connection of a network."""
    return Reuse(model.name, weighing, reuse_of(model.network, model.spec, weighing))


def reuse_of(
    network: nn.Module, spec: DenseNetSpec, weighing: Weighing = "weights"
) -> tuple[NDArray[np.float64], ...]:
    """The mean absolute weight of every connection, a matrix for each block (`Reuse.blocks`)."""
    return tuple(
        _matrix(network, spec, block, weighing) for block in range(1, len(spec.block_config) + 1)
    )


def _matrix(
    network: nn.Module, spec: DenseNetSpec, block: int, weighing: Weighing
) -> NDArray[np.float64]:
    count = spec.block_config[block - 1] + 1
    matrix = np.full((count, count), np.nan)
    columns = {
        reader: strength_by_channel(network, spec, block, reader, weighing)
        for reader in range(1, count + 1)
    }
    for one in connections_of(spec, block):
        channels = one.channels(spec)
        mean = columns[one.reader][channels.start : channels.stop].mean()
        matrix[one.source, one.reader - 1] = mean
    return matrix


def strength_by_channel(
    network: nn.Module, spec: DenseNetSpec, block: int, reader: int, weighing: Weighing
) -> Tensor:
    """(C,) float64: for each map that a reader of a block reads, the mean |w| over its weights."""
    name = reader_norm(spec, block, reader)
    weight = _reading_weight(network, name)
    mean = weight.double().abs().transpose(0, 1).flatten(1).mean(1)
    if weighing == "weights":
        return mean
    norm = network.get_submodule(name)
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_var is not None
    spread = (norm.running_var.double() + norm.eps).sqrt()
    return mean * norm.weight.detach().double().abs() / spread


def _reading_weight(network: nn.Module, norm: str) -> Tensor:
    """The (out, in, ...) weight after a norm: of a convolution, or of the first linear layer."""
    if norm == "features.norm5":
        linear = (m for m in network.get_submodule("classifier").modules() if _is_linear(m))
        reader = next(linear)
    else:
        parent = network.get_submodule(norm.rpartition(".")[0])
        reader = parent.get_submodule("conv1" if hasattr(parent, "conv1") else "conv")
    weight = reader.weight
    assert isinstance(weight, torch.Tensor)
    return weight.detach()


def _is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear)
