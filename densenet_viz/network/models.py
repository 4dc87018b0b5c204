"""Models by name: a live network with its labels, its input, and what it was trained on.

Importing this file is cheap; torch is loaded with the first model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from densenet_viz.images import fit
from densenet_viz.results import Picture, Prediction
from densenet_viz.spec import VARIANTS, DenseNetSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

Colour = tuple[float, float, float]
Progress = Callable[[float], None]

ASSETS = Path(__file__).resolve().parents[2] / "assets"
IMAGENET_MEAN: Colour = (0.485, 0.456, 0.406)
IMAGENET_STD: Colour = (0.229, 0.224, 0.225)


class ModelUnavailable(RuntimeError):
    """A model that cannot be had now; the message is one sentence that says what to do."""


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A network in evaluation mode, and all that is needed to ask it and to read its answer.

    `mean` and `std` are per colour channel, of values from 0 to 1. Whoever runs, hooks or
    differentiates `network` holds `lock`: hooks of one thread would see another's pass.
    """

    name: str
    title: str
    spec: DenseNetSpec
    network: nn.Module
    labels: tuple[str, ...]
    input_size: int
    mean: Colour
    std: Colour
    provenance: str
    """One sentence: what it was trained on."""
    knows: str
    """One sentence: what pictures it knows."""
    trained: bool
    lock: RLock = field(default_factory=RLock)

    def picture(self, picture: Picture) -> Picture:
        """(H, W, 3) uint8 of any size to the (S, S, 3) uint8 that the network is given."""
        return fit(picture, self.input_size)

    def tensor(self, picture: Picture) -> Tensor:
        """(H, W, 3) uint8 of any size to (1, 3, S, S) float32, normalised, channels last."""
        import torch

        scaled = torch.from_numpy(self.picture(picture).astype(np.float32) / 255)
        normal = (scaled - torch.tensor(self.mean)) / torch.tensor(self.std)
        return normal.permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)

    def uniform(self, colour: Colour) -> Tensor:
        """A picture of one colour, given as values from 0 to 1, as a (1, 3, S, S) input."""
        import torch

        normal = (torch.tensor(colour) - torch.tensor(self.mean)) / torch.tensor(self.std)
        size = self.input_size
        return normal.view(1, 3, 1, 1).expand(1, 3, size, size).contiguous()

    def prediction(self, logits: ArrayLike, index: int) -> Prediction:
        """One class out of (classes,) logits, with its softmax probability."""
        return Prediction(index, self.labels[index], float(_softmax(logits)[index]))

    def predictions(self, logits: ArrayLike, top: int = 5) -> tuple[Prediction, ...]:
        """The most probable classes of (classes,) logits, best first."""
        chances = _softmax(logits)
        order = np.argsort(-chances, kind="stable")[:top]
        return tuple(Prediction(int(i), self.labels[i], float(chances[i])) for i in order)


def _softmax(logits: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(logits, dtype=np.float64)
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum(), dtype=np.float64)


@dataclass(frozen=True)
class ModelRow:
    """A model that can be asked for by name.

    `megabytes` is what has to be fetched the first time, or None where it comes with the project.
    """

    name: str
    title: str
    knows: str
    megabytes: float | None
    load: Callable[[ModelRow, Progress], LoadedModel] = field(repr=False)


def load_model(name: str, *, on_progress: Progress | None = None) -> LoadedModel:
    """The model `name` (a key of `MODELS`), with its weights found, fetched, checked and loaded.

    ImageNet weights are taken from DENSENET_VIZ_WEIGHTS (a file, or a folder), else from torch
    hub's cache, else from torchvision's server, checked against the published SHA-256 prefix.

    Args:
        name: "scenes", or one of torchvision's "densenet121", "...161", "...169", "...201".
        on_progress: called with the part that is done, 0 to 1; what it raises stops the load.

    Raises:
        ModelUnavailable: there is no such model, or its weights are not to be had or wrong.
    """
    row = MODELS.get(name)
    if row is None:
        raise ModelUnavailable(f"There is no model {name[:40]!r}; there are {', '.join(MODELS)}.")
    report = on_progress or (lambda _part: None)
    model = row.load(row, report)
    report(1.0)
    return model


