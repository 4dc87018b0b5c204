"""Layer-wise relevance propagation: the score is divided backwards, layer by layer.

Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance
Propagation", PLoS ONE 2015; Montavon, Binder, Lapuschkin, Samek, Müller, "Layer-Wise Relevance
Propagation: An Overview", 2019. Their rules are combined here for a DenseNet:

- the classifier: the epsilon rule, each feature gets its weight times its value;
- average pools: in proportion to the values. A transition's convolution and its pool are one linear
  layer here, because only the convolution's inputs (a ReLU's outputs) are never negative;
- convolutions: the gamma rule or the alpha1-beta0 rule;
- the first convolution, which reads pixels: the box rule;
- the max pool: all to the window's maximum, like the gradient;
- norms and ReLUs: passed on unchanged. In proportion, the norms' offsets would absorb nearly all.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.ours.relevance_rules import (
    Weighted,
    box_rule,
    gamma_rule,
    in_proportion,
    positive_rule,
)
from densenet_viz.attribution.ours.replacing import Layer, Ruled, replace_each
from densenet_viz.attribution.parameters import Settings
from densenet_viz.network.densenet import colour_weight


def lrp(asking: Asking, settings: Settings) -> Explanation:
    """The relevance of each input value; the sum is about the score."""
    gamma = None if settings["rule"] == "alpha1-beta0" else settings["gamma"] / 100
    twin = asking.twin()
    black, white = (asking.model.uniform((level,) * 3).to(asking.x) for level in (0.0, 1.0))
    give_rules(twin, gamma, black, white)
    x = asking.x.detach().clone().requires_grad_()
    score = twin(x)[0, asking.target]
    (relevance,) = torch.autograd.grad(score, x, score.detach())
    return Explanation(relevance[0])


def give_rules(network: nn.Module, gamma: float | None, low: Tensor, high: Tensor) -> None:
    """Replaces a DenseNet's modules by modules that pass relevance back.

    Args:
        network: with torchvision's module names.
        gamma: how much more a share with the output's own sign counts; None for alpha1-beta0.
        low: the smallest possible input, (1, 3, S, S).
        high: the largest possible input.
    """
    features = network.get_submodule("features")
    for name, part in features.named_children():
        if isinstance(part, nn.Conv2d):
            rule = box_rule(_applied(part), colour_weight(part), low, high)
            setattr(features, name, Ruled(part.forward, rule))
        elif name.startswith("transition"):
            conv, pool = part.get_submodule("conv"), part.get_submodule("pool")
            assert isinstance(conv, nn.Conv2d)
            part.register_module("conv", _by_sign(conv, gamma, pool.forward))
            part.register_module("pool", nn.Identity())
    replace_each(network, nn.Conv2d, lambda conv: _by_sign(conv, gamma))
    replace_each(network, nn.BatchNorm2d, lambda norm: Ruled(norm.forward))
    replace_each(network, nn.ReLU, lambda relu: Ruled(relu.forward))
    for kind in (nn.AdaptiveAvgPool2d, nn.Linear):
        replace_each(network, kind, lambda one: Ruled(one.forward, in_proportion(one.forward)))


def _by_sign(conv: nn.Conv2d, gamma: float | None, after: Layer = lambda maps: maps) -> Ruled:
    """A convolution, and the linear layer after it, by the gamma or the alpha1-beta0 rule."""
    applied = _applied(conv, after)
    if gamma is None:
        rule = positive_rule(applied, conv.weight)
    else:
        rule = gamma_rule(applied, conv.weight, gamma)
    return Ruled(lambda maps: after(conv(maps)), rule)


def _applied(conv: nn.Conv2d, after: Layer = lambda maps: maps) -> Weighted:
    def applied(maps: Tensor, weight: Tensor) -> Tensor:
        return after(
            conv2d(maps, weight, None, conv.stride, conv.padding, conv.dilation, conv.groups)
        )

    return applied
