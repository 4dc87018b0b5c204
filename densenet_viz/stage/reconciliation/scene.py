"""From a network's trainable parameters to Keras's total, line by line, for all nine systems."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypedDict

from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.systems import SYSTEMS, System


class Part(TypedDict):
    """A line of the sum."""

    key: str
    count: int
    name: str
    note: str
    how: str


class DepthPart(TypedDict):
    """How many layers of a kind Keras's depth counts."""

    name: str
    count: int


class SystemScene(TypedDict):
    """One system's lines, their sum and Keras's total, our depth and Keras's."""

    id: str
    title: str
    how: str
    parts: list[Part]
    total: int
    keras: int
    equal: bool
    depthParts: list[DepthPart]
    depth: int
    citedDepth: int
    note: str


class ReconciliationScene(TypedDict):
    """What `reconciliation.js` shows."""

    systems: list[SystemScene]
    chosen: str
    verdict: str


def reconciliation_scene(
    inventories: Mapping[str, Inventory], *, counted: Collection[str], chosen: str
) -> ReconciliationScene:
    """The scene of `reconciliation.js`.

    The stage sends `chosen`, a system's name, whenever the visitor chooses one.

    Args:
        inventories: one for each of the nine.
        counted: the systems whose inventory was counted on a live network.
        chosen: the system shown large at the start.
    """
    systems = [
        reconciled(system, inventories[name], live=name in counted)
        for name, system in SYSTEMS.items()
    ]
    equal = sum(system["equal"] and system["depth"] == system["citedDepth"] for system in systems)
    return {
        "systems": systems,
        "chosen": chosen if chosen in SYSTEMS else next(iter(SYSTEMS)),
        "verdict": f"{equal} of {len(systems)} equal Keras’s numbers, in parameters and in depth",
    }


def reconciled(system: System, inventory: Inventory, *, live: bool) -> SystemScene:
    """One system's lines: three parts, their sum and Keras's total, and the depth.

    Raises:
        ValueError: the inventory's parts do not add up to its total.
    """
    how = "counted live" if live else "computed"
    parts: list[Part] = [
        {
            "key": "parameters",
            "count": inventory.parameters,
            "name": "trainable parameters",
            "note": "weights and biases that training changes",
            "how": how,
        },
        {
            "key": "statistics",
            "count": inventory.running_statistics,
            "name": "running statistics",
            "note": f"a mean and a variance for each of {inventory.running_statistics // 2:,} "
            f"channels, in {inventory.depth_parts['batch norms']} batch norms",
            "how": how,
        },
        {
            "key": "biases",
            "count": inventory.keras_biases,
            "name": "convolution biases",
            "note": _bias_words(inventory),
            "how": f"from widths {how}" if inventory.keras_biases else how,
        },
    ]
    total = sum(part["count"] for part in parts)
    if total != inventory.keras_total:
        raise ValueError(f"{system.name}: the parts add up to {total}, not {inventory.keras_total}")
    return {
        "id": system.name,
        "title": system.title,
        "how": how,
        "parts": parts,
        "total": total,
        "keras": system.keras_total,
        "equal": total == system.keras_total,
        "depthParts": [
            {"name": name if count != 1 else name.removesuffix("s"), "count": count}
            for name, count in inventory.depth_parts.items()
        ],
        "depth": inventory.depth,
        "citedDepth": system.cited.depth,
        "note": system.note,
    }


def _bias_words(inventory: Inventory) -> str:
    """Where Keras adds biases, in words."""
    biased = sum(leaf.keras_biases > 0 for leaf in inventory.leaves)
    if not biased:
        return "in Keras, the convolutions of DenseNets have none"
    whole = inventory.depth_parts["convolutions"]
    which = f"all {whole}" if biased == whole else f"{biased} of the {whole}"
    return f"in Keras, {which} convolutions have them, one for each map they write; ours have none"
