"""Weight files: found, checked and loaded; nothing unchecked reaches a network.

A weight file may be hostile until its size, its hash, and every name, shape and value in it have
been checked. Pickled code never runs: only tensors are read. Errors name no path, address or key
of the file.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import torch
from safetensors.torch import load as read_safetensors
from torch import Tensor, nn

from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.download import SIZE_LIMIT, Progress, download, is_file_with

ENVIRONMENT = "DENSENET_VIZ_WEIGHTS"

_SUFFIXES = (".safetensors", ".pth", ".pt")
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.[a-z]+$")
_OLD_KEY = re.compile(r"^(.*denselayer\d+\.(?:norm|conv))\.([12]\.\w+)$")
_COUNTER = "num_batches_tracked"

State = dict[str, Tensor]


class WeightsError(ValueError):
    """A weight file cannot be used; the message is a clause that says why."""


def read_checked(path: Path, sha256: str) -> bytes:
    """The file's bytes, after a check that their SHA-256 begins with `sha256` (hex digits).

    Raises:
        WeightsError: the file is missing, too large, or a different one.
    """
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise WeightsError(f"the file is larger than {SIZE_LIMIT >> 20} MB")
        data = path.read_bytes()
    except OSError:
        raise WeightsError("the file is missing or cannot be read") from None
    if not hashlib.sha256(data).hexdigest().startswith(sha256):
        raise WeightsError("the file is damaged or not the published one (its SHA-256 differs)")
    return data


def hash_in_name(name: str) -> str:
    """The SHA-256 prefix that torchvision writes into a file name, or "".

    >>> hash_in_name("densenet121-a639ec97.pth")
    'a639ec97'
    """
    found = _HASH_IN_NAME.search(name)
    return found.group(1) if found else ""


def read_state(data: bytes, *, safetensors: bool) -> State:
    """Weights by name, in today's torchvision names, from a file's bytes.

    Raises:
        WeightsError: it is not such a file, or has anything other than named tensors.
    """
    return named_weights(read_file(data, safetensors=safetensors))


def read_file(data: bytes, *, safetensors: bool) -> object:
    """The tensors and plain values in a weight file; no code in it runs.

    Raises:
        WeightsError: it is not such a file.
    """
    try:
        if safetensors:
            return read_safetensors(data)
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception:  # the readers raise many kinds for hostile bytes
        raise WeightsError("the file is not a readable weight file") from None


def named_weights(raw: object) -> State:
    """Weights by name, in today's torchvision names, from a file's content.

    Raises:
        WeightsError: it is anything other than named tensors.
    """
    if not isinstance(raw, Mapping) or not all(map(_is_weight, raw, raw.values())):
        raise WeightsError("the file has something other than named weights")
    return {
        modern_key(key): value
        for key, value in raw.items()
        if not key.endswith(_COUNTER)  # counts training steps; plays no part in a prediction
    }


def _is_weight(key: object, value: object) -> bool:
    return (
        isinstance(key, str)
        and isinstance(value, Tensor)
        and value.layout is torch.strided
        and (value.is_floating_point() or key.endswith(_COUNTER))
    )


def modern_key(key: str) -> str:
    """Turns torchvision's old names with a dot, `norm.1`, into today's, `norm1`."""
    return _OLD_KEY.sub(r"\1\2", key)


def load_strictly(network: nn.Module, state: State) -> None:
    """Loads every weight as float32; checks that none is missing, left over or infinite.

    Raises:
        WeightsError: the state belongs to another network.
    """
    expected = {
        key: value for key, value in network.state_dict().items() if not key.endswith(_COUNTER)
    }
    for key, value in expected.items():
        given = state.get(key)
        if given is None:
            raise WeightsError(f"the file has no {key}")
        if given.shape != value.shape:
            sides = " × ".join(map(str, value.shape))
            raise WeightsError(f"the file's {key} is not {sides}")
        if not bool(torch.isfinite(given).all()):
            raise WeightsError(f"the file's {key} has values that are not finite")
    if len(state) != len(expected):
        raise WeightsError("the file has weights that this network does not have")
    network.load_state_dict(state)


def local_file(name: str) -> Path | None:
    """The file in DENSENET_VIZ_WEIGHTS for the variant `name`, such as "densenet121".

    If the variable is a folder, it is the file whose name begins with the variant's name. If the
    variable is a file, it is that file, unless its name begins with another variant's name.

    Raises:
        WeightsError: the file or folder does not exist.
    """
    given = os.environ.get(ENVIRONMENT, "").strip()
    if not given:
        return None
    path = Path(given).expanduser()
    if path.is_dir():
        found = (
            file
            for file in sorted(path.iterdir())
            if file.suffix in _SUFFIXES and re.match(rf"{name}(?!\d)", file.name) and file.is_file()
        )
        return next(found, None)
    if not path.is_file():
        raise WeightsError(f"{ENVIRONMENT} is set to a file or folder that does not exist")
    other = re.match(r"densenet\d+", path.name)
    return None if other and other.group() != name else path


def published_url(name: str) -> str:
    """The address of a variant's ImageNet weights at torchvision; the hash is in its name."""
    return str(_entry(name).url)


def published_labels(name: str) -> tuple[str, ...]:
    """The 1,000 ImageNet class names of torchvision's weights, in the order of the logits."""
    return tuple(_entry(name).meta["categories"])


def _entry(name: str) -> torchvision.models.Weights:
    number = name.removeprefix("densenet")
    return getattr(torchvision.models, f"DenseNet{number}_Weights").IMAGENET1K_V1.value


def cached_path(url: str) -> Path:
    """Where torch hub keeps what it downloaded from `url`."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(url).path).name


@dataclass(frozen=True)
class Published:
    """A variant's ImageNet weights: where torchvision has them, and where they lie here."""

    url: str
    path: Path
    """In torch hub's cache; the file may not be there yet."""
    sha256: str
    """The first hex digits of its SHA-256."""

    def read(self) -> bytes:
        """The file's bytes, checked.

        Raises:
            WeightsError: it is missing or damaged.
        """
        return read_checked(self.path, self.sha256)

    def fetch(
        self,
        on_progress: Progress = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Downloads the file, unless it is there and complete.

        Raises:
            DownloadError: that failed.
            Cancelled: `cancelled` returned True.
        """
        if not self.is_here():
            download(
                self.url,
                self.path,
                sha256=self.sha256,
                on_progress=on_progress,
                cancelled=cancelled,
            )

    def is_here(self) -> bool:
        """Whether the file is there and complete."""
        return is_file_with(self.path, self.sha256)


def published(name: str) -> Published:
    """The ImageNet weights of the variant `name`, such as "densenet121"."""
    url = published_url(name)
    return Published(url, cached_path(url), hash_in_name(url))


def find(name: str) -> Path | None:
    """The file with a variant's ImageNet weights on this machine, or None; it is not read.

    Raises:
        WeightsError: DENSENET_VIZ_WEIGHTS is set to what does not exist.
    """
    given = local_file(name)
    if given is not None:
        return given
    path = published(name).path
    return path if path.is_file() else None
