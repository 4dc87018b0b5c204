"""What a network looked at: attribution methods as rows of data, and the engine that runs them.

Importing this loads neither torch nor Captum; the first use of `attribute` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.method import Cost, Method
from densenet_viz.attribution.methods import METHODS
from densenet_viz.attribution.parameters import Choice, Number, Parameter
from densenet_viz.errors import Cancelled

if TYPE_CHECKING:
    from densenet_viz.attribution.engine import attribute

__all__ = [
    "METHODS",
    "AttributionError",
    "Cancelled",
    "Choice",
    "Cost",
    "Method",
    "Number",
    "Parameter",
    "attribute",
]


def __getattr__(name: str) -> Any:
    if name == "attribute":
        from densenet_viz.attribution.engine import attribute

        return attribute
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
