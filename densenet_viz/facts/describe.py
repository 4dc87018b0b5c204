"""A network described from arithmetic alone: totals and a row per layer, as data and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.arithmetic.resnet import ResNetSpec
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.facts.systems import KERAS, NAMED_SPECS, SYSTEMS

_ROW = (
    *("kind", "name", "module", "block", "layer", "in_channels", "out_channels", "new_channels"),
    *("height", "width", "parameters", "multiply_adds", "activation_bytes"),
)


def description(name: str) -> dict[str, Any]:
    """Totals, layers and leaves of a key of `NAMED_SPECS`, as plain types that JSON can hold.

    `depth` counts convolutions, batch norms and the classifier, as Keras Applications does;
    `named_depth` is the number in the name. `cited` is Keras's own row, where it has one.

    >>> report = description("densenet121")
    >>> report["trainable_parameters"], report["running_statistics"], report["keras_total"]
    (7978856, 83648, 8062504)
    >>> report["depth"], report["named_depth"], report["connections_per_block"]
    (242, 121, [21, 78, 300, 136])
    """
    spec = NAMED_SPECS[name]
    if isinstance(spec, DenseNetSpec):
        title = f"DenseNet-{name.removeprefix('densenet')}"
        return describe_spec(title, spec, _name_note(title, spec), _cited(name))
    return _described(_resnet(name, spec), spec, _cited(name))


def describe_spec(
    title: str, spec: DenseNetSpec, note: str | None = None, cited: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The same for any DenseNet, under a title of its own."""
    return _described(_densenet(title, spec, note), spec, cited)


def _described(
    configuration: dict[str, Any],
    spec: DenseNetSpec | ResNetSpec,
    cited: dict[str, Any] | None,
) -> dict[str, Any]:
    inventory = inventory_of(spec)
    return {
        **configuration,
        **_counts(inventory),
        "cited": cited,
        "named_depth": spec.depth,
        "depth_reason": spec.depth_reason,
        **(_dense_layers(spec) if isinstance(spec, DenseNetSpec) else {}),
        "leaves": [asdict(leaf) for leaf in inventory.leaves],
    }


def _densenet(title: str, spec: DenseNetSpec, note: str | None) -> dict[str, Any]:
    return {
        "name": title,
        "note": note,
        "growth_rate": spec.growth_rate,
        "block_config": list(spec.block_config),
        "initial_channels": spec.initial_channels,
        "input_size": spec.input_size,
    }


def _resnet(name: str, spec: ResNetSpec) -> dict[str, Any]:
    system = SYSTEMS[name]
    return {
        "name": system.title,
        "note": system.note,
        "units": list(spec.units),
        "preactivation": spec.preactivation,
        "input_size": spec.input_size,
    }


def _counts(inventory: Inventory) -> dict[str, Any]:
    return {
        "parameters": inventory.parameters,
        "trainable_parameters": inventory.parameters,
        "running_statistics": inventory.running_statistics,
        "convolution_biases": inventory.keras_biases,
        "keras_total": inventory.keras_total,
        "weight_bytes": inventory.weight_bytes,
        "multiply_adds": inventory.multiply_adds,
        "activation_bytes": inventory.activation_bytes,
        "depth": inventory.depth,
        "depth_parts": inventory.depth_parts,
    }


def _cited(name: str) -> dict[str, Any] | None:
    """The numbers of Keras Applications, with their source."""
    system = SYSTEMS.get(name)
    return None if system is None else {"source": KERAS, **asdict(system.cited)}


def _dense_layers(spec: DenseNetSpec) -> dict[str, Any]:
    return {
        "connections": sum(spec.connections),
        "connections_per_block": list(spec.connections),
        "layers": [{key: getattr(row, key) for key in _ROW} for row in spec.rows],
    }


def _name_note(name: str, spec: DenseNetSpec) -> str | None:
    """A sentence for networks whose number in the name differs from the count."""
    if name == spec.name:
        return None
    return (
        f"The paper calls it {name}. Counted like the other networks, it has {spec.depth} layers "
        f"(blocks {spec.block_config})."
    )


# -- as text ----------------------------------------------------------------------------------


