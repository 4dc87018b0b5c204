"""The methods by name. A new one needs a row in `rows/`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.method import FAMILIES, Method, Ours
from densenet_viz.attribution.parameters import Settings
from densenet_viz.attribution.rows import gradients, layers, noise, paths, perturbations, rules

_ROWS = {
    row.name: row
    for family in (layers, paths, perturbations, gradients, noise, rules)
    for row in family.ROWS
}

FIRST = ("grad-cam", "integrated-gradients", "occlusion", "saliency")
"""The easiest to understand; lists begin with them."""

METHODS: Mapping[str, Method] = MappingProxyType(
    {name: _ROWS[name] for name in dict.fromkeys((*FIRST, *_ROWS))}
)
"""The methods by name, the easiest to understand first."""


def method_named(name: str) -> Method:
    """The row of `METHODS`, or `AttributionError`."""
    if name in METHODS:
        return METHODS[name]
    raise AttributionError(
        f"There is no method {name[:40]!r}. The methods are: {', '.join(METHODS)}."
    )


def ours_in(row: Method, settings: Settings) -> tuple[Method, Ours] | None:
    """The method that is computed here, and how: the row itself, or the one under its noise."""
    if ours := row.ours_with(settings):
        return row, ours
    inner = METHODS.get(settings.get("over", ""))
    return (inner, inner.ours) if inner is not None and inner.ours is not None else None


def by_family() -> Mapping[str, tuple[Method, ...]]:
    """The methods of each family, by the family's title."""
    return {
        title: tuple(row for row in METHODS.values() if row.family == family)
        for family, title in FAMILIES.items()
    }
