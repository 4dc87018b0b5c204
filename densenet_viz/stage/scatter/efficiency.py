"""Few parameters are enough: the paper's figure 3 and table 2 as scenes of the scatter stage.

Costs on the x axis are counted, errors on the y axis are cited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from densenet_viz.facts.cited.cifar import DATA_SETS, TABLE_2, CifarRow, DataSet
from densenet_viz.facts.cited.imagenet import FIGURE_3, MEASURES, ErrorMeasure, ImageNetRow
from densenet_viz.facts.efficiency import (
    Cost,
    Entry,
    Match,
    best_rival_match,
    cifar_entries,
    cifar_network,
    imagenet_entries,
    imagenet_network,
    is_densenet,
    match_for,
)
from densenet_viz.figures.theme import FAMILY_COLOURS, OKABE_ITO
from densenet_viz.stage.scatter.scene import (
    Axis,
    Column,
    Group,
    Panel,
    Point,
    Row,
    ScatterScene,
    scatter_scene,
)

CITED = "cited"
LEVEL = 0.5
"""If errors differ by less than this many points, the page calls two networks equal: published
errors of the same network differ by as much."""

ASKED = "ResNet-101"
"""The network that the page's question is about."""

_AMBER, _SKY, _PINK = OKABE_ITO[0], OKABE_ITO[1], OKABE_ITO[3]
IMAGENET_GROUPS = (
    Group("DenseNet", FAMILY_COLOURS["DenseNet"], "circle"),
    Group("ResNet", FAMILY_COLOURS["ResNet"], "square"),
)
CIFAR_GROUPS = (
    Group("DenseNet-BC", FAMILY_COLOURS["DenseNet"], "circle"),
    Group("DenseNet", _AMBER, "triangle"),
    Group("ResNet", FAMILY_COLOURS["ResNet"], "square"),
    Group("Pre-activation ResNet", FAMILY_COLOURS["ResNetV2"], "diamond"),
    Group("Wide ResNet", _PINK, "wedge"),
    Group("Others", _SKY, "cross"),
)


@dataclass(frozen=True)
class _Unit:
    """How a cost is written on an axis: `per` of it make one."""

    title: str
    unit: str
    per: float


_UNITS: Mapping[Cost, _Unit] = MappingProxyType(
    {
        "parameters": _Unit("Parameters", "million", 1e6),
        "multiply-adds": _Unit("Multiply-adds a picture", "billion", 1e9),
    }
)


# -- words ------------------------------------------------------------------------------------


def match_words(match: Match, kind: Cost) -> str:
    """The comparison in one sentence, without a full stop."""
    share = match.share(kind)
    amount = f"{share:.0%} of" if share < 1.95 else f"{share:.0f} times"
    return (
        f"{match.densenet.title} {_against(match.rival.title, match.away)}, with {amount} its "
        f"{kind}"
    )


def _against(rival: str, away: float) -> str:
    if away == 0:
        return f"matches {rival}"
    points = f"{abs(away):.2f} points {'above' if away > 0 else 'below'}"
    if abs(away) < LEVEL:
        return f"matches {rival} ({points})"
    return f"has an error {points} {rival}"


def in_words(entry: Entry) -> str:
    """A network's error and costs."""
    products = entry.multiply_adds
    counted = f", {products / 1e9:.2f} billion multiply-adds" if products else ""
    return f"{entry.error:.2f}% with {entry.parameters / 1e6:.1f} million parameters{counted}"


# -- ImageNet -----------------------------------------------------------------------------------


def imagenet_scene(
    kind: Cost, measure: ErrorMeasure, *, revealed: bool = True, lit: Sequence[str] = ()
) -> ScatterScene:
    """The paper's figure 3, with all four ways to count a mistake.

    Args:
        kind: the cost on the x axis.
        measure: the error on the y axis.
        revealed: whether the DenseNets are shown, or only the other networks.
        lit: titles of networks that are highlighted at the start.
    """
    shown = [one for one in imagenet_entries(measure) if revealed or not is_densenet(one)]
    rows = {row.title: row for row in FIGURE_3}
    points = tuple(_point(one, kind, rows[one.title]) for one in shown)
    families = ("DenseNet", "ResNet") if revealed else ("ResNet",)
    panel = Panel(
        "chart",
        imagenet_title(kind, measure) if revealed else "Where would the DenseNets be?",
        "ImageNet’s 50,000 validation pictures, as in the paper’s figure 3.",
        _cost_axis(kind, log=False),
        Axis(measure_words(measure), "%", better="lower"),
        points,
        lines=tuple(
            tuple(one.title for one in shown if one.family == family) for family in families
        ),
    )
    return scatter_scene(
        [panel],
        groups=[group for group in IMAGENET_GROUPS if group.name in families],
        label="Error on ImageNet against what a network costs",
        columns=_imagenet_columns(),
        rows=[_imagenet_row(row) for row in FIGURE_3 if row.family in families],
        lit=lit,
        measured_word="cost counted here, error cited",
    )


