"""The lecture's nine systems as panels: cited accuracy against counted and measured costs.

An accuracy is always cited. Parameters, multiply-adds and memory are those of our networks, counted
live or computed. A time is a multiple of ResNet50's, so that times of different machines compare.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.systems import KERAS, REFERENCE, SYSTEMS, System
from densenet_viz.figures.theme import FAMILY_COLOURS, FAMILY_MARKS
from densenet_viz.results.timings.passes import Benchmark, cited_ratio
from densenet_viz.stage.scatter.scene import Axis, Group, Panel, Point, family_groups, pareto_front

Accuracy = Literal["top1", "top5"]
Inventories = Mapping[str, Inventory]
ACCURACIES: Mapping[Accuracy, str] = {"top1": "Top-1", "top5": "Top-5"}
DEVICES = {"cpu": "CPU", "cuda": "GPU"}
LEADER, RIVAL, BEST = "densenet201", "resnet152", "resnet152v2"
"""The systems that the sentence compares: the largest DenseNet and the largest ResNets."""


@dataclass(frozen=True)
class Times:
    """Where the time panel's numbers come from: cited, or measured on this machine."""

    key: str
    device: str
    batch: int = 0
    benchmark: Benchmark | None = None

    @property
    def title(self) -> str:
        """Its name on a control."""
        device = DEVICES.get(self.device, self.device)
        return f"{device}, here, {pictures(self.batch)}" if self.benchmark else f"{device}, cited"

    def ratio(self, system: System) -> float | None:
        """The system's time as a multiple of ResNet50's; None if it was not measured."""
        if self.benchmark is None:
            return cited_ratio(system.name, self.device)
        try:
            return self.benchmark.ratio(system.name, self.batch, self.device)
        except KeyError:
            return None


def times_of(benchmarks: Iterable[Benchmark] = ()) -> dict[str, Times]:
    """Every source of times by its short name: the two cited ones, then those measured here."""
    known = {device.lower(): Times(device.lower(), name) for name, device in DEVICES.items()}
    for benchmark in benchmarks:
        for timing in benchmark.timings:
            key = f"here-{DEVICES.get(timing.device, timing.device).lower()}-{timing.batch}"
            known[key] = Times(key, timing.device, timing.batch, benchmark)
    return known


def system_groups() -> tuple[Group, ...]:
    """The three families in their colours and shapes."""
    return family_groups(FAMILY_COLOURS, FAMILY_MARKS)


def system_panels(
    inventories: Inventories, *, accuracy: Accuracy, times: Times, counted: Collection[str] = ()
) -> tuple[Panel, Panel, Panel]:
    """Accuracy against parameters, against multiply-adds, and against time.

    Args:
        inventories: one for each of the nine.
        accuracy: the cited accuracy on the y axis.
        times: where the third panel's times come from.
        counted: the systems whose inventory was counted on a live network.
    """

    def how(system: System) -> str:
        return "counted live" if system.name in counted else "computed"

    def parameters(system: System) -> tuple[float, str]:
        count = inventories[system.name].parameters
        return count / 1e6, f"{count:,} parameters, {how(system)}"

    def products(system: System) -> tuple[float, str]:
        count = inventories[system.name].multiply_adds
        return count / 1e9, f"{count:,} multiply-adds, {how(system)}"

    return (
        _counted_panel("parameters", Axis("Parameters", "million"), accuracy, parameters),
        _counted_panel("multiply-adds", Axis("Multiply-adds", "G"), accuracy, products),
        _time_panel(accuracy, times),
    )


def lesson(inventories: Inventories, accuracy: Accuracy) -> str:
    """DenseNet201 compared with the two largest ResNets, in Markdown."""
    ours, leader = inventories[LEADER].parameters, SYSTEMS[LEADER]
    rivals = [SYSTEMS[name] for name in (RIVAL, BEST)]
    shares = [_fraction(ours, inventories[rival.name].parameters) for rival in rivals]
    against = [
        f"{_points(_percent(leader, accuracy) - _percent(rival, accuracy))} {rival.title} "
        f"({inventories[rival.name].parameters / 1e6:.1f} million)"
        for rival in rivals
    ]
    steps = " and ".join(f"{rival.cited.cpu_ms}" for rival in rivals)
    return (
        f"With **{' and '.join(dict.fromkeys(shares))} of the parameters** ({ours / 1e6:.1f} "
        f"million), {leader.title} is {' and '.join(against)} in {ACCURACIES[accuracy].lower()} "
        f"accuracy (cited). It does not save as much time: {leader.cited.cpu_ms} ms a step on "
        f"Keras’s CPU, against {steps} ms (cited)."
    )


def size_words(inventories: Inventories) -> str:
    """Why the cited sizes and ours differ, with the smallest and the largest difference."""
    system = SYSTEMS[REFERENCE]
    keras = 4 * system.keras_total
    own = inventories[REFERENCE].weight_bytes
    dense = SYSTEMS["densenet121"]
    return (
        f"**Sizes.** Keras seems to count in MB of 1,048,576 bytes, and its files hold a little "
        f"more than weights. {system.title}’s {system.keras_total:,} numbers of 4 bytes are "
        f"{keras / 2**20:.1f} such MB; cited are {system.cited.megabytes}. For {dense.title}, "
        f"{dense.cited.megabytes} are cited. That is neither "
        f"{4 * dense.keras_total / 2**20:.1f} such MB nor "
        f"{4 * dense.keras_total / 1e6:.1f} MB of 1,000,000 bytes; we do not know why. Our sizes "
        f"are in MB of 1,000,000 bytes: {own / 1e6:.1f} for {system.title} without convolution "
        "biases. “On disk” is the file that torch writes, with its table of contents and a "
        "counter for each batch norm. "
        "“Activations” are all tensors that a pass with one picture writes."
    )


