"""The two small networks: as they were shipped, and as one command trains them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch

from densenet_viz.evaluation.ablations.connections import scenes_for
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network import small as networks
from densenet_viz.network.models import ASSETS, ModelUnavailable
from densenet_viz.network.residual import ResidualSpec
from densenet_viz.network.small import MANIFEST, TITLES, load_small, weights_file
from densenet_viz.scenes import small as training
from densenet_viz.scenes.card import small_card
from densenet_viz.ui.inside.layers import INSTEAD, shipped_removal

DENSE = DenseNetSpec(
    growth_rate=4, block_config=(1, 1), initial_channels=8, num_classes=16, input_size=128
)
RESIDUAL = ResidualSpec(units=(1, 1), widths=(8, 12), num_classes=16, input_size=128)


def test_the_shipped_files_are_the_card_s_and_classify_scenes() -> None:
    manifest = json.loads((ASSETS / MANIFEST).read_text())
    assert (ASSETS / "small.md").read_text() == small_card(manifest, TITLES)
    pictures, labels = scenes_for(32, 5)
    for name, model in zip(TITLES, load_small(), strict=True):
        row = manifest["networks"][name]
        file = weights_file(ASSETS, name)  # type: ignore[arg-type]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == row["sha256"]
        assert sum(one.numel() for one in model.network.parameters()) == row["parameters"]
        with torch.no_grad():
            logits = model.network(torch.cat([model.tensor(one) for one in pictures]))
        right = (logits.argmax(1) == torch.tensor(labels)).double().mean()
        assert abs(float(right) - row["held_out"]["top1"]) < 0.3  # 32 scenes: three deviations


def test_the_shipped_tables_belong_to_these_networks() -> None:
    for model in load_small():
        for instead in INSTEAD:
            table = shipped_removal(model.name, instead)
            assert table is not None
            assert (table.model, table.replacement) == (model.name, instead)
            assert table.digest == model.digest
            assert len(table.layers) == 24
    assert shipped_removal("../scenes", "zero") is None


def test_a_damaged_file_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "ASSETS", tmp_path)
    with pytest.raises(ModelUnavailable, match="train small"):
        load_small.__wrapped__()


@pytest.mark.slow
def test_one_command_trains_both_on_the_same_scenes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (networks, training):
        monkeypatch.setattr(module, "DENSE", DENSE)
        monkeypatch.setattr(module, "RESIDUAL", RESIDUAL)
    training.run(seed=3, device="cpu", epochs=1, scenes=64, judged=16, out=tmp_path)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    told = manifest["training"]
    assert (told["seed"], told["scenes"], told["pairs"], told["half"]) == (3, 64, 0, False)
    assert (tmp_path / "small.md").read_text() == small_card(manifest, TITLES)
    monkeypatch.setattr(networks, "ASSETS", tmp_path)
    dense, residual = load_small.__wrapped__()
    assert dense.spec == DENSE
    assert residual.spec == RESIDUAL
    assert "64 scenes" in residual.provenance
    assert residual.temperature == manifest["networks"]["residual"]["temperature"]
