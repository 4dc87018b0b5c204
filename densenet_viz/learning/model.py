"""A trained dense network as a file, and as a model of the app."""

from __future__ import annotations

from dataclasses import replace

from safetensors.torch import save
from torch import nn

from densenet_viz.learning.settings import Settings
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.own.loading import own_model
from densenet_viz.network.own.preparation import Preparation
from densenet_viz.scenes.recipe import MEAN, STD


def is_densenet(settings: Settings) -> bool:
    """Whether the trained network is a DenseNet that every page can open."""
    return settings.family == "dense" and settings.norm == "batch"


def weights_file(network: nn.Module) -> bytes:
    """All weights and running statistics, as a .safetensors file."""
    return save({name: value.contiguous() for name, value in network.state_dict().items()})


def labels_file(settings: Settings) -> bytes:
    """The names of the classes, one a line."""
    prefix = "digit " if settings.data == "digits" else ""
    return "\n".join(f"{prefix}{label}" for label in settings.pictures.labels).encode()


def preparation_of(settings: Settings) -> Preparation:
    """How the network's pictures are prepared."""
    return Preparation(settings.pictures.size, MEAN, STD, "square")


def model_of(settings: Settings, network: nn.Module) -> LoadedModel:
    """The trained network as if it were uploaded, with what it was trained on.

    Raises:
        OwnModelError: the network is not a DenseNet that pages can open.
    """
    model = own_model(weights_file(network), labels_file(settings), preparation_of(settings))
    row = settings.pictures
    return replace(
        model,
        title=f"Your model (trained here, k = {settings.growth_rate}, depth {settings.depth})",
        provenance=(
            f"Trained on the page Hands on for {settings.epochs} epochs, on {row.train:,} "
            f"{row.title} of {row.size} × {row.size} px."
        ),
        knows=f"Knows only {row.title}, and names one of its {len(row.labels)} classes for any "
        "picture.",
    )
