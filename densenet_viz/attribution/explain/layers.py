"""What stands inside the network: a layer's maps, weighted, in the picture's pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.parameters import Settings
from densenet_viz.attribution.places import module_of

if TYPE_CHECKING:
    from collections.abc import Callable


def grad_cam(asking: Asking, settings: Settings) -> Explanation:
    """A layer's maps, each weighted by its mean gradient; both signs kept, scaled to the input."""
    maps, slopes = asking.at(str(settings["layer"]))
    coarse = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True)
    return Explanation(enlarged(coarse, asking.size))


def layer_gradient_x_activation(asking: Asking, settings: Settings) -> Explanation:
    """A layer's maps, each value times its own gradient, added up over the channels."""
    maps, slopes = asking.at(str(settings["layer"]))
    return Explanation(enlarged((slopes * maps).sum(1, keepdim=True), asking.size))


def layer_conductance(asking: Asking, settings: Settings) -> Explanation:
    """How much of the integrated gradients flows through each place of a layer."""
    from captum.attr import LayerConductance

    return Explanation(spread(_along_path(asking, settings, LayerConductance), asking.size))


def internal_influence(asking: Asking, settings: Settings) -> Explanation:
    """A layer's gradient, averaged on the path from the baseline to the picture."""
    from captum.attr import InternalInfluence

    return Explanation(enlarged(_along_path(asking, settings, InternalInfluence), asking.size))


def _along_path(
    asking: Asking, settings: Settings, captum: Callable[[nn.Module, nn.Module], Any]
) -> Tensor:
    """(1, 1, h, w): what a Captum class finds at a layer, summed over its channels."""
    twin = asking.twin()
    layer = twin.get_submodule(module_of(str(settings["layer"])))
    starts = baseline_inputs(asking.model, asking.x, str(settings["baseline"]))
    found: list[Tensor] = []
    for start in starts:
        asking.watch.back += int(settings["n_steps"])
        maps: Tensor = captum(twin, layer).attribute(
            asking.x.contiguous(),
            baselines=start[None].contiguous(),
            target=asking.target,
            n_steps=int(settings["n_steps"]),
            internal_batch_size=asking.batch,
        )
        found.append(maps.detach().sum(1, keepdim=True))
    return torch.stack(found).mean(0)


def enlarged(coarse: Tensor, size: int) -> Tensor:
    """(1, 1, h, w) in the pixels of the input, (1, S, S); bilinear."""
    return interpolate(coarse, (size, size), mode="bilinear", align_corners=False)[0]


def spread(coarse: Tensor, size: int) -> Tensor:
    """The same for shares: each place's is spread over its pixels, so that the sum stays."""
    return enlarged(coarse, size) * (coarse.shape[-1] * coarse.shape[-2] / size**2)
