"""docs/compare.md: its code makes other libraries' maps of ours, held against their formulas."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # the field's name for it

from densenet_viz.attribution import attribute
from tests.small_models import picture, small_model

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "compare.md").read_text("utf-8")
SIZE = 64


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """What the page's code defines."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    defined: dict[str, Any] = {}
    exec(compile(code, "compare.md", "exec"), defined)  # noqa: S102 - our own text is tested
    return defined


@pytest.fixture(scope="module")
def maps() -> tuple[Tensor, Tensor, Tensor]:
    """Our (S, S) map, and the activations and gradients (C, h, w) of its layer, by autograd."""
    model = small_model()
    made = attribute(model, picture(SIZE), method="grad-cam", target=1)
    kept: list[Tensor] = []
    hook = model.network.relu.register_forward_hook(lambda *args: kept.append(args[2]))
    score = model.network(model.tensor(picture(SIZE)))[0, 1]
    hook.remove()
    (gradients,) = torch.autograd.grad(score, kept[0])
    return torch.from_numpy(made.values[0]).double(), kept[0][0].detach(), gradients[0]


def formula(activations: Tensor, gradients: Tensor) -> Tensor:
    """Selvaraju et al. 2017, equations 1 and 2, without the ReLU."""
    return (gradients.mean((1, 2), keepdim=True) * activations).sum(0).double()


def close(one: Tensor, other: Tensor) -> None:
    # Float32 maps, and a pseudo-inverse of the enlarging: parts in 10,000 of the largest value.
    largest = float(other.abs().max())
    torch.testing.assert_close(one.double(), other.double(), rtol=0, atol=2e-4 * largest)


def test_the_coarse_map_comes_back(page: dict[str, Any], maps: tuple[Tensor, ...]) -> None:
    ours, activations, gradients = maps
    coarse = formula(activations, gradients)
    close(page["coarse_of"](ours, len(coarse)), coarse)
    close(page["enlarged"](coarse, len(ours)), ours)


def test_captums_map(page: dict[str, Any], maps: tuple[Tensor, ...]) -> None:
    ours, activations, _gradients = maps
    model = small_model()
    x = model.tensor(picture(SIZE))
    captum = LayerGradCam(model.network, model.network.relu).attribute(x, target=1)
    captum = LayerAttribution.interpolate(captum, (len(ours), len(ours)))[0, 0].detach()
    close(page["as_captum"](page["coarse_of"](ours, activations.shape[1]), len(ours)), captum)


def test_torch_cams_map(page: dict[str, Any], maps: tuple[Tensor, ...]) -> None:
    """ReLU, then the smallest value becomes 0 and the largest 1."""
    ours, activations, gradients = maps
    positive = formula(activations, gradients).relu()
    expected = (positive - positive.min()) / (positive - positive.min()).max()
    close(page["as_torch_cam"](page["coarse_of"](ours, len(expected))), expected)


def test_pytorch_grad_cams_map(page: dict[str, Any], maps: tuple[Tensor, ...]) -> None:
    """The same, enlarged as OpenCV does it (pixel centres, edges repeated), and scaled again."""
    ours, activations, gradients = maps
    positive = formula(activations, gradients).relu()
    scaled = (positive - positive.min()) / (positive - positive.min()).max()
    places = (np.arange(len(ours)) + 0.5) * len(scaled) / len(ours) - 0.5
    places = places.clip(0, len(scaled) - 1)
    low = np.floor(places).astype(int).clip(0, len(scaled) - 2)
    part = torch.from_numpy(places - low)
    rows = (1 - part)[:, None] * F.one_hot(torch.from_numpy(low), len(scaled))
    rows = rows + part[:, None] * F.one_hot(torch.from_numpy(low + 1), len(scaled))
    large = rows @ scaled @ rows.T
    expected = (large - large.min()) / (large - large.min()).max()
    close(page["as_pytorch_grad_cam"](page["coarse_of"](ours, len(scaled)), len(ours)), expected)
