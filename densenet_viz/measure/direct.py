"""A pass through a network of a family in which direct connections bring no gradient back.

A *direct connection* reaches past the next layer:

- dense: from a source of a block to each of its readers but the first;
- aggregated: from a source of a block to the transition (or the head), but not the last layer's;
- residual: the sum's shortcut past a unit of two layers;
- plain: there is none.

Forwards nothing changes: the values are the same, and only their gradient is left out (`detach`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from densenet_viz.facts.families import Family
from densenet_viz.network.densenet import HasHead, classify_maps

Cut = Literal["none", "first", "every"]
"""Whose direct connections are cut: nobody's, those of the stem in the first block, everybody's."""


def logits_without(
    network: nn.Module, family: Family, pictures: Tensor, cut: Cut
) -> tuple[Tensor, Tensor]:
    """What the stem writes, (N, C, H, W), and the logits, (N, classes).

    Args:
        network: of `build_family`, in any mode.
        family: of the network.
        pictures: (N, 3, S, S), normalised.
        cut: whose direct connections bring no gradient.
    """
    features = network.get_submodule("features")
    stem: Tensor | None = None
    maps, block = pictures, 0
    for name, part in features.named_children():
        if "block" not in name:
            maps = part(maps)
            stem = maps if stem is None else stem
            continue
        block += 1
        layers = _layers_of(part)
        maps = _through(layers, family, maps, _cut_sources(cut, block, len(layers)))
    assert stem is not None, "the stem is the first part"
    head: HasHead = network  # type: ignore[assignment]  # every network of the families has one
    return stem, classify_maps(head, maps)


def _layers_of(block: nn.Module) -> list[nn.Module]:
    """A DenseNet's block has its layers as children; another one keeps them in `layers`."""
    kept = getattr(block, "layers", block)
    assert isinstance(kept, nn.Module)
    return list(kept.children())


def _cut_sources(cut: Cut, block: int, layers: int) -> frozenset[int]:
    """The sources of a block whose direct connections are cut; 0 is what enters it."""
    if cut == "every":
        return frozenset(range(layers + 1))
    return frozenset({0} if cut == "first" and block == 1 else ())


def _through(
    layers: Sequence[nn.Module], family: Family, entering: Tensor, cut: frozenset[int]
) -> Tensor:
    """(N, C, H, W) that enters a block to (N, C', H, W) that leaves it."""
    if family == "residual":
        return _add(layers, entering, cut)
    sources = [entering]
    for layer in layers:
        reads = _joined(sources, cut) if family == "dense" else sources[-1]
        sources.append(layer(reads))
    return sources[-1] if family == "plain" else _joined(sources, cut)


def _joined(sources: Sequence[Tensor], cut: frozenset[int]) -> Tensor:
    """All sources for one reader, which is the next reader of the last one only."""
    *earlier, last = sources
    read = [maps.detach() if source in cut else maps for source, maps in enumerate(earlier)]
    return torch.cat([*read, last], 1)


def _add(layers: Sequence[nn.Module], maps: Tensor, cut: frozenset[int]) -> Tensor:
    for place in range(0, len(layers), 2):
        added = layers[place + 1](layers[place](maps))
        maps = added + (maps.detach() if place in cut else maps)
    return maps
