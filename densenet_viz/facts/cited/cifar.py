"""The paper's table 2: test errors on CIFAR and SVHN, in percent, row by row as printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from densenet_viz.facts.arithmetic.cifar import (
    CifarDenseNet,
    CifarResNet,
    Counted,
    PreactivationResNetSpec,
    WideResNet,
)
from densenet_viz.facts.cited.sources import PAPER_TABLE_2, Source

DataSet = Literal["C10", "C10+", "C100", "C100+", "SVHN"]
DATA_SETS: Mapping[DataSet, str] = MappingProxyType(
    {
        "C10": "CIFAR-10, pictures as they are",
        "C10+": "CIFAR-10, pictures shifted and mirrored in training",
        "C100": "CIFAR-100, pictures as they are",
        "C100+": "CIFAR-100, pictures shifted and mirrored in training",
        "SVHN": "Street View House Numbers",
    }
)
"""The table's five columns of errors, and what each means."""

CifarFamily = Literal[
    "DenseNet-BC", "DenseNet", "ResNet", "Pre-activation ResNet", "Wide ResNet", "Others"
]


@dataclass(frozen=True)
class CifarRow:
    """One line of table 2.

    `short` is its name in a small chart. `millions` are the parameters that the paper prints;
    `network` is the architecture of the line if it can be counted, and None if the table says too
    little about it. `own_runs` are the errors that the paper marks with a star: its authors trained
    that network themselves.
    """

    title: str
    short: str
    family: CifarFamily
    depth: int | None
    millions: float | None
    errors: Mapping[DataSet, float]
    network: Counted | None = None
    note: str = ""
    own_runs: frozenset[DataSet] = frozenset()
    source: Source = PAPER_TABLE_2


def _errors(*values: float | None) -> Mapping[DataSet, float]:
    """One value for each column of `DATA_SETS`; None if the table has a dash."""
    pairs = zip(DATA_SETS, values, strict=True)
    return MappingProxyType({name: value for name, value in pairs if value is not None})


def _other(
    title: str, short: str, errors: Mapping[DataSet, float], *size: float | None
) -> CifarRow:
    depth, millions = size or (None, None)
    return CifarRow(title, short, "Others", int(depth) if depth else None, millions, errors)


def _resnet(
    title: str,
    short: str,
    depth: int,
    millions: float,
    errors: Mapping[DataSet, float],
    note: str = "",
) -> CifarRow:
    network = CifarResNet(depth)
    return CifarRow(title, short, "ResNet", depth, millions, errors, network, note)


def _wide(
    network: WideResNet, extra: str, millions: float, errors: Mapping[DataSet, float]
) -> CifarRow:
    size = f"{network.depth}-{network.width}"
    names = (f"Wide ResNet-{size}{extra}", f"WRN-{size}")
    return CifarRow(*names, "Wide ResNet", network.depth, millions, errors, network)


def _preactivation(
    depth: int, millions: float, errors: Mapping[DataSet, float], note: str = ""
) -> CifarRow:
    names = (f"Pre-activation ResNet-{depth}", f"Pre-act {depth}")
    network, own_runs = PreactivationResNetSpec(depth), frozenset[DataSet]({"C10", "C100"})
    return CifarRow(
        *names, "Pre-activation ResNet", depth, millions, errors, network, note, own_runs
    )


def _densenet(
    depth: int, k: int, compact: bool, millions: float, errors: Mapping[DataSet, float]
) -> CifarRow:
    family: CifarFamily = "DenseNet-BC" if compact else "DenseNet"
    title, short = f"{family}-{depth} (k = {k})", f"{'BC' if compact else 'D'}-{depth}, k {k}"
    network = CifarDenseNet(depth, k, compact)
    return CifarRow(title, short, family, depth, millions, errors, network)


TABLE_2: tuple[CifarRow, ...] = (
    _other("Network in Network", "NiN", _errors(10.41, 8.81, 35.68, None, 2.35)),
    _other("All-CNN", "All-CNN", _errors(9.08, 7.25, None, 33.71, None)),
    _other("Deeply Supervised Net", "DSN", _errors(9.69, 7.97, None, 34.57, 1.92)),
    _other("Highway Network", "Highway", _errors(None, 7.72, None, 32.39, None)),
    _other("FractalNet", "Fractal", _errors(10.18, 5.22, 35.34, 23.30, 2.01), 21, 38.6),
    _other(
        "FractalNet with drop-path",
        "Fractal, drop-path",
        _errors(7.33, 4.60, 28.20, 23.73, 1.87),
        *(21, 38.6),
    ),
    _resnet("ResNet-110", "R-110", 110, 1.7, _errors(None, 6.61, None, None, None)),
    _resnet(
        "ResNet-110 (Huang et al. 2016)",
        "R-110 (2016)",
        *(110, 1.7),
        _errors(13.63, 6.41, 44.74, 27.22, 2.01),
    ),
    _resnet(
        "ResNet-110 with stochastic depth",
        "R-110, stoch.",
        *(110, 1.7),
        _errors(11.66, 5.23, 37.80, 24.58, 1.75),
    ),
    _resnet(
        "ResNet-1202 with stochastic depth",
        "R-1202, stoch.",
        *(1202, 10.2),
        _errors(None, 4.91, None, None, None),
        "10.2 M is printed; 1,202 such layers have 19.4 M, as He et al. (2016) print too",
    ),
    _wide(WideResNet(16, 8), "", 11.0, _errors(None, 4.81, None, 22.07, None)),
    _wide(WideResNet(28, 10), "", 36.5, _errors(None, 4.17, None, 20.50, None)),
    _wide(WideResNet(16, 4), " with dropout", 2.7, _errors(None, None, None, None, 1.64)),
    _preactivation(164, 1.7, _errors(11.26, 5.46, 35.58, 24.33, None)),
    _preactivation(
        *(1001, 10.2),
        _errors(10.56, 4.62, 33.47, 22.71, None),
        "for ten classes, 10.2 M is the count without batch norms, and 10.3 M with them",
    ),
    _densenet(40, 12, False, 1.0, _errors(7.00, 5.24, 27.55, 24.42, 1.79)),
    _densenet(100, 12, False, 7.0, _errors(5.77, 4.10, 23.79, 20.20, 1.67)),
    _densenet(100, 24, False, 27.2, _errors(5.83, 3.74, 23.42, 19.25, 1.59)),
    _densenet(100, 12, True, 0.8, _errors(5.92, 4.51, 24.15, 22.27, 1.76)),
    _densenet(250, 24, True, 15.3, _errors(5.19, 3.62, 19.64, 17.60, 1.74)),
    _densenet(190, 40, True, 25.6, _errors(None, 3.46, None, 17.18, None)),
)
"""Every row, in the table's order. For the wide networks the paper gives only the depths; with the
widths here (8, 10 and 4) they have the parameters that it prints."""
