"""Pictures that are not scenes, to test whether the bundled models notice it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from densenet_viz.images.pictures import fit
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import SIZE

Pixels = NDArray[np.uint8]
_SUFFIXES = (".jpg", ".jpeg", ".webp", ".png")
_STREAM = 21  # of the random numbers, apart from the scenes' own


def uniform_noise(rng: np.random.Generator) -> Picture:
    """Independent uniform values from 0 to 255, (SIZE, SIZE, 3)."""
    return rng.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)


def gaussian_noise(rng: np.random.Generator) -> Picture:
    """Grey with normal noise of a standard deviation of 32 to 96, (SIZE, SIZE, 3)."""
    values = rng.normal(128, rng.uniform(32, 96), (SIZE, SIZE, 3))
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def blank(rng: np.random.Generator) -> Picture:
    """One colour, (SIZE, SIZE, 3)."""
    return np.broadcast_to(rng.integers(0, 256, 3, dtype=np.uint8), (SIZE, SIZE, 3)).copy()


def gradient(rng: np.random.Generator) -> Picture:
    """One colour that turns evenly into another in any direction, (SIZE, SIZE, 3)."""
    angle = rng.uniform(0, 2 * np.pi)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    along = np.cos(angle) * columns + np.sin(angle) * rows
    along = (along - along.min()) / (along.max() - along.min())
    first, second = rng.integers(0, 256, (2, 3))
    mixed: Picture = np.rint(first + along[..., None] * (second - first)).astype(np.uint8)
    return mixed


DRAWN: Mapping[str, Callable[[np.random.Generator], Picture]] = MappingProxyType(
    {
        "uniform noise": uniform_noise,
        "Gaussian noise": gaussian_noise,
        "blank": blank,
        "gradient": gradient,
    }
)
"""The kinds that need nothing but a random generator."""


def strangers(kind: str, count: int, seed: int = 0) -> Pixels:
    """(count, SIZE, SIZE, 3) pictures of a kind of `DRAWN`; the same from the same seed.

    >>> strangers("blank", 2).shape
    (2, 128, 128, 3)
    """
    rng = np.random.default_rng((seed, _STREAM, list(DRAWN).index(kind)))
    return np.stack([DRAWN[kind](rng) for _ in range(count)])


def photographs(folder: Path | None = None) -> tuple[Path, ...]:
    """The photographs of a folder, and the one in Matplotlib's sample data.

    They are only used for measuring, and are not part of this project.
    """
    found = find_spec("matplotlib")
    packed = Path(found.origin).parent if found and found.origin else None
    known = packed / "mpl-data" / "sample_data" / "grace_hopper.jpg" if packed else None
    given = sorted(folder.iterdir()) if folder else []
    files = [*([known] if known else []), *given]
    return tuple(path for path in files if path.is_file() and path.suffix.lower() in _SUFFIXES)


def crops(paths: tuple[Path, ...], count: int, seed: int = 0) -> Pixels:
    """`count` square pieces of the photographs in turn, (count, SIZE, SIZE, 3).

    Place, side (from a quarter to all of the shorter edge) and mirroring are drawn at random; the
    first piece of each photograph is the widest square in its middle.
    """
    rng = np.random.default_rng((seed, _STREAM, len(DRAWN)))
    opened = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
    pieces = [_crop(opened[place % len(opened)], rng, place >= len(opened))
              for place in range(count)] if opened else []  # fmt: skip
    return np.stack(pieces) if pieces else np.empty((0, SIZE, SIZE, 3), np.uint8)


def _crop(photograph: Picture, rng: np.random.Generator, anywhere: bool) -> Picture:
    height, width = photograph.shape[:2]
    shorter = min(height, width)
    side = int(shorter * rng.uniform(0.25, 1)) if anywhere else shorter
    top, left = rng.integers(0, (height - side + 1, width - side + 1))
    if not anywhere:
        top, left = (height - side) // 2, (width - side) // 2
    piece = photograph[top : top + side, left : left + side]
    if anywhere and rng.random() < 0.5:
        piece = piece[:, ::-1]
    return fit(np.ascontiguousarray(piece), SIZE)
