"""The pictures that a slide may name, as rows of data: their settings, their words, who makes them.

A new picture costs one row and one function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from densenet_viz.attribution import METHODS
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.lecture import inside, looking
from densenet_viz.lecture.deck import Setting
from densenet_viz.lecture.inside import Settings, StageScene
from densenet_viz.lecture.networks import Networks
from densenet_viz.lecture.parameters import OneOf, PictureParameter, Whole
from densenet_viz.scenes.shapes import CLASSES

BUNDLED = VARIANTS["densenet121"]
"""What the bundled networks are, but for their classes and their pictures' size."""


def _stateless(_given: Settings) -> Mapping[str, PictureParameter]:
    return {}


@dataclass(frozen=True)
class PictureRow:
    """A picture: the stage that draws it, its settings, and what is said beside it.

    `alt` and `sentence` may name settings in braces. `state` gives, for the settings, what the
    shown stage can be told at a step without another scene.
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
        """All settings: those that are given, else their defaults."""
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
                inside.growth,
                "Feature maps of dense block {block}, layer by layer, each beside all before it.",
                "Nothing is overwritten: each layer adds its maps beside all that came before.",
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
                inside.block,
                "Every connection of dense block {block}, and the maps that travel along them.",
                "Every layer reads the maps of all layers before it.",
                {"picture": _PICTURE, "model": _MODEL, "block": _BLOCK},
                _layer,
            ),
            PictureRow(
                "transition",
                "transition",
                inside.transition,
                "The transition after block {block}: fewer maps, and half as wide.",
                "A 1 × 1 convolution mixes the maps into fewer; an average halves their sides.",
                {"picture": _PICTURE, "model": _MODEL, "block": Whole(1, 3, 1)},
            ),
            PictureRow(
                "paths",
                "paths",
                inside.paths,
                "The ways of the loss's gradient back to layer 1 of dense block {block}.",
                "The gradient is the sum over all ways back; the short ones bring most of it.",
                {"picture": _PICTURE, "model": _MODEL, "block": Whole(1, 4, 3)},
                _way,
            ),
            PictureRow(
                "overview",
                "overview",
                inside.overview,
                "The whole network as a strip: height is channels, width is pixels.",
                "From wide and shallow to narrow and deep, in four dense blocks.",
                {"picture": _PICTURE, "variant": OneOf(tuple(VARIANTS), "densenet121")},
            ),
            PictureRow(
                "variants",
                "variants",
                inside.variants,
                "The five DenseNets as strips on one scale.",
                "One rule in five sizes: the blocks' layers differ, and once the growth rate.",
            ),
            PictureRow(
                "name-count",
                "variants-count",
                inside.name_count,
                "Which layers the number in a DenseNet's name counts.",
                "The number counts layers with weights that are convolutions or linear.",
            ),
            PictureRow(
                "systems",
                "scatter",
                inside.systems,
                "Nine ImageNet systems: accuracy against parameters, multiply-adds and time.",
                "Accuracies and times are cited from Keras; costs are computed here.",
                {"time": OneOf(("cpu", "gpu"), "cpu")},
            ),
            PictureRow(
                "attribution",
                "attribution",
                looking.attribution,
                "A drawn {picture}, and the map of what raised or lowered the network's answer.",
                "Orange raises the score of what the network says, blue lowers it.",
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
                "A drawn {picture} with a tag in a corner, before two networks.",
                "Equally right answers may have very different reasons.",
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
"""By the name that a slide calls each."""
