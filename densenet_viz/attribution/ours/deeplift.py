"""DeepLIFT: how each input's difference from the baseline changes the score, layer by layer.

Shrikumar, Greenside, Kundaje, "Learning Important Features Through Propagating Activation
Differences", ICML 2017: the rescale rule, section 3.5.1, and the chain rule for multipliers,
section 3.3. Lundberg, Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017,
section 4.2, average it over baselines.

The picture goes through the network together with its baselines, as the first of the batch. The
backward pass gives the multipliers at each baseline's place: the gradient in all linear parts, and
the ratio of the differences in the others.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from densenet_viz.attribution.asking import Asking, Explanation
from densenet_viz.attribution.baselines import baseline_inputs, baselines_in
from densenet_viz.attribution.ours.replacing import Rule, Ruled, replace_each
from densenet_viz.attribution.parameters import Settings
from densenet_viz.attribution.rows.rules import baselines_at_once

TINY = 1e-10
"""A smaller difference counts as zero: the multiplier is then the gradient, as in Captum."""


def deeplift(asking: Asking, settings: Settings) -> Explanation:
    """The multipliers times the differences from each baseline, averaged over all baselines.

    The delta is the mean difference between their sums and the score's rise.
    """
    starts = baseline_inputs(asking.model, asking.x, *baselines_in(settings))
    twin = asking.twin()
    use_rescale_rule(twin)
    total = torch.zeros_like(asking.x[0], dtype=torch.float64)
    risen = done = 0.0
    for part in starts.split(baselines_at_once(asking.model.spec)):
        slopes, rises = multipliers(twin, asking.x, part, asking.target)
        total += (slopes.double() * (asking.x - part).double()).sum(0)
        risen, done = risen + float(rises.sum()), done + len(part)
        asking.show((total / done).float())
    return Explanation((total / done).float(), (float(total.sum()) - risen) / done)


def use_rescale_rule(network: nn.Module) -> None:
    """Lets ReLUs and max pools pass back multipliers, see `multipliers`."""
    replace_each(network, nn.ReLU, lambda _relu: Ruled(torch.relu, _rescaled_relu))
    replace_each(network, nn.MaxPool2d, lambda pool: Ruled(pool.forward, _rescaled_pool(pool)))


def multipliers(
    network: nn.Module, x: Tensor, starts: Tensor, target: int
) -> tuple[Tensor, Tensor]:
    """A picture's multipliers against each of N baselines.

    Args:
        network: after `use_rescale_rule`.
        x: (1, 3, S, S), the picture's input.
        starts: (N, 3, S, S), the baselines'.
        target: the class's index.

    Returns:
        (N, 3, S, S) multipliers, and how far the score rises over each baseline's, (N,) float64.
    """
    both = torch.cat([x, starts]).contiguous(memory_format=torch.channels_last).requires_grad_()
    scores = network(both)[:, target]
    (slopes,) = torch.autograd.grad(scores[1:].sum(), both)
    heights = scores.detach().double()
    return slopes[1:], heights[0] - heights[1:]


def _rescaled_relu(given: Tensor, slopes: Tensor) -> Tensor:
    """The rescale rule: the output's difference over the input's."""
    picture, starts = given[:1], given[1:]
    rise = picture - starts
    ratio = (picture.clamp(min=0) - starts.clamp(min=0)) / rise
    factors = torch.where(rise.abs() < TINY, (starts > 0).to(ratio), ratio)
    return torch.cat([torch.zeros_like(picture), slopes[1:] * factors])


def _rescaled_pool(pool: nn.MaxPool2d) -> Rule:
    """A window's rise goes to the pixel that caused it; overlapping windows add up.

    If the picture's maximum is higher, its pixel rose from the baseline by at least as much as the
    maximum; if not, the pixel of the baseline's maximum fell by at least as much. So the ratio is
    between 0 and 1 and nothing is lost.
    """

    def rule(given: Tensor, slopes: Tensor) -> Tensor:
        output, places = max_pool2d(
            *(given, pool.kernel_size, pool.stride, pool.padding, pool.dilation),
            ceil_mode=pool.ceil_mode,
            return_indices=True,
        )
        rise = output[:1] - output[1:]
        winners = torch.where(rise >= 0, places[:1], places[1:]).flatten(2)
        moved = (given[:1] - given[1:]).flatten(2).gather(2, winners)
        ratio = torch.where(moved.abs() < TINY, 1.0, rise.flatten(2) / moved)
        back = torch.zeros_like(given, memory_format=torch.contiguous_format)
        back[1:].flatten(2).scatter_add_(2, winners, slopes[1:].flatten(2) * ratio)
        return back

    return rule
