"""The browser's arithmetic of a DenseNet gives the numbers of `densenet_viz.facts`.

One process of node gets 500 random networks. A machine without node skips these tests; where a
browser is required they fail there instead.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from densenet_viz.facts.spec import VARIANTS, BlockCost, DenseNetSpec, LayerRow, SpecError
from densenet_viz.stage.shared.spec import spec_scene

ROOT = Path(__file__).resolve().parent.parent
COUNT = 500
SCRIPT = "arithmetic.mjs"
EXACT = 2**53
"""JavaScript's numbers hold every whole number up to this one."""


def told(given: object, script: str) -> list[Any]:
    """What a script in `tests/js` says of what it is given, both as JSON."""
    if shutil.which("node") is None:
        if os.environ.get("CI") or os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail("node is not installed, and has to be here")
        pytest.skip("node is not installed")
    ran = subprocess.run(
        ["node", f"tests/js/{script}"],
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(ran.stdout)
    return found


def random_spec(chance: random.Random) -> DenseNetSpec:
    """A network whose numbers are all exact in JavaScript; tries again if it cannot exist."""
    while True:
        blocks = chance.randint(1, 5)
        try:
            return DenseNetSpec(
                growth_rate=chance.randint(1, 64),
                block_config=tuple(chance.randint(1, 12) for _ in range(blocks)),
                initial_channels=chance.randint(1, 512),
                bottleneck=chance.random() < 0.5,
                compression=chance.choice(
                    [0.5, 1.0, 1, 0.29, 0.07, 1e-05, round(chance.uniform(0.001, 1), 3)]
                ),
                num_classes=chance.randint(1, 1000),
                input_size=chance.randint(1, 512),
                bottleneck_factor=chance.randint(1, 8),
                stem=chance.choice(["7×7", "3×3"]),
                input_channels=chance.choice([1, 3]),
                hidden=tuple(chance.randint(1, 4096) for _ in range(chance.choice([0, 0, 1, 3]))),
            )
        except SpecError:
            continue


def cost(part: BlockCost | LayerRow | DenseNetSpec) -> dict[str, int]:
    return {
        "parameters": part.parameters,
        "multiplyAdds": part.multiply_adds,
        "activationBytes": part.activation_bytes,
    }


def expected(spec: DenseNetSpec) -> dict[str, Any]:
    transitions = [row for row in spec.rows if row.kind == "transition"]
    return {
        "name": spec.name,
        "connections": list(spec.connections),
        "blocks": [
            {
                "entering": spec.block_inputs[index],
                "output": spec.block_outputs[index],
                "size": spec.block_sizes[index],
                "layers": [
                    {
                        "reads": row.in_channels,
                        "writes": row.new_channels,
                        "total": row.out_channels,
                        **cost(row),
                    }
                    for row in spec.dense_rows(index + 1)
                ],
                "cost": cost(spec.block_cost(index + 1)),
                "plain": cost(spec.plain_block_cost(index + 1)),
            }
            for index in range(len(spec.block_config))
        ],
        "transitions": [
            {
                "reads": row.in_channels,
                "keeps": row.out_channels,
                "size": spec.block_sizes[row.block - 1],
                "half": row.height,
                **cost(row),
            }
            for row in transitions
        ],
        **cost(spec),
    }


def test_both_give_the_same_numbers() -> None:
    chance = random.Random(16)
    specs = [*VARIANTS.values(), *(random_spec(chance) for _ in range(COUNT))]
    found = told([spec_scene(spec) for spec in specs], SCRIPT)
    for spec, one in zip(specs, found, strict=True):
        assert max(spec.multiply_adds, one["blocks"][0]["plain"]["multiplyAdds"]) < EXACT
        assert one == expected(spec), spec


def test_both_refuse_a_transition_that_keeps_nothing() -> None:
    spec = DenseNetSpec(4, (1, 1), 12, compression=0.07, input_size=64)
    scenes = [dict(spec_scene(spec)), {**spec_scene(spec), "compression": 0.06}]
    found = told(scenes, SCRIPT)
    assert found[0]["transitions"][0]["keeps"] == 1
    assert found[1] is None
    with pytest.raises(SpecError):
        replace(spec, compression=0.06)
