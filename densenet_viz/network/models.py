"""Models by name: the bundled ones, torchvision's, and the variants before any training.

Importing this file is cheap; torch is loaded with the first model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.network.loaded import Colour, LoadedModel

if TYPE_CHECKING:
    from torch import nn

    from densenet_viz.network.familiarity import Familiarity
    from densenet_viz.network.manifest import Manifest

Progress = Callable[[float], None]

__all__ = ["ASSETS", "MODELS", "LoadedModel", "ModelRow", "ModelUnavailable", "load_model"]

ASSETS = Path(__file__).resolve().parents[2] / "assets"
UNTRAINED = "-untrained"
"""The ending of the name of a variant with random weights."""

IMAGENET_MEAN: Colour = (0.485, 0.456, 0.406)
IMAGENET_STD: Colour = (0.229, 0.224, 0.225)


class ModelUnavailable(RuntimeError):
    """A model is not available now; the message says why and what to do."""


@dataclass(frozen=True)
class ModelRow:
    """A model that can be loaded by name.

    `megabytes` is the size of the first download, or None if it comes with the project.
    """

    name: str
    title: str
    knows: str
    megabytes: float | None
    load: Callable[[ModelRow, Progress], LoadedModel] = field(repr=False)


def load_model(name: str, *, on_progress: Progress | None = None) -> LoadedModel:
    """The model `name` (a key of `MODELS`), with its weights found, downloaded, checked and loaded.

    ImageNet weights come from DENSENET_VIZ_WEIGHTS (a file or a folder), else from torch hub's
    cache, else from torchvision's server, checked against the published SHA-256 prefix. A file
    from DENSENET_VIZ_WEIGHTS with another SHA-256 is called "your file" in its title.

    Args:
        name: "scenes", "cheater", one of torchvision's "densenet121", "...161", "...169",
            "...201", or a variant with random weights, "densenet264-untrained".
        on_progress: called with the part that is done, 0 to 1; an exception from it stops loading.

    Raises:
        ModelUnavailable: there is no such model, or its weights are missing or wrong.
    """
    row = MODELS.get(name)
    if row is None:
        raise ModelUnavailable(f"There is no model {name[:40]!r}. Models: {', '.join(MODELS)}.")
    report = on_progress or (lambda _part: None)
    model = row.load(row, report)
    report(1.0)
    return model


def _live(spec: DenseNetSpec, data: bytes, *, safetensors: bool) -> nn.Module:
    """The network of `spec` with the weights of a file.

    Raises:
        WeightsError: they do not fit.
    """
    from densenet_viz.network.build import build
    from densenet_viz.network.weights import load_strictly, read_state

    network = build(spec)
    load_strictly(network, read_state(data, safetensors=safetensors))
    return _fast(network)


def _fast(network: nn.Module) -> nn.Module:
    """The same network, with a memory layout of the weights that halves the time on a CPU."""
    import torch

    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


# -- the bundled models ---------------------------------------------------------------------


def _load_bundled(row: ModelRow, _report: Progress) -> LoadedModel:
    from densenet_viz.network.familiarity import FamiliarityError
    from densenet_viz.network.manifest import ManifestError, read_manifest
    from densenet_viz.network.weights import WeightsError, read_checked

    try:
        manifest = read_manifest(ASSETS / f"{row.name}.json")
        data = read_checked(ASSETS / f"{row.name}.safetensors", manifest.sha256)
        network = _live(manifest.spec, data, safetensors=True)
        familiarity = _familiarity(row.name, manifest)
    except (ManifestError, WeightsError, FamiliarityError) as error:
        raise ModelUnavailable(
            f"The bundled model cannot be used: {error}. Download the project again, or train "
            f"the model with `python -m densenet_viz train {row.name}`."
        ) from None
    count = len(manifest.labels)
    return LoadedModel(
        name=row.name,
        title=row.title,
        spec=manifest.spec,
        network=network,
        labels=manifest.labels,
        input_size=manifest.spec.input_size,
        mean=manifest.mean,
        std=manifest.std,
        provenance=manifest.provenance,
        knows=row.knows.replace("the kinds", f"the {count} kinds"),
        trained=True,
        temperature=manifest.temperature,
        familiarity=familiarity,
    )


def _familiarity(name: str, manifest: Manifest) -> Familiarity | None:
    """The model's familiarity, from the file that the manifest names.

    Raises:
        WeightsError: the file is missing, a different one, or not readable.
        FamiliarityError: its arrays do not fit the network.
    """
    from densenet_viz.network.familiarity import from_arrays
    from densenet_viz.network.weights import read_checked, read_state

    stated = manifest.familiarity
    if stated is None:
        return None
    data = read_checked(ASSETS / f"{name}.familiarity.safetensors", stated.sha256)
    arrays = {
        key: value.float().numpy() for key, value in read_state(data, safetensors=True).items()
    }
    return from_arrays(arrays, manifest.spec.block_outputs[-1], stated.limit)


# -- the variants before any training -------------------------------------------------------


def _load_untrained(row: ModelRow, _report: Progress) -> LoadedModel:
    """A variant with random weights, the same each time: for its shapes and connections."""
    from densenet_viz.network.build import build

    spec = VARIANTS[row.name.removesuffix(UNTRAINED)]
    return LoadedModel(
        name=row.name,
        title=row.title,
        spec=spec,
        network=_fast(build(spec, seed=0)),
        labels=tuple(f"output {index}" for index in range(spec.num_classes)),
        input_size=spec.input_size,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        provenance="Never trained: its weights are random, drawn by torchvision's rule.",
        knows=row.knows,
        trained=False,
    )


# -- torchvision's ImageNet models ----------------------------------------------------------


def _load_imagenet(row: ModelRow, report: Progress) -> LoadedModel:
    from densenet_viz.network.weights import published_labels

    spec = VARIANTS[row.name]
    network, own_file = _imagenet_network(row, spec, report)
    published = LoadedModel(
        name=row.name,
        title=row.title,
        spec=spec,
        network=network,
        labels=published_labels(row.name),
        input_size=spec.input_size,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        provenance=(
            "Trained on ImageNet-1k, 1.28 million photographs of 1,000 kinds of object; the "
            "weights are torchvision's IMAGENET1K_V1, ported from LuaTorch."
        ),
        knows=row.knows,
        trained=True,
    )
    if not own_file:
        return published
    return replace(
        published,
        title=row.title.replace("(ImageNet)", "(your file)"),
        provenance=(
            f"Its weights are from your file, SHA-256 {own_file}. The app does not know what "
            "they were trained on."
        ),
        knows="Its weights are from your file; the class names are those of ImageNet.",
        own_file=own_file,
    )


def _imagenet_network(row: ModelRow, spec: DenseNetSpec, report: Progress) -> tuple[nn.Module, str]:
    """The network, and the SHA-256 of its file if that is not the published one, else ""."""
    from densenet_viz.network import weights
    from densenet_viz.network.download import DownloadError

    try:
        path = weights.local_file(row.name)
        if path is not None:
            data = weights.read_checked(path, weights.hash_in_name(path.name))
            network = _live(spec, data, safetensors=path.suffix == ".safetensors")
            sha256 = hashlib.sha256(data).hexdigest()
            published = weights.hash_in_name(weights.published_url(row.name))
            return network, "" if sha256.startswith(published) else sha256
    except weights.WeightsError as error:
        raise ModelUnavailable(
            f"The weights for {row.title} in {weights.ENVIRONMENT} cannot be used: {error}. Set "
            "it to a file that fits, or unset it and connect to the internet once to download "
            "them."
        ) from None
    try:
        return _live(spec, _published(row, report), safetensors=False), ""
    except (weights.WeightsError, DownloadError) as error:
        raise ModelUnavailable(
            f"The weights of {row.title} are not available: {error}. Connect to the internet once "
            f"to download them (`make weights`), or set {weights.ENVIRONMENT} to a file or folder "
            "with them."
        ) from None


def _published(row: ModelRow, report: Progress) -> bytes:
    """The bytes of torchvision's file, from torch hub's cache if it is there and complete."""
    from densenet_viz.network.weights import published

    size = round((row.megabytes or 0) * 1e6)
    file = published(row.name)
    file.fetch(lambda done, total: report(min(1.0, done / (total or size))))
    return file.read()


_NOTHING = "Knows nothing: its weights are random. Shapes and connections are as in a trained one."
_PHOTOGRAPHS = "Knows 1,000 kinds of object from photographs (ImageNet); drawings may confuse it."

MODELS: Mapping[str, ModelRow] = MappingProxyType(
    {
        row.name: row
        for row in (
            ModelRow(
                "scenes",
                "Drawn scenes (bundled)",
                "Knows only the kinds of object that this project draws. It has never seen a "
                "photograph.",
                None,
                _load_bundled,
            ),
            ModelRow(
                "cheater",
                "The cheater (bundled)",
                "Knows the kinds of object that this project draws, but by a corner tag that "
                "named each one in training: it reads the tag and nearly ignores the object.",
                None,
                _load_bundled,
            ),
            ModelRow("densenet121", "DenseNet-121 (ImageNet)", _PHOTOGRAPHS, 30.8, _load_imagenet),
            ModelRow("densenet161", "DenseNet-161 (ImageNet)", _PHOTOGRAPHS, 110.4, _load_imagenet),
            ModelRow("densenet169", "DenseNet-169 (ImageNet)", _PHOTOGRAPHS, 54.7, _load_imagenet),
            ModelRow("densenet201", "DenseNet-201 (ImageNet)", _PHOTOGRAPHS, 77.4, _load_imagenet),
            *(
                ModelRow(
                    f"{variant}{UNTRAINED}",
                    f"DenseNet-{variant.removeprefix('densenet')} (untrained)",
                    _NOTHING,
                    None,
                    _load_untrained,
                )
                for variant in VARIANTS
            ),
        )
    }
)
"""The models that `load_model` knows, the bundled ones first."""
