"""Scenes of the measures of faithfulness, with values that are known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from densenet_viz.stage.faithful.scene import Line, faithful_scene

SIZE = 8
PICTURE = np.zeros((SIZE, SIZE, 3), np.uint8)
BLURRED = np.full_like(PICTURE, 9)
MASK = np.zeros((SIZE, SIZE), bool)
MASK[2:5, 2:5] = True


def line(title: str, deletion: float = 0.5, size: int = SIZE, **values: float) -> Line:
    """What was measured of one method; `deletion` is the area under its curve."""
    return Line(
        title=title,
        heat=np.ones((size, size), np.float32),
        rank=np.arange(size * size, dtype=np.int32).reshape(size, size),
        deletion=(1.0, deletion, 0.0),
        insertion=(0.0, 0.5, 1.0),
        values={"deletion": deletion, "insertion": 0.5, "unexplained": 0.25, **values},
    )


RANDOM = line("Random map", 0.6)


def scene(
    *methods: Line, planned: int | None = None, mask: Any = MASK, **more: Any
) -> dict[str, Any]:
    """The scene of `methods` beside a random map; `planned` methods are expected in all."""
    titles = [one.title for one in methods]
    return faithful_scene(
        PICTURE,
        BLURRED,
        (1, 2, 3),
        caption="A drawn ring",
        label="ring",
        methods=methods,
        references=[RANDOM],
        planned=titles + ["More"] * ((planned or len(methods)) - len(methods)),
        mask=mask,
        notes=["Mind this."],
        **more,
    )