def measure_words(measure: ErrorMeasure) -> str:
    """An axis' title."""
    kind, _, crops = measure.partition(", ")
    return f"{kind.capitalize()} error ({crops or 'one crop'})"


def imagenet_title(kind: Cost, measure: ErrorMeasure) -> str:
    """What the chart shows about the network in the page's question."""
    return match_words(match_for(imagenet_entries(measure), ASKED), kind)


def _imagenet_columns() -> list[Column]:
    counted = "Counted here, for 224 × 224 px"
    return [
        Column("parameters", "Parameters", counted, cited=False),
        Column("products", "Multiply-adds", counted, cited=False),
        *(_measure_column(measure) for measure in MEASURES),
        Column("source", "Source", "", cited=True),
    ]


def _measure_column(measure: ErrorMeasure) -> Column:
    kind, _, crops = measure.partition(", ")
    return Column(measure, kind.capitalize(), f"error in %, {crops or 'one crop'}", cited=True)


def _imagenet_row(row: ImageNetRow) -> Row:
    network = imagenet_network(row.name)
    return Row(
        row.title,
        row.family,
        (
            f"{network.parameters:,}",
            f"{network.multiply_adds / 1e9:.2f} G",
            *(f"{row.errors[measure]:.2f}" for measure in MEASURES),
            row.source.brief,
        ),
    )


# -- CIFAR and SVHN -----------------------------------------------------------------------------


def cifar_scene(kind: Cost, data_set: DataSet, *, lit: Sequence[str] = ()) -> ScatterScene:
    """The paper's table 2 as a chart, and all of it as a table.

    Args:
        kind: the cost on the x axis.
        data_set: the column of errors on the y axis.
        lit: titles of networks that are highlighted at the start.
    """
    rows = {row.title: row for row in TABLE_2}
    shown = [one for one in cifar_entries(data_set) if one.cost(kind) is not None]
    panel = Panel(
        "chart",
        cifar_title(kind, data_set),
        f"{DATA_SETS[data_set]}: the paper’s table 2, column {data_set}.",
        _cost_axis(kind, log=True),
        Axis("Test error", "%", better="lower"),
        tuple(_point(one, kind, rows[one.title]) for one in shown),
        front=True,
    )
    return scatter_scene(
        [panel],
        groups=CIFAR_GROUPS,
        label=f"Error on {data_set} against what a network costs",
        columns=_cifar_columns(),
        rows=[_cifar_row(row, data_set) for row in TABLE_2],
        lit=lit,
        measured_word="cost counted here, error cited",
        cited_word="both cited",
    )


def cifar_title(kind: Cost, data_set: DataSet) -> str:
    """How little a DenseNet costs that matches the best other network of this column."""
    return match_words(best_rival_match(cifar_entries(data_set), kind), kind)


def _cifar_columns() -> list[Column]:
    counted, printed = "Counted here", "Cited: paper, table 2"
    return [
        Column("parameters", "Parameters", counted, cited=False),
        Column("products", "Multiply-adds", counted, cited=False),
        Column("printed", "Parameters", printed, cited=True),
        Column("depth", "Depth", printed, cited=True),
        *(Column(name, name, printed, cited=True) for name in DATA_SETS),
    ]


def _cifar_row(row: CifarRow, data_set: DataSet) -> Row:
    network = cifar_network(row, data_set)
    return Row(
        row.title,
        row.family,
        (
            f"{network.parameters:,}" if network else "–",
            f"{network.multiply_adds / 1e9:.2f} G" if network else "–",
            f"{row.millions:.1f} M" if row.millions else "–",
            f"{row.depth:,}" if row.depth else "–",
            *(_cell(row, name) for name in DATA_SETS),
        ),
    )


def _cell(row: CifarRow, name: DataSet) -> str:
    star = " *" if name in row.own_runs else ""
    return f"{row.errors[name]:.2f}{star}" if name in row.errors else "–"


# -- both ---------------------------------------------------------------------------------------


def _cost_axis(kind: Cost, *, log: bool) -> Axis:
    unit = _UNITS[kind]
    return Axis(unit.title, unit.unit, log=log, better="lower", from_zero=not log)


def _point(entry: Entry, kind: Cost, row: ImageNetRow | CifarRow) -> Point:
    cost = entry.cost(kind)
    assert cost is not None
    return Point(
        entry.title,
        cost / _UNITS[kind].per,
        entry.error,
        entry.title,
        entry.family,
        detail=row.note,
        source=f"error: {row.source.words}",
        measured=entry.counted,
        short=row.short,
    )
