"""A channel in detail: its map, its kernel, its sources and readers, and what the answer loses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

import numpy as np

from densenet_viz.facts.configuration import Configuration
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.inside import ChannelInside, Reader, SourceShare
from densenet_viz.stage.inside.packed import (
    PackedFloats,
    ReaderRow,
    pack_large,
    reader_row,
)

KERNELS = 16
"""Kernels that are shown: those of the maps that add most to the channel's mean, or take most."""


class Kernel(TypedDict):
    """The weights with which one map is read, row by row, and what it adds to the mean."""

    input: int
    weights: list[float]
    adds: float


class AfterMap(TypedDict):
    """The channel's map after a later step of the layer."""

    name: str
    map: PackedFloats


class Share(TypedDict):
    """How much the map changes without a source, as a share of its mean size."""

    source: int
    change: float


class Chance(TypedDict):
    """A class's probability with the channel and without it."""

    label: str
    whole: float
    without: float


class ChannelDetail(TypedDict):
    """One map and everything around it."""

    kind: Literal["channel"]
    step: str
    map: PackedFloats
    low: float
    high: float
    after: list[AfterMap]
    inputs: int
    kernelSize: int
    kernels: list[Kernel]
    sources: list[Share]
    readers: list[ReaderRow]
    chances: list[Chance]


def channel_detail(
    spec: Configuration,
    channel: ChannelInside,
    shares: Sequence[SourceShare],
    readers: Sequence[Reader],
    chances: Sequence[tuple[Prediction, Prediction]],
) -> ChannelDetail:
    """A channel as it ran.

    Args:
        spec: of the network.
        channel: what made its map.
        shares: how much each source matters to the map.
        readers: who reads it.
        chances: a class's probability with the channel and without it, for some classes.
    """
    means = channel.contributions.mean((1, 2))
    return {
        "kind": "channel",
        "step": channel.step,
        "map": pack_large(channel.made),
        "low": float(channel.made.min()),
        "high": float(channel.made.max()),
        "after": [{"name": one.name, "map": pack_large(one.maps[0])} for one in channel.after],
        "inputs": len(channel.read),
        "kernelSize": channel.kernel.shape[1],
        "kernels": [
            {
                "input": int(place),
                "weights": channel.kernel[place].ravel().tolist(),
                "adds": float(means[place]),
            }
            for place in np.argsort(-np.abs(means), kind="stable")[:KERNELS]
        ],
        "sources": [{"source": share.source, "change": share.change} for share in shares],
        "readers": [reader_row(spec, reader) for reader in readers],
        "chances": [
            {"label": whole.label, "whole": whole.probability, "without": without.probability}
            for whole, without in chances
        ],
    }
