"""The growth stage's scene carries the trace's own numbers, and its text joins to one module."""

from __future__ import annotations

import base64
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.measure import capture
from densenet_viz.network.build import build, build_start
from densenet_viz.results.traces import NetworkTrace
from densenet_viz.stage import modules
from densenet_viz.stage.growth.scene import GrowthScene, growth_scene
from densenet_viz.stage.modules import FOLDER, adapt_stage, join_modules, stage_file, version
from densenet_viz.stage.shared.packing import average_pixels, only_new, pack_maps
from densenet_viz.stage.transition.scene import transition_scene

SPEC = DenseNetSpec(4, (3, 2), 10, num_classes=5, input_size=64)


@pytest.fixture(scope="module")
def trace() -> NetworkTrace:
    picture = np.full((64, 64, 3), 200, np.uint8)
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    return capture(build(SPEC, seed=0), x, spec=SPEC, trained=False, picture=picture)


def unpacked(packed: dict[str, object]) -> np.ndarray:
    """The stage's `valueAt`, in numpy."""
    raw = np.frombuffer(base64.b64decode(str(packed["data"])), np.uint8)
    values = raw.reshape(packed["count"], packed["height"], packed["width"]) / 255  # type: ignore[call-overload]
    low = np.array(packed["low"])[:, None, None]
    high = np.array(packed["high"])[:, None, None]
    return low + values * (high - low)


def test_packed_maps_keep_values_to_a_255th(trace: NetworkTrace) -> None:
    maps = trace.blocks[0].layers[0].maps
    result = unpacked(pack_maps(maps))
    span = np.ptp(maps, axis=(1, 2)).max()
    np.testing.assert_allclose(result, maps, atol=span / 255)


def test_packing_a_constant_map() -> None:
    np.testing.assert_allclose(unpacked(pack_maps(np.full((1, 2, 2), 3.0, np.float32))), 3.0)


def test_averaging_is_a_mean_of_squares() -> None:
    maps = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    assert average_pixels(maps, 2).tolist() == [[[2.5, 4.5], [10.5, 12.5]]]


def test_the_scene_says_what_was_measured(trace: NetworkTrace) -> None:
    scene = growth_scene(trace)
    assert [g["channels"] for g in scene["groups"]] == [10, 4, 4, 4]
    assert [(x["reads"], x["writes"], x["total"]) for x in scene["layers"]] == [
        (10, 4, 14),
        (14, 4, 18),
        (18, 4, 22),
    ]
    assert scene["size"] == [16, 16]
    assert scene["trained"] is False
    assert scene["mismatches"] == []
    assert scene["numbers"]["parameters"] == SPEC.block_cost(1).parameters
    second = growth_scene(trace, block=2)
    assert "transition 1" in second["entering"]
    assert [g["channels"] for g in second["groups"]] == [11, 4, 4]


def random_scene(**changes: int) -> GrowthScene:
    """Of a network with random weights, as the growth page builds it."""
    spec = replace(SPEC, **changes)  # type: ignore[arg-type]
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    picture = np.full((64, 64, 3), 200, np.uint8)
    start = build_start(spec, 1, seed=0)
    return growth_scene(capture(start, x, spec=spec, trained=False, picture=picture, until_block=1))


def names(scene: GrowthScene) -> list[str]:
    return [group["maps"]["name"] for group in scene["groups"]]


def test_a_change_changes_no_earlier_map() -> None:
    """`alikeGroups` in growth/computed.js shows the maps before a later change at once."""
    before = names(random_scene())
    assert names(random_scene(block_config=(5, 2)))[:4] == before
    assert names(random_scene(block_config=(2, 2))) == before[:3]
    assert names(random_scene(compression=0.8)) == before
    for others in (names(random_scene(growth_rate=6)), names(random_scene(bottleneck=False))):
        assert (others[0], set(others[1:]) & set(before)) == (before[0], set())
    assert not set(names(random_scene(initial_channels=12))) & set(before)


def test_maps_that_the_browser_holds_are_not_sent(trace: NetworkTrace) -> None:
    scene = growth_scene(trace)
    first, *others = scene["groups"]
    held = [first["maps"]["name"]]
    sent = only_new(scene, held)
    assert sent["groups"][0]["maps"] == {**first["maps"], "low": [], "high": [], "data": None}
    assert sent["groups"][1:] == others
    assert {**sent, "groups": scene["groups"]} == scene
    assert only_new(scene, []) == scene
    packed = transition_scene(
        trace.transitions[0], trace.blocks[0], compression=0.5, trained=False, own=True
    )
    known = only_new(packed, [packed["given"]["name"]])
    assert (known["given"]["data"], known["mixed"]) == (None, packed["mixed"])


def test_many_maps_travel_as_smaller_tiles(
    trace: NetworkTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("densenet_viz.stage.growth.scene.MOST_BYTES", 22 * 8 * 8)
    scene = growth_scene(trace)
    assert scene["size"] == [16, 16]
    assert scene["shownSize"] == [8, 8]
    tile = unpacked(scene["groups"][1]["maps"])
    np.testing.assert_allclose(tile, average_pixels(trace.blocks[0].layers[0].maps, 2), atol=0.05)


def test_it_says_what_the_transition_after_the_block_kept(trace: NetworkTrace) -> None:
    assert growth_scene(trace)["numbers"]["keeps"] == 11
    assert growth_scene(trace, block=2)["numbers"]["keeps"] is None  # the last block


def test_a_layers_colours_are_distinct_for_a_whole_block() -> None:
    assert len({layer_colour(layer) for layer in range(22)}) == 22
    assert len(base64.b64decode(CIVIDIS)) == 256 * 3


@pytest.mark.parametrize("name", ["growth"])
def test_a_stage_joins_to_one_module(name: str) -> None:
    text = join_modules(stage_file(name))
    assert 'from "./' not in text
    assert 'from "../' not in text
    assert "export function mount" in text


@pytest.mark.parametrize("name", ["growth", "attribution", "lecture"])
def test_a_component_holds_each_module_once_and_after_what_it_imports(name: str) -> None:
    code = adapt_stage(name)
    texts: dict[str, str] = json.loads(code.partition("const texts = ")[2].partition(";\nconst")[0])
    seen: set[str] = set()
    for file, text in texts.items():
        assert text.splitlines()[0] == (FOLDER / file).read_text(encoding="utf-8").splitlines()[0]
        assert set(re.findall(r'from "\./([^"]+\.js)"', text)) <= seen
        assert 'from "../' not in text
        seen.add(file)
    assert {stage_file(name), "streamlit.js"} <= seen
    assert code.count("export default adapt(mount)") == 1
    assert version() in code


def test_another_module_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = version()
    shutil.copytree(FOLDER, tmp_path / "js")
    (tmp_path / "js" / "shared" / "maps.js").write_text(
        "export const changed = true;", encoding="utf-8"
    )
    monkeypatch.setattr(modules, "FOLDER", tmp_path / "js")
    for remembered in (version, modules.all_files):
        remembered.cache_clear()
    try:
        assert version() != before
    finally:
        for remembered in (version, modules.all_files):
            remembered.cache_clear()
