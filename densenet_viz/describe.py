"""A variant described from arithmetic alone: totals and a row per layer, as data and as text."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from densenet_viz.spec import VARIANTS, DenseNetSpec


def description(variant: str) -> dict[str, Any]:
    """Totals and layers of a key of `VARIANTS`, as plain types that JSON can hold.

    >>> report = description("densenet121")
    >>> report["parameters"], report["connections"], report["connections_per_block"]
    (7978856, 535, [21, 78, 300, 136])
    """
    spec = VARIANTS[variant]
    name = f"DenseNet-{variant.removeprefix('densenet')}"
    return {
        "name": name,
        "growth_rate": spec.growth_rate,
        "block_config": list(spec.block_config),
        "initial_channels": spec.initial_channels,
        "input_size": spec.input_size,
        "parameters": spec.parameters,
        "multiply_adds": spec.multiply_adds,
        "activation_bytes": spec.activation_bytes,
        "connections": sum(spec.connections),
        "connections_per_block": list(spec.connections),
        "depth": spec.depth,
        "depth_reason": spec.depth_reason,
        "note": _name_note(name, spec),
        "layers": [asdict(row) for row in spec.rows],
    }


def _name_note(name: str, spec: DenseNetSpec) -> str | None:
    """Where the paper's name and its own way of counting differ, in a sentence."""
    if name == spec.name:
        return None
    return (
        f"The paper calls it {name}, but counted as the other names are, its blocks "
        f"{spec.block_config} make {spec.depth} layers."
    )


def as_text(report: dict[str, Any]) -> str:
    """A description for people: the totals, and a table of the layers."""
    blocks = " + ".join(map(str, report["connections_per_block"]))
    size = report["input_size"]
    head = [
        f"{report['name']}: growth rate {report['growth_rate']}, blocks "
        f"{', '.join(map(str, report['block_config']))}, {report['initial_channels']} initial "
        f"channels, one {size} × {size} px picture",
        f"{report['parameters']:,} parameters, {report['multiply_adds']:,} multiply-adds, "
        f"{report['activation_bytes'] / 1e6:,.1f} MB of activations (float32)",
        f"{report['connections']:,} direct connections: {blocks}",
        f"depth: {report['depth_reason']}",
        *([report["note"]] if report["note"] else []),
    ]
    titles = ("step", "in", "new", "out", "px", "parameters", "multiply-adds", "activations MB")
    rows = [
        (
            row["name"],
            *(f"{row[key]:,}" for key in ("in_channels", "new_channels", "out_channels", "height")),
            f"{row['parameters']:,}",
            f"{row['multiply_adds']:,}",
            f"{row['activation_bytes'] / 1e6:.2f}",
        )
        for row in report["layers"]
    ]
    return "\n".join([*head, "", *_table(titles, rows)])


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lines with the first column to the left and numbers to the right."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (titles, tuple("-" * width for width in widths), *rows)
    ]
