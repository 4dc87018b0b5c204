"""What a network says about a picture: one pass for each pair, shared by all pages."""

from __future__ import annotations

from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Answer
from densenet_viz.results.traces import Picture
from densenet_viz.ui.uploads import CurrentPicture, key_of
from densenet_viz.ui.work.owners import Kind, kept_for

ANSWERS = Kind("answers", shared=512, own=64)
"""An answer for a thousand classes takes 4 kB."""


def answer_of(model: LoadedModel, picture: CurrentPicture) -> Answer:
    """What a model says about the current picture."""
    kept = kept_for(ANSWERS, model, picture)
    return kept.get((model.name, picture.key), lambda: model.answer(picture.pixels))


def answer_to(model: LoadedModel, pixels: Picture) -> Answer:
    """What a model says about a drawn scene, (H, W, 3) uint8."""
    kept = kept_for(ANSWERS, model)
    return kept.get((model.name, key_of(pixels)), lambda: model.answer(pixels))
