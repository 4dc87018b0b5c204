"""Two small networks of one size: one appends what a layer writes, the other one adds it.

They were trained on the same drawn scenes in the same order by `python -m densenet_viz train
small`, so that dense and residual layers can be compared. All that differs is how a layer's maps
join the others, and the widths, so that both have the same number of parameters (within 2%).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from torch import Tensor, nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.images.fitting import fit_as
from densenet_viz.network.build import build
from densenet_viz.network.loaded import Colour, LoadedModel, normalised
from densenet_viz.network.models import ASSETS, ModelUnavailable
from densenet_viz.network.residual import ResidualSpec, SmallResNet, build_residual
from densenet_viz.network.weights import load_strictly, read_checked, read_state
from densenet_viz.results.traces import Picture

SmallName = Literal["dense", "residual"]

DENSE = DenseNetSpec(
    growth_rate=12, block_config=(8, 8, 8), initial_channels=24, num_classes=16, input_size=128
)
RESIDUAL = ResidualSpec(
    units=DENSE.block_config, widths=(16, 24, 32), num_classes=16, input_size=128
)
TITLES: Mapping[str, str] = MappingProxyType(
    {"dense": "Small DenseNet", "residual": "Small ResNet"}
)
MANIFEST = "small.json"


@dataclass(frozen=True, eq=False)
class ResidualModel:
    """A live residual network, with what is needed to ask it and to read its output.

    Nobody hooks `network`, so any number of threads may run it at once. `mean` and `std` are per
    colour channel, of values from 0 to 1.
    """

    name: str
    title: str
    spec: ResidualSpec
    network: SmallResNet
    digest: str
    """SHA-256 of the weight file."""
    labels: tuple[str, ...]
    mean: Colour
    std: Colour
    provenance: str
    temperature: float
    exclusive: bool = True

    def tensor(self, picture: Picture) -> Tensor:
        """(H, W, 3) uint8 of any size to (1, 3, S, S) float32, normalised, channels last."""
        return normalised(fit_as(picture, self.spec.input_size, "square"), self.mean, self.std)


def new_small(name: SmallName, seed: int | None = None) -> nn.Module:
    """The live network before any training; the same seed gives the same weights."""
    return build(DENSE, seed=seed) if name == "dense" else build_residual(RESIDUAL, seed=seed)


def weights_file(folder: Path, name: SmallName) -> Path:
    """The weight file of one of the two in a folder."""
    return folder / f"small.{name}.safetensors"


@cache
def load_small() -> tuple[LoadedModel, ResidualModel]:
    """Both small networks as they were shipped, checked and loaded once: dense, residual.

    Raises:
        ModelUnavailable: a file is missing or damaged.
    """
    try:
        told = json.loads((ASSETS / MANIFEST).read_bytes())
        dense = LoadedModel(
            spec=DENSE,
            input_size=DENSE.input_size,
            knows="Knows only the kinds of object that this project draws.",
            trained=True,
            **_common(told, "dense"),
        )
        digest = told["networks"]["residual"]["sha256"]
        return dense, ResidualModel(spec=RESIDUAL, digest=digest, **_common(told, "residual"))
    except (OSError, ValueError, KeyError, TypeError):  # a WeightsError is a ValueError
        raise ModelUnavailable(
            "The small networks cannot be used: their files are missing or damaged. Download the "
            "project again, or train them with `python -m densenet_viz train small`."
        ) from None


def _common(told: Mapping[str, Any], name: SmallName) -> dict[str, Any]:
    row = told["networks"][name]
    data = read_checked(weights_file(ASSETS, name), row["sha256"])
    return {
        "name": f"small-{name}",
        "title": TITLES[name],
        "network": small_from(name, data),
        "labels": tuple(told["labels"]),
        "mean": tuple(told["mean"]),
        "std": tuple(told["std"]),
        "provenance": provenance(told, name),
        "temperature": row["temperature"],
    }


def small_from(name: SmallName, data: bytes) -> nn.Module:
    """The network with the weights of a file's bytes.

    Raises:
        WeightsError: they do not fit.
    """
    import torch

    network = new_small(name)
    load_strictly(network, read_state(data, safetensors=True))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.eval()


def provenance(told: Mapping[str, Any], name: SmallName) -> str:
    """One sentence on the training and the held-out accuracy in the manifest."""
    training, row = told["training"], told["networks"][name]
    return (
        f"Trained by this project on {training['scenes']:,} scenes that it drew, "
        f"{training['epochs']} times each; {row['parameters']:,} parameters. It classifies "
        f"{row['held_out']['top1']:.1%} of {row['held_out']['count']:,} unseen ones correctly."
    )
