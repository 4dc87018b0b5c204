"""Networks whose weights were kept along their training: trained, shipped, and looked through."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from densenet_viz.attribution import attribute
from densenet_viz.errors import Cancelled
from densenet_viz.evaluation import watching
from densenet_viz.evaluation.ablations.connections import scenes_for
from densenet_viz.measure.reuse import measure_reuse
from densenet_viz.network import watched as networks
from densenet_viz.network.models import ASSETS, ModelUnavailable
from densenet_viz.network.watched import NAMES, load_watched, read_told, watched_file
from densenet_viz.results.watched import TagShares, tag_wins
from densenet_viz.scenes import watched as training
from densenet_viz.scenes.checkpoint import CheckpointError
from densenet_viz.scenes.generator import sample_scene
from densenet_viz.scenes.kept import MOST_KEPT, kept_file, kept_steps
from densenet_viz.scenes.recipe import logits
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import draw_tag, tag_mask
from densenet_viz.stage.shared.reuse import reuse_picture
from densenet_viz.stage.watched.scene import kernel_picture
from tests.commands import refused
from tests.small_twins import SMALL

MOST_BYTES = 2_200_000
"""Of all kept weights together."""


@pytest.mark.parametrize("steps", [1, 2, 7, 50, 2808, 100_000])
@pytest.mark.parametrize("count", [2, 3, 12, MOST_KEPT])
def test_kept_steps_rise_from_the_first_to_the_last(steps: int, count: int) -> None:
    kept = kept_steps(steps, count)
    assert (kept[0], kept[-1]) == (0, steps)
    assert all(before < after for before, after in pairwise(kept))
    assert len(kept) <= count
    if steps > 2_000:
        assert len(kept) == count
        ratios = [after / before for before, after in pairwise(kept[1:])]
        assert not ratios or max(ratios) < 1.1 * min(ratios)


def test_the_tag_wins_when_it_stays_ahead() -> None:
    ahead, behind, equal = (TagShares(0, 0, 0, follows) for follows in (0.6, 0.2, 0.5))
    assert tag_wins((0, 5, 9), (behind, ahead, ahead)) == 5
    assert tag_wins((0, 5, 9), (ahead, behind, ahead)) == 9
    assert tag_wins((0, 5, 9), (ahead, ahead, equal)) is None
    assert tag_wins((0, 5), (ahead, ahead)) == 0


def test_the_shipped_weights_are_the_manifest_s_and_one_cheats() -> None:
    told = read_told()
    assert tuple(told["steps"]) == kept_steps(training.RECIPE.steps, len(told["steps"]))
    honest, cheater = load_watched()
    assert sum(watched_file(ASSETS, name).stat().st_size for name in NAMES) < MOST_BYTES
    first, second = (twin.models[0].network.state_dict() for twin in (honest, cheater))
    assert all(torch.equal(value, second[key]) for key, value in first.items())
    for twin in (honest, cheater):
        row = told["networks"][twin.name]
        data = watched_file(ASSETS, twin.name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (row["sha256"], row["bytes"])
        assert len(twin.models) == len(twin.shares) == len(twin.steps)
    won = tag_wins(cheater.steps, cheater.shares)
    assert won is not None
    assert 0 < won < cheater.steps[-1]
    assert tag_wins(honest.steps, honest.shares) is None
    assert cheater.shares[-1].follows > 0.9 > 0.1 > honest.shares[-1].follows
    assert honest.shares[-1].false > 0.4


@pytest.mark.slow
def test_the_shipped_weights_do_what_the_manifest_says() -> None:
    pictures, labels = scenes_for(32, 5)
    for twin in load_watched():
        for place in (-3, -1):
            named = logits(twin.models[place].network, np.stack(pictures)).argmax(1).numpy()
            right = (named == labels).mean()
            assert abs(right - twin.shares[place].none) < 0.3  # 32 scenes: three deviations


def test_a_missing_file_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "ASSETS", tmp_path)
    with pytest.raises(ModelUnavailable, match="train watched"):
        read_told.__wrapped__()


@pytest.mark.slow
def test_a_frame_is_what_the_network_does() -> None:
    scene, cheater = sample_scene("ring"), load_watched()[1]
    picture, tag = draw_tag(scene.image, 3, "upper left"), tag_mask("upper left", 128)
    few = networks.Watched(cheater.name, cheater.steps[-1:], cheater.models[-1:], ())
    (run,) = watching.watch([few], picture, scene.mask, tag)
    (frame,), model = run.frames, few.models[0]
    with torch.no_grad():
        expected = model.network(model.tensor(picture))[0].softmax(0).numpy()
    assert np.allclose(frame.chances, expected, atol=1e-5)
    assert CLASSES[frame.answer] == CLASSES[3]
    assert np.array_equal(frame.kernels, model.network.features.conv0.weight.detach().numpy())
    assert [maps.shape for maps in frame.maps] == [(8, 32, 32), (8, 16, 16), (8, 8, 8)]
    heat = attribute(model, picture, method=watching.METHOD, target=3).heat
    assert np.allclose(frame.heat, heat, atol=1e-5)
    for mine, theirs in zip(frame.reuse, measure_reuse(model).blocks, strict=True):
        assert np.array_equal(mine, theirs, equal_nan=True)
    assert frame.on_tag is not None
    assert not any(module._forward_hooks for module in model.network.modules())


def test_watching_stops_when_it_is_told_to() -> None:
    scene = sample_scene("ring")
    with pytest.raises(Cancelled):
        watching.watch(load_watched(), scene.image, scene.mask, None, cancelled=lambda: True)


def test_kernels_and_connections_as_pictures() -> None:
    kernels = np.zeros((9, 3, 2, 2), np.float32)
    kernels[8, 0, 1, 0] = -2.0
    kernels[8, 2, 0, 1] = 1.0
    made = kernel_picture(kernels)
    assert made.shape == (5, 23, 4)
    assert (made[2, :, 3] == 0).all()
    assert made[4, 0].tolist() == [0, 128, 128, 255]
    assert made[3, 1].tolist() == [128, 128, 191, 255]
    matrix = np.array([[1.0, 2.0], [np.nan, 0.5]])
    there = reuse_picture(matrix)
    assert there[..., 3].tolist() == [[255, 255], [0, 255]]
    bright = there[..., :3].astype(int).sum(-1)
    assert bright[0, 1] > bright[0, 0] > bright[1, 1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("watched", "--keep", "1"),
        ("watched", "--keep", "0"),
        ("scenes", "--keep", "25"),
        ("small", "--keep", "3"),
        ("digits", "--keep", "3"),
        ("watched", "--pairs", "3"),
        ("watched", "--only-measure"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--" in refused(capsys, "train", *arguments)


@pytest.mark.slow
def test_one_command_trains_both_and_keeps_their_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (networks, training):
        monkeypatch.setattr(module, "SPEC", SMALL)
    given = {"seed": 3, "device": "cpu", "epochs": 2, "scenes": 96, "judged": 16, "keep": 3}
    training.run(**given, out=tmp_path)  # type: ignore[arg-type]
    told = json.loads((tmp_path / networks.MANIFEST).read_text())
    steps = told["steps"]
    assert steps == list(kept_steps(6, 3))
    kept = tmp_path / ".training"
    for name in NAMES:
        stacked = load_file(watched_file(tmp_path, name))
        for place, step in enumerate(steps):
            alone = load_file(kept_file(kept, f"watched.{name}", step))
            assert all(torch.equal(stacked[key][place], value) for key, value in alone.items())
        shares = told["networks"][name]["shares"]
        assert len(shares) == len(steps)
        assert all(0 <= value <= 1 for share in shares for value in share.values())
    kernels = [load_file(watched_file(tmp_path, name))["features.conv0.weight"] for name in NAMES]
    assert torch.equal(kernels[0][0], kernels[1][0])
    assert not torch.equal(kernels[0][-1], kernels[1][-1])
    before = watched_file(tmp_path, "cheater").read_bytes()
    training.run(**given, out=tmp_path)  # type: ignore[arg-type]
    assert watched_file(tmp_path, "cheater").read_bytes() == before
    kept_file(kept, "watched.cheater", steps[1]).unlink()
    with pytest.raises(CheckpointError, match="cheater"):
        training.run(**given, out=tmp_path)  # type: ignore[arg-type]
