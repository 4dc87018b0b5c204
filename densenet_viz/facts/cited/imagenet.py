"""Errors on ImageNet's validation set, in percent, as published.

The paper's figure 3 compares DenseNets with the ResNets of fb.resnet.torch, whose training it
copied. It prints no numbers; they are in the paper's table 3 and on the page of that code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from densenet_viz.facts.cited.sources import (
    AUTHORS_README,
    FB_RESNET,
    KERAS_APPLICATIONS,
    MMPRETRAIN,
    PAPER_TABLE_3,
    TORCHVISION,
    Source,
)
from densenet_viz.facts.systems import SYSTEMS

ErrorMeasure = Literal["top-1", "top-5", "top-1, ten crops", "top-5, ten crops"]
MEASURES: tuple[ErrorMeasure, ...] = ("top-1", "top-5", "top-1, ten crops", "top-5, ten crops")
"""What counts as a mistake: the first answer is wrong, or all of the first five are. One crop is
the picture's centre; ten crops are its corners and centre, also mirrored, with averaged answers."""


@dataclass(frozen=True)
class ImageNetRow:
    """One network's errors. `name` is a key of `spec.VARIANTS` or a ResNet's, like "resnet101"."""

    name: str
    title: str
    family: Literal["DenseNet", "ResNet"]
    errors: Mapping[ErrorMeasure, float]
    source: Source
    note: str = ""

    @property
    def short(self) -> str:
        """For a small chart.

        >>> FIGURE_3[0].short, FIGURE_3[4].short
        ('D-121', 'R-34')
        """
        return f"{self.title[0]}-{self.title.partition('-')[2]}"


def _densenet(size: int, *errors: float) -> ImageNetRow:
    name, title = f"densenet{size}", f"DenseNet-{size}"
    return ImageNetRow(name, title, "DenseNet", _by_measure(errors), PAPER_TABLE_3)


def _resnet(size: int, *errors: float, note: str = "") -> ImageNetRow:
    name, title = f"resnet{size}", f"ResNet-{size}"
    return ImageNetRow(name, title, "ResNet", _by_measure(errors), FB_RESNET, note)


def _by_measure(errors: tuple[float, ...]) -> Mapping[ErrorMeasure, float]:
    return MappingProxyType(dict(zip(MEASURES, errors, strict=True)))


FIGURE_3: tuple[ImageNetRow, ...] = (
    _densenet(121, 25.02, 7.71, 23.61, 6.66),
    _densenet(169, 23.80, 6.85, 22.08, 5.92),
    _densenet(201, 22.58, 6.34, 21.46, 5.54),
    _densenet(264, 22.15, 6.12, 20.80, 5.29),
    _resnet(34, 26.73, 8.74, 24.76, 7.35),
    _resnet(50, 24.01, 7.02, 22.24, 6.08, note="its last batch norms come after the sums"),
    _resnet(101, 22.44, 6.21, 21.08, 5.35),
    _resnet(152, 22.16, 6.16, 20.69, 5.21),
)
"""The networks of figure 3, smallest first in each family."""


@dataclass(frozen=True)
class PublishedError:
    """A top-1 error of a DenseNet's trained weights, as one source prints it.

    `text` has the printed digits, or says how the error follows from the printed number.
    """

    name: str
    top1: float
    text: str
    source: Source


def _printed(source: Source, digits: int, **errors: float) -> tuple[PublishedError, ...]:
    return tuple(
        PublishedError(name, error, f"{error:.{digits}f}%", source)
        for name, error in errors.items()
    )


def _from_accuracy(source: Source, digits: int, **accuracies: float) -> tuple[PublishedError, ...]:
    return tuple(
        PublishedError(
            name, round(100 - right, 4), f"{100 - right:.{digits}f}% ({right:.{digits}f}%)", source
        )
        for name, right in accuracies.items()
    )


PUBLISHED_ERRORS: tuple[PublishedError, ...] = (
    *_printed(
        PAPER_TABLE_3,
        2,
        **{row.name: row.errors["top-1"] for row in FIGURE_3 if row.family == "DenseNet"},
    ),
    *_printed(
        AUTHORS_README, 1, densenet121=25.0, densenet169=23.6, densenet201=22.5, densenet161=22.2
    ),
    *_from_accuracy(
        TORCHVISION,
        3,
        densenet121=74.434,
        densenet169=75.600,
        densenet201=76.896,
        densenet161=77.138,
    ),
    *_from_accuracy(
        MMPRETRAIN,
        2,
        densenet121=74.96,
        densenet169=76.08,
        densenet201=77.32,
        densenet161=77.61,
    ),
    *_from_accuracy(
        KERAS_APPLICATIONS,
        1,
        **{name: row.cited.top1 for name, row in SYSTEMS.items() if row.family == "DenseNet"},
    ),
)
"""Every error that we found published for the DenseNets' original weights: one crop, the picture's
centre, 224 × 224 px."""
