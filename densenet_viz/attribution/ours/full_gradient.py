"""FullGrad: the score is the sum of what the input and every bias add to it.

Srinivas, Fleuret, "Full-Gradient Representation for Neural Network Visualization", NeurIPS 2019,
equation 2: a network of ReLUs is linear around its input, so its score is the input times its
gradient plus each bias times its gradient. A DenseNet's biases are its norms' offsets (section 3.2)
and the classifier's bias, which has no place in the picture.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.calls import spread
from densenet_viz.attribution.parameters import Settings


def full_gradient(asking: Asking, _settings: Settings) -> Explanation:
    """The shares of all pixels and of all norms' offsets at their places, with their signs.

    The paper takes absolute values, each layer scaled to 0 to 1; here the sum is kept.
    """
    twin, made = asking.twin(), list[tuple[Tensor, Tensor]]()

    def keep(norm: nn.BatchNorm2d, _given: tuple[Tensor], maps: Tensor) -> Tensor:
        made.append((maps, _offsets(norm)))
        return maps.clone()  # the ReLU after it may write over its input

    for norm in [each for each in twin.modules() if isinstance(each, nn.BatchNorm2d)]:
        norm.register_forward_hook(keep)
    x = asking.x.detach().clone().requires_grad_()
    score = twin(x)[0, asking.target]
    first, *slopes = torch.autograd.grad(score, [x, *(maps for maps, _ in made)])
    values = (x * first).detach().sum(1)
    for slope, (_, offsets) in zip(slopes, made, strict=True):
        values = values + spread(slope * offsets, x.detach())
    return Explanation(values)


def _offsets(norm: nn.BatchNorm2d) -> Tensor:
    """What a norm adds to each channel, whatever it reads: (C, 1, 1)."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return (norm.bias - scale * norm.running_mean).detach()[:, None, None]
