"""The pictures that a slide may name, as rows of data: settings, words, and the making function.

A new picture costs one row and one function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from densenet_viz.attribution import METHODS
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.lecture import architecture, looking, zooming
from densenet_viz.lecture.architecture import Settings, StageScene
from densenet_viz.lecture.deck import Setting
from densenet_viz.lecture.networks import Networks
from densenet_viz.lecture.parameters import At, Cuts, OneOf, PictureParameter, Whole
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.shapes import CLASSES

BUNDLED = replace(VARIANTS["densenet121"], input_size=SIZE)
"""The bundled networks' architecture, except for the classes."""


def _stateless(_given: Settings) -> Mapping[str, PictureParameter]:
    return {}


@dataclass(frozen=True)
class PictureRow:
    """A picture: the stage that draws it, its settings, and the words beside it.

    `alt` and `sentence` may name settings in braces. `state` gives, for the settings, what a step
    can change in the shown stage without another scene.
    """

    name: str
    stage: str
    make: Callable[[Networks, Settings], StageScene] = field(repr=False)
    alt: str
    sentence: str
    parameters: Mapping[str, PictureParameter] = field(default_factory=dict)
    state: Callable[[Settings], Mapping[str, PictureParameter]] = field(
        default=_stateless, repr=False
    )

    def filled(self, given: Mapping[str, Setting]) -> dict[str, Setting]:
        """All settings: the given ones, and defaults for the others."""
        return {name: row.default for name, row in self.parameters.items()} | dict(given)


_PICTURE = OneOf(CLASSES, "ring")
_MODEL = OneOf(("scenes", "cheater"), "scenes")
_BLOCK = Whole(1, len(BUNDLED.block_config), 1)


def _layer(given: Settings) -> Mapping[str, PictureParameter]:
    return {"layer": Whole(0, BUNDLED.block_config[int(given["block"]) - 1], 0)}


def _way(given: Settings) -> Mapping[str, PictureParameter]:
    return {"length": Whole(0, BUNDLED.block_config[int(given["block"]) - 1] - 1, 0)}


PICTURES: Mapping[str, PictureRow] = MappingProxyType(
    {
        row.name: row
        for row in (
            PictureRow(
                "growth",
                "growth",
                architecture.growth,
                "Feature maps of dense block {block}, layer by layer, beside all earlier maps.",
                "Nothing is overwritten: each layer adds its maps beside all earlier maps.",
                {
                    "picture": _PICTURE,
                    "model": _MODEL,
                    "block": _BLOCK,
                    "k": Whole(1, 48, BUNDLED.growth_rate),
                },
                _layer,
            ),
            PictureRow(
                "block",
                "block",
                architecture.block,
                "Every connection of dense block {block}, and the maps that pass through it.",
                "Every layer reads the maps of all layers before it.",
                {"picture": _PICTURE, "model": _MODEL, "block": _BLOCK},
                _layer,
            ),
            PictureRow(
                "transition",
                "transition",
                architecture.transition,
                "The transition after block {block}: fewer maps, and half as wide.",
                "A 1 × 1 convolution mixes the maps into fewer; an average halves their sides.",
                {"picture": _PICTURE, "model": _MODEL, "block": Whole(1, 3, 1)},
            ),
            PictureRow(
                "paths",
                "paths",
                architecture.paths,
                "The paths of the loss's gradient back to layer 1 of dense block {block}.",
                "The gradient is the sum over all paths back; the short ones bring most of it.",
                {"picture": _PICTURE, "model": _MODEL, "block": Whole(1, 4, 3)},
                _way,
            ),
            PictureRow(
                "inside",
                "inside",
                zooming.zoom,
                "A place inside the network: {at}.",
                "From the whole network down to one number and the products it is the sum of.",
                {"picture": _PICTURE, "model": _MODEL, "at": At(BUNDLED)},
            ),
            PictureRow(
                "scissors",
                "scissors",
                zooming.scissors,
                "The connections of dense block {block}, some of them cut, and the answer then.",
                "A cut reader gets zeros in place of a source’s maps; all others still get them.",
                {"picture": _PICTURE, "model": _MODEL, "block": _BLOCK, "cut": Cuts(BUNDLED)},
            ),
            PictureRow(
                "overview",
                "overview",
                architecture.overview,
                "The whole network as a strip: height is channels, width is pixels.",
                "From few wide maps to many narrow maps, in four dense blocks.",
                {"picture": _PICTURE, "variant": OneOf(tuple(VARIANTS), "densenet121")},
            ),
            PictureRow(
                "variants",
                "variants",
                architecture.variants,
                "The five DenseNets as strips on one scale.",
                "One rule in five sizes: the numbers of layers differ, and once the growth rate.",
            ),
            PictureRow(
                "name-count",
                "variants-count",
                architecture.name_count,
                "Which layers the number in a DenseNet's name counts.",
                "The number counts the convolutions and the linear layer.",
            ),
            PictureRow(
                "systems",
                "scatter",
                architecture.systems,
                "Nine ImageNet systems: accuracy against parameters, multiply-adds and time.",
                "Accuracies and times are cited from Keras; the costs are computed here.",
                {"time": OneOf(("cpu", "gpu"), "cpu")},
            ),
            PictureRow(
                "attribution",
                "attribution",
                looking.attribution,
                "A drawn {picture}, and the map of what raised or lowered the network's answer.",
                "Orange raises the score of the network's answer, blue lowers it.",
                {
                    "picture": _PICTURE,
                    "model": _MODEL,
                    "method": OneOf(tuple(METHODS), "integrated-gradients"),
                },
            ),
            PictureRow(
                "lineup",
                "lineup",
                looking.lineup,
                "A drawn {picture} with a tag in a corner, and two networks.",
                "The same right answer may have very different reasons.",
                {
                    "picture": _PICTURE,
                    "tag": OneOf((looking.NO_TAG, *CLASSES), "ring"),
                    "show": OneOf(looking.SHOWN, "asked"),
                },
            ),
            PictureRow(
                "structure",
                "structure",
                looking.structure,
                "How much of the decision went along each connection of each dense block.",
                "A late layer still reads what the first ones wrote.",
                {"picture": _PICTURE, "model": _MODEL},
            ),
        )
    }
)
"""The pictures by their names in a deck."""
