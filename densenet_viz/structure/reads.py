"""What every layer of a DenseNet reads on a path of inputs, and the gradients of the score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from densenet_viz.attribution.asking import Watch
from densenet_viz.attribution.twins import twin_of
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.loaded import LoadedModel

BYTES_AT_ONCE = 400e6
"""About how many bytes the pictures of one pass may keep."""

_KEPT = 3
"""Each reading is kept about this many times: as read, normalised, and as its gradient."""


class Reads(NamedTuple):
    """The network's values at n places of the path.

    `scores` are (n,); `ends` are the (n, C, h, w) tensors at each block's end, whose first channels
    are what every layer of the block read; `slopes` are the score's gradients with respect to each
    reading, in the order of `Wired.readers`.
    """

    scores: Tensor
    ends: tuple[Tensor, ...]
    slopes: tuple[Tensor, ...]

    def after(self, before: Reads | None) -> Reads:
        """Adds the last place of `before` in front, so that no piece of the path is missing."""
        if before is None:
            return self
        join = [torch.cat([old[-1:], new]) for old, new in zip(before.ends, self.ends, strict=True)]
        slopes = [
            torch.cat([old[-1:], new]) for old, new in zip(before.slopes, self.slopes, strict=True)
        ]
        return Reads(torch.cat([before.scores[-1:], self.scores]), tuple(join), tuple(slopes))

    def last(self) -> Reads:
        """A copy of the last place only, so that the others can be freed."""
        return Reads(
            self.scores[-1:].clone(),
            tuple(end[-1:].clone() for end in self.ends),
            tuple(slope[-1:].clone() for slope in self.slopes),
        )


class Wired:
    """A private copy of a network that records every reading of a block's maps."""

    def __init__(self, model: LoadedModel, watch: Watch, device: str) -> None:
        self.spec = model.spec
        self.device = device
        self.watch = watch
        self._twin = twin_of(model, device)
        self._caught: list[Tensor] = []
        for name in reader_modules(model.spec):
            self._twin.get_submodule(name).register_forward_pre_hook(self._catch)
        self.batch = _batch(model.spec)

    def _catch(self, _module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor]:
        # A separate view, so that its gradient belongs only to this reading.
        read = args[0].view_as(args[0])
        self._caught.append(read)
        return (read,)

    def walk(
        self, start: Tensor, x: Tensor, nodes: list[float], target: int, *, ends_only: bool
    ) -> Iterator[Reads]:
        """Runs along the path in batches; each begins where the one before ended.

        With `ends_only`, only the last readers' slopes are taken.
        """
        before: Reads | None = None
        places = torch.tensor(nodes, dtype=x.dtype, device=self.device).view(-1, 1, 1, 1)
        for part in torch.split(places, self.batch):
            reads = self._at(start + part * (x - start), target, ends_only).after(before)
            before = reads.last()
            yield reads

    def _at(self, pictures: Tensor, target: int, ends_only: bool) -> Reads:
        self.watch.before(len(pictures))
        self.watch.back += len(pictures)
        scores = self._twin(pictures.requires_grad_())[:, target]
        caught = tuple(self._caught)
        self._caught.clear()
        ends = tuple(caught[place] for place in last_readers(self.spec))
        slopes = torch.autograd.grad(scores.sum(), ends if ends_only else caught)
        return Reads(scores.detach().double(), tuple(end.detach() for end in ends), slopes)


def reader_modules(spec: DenseNetSpec) -> list[str]:
    """The norms that read a block's maps: each layer's first, then the one after the block.

    >>> reader_modules(DenseNetSpec(block_config=(1, 1)))[:2]
    ['features.denseblock1.denselayer1.norm1', 'features.transition1.norm']
    """
    names: list[str] = []
    for block, layers in enumerate(spec.block_config, start=1):
        within = f"features.denseblock{block}.denselayer"
        names += [f"{within}{layer}.norm1" for layer in range(1, layers + 1)]
        last = block == len(spec.block_config)
        names.append("features.norm5" if last else f"features.transition{block}.norm")
    return names


def last_readers(spec: DenseNetSpec) -> list[int]:
    """The position of each block's last reader among all readers."""
    return [int(place) for place in np.cumsum([layers + 1 for layers in spec.block_config]) - 1]


def _batch(spec: DenseNetSpec) -> int:
    """How many places of the path are computed together, so that they fit in memory."""
    floats = 0
    for side, reads, layers in zip(
        spec.block_sizes, spec.block_inputs, spec.block_config, strict=True
    ):
        channels = [reads + layer * spec.growth_rate for layer in range(layers + 1)]
        floats += sum(channels) * side**2
    return int(min(16, max(1, BYTES_AT_ONCE / (4 * _KEPT * floats))))
