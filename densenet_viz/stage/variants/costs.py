"""Where parameters and multiply-adds are: by place, and by kind of layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from densenet_viz.facts.arithmetic.inventory import KINDS, Inventory
from densenet_viz.figures.theme import KIND_COLOURS


class CostPlace(TypedDict):
    """What a part of a network costs, by the kinds of layer that it has."""

    name: str
    parameters: dict[str, int]
    multiplyAdds: dict[str, int]


class CostNetwork(TypedDict):
    """A network, part by part."""

    title: str
    places: list[CostPlace]


class VariantsCostsScene(TypedDict):
    """What `costs.js` shows; the colours are those of kinds, in their order."""

    networks: list[CostNetwork]
    colours: dict[str, str]


def costs_scene(inventories: Mapping[str, Inventory]) -> VariantsCostsScene:
    """The scene of `costs.js`.

    Args:
        inventories: by title.

    >>> from densenet_viz.facts.arithmetic.counting import inventory_of
    >>> from densenet_viz.facts.spec import DenseNetSpec
    >>> scene = costs_scene({"DenseNet-121": inventory_of(DenseNetSpec())})
    >>> scene["networks"][0]["places"][1]["parameters"]
    {'1×1': 110592, '3×3': 221184, 'batch norm': 3264}
    """
    return {
        "networks": [
            {"title": title, "places": _places(inventory)}
            for title, inventory in inventories.items()
        ],
        "colours": {kind: KIND_COLOURS[kind] for kind in KINDS},
    }


def _places(inventory: Inventory) -> list[CostPlace]:
    parameters, products = inventory.table("parameters"), inventory.table("multiply_adds")
    return [
        {
            "name": "Classifier" if place == "head" else place.capitalize(),
            "parameters": {kind: row[kind] for kind in KINDS if kind in row},
            "multiplyAdds": {kind: products[place][kind] for kind in KINDS if kind in row},
        }
        for place, row in parameters.items()
    ]
