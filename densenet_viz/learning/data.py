"""The sets of pictures that a small network can learn from, as data without any picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

DataName = Literal["digits", "scenes"]
SCENE_KINDS = ("star", "ring", "heart", "crescent", "cross", "arrow")


@dataclass(frozen=True)
class DataRow:
    """One set of pictures.

    `size` is their height and width in pixels, `channels` 1 for grey and 3 for colours. `train` and
    `unseen` count the pictures of the two parts.
    """

    name: DataName
    title: str
    labels: tuple[str, ...]
    size: int
    channels: int
    train: int
    unseen: int


DATA: Mapping[DataName, DataRow] = MappingProxyType(
    {
        row.name: row
        for row in (
            DataRow("digits", "handwritten digits", tuple("0123456789"), 16, 1, 1_437, 360),
            DataRow("scenes", "drawn scenes", SCENE_KINDS, 32, 3, 960, 240),
        )
    }
)
"""The rows by name, the default first."""
