"""The scene of flows: every number and map that the stage shows is the result's own."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import layer_colour
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.flows import BlockFlows, StructureAttribution, place_of
from densenet_viz.results.traces import Maps
from densenet_viz.stage.structure import scene as structure
from densenet_viz.stage.structure.scene import exact_words, structure_scene
from tests.facts import names_in

SPEC = DenseNetSpec(growth_rate=4, block_config=(1, 2), initial_channels=8, input_size=64)
PICTURE = np.zeros((64, 64, 3), dtype=np.uint8)


def block(number: int, layers: int, side: int) -> BlockFlows:
    random = np.random.default_rng(number)
    maps = random.normal(0, 1, (place_of(0, layers + 2), side, side)).astype(np.float32)
    return BlockFlows(number, maps, maps.astype(np.float64).sum((1, 2)))


def found(rise: float | None = None) -> StructureAttribution:
    blocks = (block(1, 1, 16), block(2, 2, 8))
    return StructureAttribution(
        spec=SPEC,
        target=Prediction(4, "ring", 0.9),
        baseline="black",
        score=7.5,
        rise=blocks[1].whole if rise is None else rise,
        blocks=blocks,
        points=65,
        seconds=1.0,
        forward_passes=90,
        backward_passes=90,
    )


def unpacked(packed: dict[str, Any]) -> Maps:
    values = np.frombuffer(base64.b64decode(packed["data"]), "<i2") / 32767 * packed["most"]
    return values.reshape(-1, packed["side"], packed["side"]).astype(np.float32)


def test_every_map_and_sum_of_every_connection_is_sent() -> None:
    result = found()
    scene = structure_scene(result, PICTURE, baseline="all black")
    assert [one["layers"] for one in scene["blocks"]] == [1, 2]
    for own, packed in zip(result.blocks, scene["blocks"], strict=True):
        np.testing.assert_allclose(packed["sums"], own.sums, rtol=1e-5)
        step = float(np.abs(own.maps).max()) / 32767
        np.testing.assert_allclose(unpacked(packed), own.maps, atol=0.51 * step)
        assert packed["complete"]
        assert packed["colours"] == [layer_colour(layer) for layer in range(own.layers + 1)]


def test_the_scene_says_what_was_asked_and_who_reads_whom() -> None:
    result = found()
    scene = structure_scene(result, PICTURE, baseline="all black")
    assert (scene["label"], scene["baseline"], scene["size"]) == ("ring", "all black", 64)
    assert (scene["rise"], scene["score"]) == (result.rise, 7.5)
    for one, entering, after in zip(
        scene["blocks"], ("stem", "transition 1"), ("transition 1", "classifier"), strict=True
    ):
        assert entering in one["entering"]
        assert after in one["next"]
    assert scene["start"] == 2  # the block with most layers


@pytest.mark.parametrize(("part", "shares"), [(0.05, False), (0.2, True), (-0.2, True)])
def test_shares_of_a_small_rise_are_not_told(part: float, shares: bool) -> None:
    largest = max(float(np.abs(one.sums).max()) for one in found().blocks)
    scene = structure_scene(found(part * largest), PICTURE, baseline="all black")
    assert scene["shares"] is shares


def test_a_block_too_large_to_send_sends_what_leaves_it_and_its_totals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(structure, "MOST_BYTES", 2000)  # block 1 has 1536, block 2 has 768
    result = found()
    large = replace(result, blocks=(block(1, 2, 16), result.blocks[1]))
    packed, small = structure_scene(large, PICTURE, baseline="all black")["blocks"]
    assert (packed["complete"], small["complete"]) == (False, True)
    own = large.blocks[0]
    expected = [own.map_of(source, 3) for source in range(3)]
    expected += [own.map_of(0, 1) + own.map_of(0, 2) + own.map_of(0, 3)]
    expected += [own.map_of(1, 2) + own.map_of(1, 3), own.map_of(2, 3)]
    np.testing.assert_allclose(unpacked(packed), expected, atol=packed["most"] / 32767)


def test_what_is_exact_and_what_is_not_is_said_in_numbers() -> None:
    result = found()
    own = BlockFlows(1, np.zeros((3, 2, 2), np.float32), np.array([2.0, 1.0, 7.03]))
    words = exact_words(replace(result, rise=8.0, blocks=(own,)))
    facts = [
        "65",  # points on the way
        *("8.00", "0.0300", "0.38%"),  # the rise; what leaves is 1 + 7.03, less 8
        *("5.03", "62.88%"),  # 2 in, 7.03 out of layer 1
    ]
    assert names_in(words, *facts) == facts
    below = BlockFlows(1, own.maps, np.array([2.0, 1.0, 6.97]))
    assert "0.0300 (0.38%)" in exact_words(replace(result, rise=8.0, blocks=(below,)))
    assert "(" not in exact_words(replace(result, rise=0.0, blocks=(own,)))