def as_text(report: dict[str, Any]) -> str:
    """A description for people: the totals, the sums behind them, and a table."""
    table = _layer_table(report) if "layers" in report else _leaf_table(report)
    parts = (_head(report), _parameter_sum(report), _depth_sum(report), _cited_lines(report), table)
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(report: dict[str, Any]) -> list[str]:
    size = report["input_size"]
    lines = [
        f"{report['name']}: {_structure(report)}, one {size} × {size} px picture",
        f"{report['parameters']:,} parameters, {report['multiply_adds']:,} multiply-adds, "
        f"{report['activation_bytes'] / 1e6:,.1f} MB of activations (float32)",
    ]
    if "layers" in report:
        blocks = " + ".join(map(str, report["connections_per_block"]))
        lines.append(f"{report['connections']:,} direct connections: {blocks}")
    lines.append(f"the name: {report['depth_reason']}")
    return [*lines, *([report["note"]] if report["note"] else [])]


def _structure(report: dict[str, Any]) -> str:
    if "layers" in report:
        return (
            f"growth rate {report['growth_rate']}, blocks "
            f"{', '.join(map(str, report['block_config']))}, "
            f"{report['initial_channels']} initial channels"
        )
    units = ", ".join(map(str, report["units"]))
    return f"residual units {units}{', activated first' if report['preactivation'] else ''}"


def _parameter_sum(report: dict[str, Any]) -> list[str]:
    """How the parameters that Keras prints add up, line by line."""
    return _sum(
        "parameters as Keras Applications counts them",
        report["keras_total"],
        (
            ("trainable parameters", report["trainable_parameters"]),
            ("running means and variances of the batch norms", report["running_statistics"]),
            ("biases of Keras's convolutions", report["convolution_biases"]),
        ),
    )


def _depth_sum(report: dict[str, Any]) -> list[str]:
    words = "depth as Keras Applications counts it"
    return _sum(words, report["depth"], tuple(report["depth_parts"].items()))


def _sum(words: str, whole: int, parts: Sequence[tuple[str, int]]) -> list[str]:
    r"""A sum written out, one part a line.

    >>> print("\n".join(_sum("fruit", 12, (("apples", 10), ("pears", 2)))))
      10  apples
    +  2  pears
    = 12  fruit
    """
    width = len(f"{whole:,}")
    signs = (" ", *"+" * (len(parts) - 1), "=")
    lines = zip(signs, (*parts, (words, whole)), strict=True)
    return [f"{sign} {count:>{width},}  {name}" for sign, (name, count) in lines]


def _cited_lines(report: dict[str, Any]) -> list[str]:
    row = report["cited"]
    if row is None:
        return []
    return [
        f"Cited from {row['source']}, not measured here:",
        f"{row['parameters']}M parameters, depth {row['depth']}, {row['megabytes']} MB, "
        f"top-1 {row['top1']}%, top-5 {row['top5']}%, "
        f"{row['cpu_ms']} ms per step on their CPU, {row['gpu_ms']} ms on their GPU",
    ]


def _layer_table(report: dict[str, Any]) -> list[str]:
    titles = ("step", "in", "new", "out", "px", "parameters", "multiply-adds", "activations MB")
    keys = ("in_channels", "new_channels", "out_channels", "height", "parameters", "multiply_adds")
    rows = (
        (
            row["name"],
            *(f"{row[key]:,}" for key in keys),
            f"{row['activation_bytes'] / 1e6:.2f}",
        )
        for row in report["layers"]
    )
    return list(_table(titles, tuple(rows)))


def _leaf_table(report: dict[str, Any]) -> list[str]:
    titles = ("module", "kind", "place", "parameters", "statistics", "biases", "multiply-adds")
    keys = ("parameters", "running_statistics", "keras_biases", "multiply_adds")
    rows = (
        (leaf["module"], leaf["kind"], leaf["place"], *(f"{leaf[key]:,}" for key in keys))
        for leaf in report["leaves"]
    )
    return list(_table(titles, tuple(rows), words=3))


def _table(
    titles: tuple[str, ...], rows: tuple[tuple[str, ...], ...], words: int = 1
) -> Iterator[str]:
    """Lines whose first `words` columns are aligned left, and numbers right."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, tuple("-" * width for width in widths), *rows):
        yield "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
