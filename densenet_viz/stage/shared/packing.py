"""Arrays as JSON: maps as bytes on each map's own range, pictures as data addresses."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Collection, Mapping
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from densenet_viz.results.traces import Maps, Picture


class PackedMaps(TypedDict):
    """Maps as bytes in base64; `low` and `high` are what 0 and 255 stand for in each map.

    Equal maps have equal names. `data` is None, and `low` and `high` are empty, where the browser
    holds them (`only_new`).
    """

    name: str
    count: int
    height: int
    width: int
    low: list[float]
    high: list[float]
    data: str | None


def pack_maps(maps: Maps, side: int | None = None) -> PackedMaps:
    """Maps (N, H, W) as the stage reads them (`PackedMaps` in maps.js).

    Each map is quantised to bytes between its lowest and highest value. These two are sent too, so
    the stage can show a value to within a 255th of its map's range.

    Args:
        maps: float32.
        side: if H is a larger multiple of it, tiles are averaged down to this many pixels.
    """
    if side and maps.shape[1] > side:
        maps = average_pixels(maps, maps.shape[1] // side)
    count, height, width = maps.shape
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    span = np.where(high > low, high - low, 1)
    scaled = np.rint(255 * (maps - low[:, None, None]) / span[:, None, None]).astype(np.uint8)
    return {
        "name": name_of(scaled, low, high),
        "count": count,
        "height": height,
        "width": width,
        "low": [round(float(value), 6) for value in low],
        "high": [round(float(value), 6) for value in high],
        "data": base64.b64encode(scaled.tobytes()).decode(),
    }


def name_of(*arrays: NDArray[Any]) -> str:
    """A name that only equal arrays have."""
    digest = hashlib.blake2b(digest_size=9)
    for array in arrays:
        digest.update(f"{array.shape}".encode() + array.tobytes())
    return base64.b64encode(digest.digest()).decode()


def only_new(scene: Mapping[str, Any], held: Collection[str]) -> dict[str, Any]:
    """A scene without the data of maps that the browser holds.

    Args:
        scene: with `PackedMaps` in its fields, or in the rows of a list in one of them.
        held: the names of maps that the browser holds.
    """
    return {key: _only_new(value, held) for key, value in scene.items()} if held else dict(scene)


def _only_new(value: Any, held: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        if "data" in value and value.get("name") in held:
            return {**value, "low": [], "high": [], "data": None}
        return {key: _only_new(part, held) for key, part in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return [_only_new(part, held) for part in value]
    return value


def fitting_side(channels: int, height: int, most_bytes: int) -> int:
    """The side of a tile, in pixels: the map's own, halved until all maps fit `most_bytes`.

    >>> fitting_side(256, 56, 1_000_000), fitting_side(256, 56, 500_000)
    (56, 28)
    """
    side = height
    while side > 8 and channels * side * side > most_bytes:
        side //= 2
    return side


def average_pixels(maps: Maps, factor: int) -> Maps:
    """Means over factor x factor pixels; pixels left over below and at the right are dropped."""
    count, height, width = (maps.shape[0], maps.shape[1] // factor, maps.shape[2] // factor)
    cut = maps[:, : height * factor, : width * factor]
    squares = cut.reshape(count, height, factor, width, factor)
    return np.asarray(squares.mean(axis=(2, 4)), dtype=np.float32)


def picture_address(picture: Picture | NDArray[np.uint8]) -> str:
    """A picture (H, W, 3) as a PNG data address."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
