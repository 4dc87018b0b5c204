"""What the inside page shows of a place, from passes that are kept between places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.places import Place
from densenet_viz.lecture import zooming
from densenet_viz.measure.channel import split_channel
from densenet_viz.measure.inside import look_inside
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.inside import ChannelInside, LayerInside
from densenet_viz.results.traces import NetworkTrace
from densenet_viz.stage.inside.scene import Detail
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.traces import trained_trace
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.owners import Kind, kept_for

LAYERS = Kind("layers step by step", shared=6, own=2)
CHANNELS = Kind("channels, and what made them", shared=6, own=2)


def detail_of(model: LoadedModel, picture: CurrentPicture, place: Place) -> Detail | None:
    """What the stage shows at a place; None for the whole network, which is arithmetic."""
    return zooming.detail_of(model, picture.pixels, place, _Kept(model, picture))


@dataclass(frozen=True)
class _Kept:
    """Passes of the current picture; one of a layer is enough for its channels and numbers."""

    model: LoadedModel
    picture: CurrentPicture

    def trace(self) -> NetworkTrace:
        return trained_trace(self.model, self.picture)

    def layer(self, at: str) -> LayerInside:
        kept = kept_for(LAYERS, self.model, self.picture)
        key = (self.model.name, self.picture.key, at)
        return kept.get(key, lambda: look_inside(self.model, self.picture.pixels, at))

    def channel(self, place: Place) -> ChannelInside:
        kept = kept_for(CHANNELS, self.model, self.picture)
        key = (self.model.name, self.picture.key, place.at, place.channel)
        layer = self.layer(place.at)
        return kept.get(key, lambda: split_channel(self.model, layer, place.channel or 0))

    def logits(self) -> NDArray[np.float32]:
        return answer_of(self.model, self.picture).logits
