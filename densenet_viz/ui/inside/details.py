"""What the inside page shows of a place, computed when a visitor goes there."""

from __future__ import annotations

from densenet_viz.facts.places import Place
from densenet_viz.measure.channel import answer_without, readers_of, shares_of, split_channel
from densenet_viz.measure.inside import look_inside
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.inside import ChannelInside, LayerInside
from densenet_viz.results.traces import SourceSlice
from densenet_viz.stage.inside.levels.block import block_detail
from densenet_viz.stage.inside.levels.channel import channel_detail
from densenet_viz.stage.inside.levels.layer import layer_detail, telling_channel
from densenet_viz.stage.inside.levels.number import number_detail
from densenet_viz.stage.inside.scene import Detail
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.traces import trained_trace
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.owners import Kind, kept_for

LAYERS = Kind("layers step by step", shared=6, own=2)
CHANNELS = Kind("channels, and what made them", shared=6, own=2)
BEST = 3
"""Classes whose probability is shown with a channel and without it."""


def detail_of(model: LoadedModel, picture: CurrentPicture, place: Place) -> Detail | None:
    """What the stage shows at a place; None for the whole network, which is arithmetic."""
    spec = model.spec
    if place.level == "network":
        return None
    if place.level == "block":
        return block_detail(trained_trace(model, picture), place.block)
    if place.level == "layer":
        layer = _layer(model, picture, place.at)
        channel = telling_channel(layer)
        readers = readers_of(model, Place(place.at, channel))
        return layer_detail(spec, layer, _ledger(model, picture, place), channel, readers)
    made = _channel(model, picture, place)
    if place.y is not None and place.x is not None:
        return number_detail(spec, made, place.y, place.x, readers_of(model, place))
    layer = _layer(model, picture, place.at)
    return channel_detail(
        spec,
        made,
        shares_of(model, layer, made.channel),
        readers_of(model, place),
        _chances(model, picture, place),
    )


def _layer(model: LoadedModel, picture: CurrentPicture, at: str) -> LayerInside:
    kept = kept_for(LAYERS, model, picture)
    return kept.get((model.name, picture.key, at), lambda: look_inside(model, picture.pixels, at))


def _channel(model: LoadedModel, picture: CurrentPicture, place: Place) -> ChannelInside:
    kept = kept_for(CHANNELS, model, picture)
    key = (model.name, picture.key, place.at, place.channel)
    layer = _layer(model, picture, place.at)
    return kept.get(key, lambda: split_channel(model, layer, place.channel or 0))


def _ledger(model: LoadedModel, picture: CurrentPicture, place: Place) -> tuple[SourceSlice, ...]:
    """Who wrote the channels that a layer or a transition reads, as recorded; nobody for a stem."""
    if place.at == "stem":
        return ()
    if place.layer:
        return trained_trace(model, picture).blocks[place.block - 1].layers[place.layer - 1].sources
    block = trained_trace(model, picture).blocks[int(place.at.removeprefix("transition")) - 1]
    stop, slices = 0, list[SourceSlice]()
    for source, maps in enumerate((block.entering, *(layer.maps for layer in block.layers))):
        start, stop = stop, stop + len(maps)
        slices.append(SourceSlice(source, start, stop))
    return tuple(slices)


def _chances(
    model: LoadedModel, picture: CurrentPicture, place: Place
) -> list[tuple[Prediction, Prediction]]:
    """The most probable classes with a channel, and the first without it, both ways."""
    whole = answer_of(model, picture).logits
    without = answer_without(model, picture.pixels, place)
    best = [one.index for one in model.predictions(whole, BEST)]
    best += [one.index for one in model.predictions(without, 1)]
    return [
        (model.prediction(whole, index), model.prediction(without, index))
        for index in dict.fromkeys(best)
    ]
