"""Training put aside and taken up again is training that was never put aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from densenet_viz.network.build import build
from densenet_viz.scenes import checkpoint
from densenet_viz.scenes.checkpoint import CheckpointError, restore, save
from densenet_viz.scenes.data import Pictures, draw
from densenet_viz.scenes.recipe import TWINS, Recipe, optimiser_of, train
from tests.small_twins import SMALL, same_weights

HONEST = TWINS["scenes"]
RECIPE = Recipe(scenes=16, pairs=8, epochs=2, batch=4, peak_rate=0.01)
SETTINGS = {"model": "scenes", "seed": 0, "labels": ("star", "ring"), "rate": 0.01}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums of several threads have no order; bit for bit is for one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return draw(0, "train", RECIPE.scenes, RECIPE.pairs)


def _new() -> tuple[nn.Module, torch.optim.AdamW]:
    network = build(SMALL, seed=0).to(memory_format=torch.channels_last)
    return network, optimiser_of(network, RECIPE)


@pytest.fixture
def halfway(tmp_path: Path, pictures: Pictures) -> Path:
    """The file of a run that was put aside after 5 of 12 steps."""
    network, optimiser = _new()
    list(islice(train(network, optimiser, pictures, RECIPE, 0, HONEST), 5))
    path = tmp_path / "run.checkpoint.safetensors"
    save(path, network, optimiser, SETTINGS, done=5, seconds=1.25)
    return path


def test_a_run_taken_up_again_ends_with_the_same_weights(halfway: Path, pictures: Pictures) -> None:
    whole, optimiser = _new()
    losses = [loss for _, loss in train(whole, optimiser, pictures, RECIPE, 0, HONEST)]

    again, optimiser_again = _new()
    done, seconds = restore(halfway, again, optimiser_again, SETTINGS)
    assert (done, seconds) == (5, 1.25)
    assert not same_weights(whole, again)
    rest = list(train(again, optimiser_again, pictures, RECIPE, 0, HONEST, done))
    assert rest == list(zip(range(6, 13), losses[5:], strict=True))
    assert same_weights(whole, again)


def test_the_moments_keep_their_parameters_layout(halfway: Path) -> None:
    network, optimiser = _new()
    restore(halfway, network, optimiser, SETTINGS)
    for parameter in network.parameters():
        state = optimiser.state[parameter]
        assert state["exp_avg"].stride() == state["exp_avg_sq"].stride() == parameter.stride()
        assert state["step"] == 5
        assert not state["exp_avg"].requires_grad


@pytest.mark.parametrize("change", [{"seed": 1}, {"labels": ("star", "heart")}, {"model": "x"}])
def test_another_runs_file_is_refused_and_changes_nothing(
    halfway: Path, change: dict[str, object]
) -> None:
    network, optimiser = _new()
    with pytest.raises(CheckpointError, match=r"run\.checkpoint\.safetensors"):
        restore(halfway, network, optimiser, SETTINGS | change)
    assert same_weights(network, _new()[0])
    assert not optimiser.state


@pytest.mark.parametrize("kept", [0, 7, 1000])
def test_a_broken_file_is_refused(halfway: Path, kept: int) -> None:
    halfway.write_bytes(halfway.read_bytes()[:kept])
    with pytest.raises(CheckpointError, match=r"run\.checkpoint\.safetensors"):
        restore(halfway, *_new(), SETTINGS)


def test_a_file_of_another_network_is_refused(halfway: Path) -> None:
    other = build(replace(SMALL, growth_rate=8), seed=0)
    with pytest.raises(CheckpointError):
        restore(halfway, other, optimiser_of(other, RECIPE), SETTINGS)


def test_a_file_without_notes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.safetensors"
    checkpoint.save_file({"network.x": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError):
        restore(path, *_new(), SETTINGS)


def test_a_save_that_fails_leaves_the_file_before(
    halfway: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk is full halfway: the file is written elsewhere and put in place whole."""
    before = halfway.read_bytes()
    network, optimiser = _new()
    restore(halfway, network, optimiser, SETTINGS)

    def half_written(_tensors: object, path: Path, _notes: object) -> None:
        path.write_bytes(before[:100])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_file", half_written)
        with pytest.raises(OSError, match="No space left"):
            save(halfway, network, optimiser, SETTINGS, done=6, seconds=2.0)
    assert halfway.read_bytes() == before
    save(halfway, network, optimiser, SETTINGS, done=6, seconds=2.0)
    assert restore(halfway, *_new(), SETTINGS) == (6, 2.0)
    assert [path.name for path in halfway.parent.iterdir()] == [halfway.name]


def test_the_file_holds_weights_and_moments_and_nothing_that_runs(halfway: Path) -> None:
    with safe_open(halfway, "pt") as file:
        keys, notes = set(file.keys()), file.metadata()
    network, _ = _new()
    names = [name for name, _ in network.named_parameters()]
    parts = {f"{part}.{name}" for name in names for part in ("exp_avg", "exp_avg_sq", "step")}
    assert keys == parts | {f"network.{key}" for key in network.state_dict()}
    assert (notes["done"], notes["seconds"]) == ("5", "1.25")
