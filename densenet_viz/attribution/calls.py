"""What stands around a class of Captum in a call: how it is made, and what becomes of its values.

The source of what a call uses is printed with the call (`script`), so only torch and Captum are
used here. A class of `captum.attr` that needs nothing more is named by the call itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from captum._utils.models.linear_model import SkLearnRidge
from captum.attr import (
    KernelShap,
    LayerActivation,
    LayerAttribution,
    LayerGradientXActivation,
    Lime,
    LimeBase,
    NeuronIntegratedGradients,
    ShapleyValueSampling,
)
from torch import Tensor, nn

# -- how it is made -------------------------------------------------------------------------


def shapley_sampling(network: nn.Module) -> ShapleyValueSampling:
    method = ShapleyValueSampling(network)
    method.permutation_generator = pairs_of_orders
    return method


def pairs_of_orders(features: int, count: int) -> Iterator[list[int]]:
    """Random orders; every second one is the one before it, reversed, so that errors cancel."""
    order: list[int] = []
    for number in range(count):
        order = order[::-1] if number % 2 else torch.randperm(features).tolist()
        yield order


def kernel_shap(network: nn.Module) -> KernelShap:
    method = KernelShap(network)
    method.perturb_func = with_complements(method.kernel_shap_perturb_generator)
    return method


def with_complements(draw: Callable[..., Iterator[Tensor]]) -> Callable[..., Iterator[Tensor]]:
    """Captum's coalitions, each followed by its complement, so that errors cancel."""

    def drawn(x: Tensor, **more: Any) -> Iterator[Tensor]:
        coalitions = draw(x, **more)
        yield next(coalitions)  # the whole picture
        yield next(coalitions)  # the baseline
        for shown in coalitions:
            yield shown
            yield 1 - shown

    return drawn


def lime(network: nn.Module, width: float) -> Lime:
    def nearness(_x: Tensor, _covered: Tensor, shown: Tensor, **_more: Any) -> Tensor:
        """A covered picture counts less, the larger its cosine distance to the whole one."""
        distance = 1 - shown.float().mean().sqrt()
        return torch.exp(-((distance / width) ** 2) / 2)

    return Lime(network, SkLearnRidge(alpha=1.0), nearness)


