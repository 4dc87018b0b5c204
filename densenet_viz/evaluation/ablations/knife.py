"""Runs pictures through a DenseNet without some of its connections or layers.

Everything before a cut stays as it is, so it is computed once for all cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from densenet_viz.attribution.twins import fused_of, twin_of
from densenet_viz.facts.connections import Connection, reader_norm
from densenet_viz.network.cuts import Means, cut_norm
from densenet_viz.network.fused.parts import DenseLayer, FinalNorm, FusedBlock, Transition
from densenet_viz.network.shares import in_shares
from densenet_viz.results.reuse import Replacement
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel


class Knife:
    """Runs pictures through a network without a connection, or without some layers.

    Attributes:
        whole: (N, classes) float32, the logits of the whole network.
    """

    def __init__(
        self, model: LoadedModel, pictures: Sequence[Picture], replacement: Replacement = "zero"
    ) -> None:
        self._spec = model.spec
        self._network = twin_of(model)
        self._fused = fused_of(model)
        self._dtype = self._fused.backward_dtype
        x = torch.cat([model.tensor(picture) for picture in pictures])
        self._entering: dict[int, Tensor] = {}
        """By block, the (N, h, w, C) maps that enter it."""
        self.whole = self._walk(x)
        self._means = self.means() if replacement == "mean" else None

    def means(self) -> Means:
        """By block, the mean of each channel at its end over all pictures and pixels."""
        return {block: self._ends(block).double().mean((0, 1, 2)) for block in self._entering}

    def _walk(self, x: Tensor) -> Tensor:
        """Runs the whole network and keeps what enters each block."""
        maps = _in_parts(lambda part: self._fused.stem.forward(part, None), x)
        block = 0
        for place in self._fused.places:
            if place.startswith("block"):
                block += 1
                self._entering[block] = maps
            maps = self._forward(place, maps)
        return self._fused.classify(maps)

    def _forward(self, place: str, maps: Tensor) -> Tensor:
        return _in_parts(lambda part: self._fused.part(place).forward(part, None), maps)

    def _ends(self, block: int) -> Tensor:
        """(N, h, w, C), the maps at a block's end."""
        return self._forward(f"block {block}", self._entering[block])

    def cuts(self, connections: Iterable[Connection]) -> Iterator[tuple[Connection, Tensor]]:
        """Each connection with the (N, classes) logits of the network without it."""
        block, ends = 0, torch.empty(0)
        for one in connections:
            if one.block != block:
                block, ends = one.block, self._ends(one.block)
            yield one, self._cut(one, ends)

    def without(self, layers: Collection[tuple[int, int]]) -> Tensor:
        """The (N, classes) logits without what some layers write, for all their readers.

        Args:
            layers: block and layer of each, both from 1.
        """
        if not layers:
            return self.whole
        first = min(block for block, _layer in layers)
        places = self._fused.places[self._fused.places.index(f"block {first}") :]
        return _in_parts(lambda part: self._onward(places, layers, part), self._entering[first])

    def _onward(
        self, places: Sequence[str], layers: Collection[tuple[int, int]], maps: Tensor
    ) -> Tensor:
        """(n, classes) from the (n, h, w, C) maps that enter the first place."""
        for place in places:
            part = self._fused.part(place)
            if not isinstance(part, FusedBlock):
                maps = part.forward(maps, None)
                continue
            number = int(place.removeprefix("block "))
            gone = {layer for block, layer in layers if block == number}
            maps = self._emptied(part, number, gone, maps)
        return self._fused.classify(maps)

    def _emptied(
        self, block: FusedBlock, number: int, gone: Collection[int], entering: Tensor
    ) -> Tensor:
        """The end of a block, (n, h, w, C), in which some layers write zeros or means."""
        made = entering.new_zeros(*entering.shape[:3], block.channels)
        made[..., : block.reads] = entering
        for layer, each in enumerate(block.layers, start=1):
            written = made[..., each.reads : each.reads + each.writes]
            if layer not in gone:
                maps = made[..., : each.reads]
                written.copy_(each.forward(maps, torch.empty_like(maps), None))
            elif self._means is not None:
                written.copy_(self._means[number][each.reads : each.reads + each.writes])
        return made

    def _cut(self, one: Connection, ends: Tensor) -> Tensor:
        """(N, classes) from the (N, h, w, C) maps at the end of the whole block."""
        name = reader_norm(self._spec, one.block, one.reader)
        norm = self._network.get_submodule(name)
        assert isinstance(norm, nn.BatchNorm2d)
        values = self._means[one.block] if self._means else None
        other = cut_norm(norm, one.channels(self._spec), values)
        if one.reader > self._spec.block_config[one.block - 1]:
            after, place = self._after(name, other)
            maps = _in_parts(lambda part: after.forward(part, None), ends)
        else:
            parent = name.rpartition(".")[0]
            layer = DenseLayer(_with_norm(self._network, parent, other), self._dtype, ends.dtype)
            maps = _in_parts(lambda part: self._refill(one, layer, part), ends)
            place = f"block {one.block}"
        return self._fused.onward(maps.permute(0, 3, 1, 2), place)

    def _after(self, name: str, norm: nn.BatchNorm2d) -> tuple[Transition | FinalNorm, str]:
        """What reads a block's end, with another norm, and its place."""
        if name == "features.norm5":
            return FinalNorm(norm, self._dtype), "final"
        parent = name.rpartition(".")[0]
        number = parent.removeprefix("features.transition")
        made = Transition(_with_norm(self._network, parent, norm), self._dtype)
        return made, f"transition {number}"

    def _refill(self, one: Connection, layer: DenseLayer, ends: Tensor) -> Tensor:
        """The block's end, (n, h, w, C), after another layer and what follows it in the block."""
        block = self._fused.part(f"block {one.block}")
        assert isinstance(block, FusedBlock)
        made = ends.clone()
        for each in (layer, *block.layers[one.reader :]):
            maps = made[..., : each.reads]
            written = each.forward(maps, torch.empty_like(maps), None)
            made[..., each.reads : each.reads + each.writes] = written
        return made


def _with_norm(network: nn.Module, parent: str, norm: nn.BatchNorm2d) -> nn.Module:
    """A copy of a layer or a transition that shares all weights but the norm's."""
    module = network.get_submodule(parent)
    made = copy(module)
    made._modules = {  # a shallow copy shares this dictionary
        name: norm if name in ("norm", "norm1") else child
        for name, child in module.named_children()
    }
    return made


def _in_parts(work: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
    """`work` for shares of a batch, joined; nothing is kept for a backward pass."""

    def share(start: int, stop: int) -> Tensor:
        with torch.no_grad():  # each thread has its own switch
            return work(batch[start:stop])

    return torch.cat(in_shares(share, len(batch)))
