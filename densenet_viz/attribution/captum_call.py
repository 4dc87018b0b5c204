"""What a method's Captum call is made of, as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from densenet_viz.attribution.parameters import Settings


@dataclass(frozen=True)
class Call:
    """A method's lines.

    `imports` are names in captum.attr, `body` the text; `starts` says which baselines it needs and
    `superpixels` whether it needs those; `differs` why its map is not this very map, where it is
    not: a clause that follows "because".
    """

    imports: tuple[str, ...]
    body: str
    starts: str = ""
    superpixels: bool = False
    differs: str = ""


Nodes = tuple[float, ...]
"""Where on the path a map was integrated."""

MakeCall = Callable[[Settings, Nodes], Call]
