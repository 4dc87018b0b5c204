"""Sizes of gradients in words: as parts and multiples of another gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from densenet_viz.figures.families import LOOKS
from densenet_viz.results.gradients import At, GradientFlow, LayerGradients


def ratio_words(ratio: float) -> str:
    """A gradient as a part or a multiple of another one, with two digits.

    >>> ratio_words(0.000025), ratio_words(0.34), ratio_words(52.4), ratio_words(1.2e6)
    ('1/40,000', '1/2.9', '52 times', '1.2 million times')
    >>> ratio_words(0.0), ratio_words(3e-9), ratio_words(1.0)
    ('0', '1/330 million', '1.0 times')
    """
    if ratio <= 0:
        return "0"
    return f"1/{_amount(1 / ratio)}" if ratio < 0.995 else f"{_amount(ratio)} times"


def _amount(value: float) -> str:
    """From 1, with two digits."""
    digits = float(f"{value:.2g}")
    if digits >= 1e12:
        return f"{digits:.1e}".replace("e+", "e")
    for size, name in ((1e9, " billion"), (1e6, " million")):
        if digits >= size:
            scaled = digits / size
            return f"{scaled:,.0f}{name}" if scaled >= 10 else f"{scaled:.1f}{name}"
    return f"{digits:,.0f}" if digits >= 10 else f"{digits:.1f}"


def flow_words(flow: GradientFlow, at: At) -> str:
    """What the measurement says, in one sentence."""
    norm = "with" if flow.normalised else "without"
    parts = [
        f"{ratio_words(middle_of(one, at))} in the {LOOKS[one.family].title} network"
        for one in flow.families
    ]
    what = "weights’ gradient" if at == "weight" else "gradient"
    return (
        f"At depth {flow.depth} {norm} batch norm, the first layer’s {what}, compared with the "
        f"last layer’s, is {_listed(parts)}."
    )


def middle_of(one: LayerGradients, at: At) -> float:
    """The median over the seeds of the first layer's gradient as a part of the last layer's."""
    return float(np.median(one.kept(at)))


def verdict_words(flow: GradientFlow, at: At) -> str:
    """In which families the first layer's gradient vanishes, explodes, or keeps its size.

    A family is named under one of these only if all its random networks agree.
    """
    named: dict[str, list[str]] = {}
    for one in flow.families:
        ratios = one.kept(at)
        low, high = float(ratios.min()), float(ratios.max())
        if high < 1 / FACTOR:
            verdict = f"It nearly vanishes (below 1/{FACTOR})"
        elif low > FACTOR:
            verdict = f"It explodes (over {FACTOR} times)"
        elif low >= 1 / FACTOR and high <= FACTOR:
            verdict = f"It keeps its size within a factor of {FACTOR}"
        else:
            verdict = (
                f"It is on the limit of {FACTOR}: some random networks are beyond it, some not"
            )
        named.setdefault(verdict, []).append(LOOKS[one.family].title)
    return " ".join(f"{verdict}: {_listed(names)}." for verdict, names in named.items())


FACTOR = 100
"""A gradient that changes by more than this on its way back has vanished or exploded."""


def _listed(parts: Sequence[str]) -> str:
    """The parts with commas, and "and" before the last.

    >>> _listed(["a", "b", "c"]), _listed(["a"])
    ('a, b and c', 'a')
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def layer_names(layers: int) -> list[str]:
    """The names of all weight layers of a network with `layers` layers in each of three blocks.

    >>> layer_names(2)[:5], layer_names(2)[-1]
    (['the stem', 'block 1, layer 1', 'block 1, layer 2', 'transition 1', 'block 2, layer 1'], \
'the classifier')
    """
    names = ["the stem"]
    for block in (1, 2, 3):
        names += [f"block {block}, layer {layer}" for layer in range(1, layers + 1)]
        names.append(f"transition {block}" if block < 3 else "the classifier")
    return names
