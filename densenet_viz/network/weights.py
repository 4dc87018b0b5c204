"""Weight files: found, downloaded, checked and loaded; nothing unchecked reaches a network.

A weight file may be hostile until its size, its hash, and every name, shape and value in it have
been checked. Pickled code never runs: only tensors are read. Errors name no path, address or key
of the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import os
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import torch
from safetensors.torch import load as read_safetensors
from torch import Tensor, nn

from densenet_viz.network._torchvision import torchvision

ENVIRONMENT = "DENSENET_VIZ_WEIGHTS"
SIZE_LIMIT = 512 * 1024**2
"""Bytes of the largest weight file that is read or downloaded; DenseNet-161's has 110 MB."""
CHUNK = 1024**2

_SUFFIXES = (".safetensors", ".pth", ".pt")
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.[a-z]+$")
_OLD_KEY = re.compile(r"^(.*denselayer\d+\.(?:norm|conv))\.([12]\.\w+)$")
_COUNTER = "num_batches_tracked"

State = dict[str, Tensor]
Progress = Callable[[int, int | None], None]


class WeightsError(ValueError):
    """A weight file cannot be used; the message is a clause that says why."""


class DownloadError(OSError):
    """A download failed; the message is a clause that says why."""


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


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    on_progress: Progress | None = None,
    limit: int = SIZE_LIMIT,
    timeout: float = 20.0,
    deadline: float = 1800.0,
) -> None:
    """Downloads `url` to `target`, which appears complete and checked, or not at all.

    Args:
        url: http or https address.
        target: final name; its folder is made.
        sha256: hex digits with which the file's SHA-256 must begin.
        on_progress: called with the bytes done and the total (None if the server does not give
            it); an exception from it stops the download.
        limit: the most bytes.
        timeout: seconds that the server may be silent.
        deadline: seconds that the whole download may take.

    Raises:
        DownloadError: it was not reachable, too large, too slow, damaged, or cannot be saved.
    """
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = _stream(url, partial, on_progress, limit, timeout, time.monotonic() + deadline)
        if not digest.startswith(sha256):
            raise DownloadError("the downloaded file was damaged or incomplete, and was removed")
        partial.replace(target)
    except DownloadError:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError("the server did not send the file") from None
    except (OSError, http.client.HTTPException):
        raise DownloadError("the download failed") from None
    finally:
        with contextlib.suppress(OSError):  # its folder may not exist
            partial.unlink()


_TOO_LARGE = "the server's file is larger than any of these weights"


def _stream(
    url: str,
    partial: Path,
    on_progress: Progress | None,
    limit: int,
    timeout: float,
    until: float,
) -> str:
    """Writes the body to `partial` and returns its SHA-256 in hex digits."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError("the address is not a web address")
    request = urllib.request.Request(url, headers={"User-Agent": "densenet-viz"})  # noqa: S310
    digest, done = hashlib.sha256(), 0
    with (
        urllib.request.urlopen(request, timeout=timeout) as response,  # noqa: S310
        partial.open("xb") as file,
    ):
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isdecimal() else None
        if total is not None and total > limit:
            raise DownloadError(_TOO_LARGE)
        while chunk := response.read1(CHUNK):
            done += len(chunk)
            if done > limit:
                raise DownloadError(_TOO_LARGE)
            if time.monotonic() > until:
                raise DownloadError("the download took too long")
            digest.update(chunk)
            file.write(chunk)
            if on_progress is not None:
                on_progress(done, total)
    return digest.hexdigest()
