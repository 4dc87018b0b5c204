"""Places in a DenseNet, from the whole network down to one number, and their names in an address.

A place is the network, a block (`denseblock2`), a layer (`denseblock2.denselayer5`, `stem`,
`transition1`), the `classifier`, a channel of what a layer's last convolution writes, or one
number of that channel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from densenet_viz.facts.configuration import Configuration

Level = Literal["network", "block", "layer", "channel", "number", "classifier"]
CLASSIFIER = "classifier"
PARAMETERS = ("at", "channel", "y", "x")
"""The names of a place's parts in an address."""


class NoSuchPlace(ValueError):
    """The network has no such layer, channel or pixel; the message says what is allowed."""


@dataclass(frozen=True)
class Place:
    """A place in a network.

    >>> Place("denseblock1.denselayer2", 7).level
    'channel'
    """

    at: str = ""
    """A block or a layer below `features`, or the classifier; empty for the whole network."""
    channel: int | None = None
    y: int | None = None
    x: int | None = None

    @property
    def level(self) -> Level:
        if self.y is not None:
            return "number"
        if self.channel is not None:
            return "channel"
        if not self.at:
            return "network"
        if self.at == CLASSIFIER:
            return "classifier"
        return "layer" if self.layer or not self.block else "block"

    @property
    def block(self) -> int:
        """The dense block that it lies in, from 1; 0 in the stem and in a transition."""
        found = re.match(r"denseblock(\d+)", self.at)
        return int(found[1]) if found else 0

    @property
    def layer(self) -> int:
        """The dense layer that it lies in, from 1; 0 elsewhere."""
        return int(self.at.rpartition("denselayer")[2]) if "." in self.at else 0

    @property
    def address(self) -> dict[str, str]:
        """Its parts as parameters of an address.

        >>> Place("stem", 3, 0, 9).address
        {'at': 'stem', 'channel': '3', 'y': '0', 'x': '9'}
        """
        parts = (self.at or None, self.channel, self.y, self.x)
        named = zip(PARAMETERS, parts, strict=True)
        return {name: str(part) for name, part in named if part is not None}


def places_of(spec: Configuration) -> tuple[str, ...]:
    """The layers that can be looked into, in the order of computation.

    >>> places_of(Configuration(block_config=(1, 1)))
    ('stem', 'denseblock1.denselayer1', 'transition1', 'denseblock2.denselayer1')
    """
    places = ["stem"]
    for block, layers in enumerate(spec.block_config, start=1):
        places += [f"denseblock{block}.denselayer{layer}" for layer in range(1, layers + 1)]
        if block < len(spec.block_config):
            places.append(f"transition{block}")
    return tuple(places)


def written_shape(spec: Configuration, at: str) -> tuple[int, int]:
    """How many maps a layer's last convolution writes, and their height and width in pixels.

    >>> [written_shape(Configuration(), at) for at in ("stem", "denseblock2.denselayer1")]
    [(64, 112), (32, 28)]
    """
    if at == "stem":
        return spec.initial_channels, spec.stem_size
    if at.startswith("transition"):
        index = int(at.removeprefix("transition")) - 1
        return spec.transition_channels[index], spec.block_sizes[index]
    return spec.growth_rate, spec.block_sizes[Place(at).block - 1]


def read_place(given: Mapping[str, object], spec: Configuration) -> Place:
    """The place that the parameters of an address name; without any, the whole network.

    A parameter without a value is as if it were not there.

    >>> read_place({"at": "denseblock1.denselayer2", "channel": "7"}, Configuration())
    Place(at='denseblock1.denselayer2', channel=7, y=None, x=None)

    Raises:
        NoSuchPlace: this network has no such place.
    """
    at = str(given.get("at") or "")
    blocks = [f"denseblock{block}" for block in range(1, len(spec.block_config) + 1)]
    named = [name for name in PARAMETERS[1:] if given.get(name) not in (None, "")]
    if at not in ("", *blocks, *places_of(spec), CLASSIFIER):
        raise NoSuchPlace(
            f"at={at[:60]!r} was given; stem, denseblock2, denseblock2.denselayer5, transition1 "
            f"and classifier are such names, in a network of {len(blocks)} blocks of "
            f"{', '.join(map(str, spec.block_config))} layers."
        )
    if not named:
        return Place(at)
    if at in ("", *blocks, CLASSIFIER):
        where = repr(at) if at else "no layer"
        raise NoSuchPlace(f"{named[0]} was given with {where}; it belongs to a layer.")
    if named not in (["channel"], ["channel", "y", "x"]):
        raise NoSuchPlace(
            f"Only {' and '.join(named)} was given; channel, or channel, y and x belong together."
        )
    maps, size = written_shape(spec, at)
    values = [
        _number(name, given[name], most)
        for name, most in zip(named, (maps, size, size), strict=False)
    ]
    return Place(at, *values)


def _number(name: str, given: object, most: int) -> int:
    text = str(given)
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or int(text) >= most:
        raise NoSuchPlace(f"{name}={text[:20]!r} was given; 0 to {most - 1} are allowed.")
    return int(text)
