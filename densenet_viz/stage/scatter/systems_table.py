"""The lecture's table of nine systems: Keras's columns and our own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.systems import SYSTEMS, KerasRow, System
from densenet_viz.results.timings.passes import Benchmark, cited_ratio
from densenet_viz.stage.scatter.scene import Column, Row
from densenet_viz.stage.scatter.systems import DEVICES, Inventories, Times, pictures, times_of

ABSENT = "–"
CITED = "Keras Applications, cited"
Write = Callable[[System], str]


def system_table(
    inventories: Inventories,
    *,
    counted: Collection[str],
    stored: Mapping[str, int] | None = None,
    benchmarks: Iterable[Benchmark] = (),
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """The columns and rows of the scatter stage's table.

    Args:
        inventories: one for each of the nine.
        counted: the systems whose inventory was counted on a live network.
        stored: bytes of the file that torch writes for each live network's weights, if known.
        benchmarks: add a column of ratios for each device and batch, beside the cited ones.
    """
    columns = [
        *_cited_columns(),
        *_own_columns(inventories, stored or {}, how_counted(counted)),
        *_ratio_columns(benchmarks),
    ]
    rows = (
        Row(name, system.family, tuple(write(system) for _, write in columns))
        for name, system in SYSTEMS.items()
    )
    return tuple(column for column, _ in columns), tuple(rows)


def how_counted(counted: Collection[str]) -> str:
    """How our own numbers were found, in words.

    >>> how_counted(()), how_counted(["resnet50"]), how_counted(SYSTEMS)
    ('computed', 'computed, 1 of 9 counted live', 'counted live')
    """
    live = len(set(counted) & set(SYSTEMS))
    if live == len(SYSTEMS):
        return "counted live"
    return f"computed, {live} of {len(SYSTEMS)} counted live" if live else "computed"


_KERAS: tuple[tuple[str, str, Callable[[KerasRow], str]], ...] = (
    ("size", "Size, MB", lambda row: f"{row.megabytes}"),
    ("top1", "Top-1, %", lambda row: f"{row.top1:.1f}"),
    ("top5", "Top-5, %", lambda row: f"{row.top5:.1f}"),
    ("millions", "Para\u00admeters, M", lambda row: f"{row.parameters:.1f}"),
    ("cited-depth", "Depth", lambda row: f"{row.depth}"),
    ("cpu", "CPU, ms", lambda row: f"{row.cpu_ms:.1f}"),
    ("gpu", "GPU, ms", lambda row: f"{row.gpu_ms:.1f}"),
)
_OURS: tuple[tuple[str, str, Callable[[Inventory], str]], ...] = (
    ("parameters", "Parameters", lambda one: f"{one.parameters:,}"),
    ("depth", "Depth", lambda one: f"{one.depth}"),
    ("products", "Multiply-adds, G", lambda one: f"{one.multiply_adds / 1e9:.2f}"),
    ("activations", "Activa\u00adtions, MB", lambda one: _megabytes(one.activation_bytes)),
    ("memory", "Weights, MB", lambda one: _megabytes(one.weight_bytes)),
)


def _cited_columns() -> Iterator[tuple[Column, Write]]:
    for key, title, write in _KERAS:
        yield Column(key, title, CITED, cited=True), partial(_keras, write)


def _own_columns(
    inventories: Inventories, stored: Mapping[str, int], how: str
) -> Iterator[tuple[Column, Write]]:
    for key, title, write in _OURS:
        yield Column(key, title, how, cited=False), partial(_ours, inventories, write)
    yield Column("disk", "On disk, MB", how, cited=False), partial(_stored, stored)


def _ratio_columns(benchmarks: Iterable[Benchmark]) -> Iterator[tuple[Column, Write]]:
    """Cited and measured ratios to ResNet50, device by device; none without a benchmark."""
    measured = [times for times in times_of(benchmarks).values() if times.benchmark]
    for device in dict.fromkeys(times.device for times in measured):
        name = f"{DEVICES.get(device, device)} × ResNet50"
        yield Column(f"cited-{device}", name, CITED, cited=True), partial(_cited_ratio, device)
        for times in measured:
            if times.device == device:
                title = f"{name}, {pictures(times.batch)}"
                column = Column(times.key, title, "measured here", cited=False)
                yield column, partial(_measured_ratio, times)


def _keras(write: Callable[[KerasRow], str], system: System) -> str:
    return write(system.cited)


def _ours(inventories: Inventories, write: Callable[[Inventory], str], system: System) -> str:
    return write(inventories[system.name])


def _stored(stored: Mapping[str, int], system: System) -> str:
    return _megabytes(stored[system.name]) if system.name in stored else ABSENT


def _cited_ratio(device: str, system: System) -> str:
    return f"{cited_ratio(system.name, device):.2f}×"


def _measured_ratio(times: Times, system: System) -> str:
    ratio = times.ratio(system)
    return ABSENT if ratio is None else f"{ratio:.2f}×"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f}"
