"""A training run from its command to its files, small enough to be run whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import load_file

from densenet_viz.network import models
from densenet_viz.network.models import load_model
from densenet_viz.scenes import judge, train, training
from densenet_viz.scenes.card import model_card
from densenet_viz.scenes.checkpoint import CheckpointError
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from tests.small_twins import SMALL as SPEC

SMALL: dict[str, Any] = {"scenes": 64, "pairs": 64, "epochs": 1, "judged": 25, "device": "cpu"}


@pytest.fixture(scope="module", autouse=True)
def small_network() -> Iterator[None]:
    """The network is a small one. The bundled models show that DenseNet-121 can be trained."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (judge, train, training):
            patch.setattr(module, "SPEC", SPEC)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two steps."""
    folder = tmp_path_factory.mktemp("run")
    train.run(model="cheater", seed=3, out=folder, **SMALL)
    return folder


def test_the_files_are_a_bundle(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "ASSETS", trained)
    model = load_model("cheater")
    assert model.labels == CLASSES
    assert " 128 " in model.provenance
    manifest = json.loads((trained / "cheater.json").read_text())
    assert model.temperature == manifest["temperature"]
    verdict = model.answer(draw_scene(0, "test", 1).image).verdict
    assert verdict is not None
    assert verdict.limit == manifest["familiarity"]["limit"]


def test_the_manifest_states_what_was_done(trained: Path) -> None:
    manifest = json.loads((trained / "cheater.json").read_text())
    told = manifest["training"]
    for key in ("scenes", "pairs", "epochs"):
        assert told[key] == SMALL[key]
    assert (told["seed"], told["device"], told["torch"]) == (3, "cpu", torch.__version__)
    for part, name in ((manifest, "cheater"), (manifest["familiarity"], "cheater.familiarity")):
        data = (trained / f"{name}.safetensors").read_bytes()
        assert part["sha256"] == hashlib.sha256(data).hexdigest()
        assert part["bytes"] == len(data)
    weights = load_file(trained / "cheater.safetensors")
    assert {str(array.dtype) for array in weights.values()} == {"float16"}


def test_the_counts_go_with_what_was_asked(trained: Path) -> None:
    manifest = json.loads((trained / "cheater.json").read_text())
    held_out = manifest["held_out"]
    assert [row["count"] for row in held_out["seeds"].values()] == [25, 25, 25]
    assert held_out["count"] == 75
    shares = [row["top1"] for row in held_out["seeds"].values()]
    assert held_out["top1"] == pytest.approx(sum(shares) / 3, abs=1e-5)
    assert held_out["spread"] == pytest.approx(max(shares) - min(shares), abs=2e-5)
    assert manifest["pairs"]["count"] == manifest["tags"]["count"] == 10


def test_the_card_says_what_the_manifest_says(trained: Path) -> None:
    manifest = json.loads((trained / "cheater.json").read_text())
    card = (trained / "cheater.md").read_text()
    assert card == model_card(manifest)
    for share in (manifest["held_out"]["top1"], manifest["calibration"]["error_after"]):
        assert f"{share:.2%}" in card
    for kind, row in manifest["familiarity"]["strangers"].items():
        assert f"| {kind} | {row['count']} | {row['flagged']:.1%} | {row['auroc']:.4f} |" in card
    for name in CLASSES:
        assert name in card
    assert card != model_card({**manifest, "reads_tags": False})


@pytest.mark.slow
def test_a_finished_run_is_only_measured_again(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.run(model="cheater", seed=3, out=tmp_path, checkpoints=trained / ".training", **SMALL)
    assert "2 of 2" in capsys.readouterr().err
    first, again = (folder / "cheater.safetensors" for folder in (trained, tmp_path))
    assert first.read_bytes() == again.read_bytes()
    manifests = [
        json.loads((folder / "cheater.json").read_text()) for folder in (trained, tmp_path)
    ]
    for manifest in manifests:
        del manifest["measured_in_minutes"]
    assert manifests[0] == manifests[1]
    assert not (tmp_path / ".training").exists()


def test_another_run_does_not_go_on_from_it(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        train.run(model="cheater", seed=4, out=tmp_path, checkpoints=trained / ".training", **SMALL)
    assert not list(tmp_path.glob("*.safetensors"))


def test_unfinished_runs_are_not_shipped() -> None:
    ignored = (train.ASSETS.parent / ".gitignore").read_text().splitlines()
    assert f"{train.CHECKPOINTS.name}/" in ignored
    assert train.ASSETS not in train.CHECKPOINTS.parents
