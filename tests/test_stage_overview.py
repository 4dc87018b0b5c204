"""The overview's strip and ideas, against the paper's numbers and a hand-computed network."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.lecture.hall import Hall
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.build import build
from densenet_viz.stage.overview.ideas import RESNET50_PARAMETERS, ideas
from densenet_viz.stage.overview.scene import (
    network_parts,
    network_steps,
    overview_scene,
    part_rows,
)
from densenet_viz.ui import warmup
from densenet_viz.ui.pages import PAGES
from tests.facts import names_in, numbers_in

SPEC = VARIANTS["densenet121"]
SMALL = DenseNetSpec(
    growth_rate=4, block_config=(2, 3), initial_channels=8, num_classes=5, input_size=64
)
BLOCKS = [part for part in network_parts(SPEC) if part["kind"] == "block"]


def test_counter_runs_as_the_paper_says() -> None:
    channels = [step["channels"] for step in network_steps(SPEC)]
    assert channels[:9] == [3, 64, 96, 128, 160, 192, 224, 256, 128]
    assert channels[20:22] == [512, 256]
    assert channels[45:47] == [1024, 512]
    assert channels[-3:] == [1024, 1024, 1024]
    assert len(channels) == 1 + 1 + 58 + 3 + 1 + 1  # picture, stem, layers, ..., classifier, whole


def test_blocks_stand_with_their_channels_and_pixels() -> None:
    shapes = [(part["reads"], part["leaves"], part["pixels"], part["layers"]) for part in BLOCKS]
    assert shapes == [(64, 256, 56, 6), (128, 512, 28, 12), (256, 1024, 14, 24), (512, 1024, 7, 16)]


def test_small_network_by_hand() -> None:
    # 64 px -> stem 32 -> pool 16; 8 + 2 * 4 = 16, halved to 8 at 8 px; 8 + 3 * 4 = 20.
    parts = [
        (p["id"], p["reads"], p["leaves"], p["pixels"], p["out"]) for p in network_parts(SMALL)
    ]
    assert parts == [
        ("picture", 3, 3, 64, 64),
        ("stem", 3, 8, 32, 16),
        ("block-1", 8, 16, 16, 16),
        ("transition-1", 16, 8, 16, 8),
        ("block-2", 8, 20, 8, 8),
        ("classifier", 20, 5, 1, 1),
    ]


@pytest.mark.parametrize("spec", [SMALL, *VARIANTS.values()], ids=lambda spec: spec.name)
def test_every_step_belongs_to_its_part(spec: DenseNetSpec) -> None:
    parts, steps = list(network_parts(spec)), list(network_steps(spec))
    for step in steps:
        kind = parts[step["part"]]["kind"]
        assert (step["layer"] > 0) == (kind == "block")
        assert str(step["layer"]) in step["label"] or step["layer"] == 0
    # The stage draws one stop a step; blocks have one a layer.
    stops = sum(max(1, part["layers"]) for part in parts) + 1
    assert len(steps) == stops


def test_sentences_name_the_actual_numbers() -> None:
    steps = {step["label"]: step for step in network_steps(SPEC)}
    assert numbers_in(steps["block 1, layer 2"]["title"]) == ["2", "96", "32"]
    assert "96 + 32 = 128" in steps["block 1, layer 2"]["sentence"]
    halved = ["256", "128", "56 px", "28 px"]
    assert names_in(steps["transition 1"]["sentence"], *halved) == halved
    assert {"535", "7,978,856"} <= set(numbers_in(steps["whole network"]["sentence"]))


def test_a_transition_that_keeps_other_than_half_says_how_many() -> None:
    kept = DenseNetSpec(block_config=(2, 2), compression=0.75)
    step = next(step for step in network_steps(kept) if step["label"] == "transition 1")
    assert numbers_in(step["title"]) == ["1", "96", "128"]


def test_scene_holds_the_picture_and_a_colour_for_every_layer() -> None:
    scene = overview_scene(SPEC, np.zeros((4, 4, 3), np.uint8), alt="a drawn ring")
    assert scene["picture"].startswith("data:image/png;base64,")
    assert len(scene["colours"]) == 25
    assert scene["alt"] == "a drawn ring"
    facts = ["block 4", "512", "1024", "7 px"]
    assert names_in(scene["description"].partition("block 4")[2], *facts[1:]) == facts[1:]


def test_table_adds_up_to_the_live_network() -> None:
    rows = part_rows(SMALL)
    total = sum(int(row["Parameters"].replace(",", "")) for row in rows)
    assert total == sum(weight.numel() for weight in build(SMALL, seed=0).parameters())
    assert [row["Part"] for row in rows] == [
        "Stem",
        "Block 1",
        "Transition 1",
        "Block 2",
        "Final norm",
        "Classifier",
    ]


def test_numbers_of_the_ideas() -> None:
    reuse, few, gradients = ideas(SPEC)
    assert (reuse.number, reuse.counted.endswith("21 + 78 + 300 + 136")) == ("535", True)
    assert few.number == "7,978,856"
    assert "3.2" in numbers_in(few.counted)
    assert "cited" in few.source
    assert numbers_in(gradients.number) == ["1", "24"]


def test_resnet50_has_as_many_parameters_as_the_page_says() -> None:
    with torch.device("meta"):
        network = torchvision.models.resnet50()
    assert sum(weight.numel() for weight in network.parameters()) == RESNET50_PARAMETERS


# Streamlit imports a part of plotly by itself, so only what the page adds is counted.
ALONE = """
import sys
from streamlit.testing.v1 import AppTest
import streamlit.delta_generator
before = set(sys.modules)
from densenet_viz.ui import warmup
warmup.warm_up = lambda: None
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert not app.exception and len(app.metric) == 3, app
added = {name.partition(".")[0] for name in set(sys.modules) - before}
charts = [node.type for node in app.main if node.type == "plotly_chart"]
print(*sorted({"torch", "torchvision", "captum", "plotly"} & added), *charts)
"""


def test_page_paints_without_torch_and_without_plotly(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALONE, str(root / "app.py")],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == []


def test_warm_up_waits_until_a_browser_has_drawn_the_first_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = threading.Event()
    hall = Hall()
    hall.served = True
    monkeypatch.setattr(warmup, "HALL", hall)
    monkeypatch.setattr(warmup, "PAINT_SECONDS", 600)
    monkeypatch.setattr(warmup, "HEAD_START", 0)
    monkeypatch.setattr(warmup, "prepare", asked.set)
    warmup.warm_up.cache_clear()
    try:
        thread = warmup.warm_up()
        assert not asked.is_set()
        assert thread.is_alive()
        hall.painted.set()
        thread.join(60)
    finally:
        warmup.warm_up.cache_clear()
    assert asked.is_set()


def test_warm_up_starts_once_and_keeps_its_trouble_to_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = []

    def broken() -> None:
        asked.append(threading.current_thread())
        raise RuntimeError("no weights")

    monkeypatch.setattr(warmup, "HEAD_START", 0)
    monkeypatch.setattr(warmup, "prepare", broken)
    warmup.warm_up.cache_clear()
    try:
        thread = warmup.warm_up()
        assert warmup.warm_up() is thread
        thread.join(10)
    finally:
        warmup.warm_up.cache_clear()
    assert asked == [thread]
    assert thread.daemon
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_every_other_page_has_its_way_in(root: Path) -> None:
    text = (root / "pages" / "overview.py").read_text(encoding="utf-8")
    for row in PAGES[1:]:
        assert f'"{row.name}": ' in text
