"""A user's own DenseNet from a shell: described, asked, and refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from densenet_viz.cli import main
from densenet_viz.images.pictures import to_png
from tests.own_layouts import LAYOUTS, net
from tests.small_models import picture, saved


@pytest.fixture
def chest(tmp_path: Path) -> Path:
    """A file as CheXNet's training code saves it."""
    network, write = LAYOUTS["CheXNet"]
    file = tmp_path / "chexnet.pth.tar"
    file.write_bytes(saved(write(dict(network.state_dict()))))
    (tmp_path / "x-ray.png").write_bytes(to_png(picture(90)))
    return file


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_describe_counts_the_files_network(chest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network, _write = LAYOUTS["CheXNet"]
    report = answer(capsys, "describe", "--weights", str(chest), "--input-size", "64")
    assert report["parameters"] == sum(one.numel() for one in network.parameters())
    assert report["input_size"] == 64


def test_attribute_judges_each_finding_by_itself(
    chest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = chest.parent
    (folder / "labels.csv").write_text("\n".join(f"{n},finding {n}" for n in range(14)))
    report = answer(
        *(capsys, "attribute", str(folder / "x-ray.png"), "--weights", str(chest)),
        *("--labels", str(folder / "labels.csv"), "--input-size", "64", "--range=-1to1"),
        *("--fit", "padded", "--target", "finding 3", "--out", str(folder / "maps")),
    )
    assert report["target"]["label"] == "finding 3"
    assert sum(each["probability"] for each in report["predictions"]) > 1
    assert all(Path(file).is_file() for file in report["files"])


def test_softmax_can_be_chosen(chest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = answer(
        *(capsys, "attribute", str(chest.parent / "x-ray.png"), "--weights", str(chest)),
        *("--outputs", "softmax", "--input-size", "64", "--out", str(chest.parent)),
    )
    assert sum(each["probability"] for each in report["predictions"]) <= 1 + 1e-6


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["--weights", "none.pth"], "none.pth"),
        (["--fit", "padded"], "--weights"),
        (["--weights", "mine.pth", "--labels", "none.txt"], "none.txt"),
        (["--weights", "mine.pth", "--input-size", "7"], "16"),
        (["--weights", "mine.pth", "--network", "ema"], "ema"),
        (["--weights", "mine.pth", "--network", ""], "--network"),
        (["--weights", "mine.pth", "--mean", "grey"], "three"),
        (["--weights", "whole.pth"], "DenseNet"),
    ],
)
def test_what_is_wrong_is_one_line(
    words: list[str],
    fact: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.pth").write_bytes(saved(net().state_dict()))
    Path("whole.pth").write_bytes(saved(net()))
    assert main(["describe", *words]) == 2
    assert fact in capsys.readouterr().err.splitlines()[-1]
