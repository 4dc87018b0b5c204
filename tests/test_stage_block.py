"""The dense-block scene shows what a live network was seen doing, not what it should do."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import layer_colour
from densenet_viz.measure import capture
from densenet_viz.network.build import build
from densenet_viz.results.traces import Maps, NetworkTrace
from densenet_viz.stage.block import scene as stage
from densenet_viz.stage.block.scene import block_rows, block_scene
from tests.facts import names_in, numbers_in

SPEC = DenseNetSpec(
    growth_rate=4, block_config=(2, 3), initial_channels=16, num_classes=5, input_size=64
)


@pytest.fixture(scope="module")
def trace() -> NetworkTrace:
    tensor = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    picture = np.zeros((64, 64, 3), np.uint8)
    return capture(build(SPEC, seed=0), tensor, spec=SPEC, trained=False, picture=picture)


def read(packed: dict[str, Any]) -> Maps:
    """The stage's own arithmetic (`valueAt` in maps.js)."""
    shape = packed["count"], packed["height"], packed["width"]
    steps = np.frombuffer(base64.b64decode(packed["data"]), np.uint8).reshape(shape)
    low, high = (np.array(packed[key], np.float32)[:, None, None] for key in ("low", "high"))
    return low + steps / 255 * (high - low)


def test_connections_are_those_that_the_hooks_saw(trace: NetworkTrace) -> None:
    for block in (1, 2):
        layers = block_scene(trace, block=block)["layers"]
        assert len(layers) == SPEC.block_config[block - 1]
        for shown, seen in zip(layers, trace.blocks[block - 1].layers, strict=True):
            assert [(r["source"], r["start"], r["stop"]) for r in shown["reads"]] == [
                (part.layer, part.start, part.stop) for part in seen.sources
            ]


def test_second_block_by_hand(trace: NetworkTrace) -> None:
    # 16 + 2 * 4 = 24 leave block 1; the transition halves them to 12; each layer adds 4.
    scene = block_scene(trace, block=2)
    assert [layer["channels"] for layer in scene["layers"]] == [12, 16, 20]
    assert [layer["writes"] for layer in scene["layers"]] == [4, 4, 4]
    assert scene["layers"][2]["reads"] == [
        {"source": 0, "start": 0, "stop": 12},
        {"source": 1, "start": 12, "stop": 16},
        {"source": 2, "start": 16, "stop": 20},
    ]
    assert scene["output"] == 24
    assert sum(len(layer["reads"]) for layer in scene["layers"]) == 3 * 4 // 2
    assert scene["entering"] == "transition 1"
    assert "classifier" in scene["next"]
    assert (scene["size"], scene["shownSize"]) == ([8, 8], [8, 8])


def test_a_connection_that_was_not_seen_is_not_drawn(trace: NetworkTrace) -> None:
    """No arithmetic fills in: with one source taken from the trace, one arc is missing."""
    first = trace.blocks[0]
    cut = replace(first.layers[1], sources=first.layers[1].sources[1:])
    blocks = (replace(first, layers=(first.layers[0], cut)), trace.blocks[1])
    scene = block_scene(replace(trace, blocks=blocks), block=1)
    assert [len(layer["reads"]) for layer in scene["layers"]] == [1, 1]
    read_by = block_rows(replace(trace, blocks=blocks), block=1)[0]["read by"]
    assert numbers_in(str(read_by)) == ["1"]


def test_maps_are_those_of_the_layers(trace: NetworkTrace) -> None:
    scene = block_scene(trace, block=1)
    measured = trace.blocks[0]
    groups = [measured.entering, *(layer.maps for layer in measured.layers)]
    assert [group["channels"] for group in scene["groups"]] == [16, 4, 4]
    assert [group["colour"] for group in scene["groups"]] == [*map(layer_colour, range(3))]
    for group, maps in zip(scene["groups"], groups, strict=True):
        spans = maps.max(axis=(1, 2)) - maps.min(axis=(1, 2))
        errors = np.abs(read(group["maps"]) - maps).max(axis=(1, 2))
        assert np.all(errors <= spans / 510 + 1e-5)


def test_too_many_bytes_are_averaged_down(
    trace: NetworkTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "MOST_BYTES", 24 * 8 * 8)  # block 1 is 24 maps of 16 x 16
    scene = block_scene(trace, block=1)
    assert (scene["size"], scene["shownSize"]) == ([16, 16], [8, 8])
    maps = trace.blocks[0].layers[0].maps
    means = maps.reshape(4, 8, 2, 8, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(read(scene["groups"][1]["maps"]), means, atol=0.02)


def test_table_says_who_reads_whom(trace: NetworkTrace) -> None:
    rows = block_rows(trace, block=2)
    assert [row["layer"] for row in rows] == [
        *("the block input", "layer 1", "layer 2", "layer 3", "the output")
    ]
    assert (rows[2]["maps read"], rows[2]["maps written"]) == (16, "4")
    assert names_in(str(rows[2]["reads from"]), "0–11", "input", "12–15", "layer 1") == [
        *("0–11", "input", "12–15", "layer 1")
    ]
    assert [numbers_in(str(row["read by"])) for row in rows[:4]] == [
        *(["1", "2", "3"], ["2", "3"], ["3"], [])
    ]
    assert all("output" in str(row["read by"]) for row in rows[:4])
    assert rows[-1]["maps read"] == 24


def test_random_weights_and_differences_are_told(trace: NetworkTrace) -> None:
    scene = block_scene(replace(trace, mismatches=("parameters: measured 1",)), block=1)
    assert scene["trained"] is False
    assert scene["mismatches"] == ["parameters: measured 1"]
