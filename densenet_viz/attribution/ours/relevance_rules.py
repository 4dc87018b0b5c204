"""How a layer passes relevance back: the relevance of its outputs is divided among its inputs.

Montavon, Binder, Lapuschkin, Samek, Müller, "Layer-Wise Relevance Propagation: An Overview", 2019,
section 10.2, lists the rules.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from densenet_viz.attribution.ours.replacing import Layer, Rule

Weighted = Callable[[Tensor, Tensor], Tensor]
"""A linear layer without its bias, as a function of input and weight."""

TINY = 1e-9
"""The smallest magnitude of a denominator."""


def in_proportion(layer: Layer) -> Rule:
    """The epsilon rule with a tiny epsilon: shares in proportion to the inputs' contributions."""

    def rule(given: Tensor, relevance: Tensor) -> Tensor:
        return _shares(relevance, (layer, given))

    return rule


def gamma_rule(layer: Weighted, weight: Tensor, gamma: float) -> Rule:
    """Shares in which contributions with the output's own sign count 1 + gamma times.

    For inputs that are not negative. The gamma rule favours positive shares; applied to a negative
    output it could meet a denominator of zero, so there the negative ones are favoured (the general
    form: Andéol, Kawakami, Wada, Kanamori, Müller, Montavon, "Learning Domain Invariant
    Representations by Joint Wasserstein Distance Minimization", 2021).
    """
    raised, lowered = (
        weight + gamma * weight.clamp(min=0),
        weight + gamma * weight.clamp(max=0),
    )

    def rule(given: Tensor, relevance: Tensor) -> Tensor:
        positive = layer(given, weight) >= 0
        return _shares(
            torch.where(positive, relevance, 0.0), (lambda a: layer(a, raised), given)
        ) + _shares(torch.where(positive, 0.0, relevance), (lambda a: layer(a, lowered), given))

    return rule


def positive_rule(layer: Weighted, weight: Tensor) -> Rule:
    """The alpha1-beta0 rule: shares among the positive parts alone, for inputs not negative."""
    positive = weight.clamp(min=0)
    return in_proportion(lambda a: layer(a, positive))


def box_rule(layer: Weighted, weight: Tensor, low: Tensor, high: Tensor) -> Rule:
    """The rule for pixels (z^B), which have a smallest and a largest value: all shares positive.

    Outside the picture, where the layer pads, both are the padding's zero.
    """
    positive, negative = -weight.clamp(min=0), -weight.clamp(max=0)

    def rule(given: Tensor, relevance: Tensor) -> Tensor:
        return _shares(
            relevance,
            (lambda a: layer(a, weight), given),
            (lambda a: layer(a, positive), low.expand_as(given)),
            (lambda a: layer(a, negative), high.expand_as(given)),
        )

    return rule


def _shares(relevance: Tensor, *parts: tuple[Layer, Tensor]) -> Tensor:
    """Relevance shared in proportion to what each input adds to the sum of the layers' outputs."""
    with torch.enable_grad():
        inputs = [given.detach().requires_grad_() for _layer, given in parts]
        outputs = [layer(given) for (layer, _), given in zip(parts, inputs, strict=True)]
        total = torch.stack(outputs).sum(0) if len(outputs) > 1 else outputs[0]
        whole = total.detach()
        floor = torch.where(whole < 0, -TINY, TINY)
        slopes = torch.autograd.grad(
            total, inputs, relevance / torch.where(whole.abs() < TINY, floor, whole)
        )
    shares = [given.detach() * slope for given, slope in zip(inputs, slopes, strict=True)]
    return torch.stack(shares).sum(0) if len(shares) > 1 else shares[0]
