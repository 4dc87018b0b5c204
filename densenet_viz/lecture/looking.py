"""Pictures of where networks looked: maps, the two twins, the paths of a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from densenet_viz.lecture.architecture import Settings, StageScene
from densenet_viz.lecture.networks import Networks
from densenet_viz.scenes.generator import sample_scene

if TYPE_CHECKING:
    from densenet_viz.results.traces import Picture
    from densenet_viz.scenes.generator import Scene as Drawn
    from densenet_viz.scenes.tags import Corner
    from densenet_viz.stage.lineup.scene import Mask, Witness

TWINS = {"Model A": "cheater", "Model B": "scenes"}
"""The model behind each name in the line-up."""
SHOWN = ("asked", "answered", "looked")
"""How much of a line-up is shown."""
CORNER: Corner = "upper left"
NO_TAG = "none"
MAP = "integrated-gradients"


def attribution(networks: Networks, given: Settings) -> StageScene:
    """The map of a method for a model's answer to a drawn scene."""
    from densenet_viz.attribution import METHODS
    from densenet_viz.stage.attribution.scene import attribution_scene, verdict_words

    name, kind, method = (str(given[key]) for key in ("model", "picture", "method"))
    model, drawn = networks.named(name), sample_scene(kind)
    found = networks.attribution(name, drawn.image, method)
    top = found.target
    return attribution_scene(
        model.picture(drawn.image),
        caption=f"a drawn {kind}",
        method=METHODS[method].title,
        target=top,
        is_said=True,
        verdict=verdict_words(top, top, kind),
        attribution=found,
    )


def lineup(networks: Networks, given: Settings) -> StageScene:
    """The honest network and the cheater with one tagged picture, as much as `show` allows."""
    from densenet_viz.scenes.shapes import CLASSES
    from densenet_viz.scenes.tags import draw_tag, tag_mask
    from densenet_viz.stage.lineup.scene import lineup_scene

    kind, tag, shown = (str(given[key]) for key in ("picture", "tag", "show"))
    drawn = sample_scene(kind)
    tagged = tag != NO_TAG
    pixels = draw_tag(drawn.image, CLASSES.index(tag), CORNER) if tagged else drawn.image
    where = tag_mask(CORNER, len(pixels)) if tagged else None
    first, second = _witnesses(networks, drawn, pixels, where, shown)
    return lineup_scene(
        pixels,
        caption=f"a drawn {kind}, unseen",
        truth=kind,
        tag=tag if tagged else None,
        witnesses=(first, second),
        mask=drawn.mask,
        tag_mask=where,
    )


def _witnesses(
    networks: Networks, drawn: Drawn, pixels: Picture, tag: Mask | None, shown: str
) -> Iterator[Witness]:
    from densenet_viz.evaluation.metrics import share_near
    from densenet_viz.stage.lineup.scene import Witness

    for name, model in TWINS.items():
        if shown == "asked":
            yield Witness(name, None)
            continue
        answer = networks.named(model).predictions(networks.logits(model, pixels), 1)[0]
        right = answer.label == drawn.name
        if shown == "answered":
            yield Witness(name, answer, right)
            continue
        found = networks.attribution(model, pixels, MAP, answer.index)
        on_object = share_near(found.heat, drawn.mask)
        on_tag = None if tag is None else share_near(found.heat, tag)
        yield Witness(name, answer, right, found.heat, on_object, on_tag)


def structure(networks: Networks, given: Settings) -> StageScene:
    """The paths of a decision through the connections of each block."""
    from densenet_viz.attribution.baselines import BASELINE_WORDS
    from densenet_viz.stage.structure.scene import structure_scene
    from densenet_viz.structure.through import through_structure

    model, drawn = networks.named(str(given["model"])), sample_scene(str(given["picture"]))
    found = through_structure(model, drawn.image, baseline="black", cancelled=networks.cancelled)
    return structure_scene(found, model.picture(drawn.image), baseline=BASELINE_WORDS["black"])
