"""The printed script reads the visitor's own file, however training code saved it."""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from densenet_viz.attribution import attribute
from densenet_viz.export.script import captum_code
from densenet_viz.figures.attribution_image import picture_png
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.own.loading import own_model
from densenet_viz.network.own.preparation import Preparation
from tests.exact_models import cosine
from tests.own_layouts import LAYOUTS, net
from tests.small_models import picture, saved
from tests.tiers import in_tiers

FIRST = ("CheXNet", "Lightning", "MONAI", "norms in the head", "grey with a bias", "small inputs")


def script_map(
    data: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch, method: str = "saliency"
) -> float:
    """The cosine of the map that the script of a file makes, and of ours."""
    assert torchvision is not None  # imported first, so that the script's own import works
    model = own_model(data, None, Preparation(64, (0.4,) * 3, (0.3,) * 3, "margin"))
    pixels = picture(90)
    made = attribute(model, pixels, method=method, target=1)
    fitted = model.picture(pixels)
    (folder / "picture.png").write_bytes(picture_png(fitted))
    (folder / "weights.pth").write_bytes(data)
    monkeypatch.chdir(folder)
    code = captum_code(model, fitted, made)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # Captum's own, of what its hooks do
        exec(compile(code, "script", "exec"), {})  # noqa: S102 - our own text is tested
    again = np.load(folder / "map.npy", allow_pickle=False)
    return cosine(again, made.values)


@pytest.mark.parametrize("layout", in_tiers(list(LAYOUTS), first=list(FIRST)))
def test_the_script_reads_the_file_and_makes_the_map(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, write = LAYOUTS[layout]
    data = saved(write(dict(network.state_dict())))
    # Float32, and norms that were joined: a ReLU near zero may open in one and not in the other.
    # The picture has no part of one colour, where a max pool would have ties.
    assert script_map(data, tmp_path, monkeypatch) > 0.999


def test_the_script_of_one_score_has_both_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert script_map(saved(net(1).state_dict()), tmp_path, monkeypatch) > 0.999


@pytest.mark.slow
def test_the_script_has_the_superpixels_of_the_fitted_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert script_map(saved(net(3).state_dict()), tmp_path, monkeypatch, "kernel-shap") > 0.999
