"""The inside stage: a network's parts, the place that is shown, and the detail of that place."""

from __future__ import annotations

from typing import TypedDict

from densenet_viz.facts.places import Place
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.traces import Picture
from densenet_viz.stage.inside.levels.block import BlockDetail
from densenet_viz.stage.inside.levels.channel import ChannelDetail
from densenet_viz.stage.inside.levels.classifier import ClassifierDetail
from densenet_viz.stage.inside.levels.layer import LayerDetail
from densenet_viz.stage.inside.levels.number import NumberDetail
from densenet_viz.stage.inside.plan import PartPlan, parts_of
from densenet_viz.stage.maps.signed_scale import pack_palette
from densenet_viz.stage.shared.packing import picture_address

Detail = BlockDetail | LayerDetail | ChannelDetail | NumberDetail | ClassifierDetail


class SentPlace(TypedDict):
    """A place: `at` is empty for the whole network."""

    at: str
    channel: int | None
    y: int | None
    x: int | None


class InsideScene(TypedDict):
    """What `inside.js` shows: the parts by arithmetic at once, and one place in detail."""

    key: str
    name: str
    trained: bool
    picture: str
    alt: str
    parts: list[PartPlan]
    colours: list[str]
    palette: str
    signed: str
    place: SentPlace
    detail: BlockDetail | LayerDetail | ChannelDetail | NumberDetail | ClassifierDetail | None
    served: bool


def inside_scene(
    spec: DenseNetSpec,
    picture: Picture,
    place: Place,
    detail: Detail | None,
    *,
    key: str,
    name: str,
    trained: bool,
    alt: str,
    served: bool = True,
) -> InsideScene:
    """The scene of `inside.js`.

    Args:
        spec: of the network.
        picture: (H, W, 3), what the network gets.
        place: what is shown.
        detail: the place in detail; None if there is none, or if the stage has kept it.
        key: is the same for the same network and picture.
        name: the network's name on the page.
        trained: whether its weights were learned.
        alt: what the picture shows.
        served: whether a server sends the details of other places; a slide has only its own.
    """
    return {
        "key": key,
        "name": name,
        "trained": trained,
        "picture": picture_address(picture),
        "alt": alt,
        "parts": list(parts_of(spec)),
        "colours": [layer_colour(layer) for layer in range(max(spec.block_config) + 1)],
        "palette": CIVIDIS,
        "signed": pack_palette(),
        "place": {"at": place.at, "channel": place.channel, "y": place.y, "x": place.x},
        "detail": detail,
        "served": served,
    }
