"""Where a network's weights are in its file, as data: for a script that reads the same file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PLAIN = "the plain weights"
"""What a network of a file is called that has no name there."""


@dataclass(frozen=True)
class HeadModule:
    """A module of the head: its name in the file, and how many values it reads and writes."""

    name: str
    kind: Literal["linear", "norm"]
    reads: int
    writes: int
    bias: bool = True
    activated: bool = False
    """Whether a ReLU stands before it."""


@dataclass(frozen=True)
class FileLayout:
    """How a file has to be read.

    Args:
        path: the names of the mappings (or numbers in lists) around the weights, the outer one
            first.
        start: what stands before each weight of the features, such as "module.features.".
        head: the head's modules in the order of computation.
        single: whether the network gives one score, which is shown as two outputs.
        plain: whether torch reads the file without help: it names nothing but tensors.
        wrapped: whether names have parts of torch's own wrappers (`finding.WRAPPERS`), which
            `start` and `head` leave out.
        stem_bias: whether the first convolution has a bias, which is joined with its norm.
    """

    path: tuple[str | int, ...]
    start: str
    head: tuple[HeadModule, ...]
    single: bool
    plain: bool
    wrapped: bool = False
    stem_bias: bool = False
