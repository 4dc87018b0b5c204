"""Scenes of the inside stage: each level of a small live network, with its detail."""

from __future__ import annotations

from functools import cache

from densenet_viz.facts.places import Place
from densenet_viz.stage.inside.scene import InsideScene, inside_scene
from densenet_viz.ui.current import sample
from densenet_viz.ui.inside.details import detail_of
from tests.small_models import small_model

MODEL = small_model()
LAYER = "denseblock1.denselayer2"


@cache
def scene(
    at: str = "", channel: int | None = None, *where: int, detailed: bool = True
) -> InsideScene:
    """The scene at a place; without `detailed`, as it is before the detail has arrived."""
    y, x = where or (None, None)
    place, picture = Place(at, channel, y, x), sample("ring")
    return inside_scene(
        MODEL.spec,
        MODEL.picture(picture.pixels),
        place,
        detail_of(MODEL, picture, place) if detailed else None,
        key="small",
        name=MODEL.spec.name,
        trained=False,
        alt="a ring",
    )
