"""Scenes of two sides, with maps that are known by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.stage.two.scene import two_scene
from densenet_viz.stage.two.sides import Kind, Looked, Side

RING, STAR, HEART, GEAR = (
    Prediction(1, "ring", 0.6),
    Prediction(0, "star", 0.3),
    Prediction(2, "heart", 0.0996),
    Prediction(3, "gear", 0.0004),
)
PICTURE = np.zeros((8, 8, 3), np.uint8)


def made(heat: NDArray[Any], *, finished: bool = True) -> Attribution:
    """A map of a ring with these values, (side, side)."""
    values = np.asarray(heat, np.float32)[None]
    return Attribution("x", values, RING, (), 0.1, 1, finished=finished)


def corner(column: int, row: int) -> NDArray[np.float32]:
    """All in one cell, and a little less than nothing elsewhere."""
    heat = np.full((8, 8), -0.01, np.float32)
    heat[row : row + 2, column : column + 2] = 1
    return heat


LEFT = Side(
    *("Drawn scenes", "the honest one", PICTURE, "a drawn ring"),
    predictions=(RING, STAR, HEART, GEAR),
    target=RING,
    attribution=made(corner(2, 2)),
    truth="ring",
    looked=Looked("ring", 0.9, 0.2),
    says="It says ring",
)
RIGHT = replace(
    LEFT, network="The cheater", called="the cheater", attribution=made(corner(6, 0)), looked=None
)


def scene(left: Side = LEFT, right: Side = RIGHT, kind: Kind = "networks", **more: Any) -> Any:
    """The scene of these two sides; it can be written as JSON."""
    told = two_scene(kind, (left, right), method="Grad-CAM", unit="activation; a cell's", **more)
    json.dumps(told)
    return told
