"""A batch of handwritten digits for measurements on small networks."""

from __future__ import annotations

import torch

from densenet_viz.facts.gradient_flow import PICTURES
from densenet_viz.learning.samples import samples_of
from densenet_viz.measure.gradients import Examples
from densenet_viz.scenes.recipe import normalise


def digit_batch(count: int = PICTURES) -> Examples:
    """The first `count` digits that small networks are trained with, prepared as in training.

    Args:
        count: 1 to 1,437.
    """
    samples = samples_of("digits")
    pictures = normalise(torch.from_numpy(samples.train[:count]))
    return Examples(pictures, torch.from_numpy(samples.train_labels[:count]))
