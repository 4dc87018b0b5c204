"""How the bundled model is trained: the numbers, and one pass over the data at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.scenes.generator import SIZE, Split, draw_scenes
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.spec import DenseNetSpec

SPEC = DenseNetSpec(num_classes=len(CLASSES), input_size=SIZE)
MEAN = (0.5, 0.5, 0.5)
STD = (0.25, 0.25, 0.25)
HELD_OUT = 2_000
_CHUNK = 100


@dataclass(frozen=True)
class Recipe:
    """AdamW under a one-cycle rate, in bfloat16, with flips and quarter turns."""

    scenes: int = 12_000
    epochs: int = 5
    batch: int = 64
    peak_rate: float = 2e-3
    weight_decay: float = 0.05


def dataset(seed: int, split: Split, count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draws scenes 0 to count - 1 on all processors; the same scenes as `draw_scenes`."""
    starts = range(0, count, _CHUNK)
    sizes = [min(_CHUNK, count - start) for start in starts]
    with ProcessPoolExecutor(cpu_count()) as pool:
        width = len(starts)
        parts = list(pool.map(draw_scenes, [seed] * width, [split] * width, sizes, starts))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def normalise(images: Tensor) -> Tensor:
    """(N, H, W, 3) uint8 to (N, 3, H, W) float32, channels last in memory."""
    scaled = images.permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(MEAN, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(STD, device=images.device).view(1, 3, 1, 1)
    return ((scaled - mean) / std).contiguous(memory_format=torch.channels_last)


def turned(batch: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture flipped or not and turned by 0, 90, 180 or 270 degrees, at random."""
    turns = torch.randint(0, 8, (len(batch),), generator=generator).to(batch.device)
    result = torch.empty_like(batch)
    for turn in range(8):
        chosen = turns == turn
        part = torch.rot90(batch[chosen], turn % 4, (2, 3))
        result[chosen] = part.flip(3) if turn >= 4 else part
    return result


def train_epochs(
    network: nn.Module, images: Tensor, labels: Tensor, recipe: Recipe, seed: int
) -> Iterator[tuple[int, int, float]]:
    """Trains in place; yields (epoch, step, loss) after each step, both counted from 1.

    The network stands in training mode between steps.
    """
    steps = len(images) // recipe.batch
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.peak_rate, total_steps=steps * recipe.epochs, pct_start=0.2
    )
    shuffle = torch.Generator().manual_seed(seed)
    network.train()
    for epoch in range(1, recipe.epochs + 1):
        order = torch.randperm(len(images), generator=shuffle)
        for step in range(steps):
            chosen = order[step * recipe.batch : (step + 1) * recipe.batch].to(images.device)
            batch = turned(normalise(images[chosen]), shuffle)
            with torch.autocast(images.device.type, torch.bfloat16):
                loss = nn.functional.cross_entropy(network(batch), labels[chosen])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            yield epoch, step + 1, float(loss.detach())


@torch.no_grad()
def logits(network: nn.Module, images: Tensor, batch: int = 50) -> Tensor:
    """(N, classes) float32 logits of (N, H, W, 3) uint8 pictures, in full precision."""
    network.eval()
    parts = [network(normalise(part)).float() for part in torch.split(images, batch)]
    return torch.cat(parts)