def milliseconds(system: System, device: str) -> float:
    """Keras's time of a step of 32 pictures on its CPU or its GPU."""
    return system.cited.cpu_ms if device == "cpu" else system.cited.gpu_ms


def pictures(batch: int) -> str:
    """A batch in words."""
    return "1 picture" if batch == 1 else f"{batch} pictures"


def _percent(system: System, accuracy: Accuracy) -> float:
    return system.cited.top1 if accuracy == "top1" else system.cited.top5


def _points(away: float) -> str:
    """How far above or below, in words.

    >>> _points(0.7), _points(-0.2), _points(0.0)
    ('0.7 points above', '0.2 points below', 'equal to')
    """
    size = f"{abs(away):.1f}"
    if size == "0.0":
        return "equal to"
    return f"{size} point{'' if size == '1.0' else 's'} {'above' if away > 0 else 'below'}"


def _fraction(ours: int, theirs: int) -> str:
    """A share in words: "a third" if it is within 0.01 of it, else in per cent.

    >>> _fraction(1, 3), _fraction(45, 100)
    ('a third', '45%')
    """
    share = ours / theirs
    return "a third" if abs(share - 1 / 3) < 0.01 else f"{share:.0%}"


def _accuracy_axis(accuracy: Accuracy) -> Axis:
    return Axis(f"{ACCURACIES[accuracy]}, cited", "%", better="higher")


def _point(system: System, x: float, accuracy: Accuracy, detail: str, *, measured: bool) -> Point:
    short = system.title.replace("DenseNet", "D").replace("ResNet", "R")
    y = _percent(system, accuracy)
    source = f"accuracy: {KERAS}"
    return Point(
        system.name, x, y, system.title, system.family, detail, source, measured, short=short
    )


def _counted_panel(
    key: str, x: Axis, accuracy: Accuracy, value: Callable[[System], tuple[float, str]]
) -> Panel:
    across = Axis(x.title, x.unit, better="lower", from_zero=True)
    points = []
    for system in SYSTEMS.values():
        count, detail = value(system)
        points.append(_point(system, count, accuracy, detail, measured=True))
    sentence = _beside(points, across, LEADER, RIVAL)
    return _front_panel(key, x.title, sentence, across, accuracy, points)


def _time_panel(accuracy: Accuracy, times: Times) -> Panel:
    """Cited times, or measured times together with the cited ones."""
    device = DEVICES.get(times.device, times.device)
    measured, cited = [], []
    for system in SYSTEMS.values():
        keras = f"{milliseconds(system, times.device):.1f} ms a step on Keras’s {device}"
        x = cited_ratio(system.name, times.device)
        cited.append(_point(system, x, accuracy, keras, measured=False))
        if times.benchmark and (ratio := times.ratio(system)) is not None:
            timing = times.benchmark.timing(system.name, times.batch, times.device)
            detail = f"{1000 * timing.median:.1f} ms here for {pictures(times.batch)}"
            measured.append(_point(system, ratio, accuracy, detail, measured=True))
    here = {point.id for point in measured}
    shown = [*measured, *(point for point in cited if not here or point.id in here)]
    where = f"here, {pictures(times.batch)}" if here else "cited"
    across = Axis(f"{device} time", "× ResNet50", better="lower", from_zero=True)
    sentence = _beside(shown, across, LEADER, RIVAL)
    return _front_panel("time", f"{device} time, {where}", sentence, across, accuracy, shown)


def _front_panel(
    key: str, name: str, sentence: str, x: Axis, accuracy: Accuracy, points: list[Point]
) -> Panel:
    y = _accuracy_axis(accuracy)
    front = pareto_front(points, "lower", "higher")
    dense = [point.id for point in points if point.group == "DenseNet"]
    on, of = len(set(front) & set(dense)), len(set(dense))
    count = {0: "no DenseNet is", of: "every DenseNet is"}.get(on, f"{on} of {of} DenseNets are")
    return Panel(key, f"{name}: {count} on the front", sentence, x, y, tuple(points), front=True)


def _beside(points: list[Point], axis: Axis, one: str, other: str) -> str:
    """Two systems' values, so that the panel can be read without a pointer."""
    places = {point.id: point for point in reversed(points)}
    if one not in places or other not in places:
        return "A time is shown as a multiple of ResNet50's."
    ours, theirs = places[one], places[other]
    return (
        f"{ours.label}: {_value(ours.x, axis)}, {ours.y:.1f}%. "
        f"{theirs.label}: {_value(theirs.x, axis)}, {theirs.y:.1f}%."
    )


def _value(value: float, axis: Axis) -> str:
    if axis.unit.startswith("×"):
        return f"{value:.2f}×"
    return f"{value:.1f} {axis.unit}"
