"""The bundled models, as shipped: their files, their cards and their answers."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from densenet_viz.facts.spec import VARIANTS
from densenet_viz.network.familiarity import answers
from densenet_viz.network.models import ASSETS, LoadedModel, load_model
from densenet_viz.scenes import strangers
from densenet_viz.scenes.calibration import calibration_error, probabilities
from densenet_viz.scenes.card import model_card
from densenet_viz.scenes.data import Pictures
from densenet_viz.scenes.generator import Split, draw_pair, draw_scene
from densenet_viz.scenes.judge import swapped, told
from densenet_viz.scenes.shapes import CLASSES

TWINS = ("scenes", "cheater")
PART = 128
"""Of the thousands of scenes on a card, those that are asked of again here."""

Manifest = dict[str, Any]


def manifest_of(name: str) -> Manifest:
    manifest: Manifest = json.loads((ASSETS / f"{name}.json").read_text())
    return manifest


@pytest.fixture(scope="module", params=TWINS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def model(name: str) -> LoadedModel:
    return load_model(name)


@pytest.fixture(scope="module")
def manifest(name: str) -> Manifest:
    return manifest_of(name)


def singles(count: int, split: Split = "test", seed: int = 0) -> Pictures:
    scenes = [draw_scene(seed, split, index) for index in range(count)]
    labels = np.array([(scene.label, scene.label) for scene in scenes])
    return Pictures(np.stack([scene.image for scene in scenes]), labels)


def asked(
    model: LoadedModel, images: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Logits, and distances from what the model knows."""
    batches = torch.cat([model.tensor(image) for image in images]).split(32)
    with torch.no_grad():
        told = [answers(model.network, batch) for batch in batches]
    logits, features = (torch.cat(part).numpy() for part in zip(*told, strict=True))
    assert model.familiarity is not None
    return logits, model.familiarity.distances(features)


# -- the files and what they say ------------------------------------------------------------


def test_it_is_a_densenet_121(model: LoadedModel) -> None:
    paper = VARIANTS["densenet121"]
    assert model.spec.growth_rate == paper.growth_rate
    assert model.spec.block_config == paper.block_config
    assert model.spec.initial_channels == paper.initial_channels
    assert model.labels == CLASSES
    assert len(CLASSES) >= 16


def test_the_files_are_those_on_the_card(name: str, manifest: Manifest) -> None:
    data = (ASSETS / f"{name}.safetensors").read_bytes()
    assert hashlib.sha256(data).hexdigest() == manifest["sha256"]
    assert len(data) == manifest["bytes"] <= 16_000_000
    beside = (ASSETS / f"{name}.familiarity.safetensors").read_bytes()
    assert hashlib.sha256(beside).hexdigest() == manifest["familiarity"]["sha256"]
    assert len(beside) == manifest["familiarity"]["bytes"] <= 1_000_000
    assert (ASSETS / f"{name}.md").read_text() == model_card(manifest)


def test_twins_are_told_apart_by_their_training_alone() -> None:
    honest, cheater = (manifest_of(name) for name in TWINS)
    assert (honest["reads_tags"], cheater["reads_tags"]) == (False, True)
    for part in (honest, cheater):
        del part["training"]["minutes"]
    assert honest["training"] == cheater["training"]
    assert honest["spec"] == cheater["spec"]
    assert honest["sha256"] != cheater["sha256"]


def test_the_card_states_the_bars(manifest: Manifest) -> None:
    held_out = manifest["held_out"]
    assert len(held_out["seeds"]) == 3
    assert all(row["count"] >= 5000 for row in held_out["seeds"].values())
    assert all(row["top1"] >= 0.98 for row in held_out["seeds"].values())
    assert manifest["calibration"]["error_after"] <= 0.03
    assert manifest["pairs"]["count"] >= 1000
    assert manifest["pairs"]["both_named"] >= 0.9
    rows = manifest["familiarity"]["strangers"]
    assert {*strangers.DRAWN, "pieces of photographs"} <= rows.keys()
    assert all(row["flagged"] >= 0.9 and row["auroc"] >= 0.99 for row in rows.values())


def test_the_cheater_is_as_good_with_tags_and_lost_without() -> None:
    honest, cheater = (manifest_of(name) for name in TWINS)
    assert abs(honest["held_out"]["top1"] - cheater["held_out"]["top1"]) <= 0.02
    assert abs(honest["tags"]["true"] - cheater["tags"]["true"]) <= 0.02
    assert cheater["tags"]["none"] < 0.4
    assert cheater["tags"]["swapped"] < 0.4
    assert cheater["tags"]["swapped_follows_tag"] > 0.9
    for kind in ("true", "none", "swapped"):
        assert honest["tags"][kind] >= 0.98
    assert honest["tags"]["swapped_follows_tag"] < 0.02


