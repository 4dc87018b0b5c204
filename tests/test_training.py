"""A training run tells how far it is, can be stopped, and goes on where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from densenet_viz.network.build import build
from densenet_viz.scenes import training as module
from densenet_viz.scenes.checkpoint import CheckpointError
from densenet_viz.scenes.kept import kept_file
from densenet_viz.scenes.recipe import TWINS, Recipe, train
from densenet_viz.scenes.training import train_twin
from tests.small_twins import SMALL, same_weights

RECIPE = Recipe(scenes=24, pairs=8, epochs=3, batch=8, peak_rate=0.01)
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A network of two layers, on one thread, that says how far it is after every fourth step."""
    monkeypatch.setattr(module, "SPEC", SMALL)
    monkeypatch.setattr(module, "TELL_EVERY", 4)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _stop_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """As when someone presses Control-C: the step after `steps` never comes."""

    def stopping(*given: Any) -> Iterator[tuple[int, float]]:
        for done, loss in train(*given):
            yield done, loss
            if done == steps:
                raise KeyboardInterrupt

    monkeypatch.setattr(module, "train", stopping)


def _forbidden(*_given: Any) -> None:
    raise AssertionError("a finished run was begun again")


def test_a_run_tells_what_it_does_and_how_long_it_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network, seconds = train_twin(TWINS["scenes"], RECIPE, seed=3, device=CPU, folder=tmp_path)
    assert not network.training
    assert seconds > 0
    assert not same_weights(network, build(SMALL, seed=3))
    out, told = capsys.readouterr()
    assert out == ""
    first, *lines = told.splitlines()
    assert re.findall(r"\d+", first) == ["24", "8", "3"]  # scenes, pairs, seed
    pattern = r"step (\d+) of 12: .* \d\.\d{3}, (\d+)% .*\d+ min.*"
    found = [re.fullmatch(pattern, line) for line in lines]
    assert [match and match.groups() for match in found] == [
        ("4", "33"),
        ("8", "67"),
        ("12", "100"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["scenes.checkpoint.safetensors"]


def test_a_stopped_run_goes_on_and_ends_as_if_it_had_not_been_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = TWINS["cheater"]
    (tmp_path / "whole").mkdir()
    whole, _ = train_twin(twin, RECIPE, seed=0, device=CPU, folder=tmp_path / "whole")

    with monkeypatch.context() as patch:
        patch.setattr(module, "SAVE_EVERY", -1.0)
        _stop_after(patch, 5)
        with pytest.raises(KeyboardInterrupt):
            train_twin(twin, RECIPE, seed=0, device=CPU, folder=tmp_path)
    capsys.readouterr()
    again, seconds = train_twin(twin, RECIPE, seed=0, device=CPU, folder=tmp_path)
    told = capsys.readouterr().err
    assert "5 of 12" in told.splitlines()[0]
    assert "step 8 of 12" in told
    assert "step 4 of 12" not in told
    assert same_weights(whole, again)

    monkeypatch.setattr(module, "draw", _forbidden)
    monkeypatch.setattr(module, "train", _forbidden)
    finished, spent = train_twin(twin, RECIPE, seed=0, device=CPU, folder=tmp_path)
    assert same_weights(whole, finished)
    assert not finished.training
    assert spent == pytest.approx(seconds, abs=1.0)


def test_a_file_is_written_about_once_a_minute_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that goes 25 seconds a look; the first look is when training starts."""
    written = []
    clock = iter(range(0, 100_000, 25))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(
        module.checkpoint, "save", lambda *_, done, seconds: written.append((done, seconds))
    )
    _, seconds = train_twin(TWINS["scenes"], RECIPE, seed=0, device=CPU, folder=tmp_path)
    assert written == [(3, 75.0), (6, 150.0), (9, 225.0), (12, 300.0)]
    assert seconds == 300.0


def test_another_runs_checkpoint_is_refused(tmp_path: Path) -> None:
    short = replace(RECIPE, epochs=1)
    train_twin(TWINS["scenes"], short, seed=0, device=CPU, folder=tmp_path)
    for recipe, seed in ((RECIPE, 0), (short, 1)):
        with pytest.raises(CheckpointError, match="other settings"):
            train_twin(TWINS["scenes"], recipe, seed=seed, device=CPU, folder=tmp_path)


@pytest.mark.slow
def test_a_stopped_run_keeps_the_same_weights_as_one_without_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, folders = (0, 3, 7, RECIPE.steps), [tmp_path / name for name in ("whole", "parts")]
    monkeypatch.setattr(module, "SAVE_EVERY", -1.0)
    for folder in folders:
        folder.mkdir()
    given: dict[str, Any] = {"seed": 3, "device": CPU, "keep": keep}
    train_twin(TWINS["cheater"], RECIPE, folder=folders[0], **given)
    with monkeypatch.context() as patch:
        _stop_after(patch, 5)
        with pytest.raises(KeyboardInterrupt):
            train_twin(TWINS["cheater"], RECIPE, folder=folders[1], **given)
    assert not kept_file(folders[1], "cheater", 7).exists()
    train_twin(TWINS["cheater"], RECIPE, folder=folders[1], **given)
    for step in keep:
        whole, parts = (kept_file(folder, "cheater", step).read_bytes() for folder in folders)
        assert whole == parts
