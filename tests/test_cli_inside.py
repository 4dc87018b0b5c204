"""The commands inside, predict and reuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from densenet_viz.cli import main
from densenet_viz.measure.inside import take_apart
from densenet_viz.network.models import load_model
from densenet_viz.results.removal import removal_from_json
from densenet_viz.scenes.generator import draw_scene

IMAGE = draw_scene(8, "test", 3).image
PLACE = ["--at", "denseblock2.denselayer5", "--channel", "7", "--y", "3", "--x", "4"]


@pytest.fixture
def scene(tmp_path: Path) -> str:
    Image.fromarray(IMAGE).save(tmp_path / "scene.png")
    return str(tmp_path / "scene.png")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:  # type: ignore[type-arg]
    assert main([*arguments, "--json"]) == 0
    report: dict = json.loads(capsys.readouterr().out)  # type: ignore[type-arg]
    return report


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    return lines[-1]


def test_inside_tells_the_window_and_its_sum(
    scene: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked(capsys, "inside", scene, *PLACE)
    one = take_apart(load_model("scenes"), IMAGE, "denseblock2.denselayer5", channel=7, y=3, x=4)
    window, kernel = np.array(told["window"]), np.array(told["kernel"])
    assert window.shape == (128, 3, 3)
    assert (window * kernel).sum() == pytest.approx(told["sum"])
    assert told["sum"] == pytest.approx(told["activation"], rel=1e-3, abs=1e-4)
    assert told["activation"] == one.activation
    assert main(["inside", scene, *PLACE]) == 0
    assert f"{one.activation:.6g}" in capsys.readouterr().out


def test_a_cut_changes_what_is_predicted(scene: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = asked(capsys, "predict", scene)["predictions"]
    cuts = ["--cut", "denseblock4:input>all", "--cut", "denseblock4:layer16>classifier"]
    without = asked(capsys, "predict", scene, *cuts)["predictions"]
    assert sum(each["probability"] for each in whole) == pytest.approx(1, abs=0.05)
    assert [each["logit"] for each in whole] != [each["logit"] for each in without]


def test_what_cannot_be_met_is_one_line(scene: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--cut" in refused(capsys, "predict", scene, "--cut", "denseblock1:layer2>layer2")
    assert "denseblock9" in refused(
        capsys, "inside", scene, "--at", "denseblock9.denselayer1", *PLACE[2:]
    )
    assert "31" in refused(capsys, "inside", scene, *PLACE[:2], "--channel", "32", *PLACE[4:])
    assert "--out" in refused(capsys, "reuse", "--out", "x.json")
    refused(capsys, "predict", f"{scene}.gone")


def test_reuse_prints_a_matrix_for_each_block(capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "reuse", "--measure", "norm-aware")
    assert [len(block) for block in told["blocks"]] == [7, 13, 25, 17]
    assert told["measure"] == "norm-aware"


def test_layers_tells_what_is_left_without_them(
    scene: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "left.json"
    words = ["layers", scene, "--model", "small-residual", "--orders", "2", "--out", str(out)]
    assert main(words) == 0
    assert "stage3.unit8" in capsys.readouterr().out
    found = removal_from_json(json.loads(out.read_text()))
    assert (found.pictures, found.orders, len(found.alone)) == (1, 2, 24)
    assert found.whole.accuracy.mean == 1  # its own answer is right
    refused(capsys, "layers", "--model", "small-dense", "--out", str(tmp_path / "no" / "file"))