class Rise:
    """How much higher the score is where a random cover lets a pixel through, on average.

    A cover is a grid of cells, each open or closed by chance, enlarged to soft borders and moved by
    a part of a cell. `LimeBase` draws the covers and asks for the scores; in place of its linear
    model stands the mean of the covers, weighted by the scores.
    """

    def __init__(self, network: nn.Module, cells: int) -> None:
        self.cells = cells
        same = lambda *_given, **_more: 1.0  # noqa: E731  # every cover counts the same
        self.captum: Any = LimeBase(network, self, same, self.draw, True, self.seen, None)

    def attribute(self, x: Tensor, target: int, baselines: Tensor, **more: Any) -> Tensor:
        self.side = x.shape[2]
        found: Tensor = self.captum.attribute(x, target=target, behind=baselines, **more)
        return found

    def draw(self, x: Tensor, **_more: Any) -> Tensor:
        """Which cells are open, and the move in cells."""
        opened = (torch.rand(1, self.cells**2) < 0.5).float()
        return torch.cat([opened, torch.rand(1, 2)], 1).to(x.device)

    def cover(self, drawn: Tensor) -> Tensor:
        """(1, 1, S, S), 0 to 1."""
        cell = -(-self.side // self.cells)
        cells = drawn[:-2].view(1, 1, self.cells, self.cells)
        size = ((self.cells + 1) * cell,) * 2
        large = LayerAttribution.interpolate(cells, size, interpolate_mode="bilinear")
        top, left = (drawn[-2:] * cell).int().tolist()
        return large[:, :, top : top + self.side, left : left + self.side]

    def seen(self, drawn: Tensor, x: Tensor, behind: Tensor, **_more: Any) -> Tensor:
        return behind + self.cover(drawn[0]) * (x - behind)

    def fit(self, loader: Iterable[tuple[Tensor, Tensor, Tensor]]) -> None:
        ((covers, scores, _nearness),) = loader
        weights = (scores - scores.mean()) / (0.5 * len(scores))
        self.map = torch.zeros(1, 1, self.side, self.side, device=scores.device)
        for weight, drawn in zip(weights, covers, strict=True):
            self.map += weight * self.cover(drawn)

    def representation(self) -> Tensor:
        return self.map


class SlopesAndMaps:
    """The score's gradient at a layer's maps, and the maps, (1, C, h, w) each, from one pass."""

    def __init__(self, network: nn.Module, layer: nn.Module) -> None:
        self.layer = layer
        self.slopes = LayerGradientXActivation(network, layer, multiply_by_inputs=False)

    def of(self, x: Tensor, target: int) -> tuple[Tensor, Tensor]:
        maps: list[Tensor] = []
        hook = self.layer.register_forward_hook(lambda _layer, _given, made: maps.append(made))
        try:
            slopes = self.slopes.attribute(x, target=target)
        finally:
            hook.remove()
        return slopes.detach(), maps[0].detach()


class LayerCam(SlopesAndMaps):
    """Each value of a layer times its own gradient, where that is positive."""

    def attribute(self, x: Tensor, target: int) -> Tensor:
        slopes, maps = self.of(x, target)
        return slopes.clamp(min=0) * maps


class GradCamPlusPlus(SlopesAndMaps):
    """A layer's maps, weighted by positive gradients, which count more where they are alone."""

    def attribute(self, x: Tensor, target: int) -> Tensor:
        slopes, maps = self.of(x, target)
        below = 2 * slopes**2 + maps.sum((2, 3), keepdim=True) * slopes**3
        shares = slopes**2 / below.where(below != 0, 1)
        return (shares * slopes.clamp(min=0)).sum((2, 3), keepdim=True) * maps


class ChannelGradients:
    """Integrated gradients of one of a layer's maps: of its mean over all places."""

    def __init__(self, network: nn.Module, layer: nn.Module, channel: int) -> None:
        self.method = NeuronIntegratedGradients(network, layer)
        self.mean = lambda maps: maps[:, channel - 1].mean((1, 2))  # the first channel is 1

    def attribute(self, x: Tensor, target: int, **more: Any) -> Tensor:
        del target  # every class has the same channels
        return self.method.attribute(x, self.mean, **more)


class ScoreCam:
    """A layer's maps, each weighted by the score of the picture seen through it."""

    def __init__(self, network: nn.Module, layer: nn.Module) -> None:
        self.network = network
        self.maps = LayerActivation(network, layer)

    @torch.no_grad()
    def attribute(self, x: Tensor, target: int, channels: int, at_once: int) -> Tensor:
        maps = self.maps.attribute(x)[0]
        strongest = maps.var((1, 2)).topk(min(channels, len(maps))).indices
        chosen = maps[strongest][None]
        seen = LayerAttribution.interpolate(chosen, x.shape[2:], interpolate_mode="bilinear")[0]
        low, high = seen.amin((1, 2), keepdim=True), seen.amax((1, 2), keepdim=True)
        masks = ((seen - low) / (high - low).clamp(min=1e-9))[:, None]
        scores = [self.network(part * x)[:, target] for part in masks.split(at_once)]
        return torch.cat(scores).softmax(0)[None, :, None, None] * chosen


# -- what becomes of its values -------------------------------------------------------------


def whole(values: Tensor) -> Tensor:
    return values[0]


def of_windows(values: Tensor) -> Tensor:
    """The three colours are covered together: they have the same value."""
    return values[0, :1]


def enlarged(values: Tensor, x: Tensor) -> Tensor:
    """(N, C, h, w) values of a layer, added up, in the pixels of the input: (1, S, S); bilinear."""
    coarse = values.sum(1, keepdim=True)
    return LayerAttribution.interpolate(coarse, x.shape[2:], interpolate_mode="bilinear")[0]


def spread(values: Tensor, x: Tensor) -> Tensor:
    """The same for shares: each place's share is spread over its pixels, so that the sum stays."""
    return enlarged(values, x) * (values[0, 0].numel() / x[0, 0].numel())


def shared_out(values: Tensor, mask: Tensor) -> Tensor:
    """Each superpixel's value, divided evenly among its pixels: (1, S, S)."""
    sizes = torch.bincount(mask[0, 0].flatten())
    return values[0, :1] / sizes[mask[0, :1]]
