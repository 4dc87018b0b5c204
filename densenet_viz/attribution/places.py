"""Places inside a DenseNet for which a map can be made, and their modules."""

from __future__ import annotations

from densenet_viz.facts.spec import DenseNetSpec

FINAL = "final"
"""After the last norm and its ReLU: what the classifier averages."""


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
    """How many maps a place of `all_places` has.

    >>> spec = DenseNetSpec()
    >>> [channels_of(spec, place) for place in ("block 1", "transition 1", "final")]
    [256, 128, 1024]
    >>> channels_of(spec, "block 2 layer 5")
    32
    """
    if place == FINAL:
        return spec.block_outputs[-1]
    if "layer" in place:
        return spec.growth_rate
    kind, number = place.split()
    channels = spec.block_outputs if kind == "block" else spec.transition_channels
    return channels[int(number) - 1]


def module_of(place: str) -> str:
    """The module whose output a place of `all_places` is.

    >>> module_of("block 3"), module_of("transition 1"), module_of("block 2 layer 5")
    ('features.denseblock3', 'features.transition1', 'features.denseblock2.denselayer5')
    >>> module_of("final")
    'relu'
    """
    if place == FINAL:
        return "relu"
    for words, name in (
        ("block ", "features.denseblock"),
        ("transition ", "features.transition"),
        (" layer ", ".denselayer"),
    ):
        place = place.replace(words, name)
    return place
