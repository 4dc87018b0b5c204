"""Cuts connections of a live DenseNet: one reader no longer gets what one source wrote.

A reader reads its channels through a batch norm, which scales and shifts every channel by itself.
If the scale of a channel is 0 and its shift is what the norm makes of a constant, the reader gets
this constant, whatever the source wrote; all other readers get the source's maps as before. So a
cut network is an ordinary network with other norm parameters: it runs, and is explained, like any.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256

import torch
from torch import Tensor, nn

from densenet_viz.facts.connections import Connection, reader_norm
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.copies import with_modules
from densenet_viz.network.loaded import LoadedModel

Means = Mapping[int, Tensor]
"""By block, the (C,) mean of each channel of the block's output, over pictures and pixels."""


def cut(
    model: LoadedModel, connections: Collection[Connection], means: Means | None = None
) -> LoadedModel:
    """A model whose network has lost these connections; the given model does not change.

    Args:
        model: any number of threads may use it at once.
        connections: without one, the result is `model` itself.
        means: what the readers get instead of the source's maps; without it, zero.

    Raises:
        ValueError: there is no such connection.
    """
    if not connections:
        return model
    cuts = sorted(set(connections))
    norms = dict(_cut_norms(model.network, model.spec, cuts, means))
    told = repr((cuts, sorted((key, one.tolist()) for key, one in (means or {}).items())))
    digest = sha256(told.encode()).hexdigest()[:16]
    return with_modules(model, norms, f"{model.name}, cut {digest}")


def cut_norm(norm: nn.BatchNorm2d, channels: range, values: Tensor | None) -> nn.BatchNorm2d:
    """A copy of a norm whose output at some channels is that of a constant input.

    Args:
        norm: in evaluation mode.
        channels: what is cut off.
        values: (C,), the constant of each channel of the norm; None for zero.
    """
    here = slice(channels.start, channels.stop)
    made = copy.deepcopy(norm).eval()
    assert made.running_mean is not None
    assert made.running_var is not None
    with torch.no_grad():
        # In double precision: the result is rounded only once.
        scale = made.weight[here].double() / (made.running_var[here].double() + made.eps).sqrt()
        constant = 0 if values is None else values[here].double().to(scale.device)
        shift = made.bias[here].double() + (constant - made.running_mean[here].double()) * scale
        made.weight[here] = 0
        made.bias[here] = shift.to(made.bias.dtype)
    return made


def _cut_norms(
    network: nn.Module, spec: DenseNetSpec, cuts: list[Connection], means: Means | None
) -> Iterator[tuple[str, nn.BatchNorm2d]]:
    """The name and the new norm of each reader that loses something."""
    known: dict[str, nn.BatchNorm2d] = {}
    for one in cuts:
        if not (
            1 <= one.block <= len(spec.block_config)
            and 0 <= one.source < one.reader <= spec.block_config[one.block - 1] + 1
        ):
            raise ValueError(f"{one} was given; it is no connection of this network.")
        name = reader_norm(spec, one.block, one.reader)
        norm = known.get(name) or network.get_submodule(name)
        assert isinstance(norm, nn.BatchNorm2d)
        known[name] = cut_norm(norm, one.channels(spec), means[one.block] if means else None)
    yield from known.items()
