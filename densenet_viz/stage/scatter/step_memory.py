"""Activation memory against parameters, as a scene of the scatter stage."""

from __future__ import annotations

from collections.abc import Mapping

from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.systems import SYSTEMS, System
from densenet_viz.figures.theme import FAMILY_COLOURS, FAMILY_MARKS
from densenet_viz.stage.scatter.scene import (
    Axis,
    Column,
    Panel,
    Point,
    Row,
    ScatterScene,
    family_groups,
    scatter_scene,
)

SMALL, PEER, RIVAL, LARGE = "densenet121", "resnet50", "resnet152", "densenet201"
"""The systems that the sentence compares: the smallest of both kinds, and the largest."""

COLUMNS = {
    "parameters": "Parameters",
    "activations": "Activations, one picture",
    "multiple": "As a multiple of the weights",
}
"""The table's columns: titles by key."""


def memory_scene(inventories: Mapping[str, Inventory], *, live: bool) -> ScatterScene:
    """One panel with all nine, and a table.

    `live` says whether each was counted on a running network.
    """
    how = "counted live" if live else "computed; live counting has not finished"
    panel = Panel(
        "memory",
        "DenseNets: far fewer parameters, but not less memory",
        compared(inventories),
        Axis("Parameters", "million", better="lower", from_zero=True),
        Axis("Activation memory, one picture", "MB", better="lower", from_zero=True),
        tuple(_point(system, inventories[system.name], how, live) for system in SYSTEMS.values()),
        lines=tuple(
            tuple(one.name for one in SYSTEMS.values() if one.family == family)
            for family in FAMILY_COLOURS
        ),
    )
    return scatter_scene(
        [panel],
        groups=family_groups(FAMILY_COLOURS, FAMILY_MARKS),
        label="Nine systems: activation memory against parameters",
        columns=[Column(key, title, how, cited=False) for key, title in COLUMNS.items()],
        rows=[_row(system, inventories[system.name]) for system in SYSTEMS.values()],
        measured_word="counted live",
        cited_word="computed",
    )


def compared(inventories: Mapping[str, Inventory]) -> str:
    """The numbers of the smallest and the largest systems, in a sentence."""
    small, peer = inventories[SMALL], inventories[PEER]
    large, rival = inventories[LARGE], inventories[RIVAL]
    return (
        f"{_title(SMALL)} has {small.parameters / peer.parameters:.2f}× {_title(PEER)}'s "
        f"parameters and writes {small.activation_bytes / peer.activation_bytes:.2f}× its "
        "activations; "
        f"{_title(LARGE)} has {large.parameters / rival.parameters:.2f}× {_title(RIVAL)}'s "
        f"parameters and {large.activation_bytes / rival.activation_bytes:.2f}× its activations."
    )


def _title(name: str) -> str:
    return SYSTEMS[name].title


def _row(system: System, inventory: Inventory) -> Row:
    return Row(
        system.name,
        system.family,
        (
            f"{inventory.parameters:,}",
            f"{inventory.activation_bytes / 1e6:.1f} MB",
            f"{inventory.activation_bytes / inventory.weight_bytes:.1f} ×",
        ),
    )


def _point(system: System, inventory: Inventory, how: str, live: bool) -> Point:
    megabytes = inventory.activation_bytes / 1e6
    each = inventory.activation_bytes / inventory.weight_bytes
    return Point(
        system.name,
        inventory.parameters / 1e6,
        megabytes,
        system.title,
        system.family,
        f"{inventory.parameters:,} parameters, {megabytes:.1f} MB of activations, {each:.1f} times "
        f"its weights; {how}",
        measured=live,
        short=system.title.replace("DenseNet", "D").replace("ResNet", "R"),
    )
