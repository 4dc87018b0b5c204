"""Places inside a DenseNet for which a map can be made, and their modules."""

from __future__ import annotations

import re

from densenet_viz.facts.spec import DenseNetSpec

FINAL = "final"
"""After the last norm and its ReLU: what the classifier averages."""

_PLACE = re.compile(r"(?:block (?P<block>\d+)(?: layer (?P<layer>\d+))?|transition (?P<step>\d+))")


def coarse_places(spec: DenseNetSpec) -> tuple[str, ...]:
    """The outputs of all blocks and transitions in order, and the final maps.

    >>> coarse_places(DenseNetSpec(block_config=(2, 2)))
    ('block 1', 'transition 1', 'block 2', 'final')
    """
    blocks = len(spec.block_config)
    places = [
        place
        for block in range(1, blocks + 1)
        for place in (f"block {block}", f"transition {block}")
    ]
    return (*places[:-1], FINAL)


def all_places(spec: DenseNetSpec) -> tuple[str, ...]:
    """The coarse places first, then the k maps that each layer writes.

    >>> all_places(DenseNetSpec(block_config=(1, 2)))[4:]
    ('block 1 layer 1', 'block 2 layer 1', 'block 2 layer 2')
    """
    layers = [
        f"block {block} layer {layer}"
        for block, count in enumerate(spec.block_config, start=1)
        for layer in range(1, count + 1)
    ]
    return (*coarse_places(spec), *layers)


def channels_of(spec: DenseNetSpec, place: str) -> int:
    """How many maps a place has.

    >>> spec = DenseNetSpec()
    >>> [channels_of(spec, place) for place in ("block 1", "transition 1", "final")]
    [256, 128, 1024]
    >>> channels_of(spec, "block 2 layer 5")
    32

    Raises:
        ValueError: there is no such kind of place.
    """
    if place == FINAL:
        return spec.block_outputs[-1]
    found = _found(place)
    if found["step"]:
        return spec.transition_channels[int(found["step"]) - 1]
    return spec.growth_rate if found["layer"] else spec.block_outputs[int(found["block"]) - 1]


def module_of(place: str) -> str:
    """The module whose output a place is.

    >>> module_of("block 3"), module_of("transition 1"), module_of("block 2 layer 5")
    ('features.denseblock3', 'features.transition1', 'features.denseblock2.denselayer5')
    >>> module_of("final")
    'relu'

    Raises:
        ValueError: there is no such kind of place.
    """
    if place == FINAL:
        return "relu"
    found = _found(place)
    if found["step"]:
        return f"features.transition{found['step']}"
    layer = f".denselayer{found['layer']}" if found["layer"] else ""
    return f"features.denseblock{found['block']}{layer}"


def _found(place: str) -> re.Match[str]:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise ValueError(
            f"The place {place!r} was given; a block, a transition or final is allowed."
        )
    return found
