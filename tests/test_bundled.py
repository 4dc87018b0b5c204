"""The bundled model, as shipped: its file, its card and its answers."""

from __future__ import annotations

import hashlib
import json

import pytest
import torch

from densenet_viz.network.models import ASSETS, LoadedModel, load_model
from densenet_viz.scenes.card import model_card
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.spec import VARIANTS

MANIFEST = json.loads((ASSETS / "scenes.json").read_text())


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_model("scenes")


def right_answers(model: LoadedModel, split: str, count: int) -> int:
    scenes = [draw_scene(0, split, index) for index in range(count)]  # type: ignore[arg-type]
    batch = torch.cat([model.tensor(scene.image) for scene in scenes])
    with torch.no_grad():
        answers = torch.cat([model.network(part).argmax(1) for part in batch.split(24)])
    return int((answers == torch.tensor([scene.label for scene in scenes])).sum())


def test_it_is_a_densenet_121(model: LoadedModel) -> None:
    paper = VARIANTS["densenet121"]
    assert model.spec.growth_rate == paper.growth_rate
    assert model.spec.block_config == paper.block_config
    assert model.spec.initial_channels == paper.initial_channels
    assert model.labels == CLASSES


def test_the_file_is_the_one_on_the_card() -> None:
    data = (ASSETS / "scenes.safetensors").read_bytes()
    assert hashlib.sha256(data).hexdigest() == MANIFEST["sha256"]
    assert len(data) == MANIFEST["bytes"] <= 16_000_000
    assert (ASSETS / "scenes.md").read_text() == model_card(MANIFEST)


def test_the_card_states_the_bar() -> None:
    assert MANIFEST["held_out"]["count"] >= 2000
    assert MANIFEST["held_out"]["top1"] >= 0.95


def test_it_names_unseen_scenes(model: LoadedModel) -> None:
    """A part of the card's own held-out scenes, drawn again: 120 of the 2,000."""
    assert right_answers(model, "test", 120) >= 114


def test_every_shipped_sample_is_named_right(model: LoadedModel) -> None:
    assert right_answers(model, "sample", len(CLASSES)) == len(CLASSES)
