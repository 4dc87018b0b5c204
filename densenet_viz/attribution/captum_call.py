"""The parts of a method's Captum call, as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from densenet_viz.attribution.parameters import Settings


@dataclass(frozen=True)
class Call:
    """A method's lines.

    `imports` are names in captum.attr, `body` is the text; `starts` says which baselines it needs,
    and `superpixels` whether it needs superpixels; `differs` says why its map differs from ours, if
    it does: a clause.
    """

    imports: tuple[str, ...]
    body: str
    starts: str = ""
    superpixels: bool = False
    differs: str = ""


Nodes = tuple[float, ...]
"""The places on the path at which a map was integrated."""

MakeCall = Callable[[Settings, Nodes], Call]
