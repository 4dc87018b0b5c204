"""Scenes for the stages' tests: a small live network, and the architectures' arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import torch

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.measure import capture
from densenet_viz.network.build import build
from densenet_viz.results.traces import NetworkTrace
from densenet_viz.stage.block.scene import block_scene
from densenet_viz.stage.block.scene import explore_scene as explore_block
from densenet_viz.stage.growth.scene import explore_scene, growth_scene
from densenet_viz.stage.overview.scene import overview_scene
from densenet_viz.stage.reconciliation.scene import reconciliation_scene
from densenet_viz.stage.scatter.scene import scatter_scene
from densenet_viz.stage.scatter.systems import system_groups, system_panels, times_of
from densenet_viz.stage.scatter.systems_table import system_table
from densenet_viz.stage.shared.spec import spec_scene
from densenet_viz.stage.transition.scene import transition_scene
from densenet_viz.stage.variants.costs import costs_scene
from densenet_viz.stage.variants.count import count_scene
from densenet_viz.stage.variants.scene import explore_scene as explore_variants
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from densenet_viz.stage.variants.table import table_scene
from densenet_viz.ui.controls import BOTTLENECK, CONTROLS

ENTERING = 8
"""Maps that enter the first block of `trace`."""


@cache
def trace(*, growth_rate: int = 4, layers: int = 6) -> NetworkTrace:
    """One pass of noise through a network of two small blocks with random weights."""
    spec = DenseNetSpec(growth_rate, (layers, 3), ENTERING, num_classes=5, input_size=64)
    noise = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    picture = np.full((64, 64, 3), 200, np.uint8)
    return capture(build(spec, seed=0), noise, spec=spec, trained=False, picture=picture)


def growth(*, growth_rate: int = 4, layers: int = 6) -> dict[str, Any]:
    return growth_scene(trace(growth_rate=growth_rate, layers=layers), caption="noise")


def explored(*, growth_rate: int = 4, layers: int = 6, asked: int = 0) -> dict[str, Any]:
    """The growth stage with its controls, which start at 4 maps a layer and 6 layers."""
    base = replace(trace(growth_rate=4, layers=6).spec, compression=0.5)
    default = {"k": 4, "layers": 6, "initial": ENTERING, "compression": 0.5}
    values = {**default, "k": growth_rate, "layers": layers}
    limits = {"k": (1, 48, 1), "layers": (1, 48, 1), "initial": (1, 64, 1)}
    numbers = [
        {
            "name": name,
            "label": f"Number {name}",
            "hint": "",
            "default": default[name],
            **dict(zip(("low", "high", "step"), limits.get(name, (0.1, 1, 0.1)), strict=True)),
            "value": values[name],
        }
        for name in default
    ]
    switch = {"name": "bottleneck", "label": "Bottleneck", "hint": "", "default": True}
    controls = {
        "asked": asked,
        "numbers": numbers,
        "switches": [{**switch, "value": True}],
        "choices": [],
    }
    explore = explore_scene(
        base, controls, trained=True, weights={"own": "its own", "random": "random"}
    )
    return {**growth(growth_rate=growth_rate, layers=layers), "explore": explore}


def block(number: int = 1) -> dict[str, Any]:
    return block_scene(trace(), block=number)


def explored_block(number: int = 1, *, asked: int = 0) -> dict[str, Any]:
    """A block of the same network with the choice of the block."""
    choice = {"name": "block", "label": "Block", "hint": "", "options": [1, 2], "default": 1}
    choices = [{**choice, "value": number}]
    controls = {"asked": asked, "numbers": [], "switches": [], "choices": choices}
    return {**block(number), "explore": explore_block(trace().spec, controls)}


def transition() -> dict[str, Any]:
    """32 maps of 16 px become 16 of 8 px."""
    ran = trace()
    return transition_scene(
        ran.transitions[0], ran.blocks[0], compression=0.5, trained=True, own=True
    )


def explored_transition(*, theta: float = 0.5, asked: int = 0) -> dict[str, Any]:
    """The same with its controls; the network has one transition, which keeps a half."""
    ran = trace()
    row = {"name": "theta", "label": "Share", "hint": "", "low": 0.1, "high": 1.0, "step": 0.1}
    choice = {"name": "transition", "label": "Transition", "hint": "", "options": [1]}
    controls = {
        "asked": asked,
        "numbers": [{**row, "default": 0.5, "value": theta}],
        "switches": [],
        "choices": [{**choice, "default": 1, "value": 1}],
    }
    return {**transition(), "explore": {"base": spec_scene(ran.spec), "controls": controls}}


def overview(name: str = "densenet121") -> dict[str, Any]:
    return overview_scene(VARIANTS[name], np.full((16, 16, 3), 200, np.uint8), alt="grey")


@cache
def _inventories() -> dict[str, Any]:
    return {name: inventory_of(system.spec) for name, system in SYSTEMS.items()}


def systems(*, time: str = "cpu", lit: tuple[str, ...] = ()) -> dict[str, Any]:
    """The nine systems in three panels and a table, as their page draws them."""
    columns, rows = system_table(_inventories(), counted=SYSTEMS)
    return scatter_scene(
        system_panels(_inventories(), accuracy="top1", times=times_of()[time], counted=SYSTEMS),
        groups=system_groups(),
        label="Nine systems",
        columns=columns,
        rows=rows,
        lit=lit,
        measured_word="counted",
        cited_word="cited",
    )


def sums(chosen: str = "densenet121") -> dict[str, Any]:
    return reconciliation_scene(_inventories(), counted=SYSTEMS, chosen=chosen)


def strips(counted: Mapping[str, Inventory] | None = None) -> dict[str, Any]:
    """The five variants; `counted` are the inventories of live networks."""
    return variants_scene(variants_shown(), counted or {})


def explored_strips(*, asked: int = 0, refused: str = "", **values: float) -> dict[str, Any]:
    """The strips with the controls of a visitor's own network, which start at DenseNet-121."""
    numbers = [
        {
            "name": row.key,
            "label": row.label,
            "hint": row.help,
            "low": row.low,
            "high": row.high,
            "step": row.step,
            "default": row.default,
            "value": values.get(row.key, row.default),
        }
        for row in CONTROLS.values()
    ]
    switch = {"name": BOTTLENECK, "label": "Bottleneck", "hint": "", "default": True, "value": True}
    controls = {"asked": asked, "numbers": numbers, "switches": [switch], "choices": []}
    return {**strips(), "explore": explore_variants(controls, refused=refused)}


def counter(counted: Mapping[str, Inventory] | None = None) -> dict[str, Any]:
    return count_scene(variants_shown(), counted or {})


def network_scenes() -> dict[str, Any]:
    """Each stage of this module by its name, with one scene."""
    five = {variant.title: inventory_of(variant.spec) for variant in variants_shown()}
    return {
        "growth": growth(),
        "block": block(),
        "transition": transition(),
        "overview": overview(),
        "variants": strips(),
        "variants-count": counter(),
        "variants-table": table_scene(five, label="Part by part"),
        "variants-costs": costs_scene(five),
        "scatter": systems(),
        "reconciliation": sums(),
    }
