"""Pictures that go into a network, and cut its connections.

What a place shows is composed here, for a slide and for the page Inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.connections import unpack_cuts
from densenet_viz.facts.places import Place, read_place
from densenet_viz.lecture.architecture import Settings, StageScene
from densenet_viz.lecture.networks import Networks
from densenet_viz.lecture.parameters import NOTHING, place_parts
from densenet_viz.scenes.generator import sample_scene

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.attributions import Prediction
    from densenet_viz.results.inside import ChannelInside, LayerInside
    from densenet_viz.results.traces import NetworkTrace, Picture, SourceSlice
    from densenet_viz.stage.inside.levels.classifier import ClassifierDetail
    from densenet_viz.stage.inside.scene import Detail

CLASSES = 5
"""Classes whose weights are shown in the classifier."""
BEST = 3
"""Classes whose probability is shown with a channel and without it."""


class Passes(Protocol):
    """What passes of one picture through a network found; who gives them may keep them."""

    def trace(self) -> NetworkTrace: ...
    def layer(self, at: str) -> LayerInside: ...
    def channel(self, place: Place) -> ChannelInside: ...
    def logits(self) -> NDArray[np.float32]: ...


def detail_of(model: LoadedModel, picture: Picture, place: Place, passes: Passes) -> Detail | None:
    """What the stage shows at a place; None for the whole network, which is arithmetic.

    Args:
        model: any DenseNet.
        picture: (H, W, 3) uint8 RGB of any size.
        place: of this network.
        passes: of this picture through this model.
    """
    from densenet_viz.measure.channel import readers_of, shares_of
    from densenet_viz.stage.inside.levels.block import block_detail
    from densenet_viz.stage.inside.levels.channel import channel_detail
    from densenet_viz.stage.inside.levels.layer import layer_detail, telling_channel
    from densenet_viz.stage.inside.levels.number import number_detail

    spec = model.spec
    if place.level == "network":
        return None
    if place.level == "classifier":
        return _classifier_detail(model, picture)
    if place.level == "block":
        return block_detail(passes.trace(), place.block)
    if place.level == "layer":
        layer = passes.layer(place.at)
        channel = telling_channel(layer)
        readers = readers_of(model, Place(place.at, channel))
        return layer_detail(spec, layer, ledger_of(passes, place), channel, readers)
    made = passes.channel(place)
    if place.y is not None and place.x is not None:
        return number_detail(spec, made, place.y, place.x, readers_of(model, place))
    return channel_detail(
        spec,
        made,
        shares_of(model, passes.layer(place.at), made.channel),
        readers_of(model, place),
        _chances(model, picture, place, passes.logits()),
    )


def _classifier_detail(model: LoadedModel, picture: Picture) -> ClassifierDetail:
    from densenet_viz.measure.classifier import open_classifier
    from densenet_viz.stage.inside.levels.classifier import classifier_detail

    inside = open_classifier(model, picture)
    return classifier_detail(model.spec, inside, model.predictions(inside.logits, CLASSES))


def ledger_of(passes: Passes, place: Place) -> tuple[SourceSlice, ...]:
    """Who wrote the channels that a layer or a transition reads, as recorded; nobody for a stem."""
    from densenet_viz.results.traces import SourceSlice

    if place.at == "stem":
        return ()
    if place.layer:
        return passes.trace().blocks[place.block - 1].layers[place.layer - 1].sources
    block = passes.trace().blocks[int(place.at.removeprefix("transition")) - 1]
    stop, slices = 0, list[SourceSlice]()
    for source, maps in enumerate((block.entering, *(layer.maps for layer in block.layers))):
        start, stop = stop, stop + len(maps)
        slices.append(SourceSlice(source, start, stop))
    return tuple(slices)


def _chances(
    model: LoadedModel, picture: Picture, place: Place, whole: NDArray[np.float32]
) -> list[tuple[Prediction, Prediction]]:
    """The most probable classes with a channel, and the first without it, both ways."""
    from densenet_viz.measure.channel import answer_without

    without = answer_without(model, picture, place)
    best = [one.index for one in model.predictions(whole, BEST)]
    best += [one.index for one in model.predictions(without, 1)]
    return [
        (model.prediction(whole, index), model.prediction(without, index))
        for index in dict.fromkeys(best)
    ]


# -- the pictures -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Now:
    """Passes that run now; only the whole pass is shared with other slides."""

    networks: Networks
    name: str
    kind: str

    @property
    def _model(self) -> LoadedModel:
        return self.networks.named(self.name)

    def trace(self) -> NetworkTrace:
        return self.networks.trace(self.name, self.kind)

    def layer(self, at: str) -> LayerInside:
        from densenet_viz.measure.inside import look_inside

        return look_inside(self._model, sample_scene(self.kind).image, at)

    def channel(self, place: Place) -> ChannelInside:
        from densenet_viz.measure.channel import split_channel

        return split_channel(self._model, self.layer(place.at), place.channel or 0)

    def logits(self) -> NDArray[np.float32]:
        return self.networks.logits(self.name, sample_scene(self.kind).image)


def zoom(networks: Networks, given: Settings) -> StageScene:
    """A place in a network, from the whole network down to one number."""
    from densenet_viz.stage.inside.scene import inside_scene

    name, kind = str(given["model"]), str(given["picture"])
    model, pixels = networks.named(name), sample_scene(kind).image
    place = read_place(place_parts(str(given["at"])), model.spec)
    return inside_scene(
        model.spec,
        model.picture(pixels),
        place,
        detail_of(model, pixels, place, _Now(networks, name, kind)),
        key=f"{name} {kind}",
        name=model.spec.name,
        trained=model.trained,
        alt=f"a drawn {kind}",
        served=False,
    )


def scissors(networks: Networks, given: Settings) -> StageScene:
    """What a network answers without some of its connections."""
    from densenet_viz.measure.reuse import measure_reuse
    from densenet_viz.network.cuts import cut
    from densenet_viz.stage.scissors.scene import scissors_scene

    name, pixels = str(given["model"]), sample_scene(str(given["picture"])).image
    model = networks.named(name)
    cuts = unpack_cuts(str(given["cut"]).replace(NOTHING, ""), model.spec)
    whole, now = networks.logits(name, pixels), cut(model, cuts).answer(pixels).logits
    predictions, classes = model.predictions(whole, len(model.labels)), len(model.labels)
    top = predictions[0].index
    return scissors_scene(
        model.spec,
        measure_reuse(model, "norm-aware"),
        cuts,
        predictions,
        model.predictions(now, classes),
        (float(whole[top]), float(now[top])),
        start=int(given["block"]),
        served=False,
    )
