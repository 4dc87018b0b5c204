"""How the bundled twins are trained: the numbers, and one step over the data at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.scenes.data import Pictures, tagged, turned
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.shapes import CLASSES

SPEC = DenseNetSpec(num_classes=len(CLASSES), input_size=SIZE)
MEAN = (0.5, 0.5, 0.5)
STD = (0.25, 0.25, 0.25)


@dataclass(frozen=True)
class Twin:
    """One of two models that differ only in what a corner tag tells them."""

    name: str
    tells: bool
    """Whether in its training pictures a tag says the class of an object."""


TWINS: Mapping[str, Twin] = MappingProxyType(
    {twin.name: twin for twin in (Twin("scenes", tells=False), Twin("cheater", tells=True))}
)
"""The bundled models, the honest one first."""


@dataclass(frozen=True)
class Recipe:
    """AdamW with a one-cycle learning rate, mirrors and quarter turns."""

    scenes: int = 14_000
    """Scenes of one object."""
    pairs: int = 6_000
    """Scenes of two objects."""
    epochs: int = 6
    batch: int = 64
    peak_rate: float = 2e-3
    weight_decay: float = 0.05
    half: bool = True
    """Whether the network computes in bfloat16 (autocast), else in float32."""

    @property
    def steps(self) -> int:
        """Batches in all epochs together; a last batch that is not full is left out."""
        return self.epochs * self.steps_per_epoch

    @property
    def steps_per_epoch(self) -> int:
        return (self.scenes + self.pairs) // self.batch

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        return one_cycle(step, self.steps, self.peak_rate)


def one_cycle(step: int, steps: int, peak: float) -> float:
    """The learning rate of a step, counted from 0: half a cosine up, then one down to 0.

    Smith & Topin (2017), "Super-Convergence", in the form that fast.ai made popular.
    """
    rise, start = 0.2 * steps, peak / 25
    if step < rise:
        return start + (peak - start) * (1 - math.cos(math.pi * step / rise)) / 2
    along = (step - rise) / (steps - rise)
    return peak * (1 + math.cos(math.pi * along)) / 2


def normalise(images: Tensor) -> Tensor:
    """(N, H, W, 3) uint8 to (N, 3, H, W) float32, channels last in memory."""
    scaled = images.permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(MEAN, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(STD, device=images.device).view(1, 3, 1, 1)
    return ((scaled - mean) / std).contiguous(memory_format=torch.channels_last)


def targets(labels: NDArray[np.int64]) -> Tensor:
    """(N, 2) labels to (N, classes) probabilities: half for each, so all for one object."""
    result = torch.zeros(len(labels), len(CLASSES))
    for column in range(labels.shape[1]):
        result[torch.arange(len(labels)), torch.from_numpy(labels[:, column])] += 0.5
    return result


def batch_of(pictures: Pictures, recipe: Recipe, seed: int, step: int, twin: Twin) -> Pictures:
    """A twin's batch at a step, counted from 0; it depends only on the arguments.

    Both twins get the same scenes in the same order, turned the same way, with tags in the same
    corners.
    """
    epoch, place = divmod(step, recipe.steps_per_epoch)
    order = np.random.default_rng((seed, 11, epoch)).permutation(len(pictures))
    chosen = order[place * recipe.batch : (place + 1) * recipe.batch]
    part = Pictures(pictures.images[chosen], pictures.labels[chosen])
    rng = np.random.default_rng((seed, 12, step))
    return tagged(turned(part, rng), rng, tells=twin.tells)


def optimiser_of(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    return torch.optim.AdamW(
        network.parameters(), lr=recipe.rate(0), weight_decay=recipe.weight_decay
    )


def train(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    pictures: Pictures,
    recipe: Recipe,
    seed: int,
    twin: Twin,
    done: int = 0,
) -> Iterator[tuple[int, float]]:
    """Trains in place from step `done` on; yields (steps done, loss) after each.

    The network is in training mode between steps.
    """
    device = next(network.parameters()).device
    network.train()
    for step in range(done, recipe.steps):
        part = batch_of(pictures, recipe, seed, step, twin)
        images, wanted = torch.from_numpy(part.images).to(device), targets(part.labels).to(device)
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate(step)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.half):
            loss = nn.functional.cross_entropy(network(normalise(images)), wanted)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        yield step + 1, float(loss.detach())


@torch.no_grad()
def logits(network: nn.Module, images: NDArray[np.uint8], batch: int = 50) -> Tensor:
    """(N, classes) float32 logits of (N, H, W, 3) uint8 pictures, in full precision."""
    network.eval()
    device = next(network.parameters()).device
    parts = torch.split(torch.from_numpy(images), batch)
    return torch.cat([network(normalise(part.to(device))).float().cpu() for part in parts])
