"""Rules: the score is passed back through the layers by a rule other than the gradient's."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.explain.layers import enlarge
from densenet_viz.attribution.explain.replacing import replace_each
from densenet_viz.attribution.parameters import Settings


def guided_backprop(asking: Asking, _settings: Settings) -> Explanation:
    """The gradient, set to zero at each closed ReLU and where it is negative."""
    return Explanation(_rectified(asking, guided=True))


def deconvolution(asking: Asking, _settings: Settings) -> Explanation:
    """The gradient, set to zero at each ReLU where it is negative, for open and closed ReLUs."""
    return Explanation(_rectified(asking, guided=False))


def guided_grad_cam(asking: Asking, settings: Settings) -> Explanation:
    """Guided backprop times the positive part of Grad-CAM (Selvaraju et al., section 3.3)."""
    maps, slopes = asking.at(str(settings["layer"]))
    coarse = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    return Explanation(_rectified(asking, guided=True) * enlarge(coarse, asking.size))


class _Rectified(torch.autograd.Function):
    """A ReLU whose backward pass is rectified, too."""

    @staticmethod
    def forward(ctx: Any, given: Tensor, guided: bool) -> Tensor:
        ctx.guided = guided
        ctx.save_for_backward(given > 0)
        return given.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None]:
        (is_open,) = ctx.saved_tensors
        kept = slopes[0].clamp(min=0)
        return (kept * is_open if ctx.guided else kept), None


class _RectifiedReLU(nn.Module):
    def __init__(self, guided: bool) -> None:
        super().__init__()
        self._guided = guided

    def forward(self, given: Tensor) -> Tensor:
        output: Tensor = _Rectified.apply(given, self._guided)  # type: ignore[no-untyped-call]
        return output


def _rectified(asking: Asking, *, guided: bool) -> Tensor:
    """(3, S, S): the signal at the input when each ReLU rectifies the backward pass."""
    twin = asking.twin()
    replace_each(twin, nn.ReLU, lambda _relu: _RectifiedReLU(guided))
    x = asking.x.detach().clone().requires_grad_()
    score = twin(x)[0, asking.target]
    asking.watch.back += 1
    (slopes,) = torch.autograd.grad(score, x)
    return slopes[0]
