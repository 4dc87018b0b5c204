"""Maps side by side and under a picture, with values that a test can look up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.traces import Picture
from densenet_viz.stage.attribution.scene import attribution_scene
from densenet_viz.stage.bench.scene import Panel, bench_scene

SIDE = 64
RING, STAR = Prediction(1, "ring", 0.75), Prediction(0, "star", 0.25)
NAMES = ("Saliency", "Grad-CAM", "DeepLIFT")
UNITS = ("slope; of the score", "weighted activation", "difference")


def picture(seed: int = 0) -> Picture:
    """(SIDE, SIDE, 3) uint8, another colour in every pixel."""
    drawn = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    return np.asarray(drawn, np.uint8)


def heat(seed: int) -> NDArray[np.float32]:
    """(SIDE, SIDE), noise of both signs, strongest in a square; another scale for each seed."""
    values = np.random.default_rng(seed).normal(0, 0.1, (SIDE, SIDE))
    values[20:40, 24:44] += 1
    return np.asarray(values * 4.0**seed, np.float32)


def attribution(seed: int, *, finished: bool = True) -> Attribution:
    """The map of `heat`, with one channel."""
    values = heat(seed)[None]
    return Attribution("x", values, RING, (RING, STAR), 0.1, 1, finished=finished)


def panels(done: int = len(NAMES), sharpening: int = 0) -> list[Panel]:
    """Three panels, the first `done` of them with a map, of which the last may not be finished."""
    made = [attribution(place, finished=place < done - sharpening) for place in range(done)]
    maps = [*made, *[None] * (len(NAMES) - done)]
    return [
        Panel(name, unit, f"note {place}", one)
        for place, (name, unit, one) in enumerate(zip(NAMES, UNITS, maps, strict=True))
    ]


def bench(*given: Panel) -> dict[str, Any]:
    """The grid of these panels, or of three with finished maps."""
    return bench_scene(
        picture(),
        given or panels(),
        caption="a drawn ring",
        title="Three maps",
        lesson="They differ.",
        label="ring",
        waiting="to come",
    )


def single(seed: int | None = 0, **changes: Any) -> dict[str, Any]:
    """A picture with one map, or without one."""
    given: dict[str, Any] = {
        "caption": "a drawn ring",
        "method": "Saliency",
        "target": RING,
        "is_said": True,
        "verdict": "It says ring.",
        "attribution": None if seed is None else attribution(seed),
        "waiting": "to come",
    }
    return attribution_scene(picture(), **(given | changes))
