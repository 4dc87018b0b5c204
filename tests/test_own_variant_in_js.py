"""What the browser says of a visitor's own network is what Python says of it: words and numbers."""

from __future__ import annotations

import random

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import DenseNetSpec, SpecError
from densenet_viz.stage.shared.spec import spec_scene
from densenet_viz.stage.variants.costs import costs_scene
from densenet_viz.stage.variants.count import count_scene
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from densenet_viz.stage.variants.table import table_scene
from densenet_viz.ui.controls import BOTTLENECK, CONTROLS
from densenet_viz.ui.variants.own import BASE, own_spec
from tests.test_arithmetic_in_js import told

COUNT = 60


def random_own(chance: random.Random) -> DenseNetSpec:
    """A network that the controls can have; tries again if it cannot exist."""
    while True:
        values = {
            key: row.low + row.step * chance.randint(0, round((row.high - row.low) / row.step))
            for key, row in CONTROLS.items()
        }
        try:
            return own_spec({**values, BOTTLENECK: chance.random() < 0.5})
        except SpecError:
            continue


def test_both_say_the_same_of_a_visitors_network() -> None:
    chance = random.Random(16)
    specs = [random_own(chance) for _ in range(COUNT)]
    found = told([spec_scene(spec) for spec in (BASE, *specs)], "own-variant.mjs")
    for spec, one in zip(specs, found, strict=True):
        variants = variants_shown(spec)[-1:]
        inventories = {"Yours": inventory_of(spec)}
        [column] = table_scene(inventories, label="")["columns"]
        assert one["column"] == column
        assert one["costs"] == costs_scene(inventories)["networks"][0]
        assert one["walk"] == count_scene(variants, {})["variants"][0]
        # Five follow the rule of the sentence; a strip alone has nothing to be compared with.
        assert one["strip"] == variants_scene(variants_shown(spec), {})["variants"][-1]
