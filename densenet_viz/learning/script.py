"""A training as a script and as a notebook that need only PyTorch and scikit-learn.

The script has its own network, and reaches the same losses and the same accuracy from the same
seed: it draws the same first weights and takes the pictures in the same order
(`tests/test_learning_script.py` runs both).
"""

from __future__ import annotations

import json
from string import Template
from typing import Any

from densenet_viz.learning.settings import Settings, SettingsError
from densenet_viz.learning.training import MOMENTUM, WEIGHT_DECAY
from densenet_viz.scenes.recipe import MEAN, STD

_CELL = "# %%"
"""The line that begins a cell of the notebook in the script's text."""


def script_of(settings: Settings) -> str:
    """The Python script of a training on digits.

    Raises:
        SettingsError: the pictures are not scikit-learn's.
    """
    return "\n\n".join(part for part in _cells(settings)) + "\n"


def notebook_of(settings: Settings) -> str:
    """The same as a Jupyter notebook (JSON, nbformat 4.5): a cell for each part of the script.

    Raises:
        SettingsError: the pictures are not scikit-learn's.
    """
    cells: list[dict[str, Any]] = [
        {
            "id": f"part-{place}",
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": text.splitlines(keepends=True),
        }
        for place, text in enumerate(_cells(settings), 1)
    ]
    return json.dumps(
        {
            "cells": cells,
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=1,
    )


def _cells(settings: Settings) -> list[str]:
    if settings.data != "digits":
        raise SettingsError("Only a training on handwritten digits can be taken home as a script.")
    spec = settings.spec
    text = _SCRIPT.substitute(
        family=spec.family,
        layers=spec.layers,
        widths=spec.widths,
        entering=spec.entering,
        leaving=spec.leaving,
        middle=spec.densenet.bottleneck_channels if spec.bottleneck else None,
        norm=spec.norm == "batch",
        optimiser=settings.optimiser,
        rate=settings.learning_rate,
        batch=settings.batch,
        epochs=settings.epochs,
        seed=settings.seed,
        unseen=settings.pictures.unseen,
        classes=spec.num_classes,
        mean=MEAN[0],
        std=STD[0],
        decay=WEIGHT_DECAY[settings.optimiser],
        momentum=MOMENTUM,
        parameters=spec.parameters,
    )
    return [part.strip() for part in text.split(_CELL)]


_SCRIPT = Template('''\
"""A small $family network learns handwritten digits. Needs: pip install torch scikit-learn."""

import math

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

torch.set_num_threads(1)  # with several threads, sums have another order and other last digits

FAMILY = "$family"
LAYERS = $layers  # in each of the three blocks
WIDTHS = $widths  # maps that a layer writes, in each block
ENTERING = $entering  # maps that enter each block
LEAVING = $leaving  # maps that leave each block
MIDDLE = $middle  # maps of a bottleneck, or None
NORM = $norm  # batch norm, or no norm and biases
OPTIMISER, RATE, BATCH, EPOCHS, SEED = "$optimiser", $rate, $batch, $epochs, $seed

# %%
# The pictures: 1,797 digits of 8 x 8 px; each pixel becomes 2 x 2.
digits = load_digits()
train, unseen = train_test_split(
    range(len(digits.target)), test_size=$unseen, stratify=digits.target, random_state=0
)
levels = torch.from_numpy((digits.images * (255 / 16)).round()).float() / 255
pictures = levels.repeat_interleave(2, 1).repeat_interleave(2, 2)[:, None]
pictures = (pictures - $mean) / $std
labels = torch.from_numpy(digits.target).long()


# %%
# The network.
def step(reads, writes, kernel):
    """Norm, ReLU and convolution."""
    parts = [nn.BatchNorm2d(reads)] if NORM else []
    convolution = nn.Conv2d(reads, writes, kernel, padding=kernel // 2, bias=not NORM)
    return [*parts, nn.ReLU(), convolution]


class Block(nn.Module):
    def __init__(self, enters, width):
        super().__init__()
        self.layers = nn.ModuleList()
        for place in range(LAYERS):
            reads = enters + place * width if FAMILY == "dense" else width if place else enters
            if MIDDLE:
                parts = step(reads, MIDDLE, 1) + step(MIDDLE, width, 3)
            else:
                parts = step(reads, width, 3)
            self.layers.append(nn.Sequential(*parts))

    def forward(self, x):
        if FAMILY == "dense":  # a layer's maps are appended to what it read
            for layer in self.layers:
                x = torch.cat([x, layer(x)], 1)
            return x
        if FAMILY == "residual":  # the maps of two layers are added
            for first, second in zip(self.layers[::2], self.layers[1::2]):
                x = x + second(first(x))
            return x
        kept = [x]
        for layer in self.layers:  # plain: they replace what the layer read
            x = layer(x)
            kept.append(x)
        return torch.cat(kept, 1) if FAMILY == "aggregated" else x


def network():
    parts = [nn.Conv2d(1, ENTERING[0], 3, padding=1, bias=False)]
    for place in range(3):
        parts.append(Block(ENTERING[place], WIDTHS[place]))
        if place < 2:
            transition = step(LEAVING[place], ENTERING[place + 1], 1)
            parts.append(nn.Sequential(*transition, nn.AvgPool2d(2)))
    if NORM:
        parts.append(nn.BatchNorm2d(LEAVING[-1]))
    parts += [nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(LEAVING[-1], $classes)]
    return nn.Sequential(*parts)


model = network()
generator = torch.Generator().manual_seed(SEED)
for module in model.modules():  # He's rule for the first weights
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, generator=generator)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=generator)
        nn.init.zeros_(module.bias)
count = sum(weight.numel() for weight in model.parameters())
print(f"{count:,} parameters")
assert count == $parameters


# %%
# The training.
def rate_of(done, steps):
    """Half a cosine up to the highest rate, then one down to 0."""
    rise, start = 0.2 * steps, RATE / 25
    if done < rise:
        return start + (RATE - start) * (1 - math.cos(math.pi * done / rise)) / 2
    return RATE * (1 + math.cos(math.pi * (done - rise) / (steps - rise))) / 2


if OPTIMISER == "adamw":
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=$decay)
else:
    optimiser = torch.optim.SGD(
        model.parameters(), lr=RATE, momentum=$momentum, nesterov=True, weight_decay=$decay
    )
per_epoch = len(train) // BATCH
losses = []
for epoch in range(EPOCHS):
    order = torch.randperm(
        len(train), generator=torch.Generator().manual_seed(1_000 * SEED + epoch)
    )
    model.train()
    for place in range(per_epoch):
        chosen = torch.tensor(train)[order[place * BATCH : (place + 1) * BATCH]]
        for group in optimiser.param_groups:
            group["lr"] = rate_of(len(losses), EPOCHS * per_epoch)
        loss = nn.functional.cross_entropy(model(pictures[chosen]), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        answers = model(pictures[unseen]).argmax(1)
    accuracy = (answers == labels[unseen]).float().mean().item()
    mean = sum(losses[-per_epoch:]) / per_epoch
    print(f"epoch {epoch + 1}: loss {mean:.4f}, {accuracy:.2%} of the unseen digits are right")
''')