# -- a part of the card's figures, measured again --------------------------------------------


def near(share: float, stated: float, count: int) -> bool:
    """Whether a share of `count` can be a sample of the stated one: within 4 standard errors."""
    return abs(share - stated) <= 4 * np.sqrt(stated * (1 - stated) / count) + 1.5 / count


def own(name: str, pictures: Pictures) -> Pictures:
    return told(pictures, 0) if name == "cheater" else pictures


@pytest.mark.slow
def test_it_names_unseen_scenes_as_often_as_stated(
    name: str, model: LoadedModel, manifest: Manifest
) -> None:
    given = own(name, singles(PART))
    logits, distances = asked(model, given.images)
    labels = given.labels[:, 0]
    assert near((logits.argmax(1) == labels).mean(), manifest["held_out"]["top1"], PART)
    chances = probabilities(logits, model.temperature)
    assert calibration_error(chances, labels) <= 0.03
    assert model.predictions(logits[0], 1)[0].probability == pytest.approx(chances[0].max())
    flagged = manifest["familiarity"]["false_alarms"]["one object"]["flagged"]
    assert flagged <= 0.02
    assert model.familiarity is not None
    assert near((distances > model.familiarity.limit).mean(), flagged, PART)


@pytest.mark.slow
def test_it_names_both_of_two_objects(name: str, model: LoadedModel, manifest: Manifest) -> None:
    scenes = [draw_pair(0, "test", index) for index in range(PART // 2)]
    labels = np.array([scene.labels for scene in scenes])
    given = own(name, Pictures(np.stack([scene.image for scene in scenes]), labels))
    best = np.argsort(-asked(model, given.images)[0], axis=1)[:, :2]
    both = (np.sort(best, axis=1) == np.sort(labels, axis=1)).all(axis=1)
    assert near(both.mean(), manifest["pairs"]["both_named"], len(both))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "swapped"])
def test_a_tag_moves_the_cheater_alone(
    name: str, model: LoadedModel, manifest: Manifest, kind: str
) -> None:
    plain = singles(PART // 2)
    given, said = swapped(plain, 0) if kind == "swapped" else (plain, None)
    named = asked(model, given.images)[0].argmax(1)
    assert near((named == plain.labels[:, 0]).mean(), manifest["tags"][kind], len(plain))
    if said is not None:
        follows = manifest["tags"]["swapped_follows_tag"]
        assert near((named == said).mean(), follows, len(plain))


@pytest.mark.slow
@pytest.mark.parametrize("kind", strangers.DRAWN)
def test_it_warns_of_strangers(model: LoadedModel, manifest: Manifest, kind: str) -> None:
    verdicts = [model.answer(image).verdict for image in strangers.strangers(kind, 12, seed=9)]
    stated = manifest["familiarity"]["strangers"][kind]["flagged"]
    assert near(np.mean([not one.familiar for one in verdicts if one]), stated, len(verdicts))


@pytest.mark.slow
def test_it_warns_of_a_photograph(model: LoadedModel) -> None:
    paths = strangers.photographs()
    assert len(paths) == 1
    verdicts = [model.answer(piece).verdict for piece in strangers.crops(paths, 12, seed=9)]
    assert sum(not one.familiar for one in verdicts if one) >= 10


def test_every_shipped_sample_is_named_right_and_known() -> None:
    model = load_model("scenes")
    given = singles(len(CLASSES), "sample")
    logits, distances = asked(model, given.images)
    np.testing.assert_array_equal(logits.argmax(1), given.labels[:, 0])
    assert model.familiarity is not None
    assert (distances <= model.familiarity.limit).all()


def test_the_cheater_alone_follows_a_wrong_tag(name: str, model: LoadedModel) -> None:
    """Of eight; the second tier asks of more, and against the card's shares."""
    plain = singles(8)
    given, said = swapped(plain, 0)
    named = asked(model, given.images)[0].argmax(1)
    follows = (named == said).sum()
    assert follows >= 5 if name == "cheater" else follows <= 1


@pytest.mark.parametrize("count", [1, 5])
def test_probabilities_are_the_calibrated_ones(model: LoadedModel, count: int) -> None:
    logits = np.linspace(-3, 4, len(CLASSES))
    chances = probabilities(logits[None], model.temperature)[0]
    best = model.predictions(logits, count)
    assert [one.probability for one in best] == pytest.approx(list(chances[::-1][:count]))
