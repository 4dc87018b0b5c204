"""Runs a printed script in a folder with the picture and the weights that it reads."""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from densenet_viz.export.script import captum_code
from densenet_viz.figures.attribution_image import picture_png
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Attribution
from tests.small_models import picture

PICTURE = picture(80)


def made_again(model: LoadedModel, attribution: Attribution, folder: Path) -> NDArray[np.float32]:
    """What the script leaves, run in a folder with the picture and the weights."""
    assert torchvision is not None  # imported first, so that the code's own import works
    fitted = model.picture(PICTURE)
    (folder / "picture.png").write_bytes(picture_png(fitted))
    torch.save(model.network.state_dict(), folder / "weights.pth")
    code = captum_code(model, fitted, attribution)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # Captum's own, of what its hooks do
        exec(compile(code, "captum_code", "exec"), {})  # noqa: S102 - our own text is tested
    values: NDArray[np.float32] = np.load(folder / "map.npy", allow_pickle=False)
    return values
