"""A scene of the scissors: a small network with two connections cut."""

from __future__ import annotations

from typing import Any

from densenet_viz.facts.connections import Connection
from densenet_viz.measure.reuse import measure_reuse
from densenet_viz.results.attributions import Prediction
from densenet_viz.stage.scissors.scene import scissors_scene
from tests.small_models import small_model

CUTS = (Connection(1, 0, 2), Connection(2, 1, 3))


def scene(
    cuts: tuple[Connection, ...] = CUTS, greedy: tuple[tuple[Connection, ...], int] | None = None
) -> dict[str, Any]:
    model = small_model()
    shares = (0.5, 0.2, 0.1, 0.1, 0.06, 0.04)
    whole = tuple(
        Prediction(place, model.labels[place], share) for place, share in enumerate(shares)
    )
    now = (whole[1], whole[0], *whole[2:])
    return dict(
        scissors_scene(
            model.spec,
            measure_reuse(model, "norm-aware"),
            cuts,
            whole,
            now if cuts else whole,
            (2.5, -1.25 if cuts else 2.5),
            greedy=greedy,
        )
    )
