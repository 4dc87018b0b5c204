"""The paths of the loss's gradient back to a block's first layer, as a JSON scene (`paths.js`)."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from densenet_viz.figures.theme import layer_colour
from densenet_viz.results.flows import GradientPaths
from densenet_viz.stage.shared.words import percent

LISTED = 0.0005
"""A length is listed if it and all longer ones together bring more than this part."""

MOST = 0.8
"""The title says how short the paths are that together bring at least this part."""

FIRST = 1
"""The layer whose gradient is followed back."""


class Length(TypedDict):
    """The paths of one length: how many there are, and the part of the gradient they bring."""

    length: int
    count: int
    share: float
    name: str
    paths: str
    percent: str
    sentence: str


class PathsScene(TypedDict):
    """What `paths.js` shows; `whole` and `chain` are parts of the last layer's gradient."""

    block: int
    layers: int
    after: str
    title: str
    sentence: str
    colours: list[str]
    lengths: list[Length]
    whole: list[float]
    chain: list[float]
    bars: str
    alt: str


def paths_scene(found: GradientPaths, *, after: str) -> PathsScene:
    """The scene: for each length, the number of paths and their part of the gradient.

    Args:
        found: of a block with at least one layer.
        after: what reads the block's output, where every path starts: "transition 3".
    """
    shares = [float(share) for share in found.shares[FIRST, : found.layers]]
    last = found.whole[-1] or 1.0
    return {
        "block": found.block,
        "layers": found.layers,
        "after": after,
        "title": _title(found, shares),
        "sentence": _sentence(found),
        "colours": [layer_colour(layer) for layer in range(1, found.layers + 1)],
        "lengths": [_length(found, length, share, after) for length, share in _listed(shares)],
        "whole": [_short(found.whole[layer] / last) for layer in _layers(found)],
        "chain": [_short(found.chain(layer) / last) for layer in _layers(found)],
        "bars": _bars_words(found),
        "alt": f"Block {found.block}: layers 1 to {found.layers} in a row, {after} at their right, "
        "and the paths from there back to layer 1. Below each layer, the size of the gradient "
        "that reaches it, and the size of the part that comes through every later layer.",
    }


def _layers(found: GradientPaths) -> range:
    return range(FIRST, found.layers + 1)


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _listed(shares: list[float]) -> list[tuple[int, float]]:
    """The lengths from 0 that bring enough, and the longest."""
    rest = np.abs(shares)[::-1].cumsum()[::-1]
    matter = max(1, int((rest > LISTED).sum()))
    listed = list(enumerate(shares))
    return listed[:matter] if matter == len(shares) else [*listed[:matter], listed[-1]]


def _length(found: GradientPaths, length: int, share: float, after: str) -> Length:
    count = found.count(FIRST, length)
    longest = length == found.layers - FIRST
    paths = "1 path" if count == 1 else f"{count:,} paths"
    if length == 0:
        sentence = f"Direct: {paths}, straight from {after} to layer 1."
    elif longest:
        sentence = f"Through all {length} later layers: {paths}, the only one in a plain chain."
    else:
        sentence = f"Through {length} layer{'s' * (length > 1)}: {paths}."
    return {
        "length": length,
        "count": count,
        "share": round(share, 6),
        "name": "direct" if length == 0 else f"{length} layer{'s' * (length > 1)}",
        "paths": paths,
        "percent": signed_percent(share),
        "sentence": f"{sentence} It brings {signed_percent(share)} of layer 1’s gradient."
        if count == 1
        else f"{sentence} Together they bring {signed_percent(share)} of layer 1’s gradient.",
    }


def signed_percent(share: float) -> str:
    """A part in percent; it is negative if paths work against each other.

    >>> signed_percent(0.29), signed_percent(-0.031), signed_percent(1e-9)
    ('29.0%', '−3.1%', 'under 0.1%')
    """
    return f"−{percent(-share)}" if share < -0.0005 else percent(max(0.0, share))


def _title(found: GradientPaths, shares: list[float]) -> str:
    if not found.whole[FIRST]:
        return f"No gradient reaches layer 1 of block {found.block} here"
    reached = np.cumsum(shares)
    short = int(np.argmax(reached >= MOST)) if (reached >= MOST).any() else len(shares) - 1
    layers = "no other layer" if short == 0 else f"at most {short} of {found.layers - 1} layers"
    return f"{reached[short]:.0%} of layer 1’s gradient came through {layers}"


def _sentence(found: GradientPaths) -> str:
    paths = 2 ** (found.layers - FIRST)
    return (
        f"Block {found.block} has {paths:,} paths from the loss back to its first layer, each "
        "through other layers. The gradient there is the sum over all of them."
    )


def _bars_words(found: GradientPaths) -> str:
    """What the bars show: the first layer's gradient compared with the last layer's."""
    last = found.whole[-1]
    if not last:
        return "No gradient reaches the last layer here."
    whole, chain = found.whole[FIRST] / last, found.chain(FIRST) / last
    by_chain = f"{chain:.2f}" if chain >= 0.005 else "less than 0.01"
    return (
        f"Layer 1 gets {whole:.2f} times the gradient that the last layer gets; the one path "
        f"through every layer alone brings {by_chain}."
    )