def _live(spec: DenseNetSpec, data: bytes, *, safetensors: bool) -> nn.Module:
    """The network of `spec` with the weights of a file.

    Raises:
        WeightsError: they do not fit.
    """
    import torch

    from densenet_viz.network.build import build
    from densenet_viz.network.weights import load_strictly, read_state

    network = build(spec)
    load_strictly(network, read_state(data, safetensors=safetensors))
    # About twice as fast on a CPU.
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


# -- the bundled model ----------------------------------------------------------------------


def _load_bundled(row: ModelRow, _report: Progress) -> LoadedModel:
    from densenet_viz.network.manifest import ManifestError, read_manifest
    from densenet_viz.network.weights import WeightsError, checked_bytes

    try:
        manifest = read_manifest(ASSETS / f"{row.name}.json")
        data = checked_bytes(ASSETS / f"{row.name}.safetensors", manifest.sha256)
        network = _live(manifest.spec, data, safetensors=True)
    except (ManifestError, WeightsError) as error:
        raise ModelUnavailable(
            f"The bundled model cannot be used: {error}; fetch the project again, or train it "
            f"with `python -m densenet_viz train {row.name}`."
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
    )


# -- torchvision's ImageNet models ----------------------------------------------------------


def _load_imagenet(row: ModelRow, report: Progress) -> LoadedModel:
    from densenet_viz.network.weights import published_labels

    spec = VARIANTS[row.name]
    return LoadedModel(
        name=row.name,
        title=row.title,
        spec=spec,
        network=_imagenet_network(row, spec, report),
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


def _imagenet_network(row: ModelRow, spec: DenseNetSpec, report: Progress) -> nn.Module:
    from densenet_viz.network import weights

    try:
        path = weights.local_file(row.name)
        if path is not None:
            data = weights.checked_bytes(path, weights.hash_in_name(path.name))
            return _live(spec, data, safetensors=path.suffix == ".safetensors")
    except weights.WeightsError as error:
        raise ModelUnavailable(
            f"The weights for {row.title} that {weights.ENVIRONMENT} names cannot be used: "
            f"{error}; set it to a file that fits, or unset it and connect once so that they can "
            "be downloaded."
        ) from None
    try:
        return _live(spec, _published(row, report), safetensors=False)
    except (weights.WeightsError, weights.DownloadError) as error:
        raise ModelUnavailable(
            f"The weights of {row.title} cannot be had: {error}; connect to the internet once so "
            f"that they can be downloaded, or set {weights.ENVIRONMENT} to a file or a folder "
            "that holds them."
        ) from None


def _published(row: ModelRow, report: Progress) -> bytes:
    """The bytes of torchvision's file, from torch hub's cache where they are there and whole."""
    from densenet_viz.network import weights

    url = weights.published_url(row.name)
    path, sha256 = weights.cached_path(url), weights.hash_in_name(url)
    try:
        return weights.checked_bytes(path, sha256)
    except weights.WeightsError:
        size = round((row.megabytes or 0) * 1e6)
        weights.download(
            url,
            path,
            sha256=sha256,
            on_progress=lambda done, total: report(min(1.0, done / (total or size))),
        )
    return weights.checked_bytes(path, sha256)


_PHOTOGRAPHS = "Knows 1,000 kinds of object from photographs (ImageNet); a drawing may puzzle it."

MODELS: Mapping[str, ModelRow] = MappingProxyType(
    {
        row.name: row
        for row in (
            ModelRow(
                "scenes",
                "Drawn scenes (bundled)",
                "Knows only the kinds of object that this project draws; it has never seen a "
                "photograph.",
                None,
                _load_bundled,
            ),
            ModelRow("densenet121", "DenseNet-121 (ImageNet)", _PHOTOGRAPHS, 30.8, _load_imagenet),
            ModelRow("densenet161", "DenseNet-161 (ImageNet)", _PHOTOGRAPHS, 110.4, _load_imagenet),
            ModelRow("densenet169", "DenseNet-169 (ImageNet)", _PHOTOGRAPHS, 54.7, _load_imagenet),
            ModelRow("densenet201", "DenseNet-201 (ImageNet)", _PHOTOGRAPHS, 77.4, _load_imagenet),
        )
    }
)
"""The models that `load_model` knows, the bundled one first."""
