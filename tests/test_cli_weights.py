"""`weights`: what it downloads, where it puts it, and how it says no."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from densenet_viz import cli
from densenet_viz.network import weights
from tests.commands import refused
from tests.commands import run as run_process
from tests.file_server import serving, status, whole

DATA = b"weights" * 1000
SHORT_HASH = hashlib.sha256(DATA).hexdigest()[:8]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Torch hub's folder of weights, an empty one."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.delenv(weights.ENVIRONMENT, raising=False)
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a server that has every network's weights is asked for."""
    with serving(whole(DATA)) as (url, asked):
        publish_at(monkeypatch, url)
        yield asked


def publish_at(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(weights, "published_url", lambda name: f"{url}/{name}-{SHORT_HASH}.pth")


def test_it_downloads_once_and_says_where_the_file_is(
    asked: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["weights"]) == 0
    path = folder / f"densenet121-{SHORT_HASH}.pth"
    assert path.read_bytes() == DATA
    assert str(path) in capsys.readouterr().out
    assert cli.main(["weights"]) == 0
    assert str(path) in capsys.readouterr().out
    assert asked == [f"/{path.name}"]


def test_a_damaged_file_is_downloaded_again(asked: list[str], folder: Path) -> None:
    folder.mkdir(parents=True)
    path = folder / f"densenet121-{SHORT_HASH}.pth"
    path.write_bytes(b"half of it")
    assert cli.main(["weights"]) == 0
    assert path.read_bytes() == DATA
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--model", "densenet169", "densenet201"], ["densenet169", "densenet201"]),
        (["--all"], ["densenet121", "densenet161", "densenet169", "densenet201"]),
    ],
)
def test_the_networks_that_are_named(asked: list[str], words: list[str], names: list[str]) -> None:
    assert cli.main(["weights", *words]) == 0
    assert asked == [f"/{name}-{SHORT_HASH}.pth" for name in names]


def test_the_list_downloads_nothing_and_says_what_is_here(
    asked: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["weights", "--model", "densenet169"])
    capsys.readouterr()
    assert cli.main(["weights", "--list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert list(lines) == ["densenet121", "densenet161", "densenet169", "densenet201"]
    assert "30.8 MB" in lines["densenet121"]
    assert [name for name, line in lines.items() if str(folder) in line] == ["densenet169"]
    assert len(asked) == 1


def test_the_list_names_a_file_of_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "densenet201-mine.pth"
    own.write_bytes(b"")
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path))
    assert cli.main(["weights", "--list"]) == 0
    found = [line for line in capsys.readouterr().out.splitlines() if str(own) in line]
    assert [line.split()[0] for line in found] == ["densenet201"]
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path / "nothing"))
    assert weights.ENVIRONMENT in refused(capsys, "weights", "--list")


@pytest.mark.parametrize("code", [404, 503])
def test_a_failure_is_one_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    with serving(status(code)) as (url, _asked):
        publish_at(monkeypatch, url)
        said = refused(capsys, "weights")
    assert "DenseNet-121" in said
    assert str(code) in said
    assert "127.0.0.1" not in said


def test_offline_is_one_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(status(200)) as (url, _asked):
        pass
    publish_at(monkeypatch, url)
    assert "DenseNet-121" in refused(capsys, "weights")


def test_an_unknown_network_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "densenet201" in refused(capsys, "weights", "--model", "scenes")


def test_a_terminal_is_shown_the_bytes(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    cli.main(["weights"])
    assert "100%" in capsys.readouterr().err


def test_help_needs_no_torch() -> None:
    done = run_process("weights", "--help")
    assert (done.returncode, "--list" in done.stdout) == (0, True)
