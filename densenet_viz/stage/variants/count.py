"""Why a DenseNet is called 121: the stops of a counting walk through it, without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal, TypedDict

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import Inventory, Kind
from densenet_viz.figures.theme import KIND_COLOURS
from densenet_viz.stage.variants.scene import COMPUTED, OWN, Variant, scene_key

StopKind = Literal["stem", "layer", "transition", "classifier"]
Item = Kind | Literal["pooling"]
LIVE = "live: counted in this network"
POOLING: Literal["pooling"] = "pooling"


class Stop(TypedDict):
    """A part of a network: its block and its layer there, else 0, and what it is made of."""

    kind: StopKind
    block: int
    layer: int
    items: list[Item]


class Counted(TypedDict):
    """A network and the walk through it; `called` is the number in its name."""

    id: str
    name: str
    short: str
    called: int
    own: bool
    stops: list[Stop]
    badge: str


class VariantsCountScene(TypedDict):
    """What `count.js` shows; the colours are those of kinds."""

    key: str
    variants: list[Counted]
    colours: dict[str, str]


def count_scene(
    variants: Sequence[Variant], counted: Mapping[str, Inventory]
) -> VariantsCountScene:
    """The scene of `count.js`: every stop of a walk through each network.

    Args:
        variants: in the order in which they can be chosen.
        counted: by id, the networks that were counted live; their stops are what ran. The stops
            of the others are computed.
    """
    return {
        "key": scene_key(variants),
        "variants": [
            {
                "id": variant.id,
                "name": variant.title,
                "short": variant.short,
                "called": variant.called,
                "own": variant.id == OWN,
                "stops": count_stops(counted.get(variant.id) or inventory_of(variant.spec)),
                "badge": LIVE if variant.id in counted else COMPUTED,
            }
            for variant in variants
        ],
        "colours": dict(KIND_COLOURS),
    }


def count_stops(inventory: Inventory) -> list[Stop]:
    """A network's parts in the order of computation, layer by layer.

    `items` are the kinds of a part's leaves. Poolings have no weights, so they are no leaves;
    they are added where DenseNets have them: after the stem, after each transition's convolution,
    and before the classifier.

    >>> from densenet_viz.facts.spec import DenseNetSpec
    >>> stops = count_stops(inventory_of(DenseNetSpec(block_config=(1, 1))))
    >>> [stop["kind"] for stop in stops]
    ['stem', 'layer', 'transition', 'layer', 'classifier']
    >>> stops[0]["items"], stops[1]["items"][-1]
    (['7×7', 'batch norm', 'pooling'], '3×3')
    """
    stops: list[Stop] = []
    for place, leaves in groupby(inventory.leaves, lambda leaf: leaf.place):
        kinds: list[Kind] = [leaf.kind for leaf in leaves]
        part, _, number = place.partition(" ")
        if part == "block":
            layers = _layers(kinds)
            stops += [
                _stop("layer", int(number), layer, items)
                for layer, items in enumerate(layers, start=1)
            ]
        elif part == "head":
            stops.append(_stop("classifier", 0, 0, [*kinds[:-1], POOLING, kinds[-1]]))
        else:
            kind: StopKind = "stem" if part == "stem" else "transition"
            stops.append(_stop(kind, int(number or 0), 0, [*kinds, POOLING]))
    return stops


def _stop(kind: StopKind, block: int, layer: int, items: Sequence[Item]) -> Stop:
    return {"kind": kind, "block": block, "layer": layer, "items": list(items)}


def _layers(kinds: Sequence[Kind]) -> list[list[Kind]]:
    """A block's kinds, layer by layer: each layer ends with its 3×3."""
    layers: list[list[Kind]] = [[]]
    for kind in kinds:
        layers[-1].append(kind)
        if kind == "3×3":
            layers.append([])
    return layers[:-1] if not layers[-1] else layers
