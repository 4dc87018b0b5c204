"""Which concepts a network uses for a class: TCAV with concepts that the project draws itself.

Kim et al., ICML 2018 (`directions`). Captum's `captum.concept.TCAV` writes every activation and
direction to a folder with pickle, so its parts are used instead: `LayerActivation`, and the layer's
gradient by `LayerGradientXActivation`. A test compares the scores with Captum's.

TCAV counts signs: a small rise in all pictures has the score 1. Because the concepts are drawn,
their effect can also be measured: how far the class's score rises when the concept is added.

A channel's value is the mean over its places. So a direction says how much of each channel belongs
to a concept, not where, and a tag may be in any corner.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from densenet_viz.attribution.asking import Watch, split_evenly
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.places import FINAL, coarse_places, module_of
from densenet_viz.attribution.twins import fused_of
from densenet_viz.evaluation.directions import (
    Direction,
    Values,
    chance_of,
    find_directions,
    random_directions,
    share_rising,
)
from densenet_viz.evaluation.statistics import bootstrap, wilson
from densenet_viz.network.fused.differentiable import DifferentiableDenseNet
from densenet_viz.network.shares import alone
from densenet_viz.results.concepts import LEVEL, ConceptScore, ConceptTest
from densenet_viz.scenes.concepts import CONCEPTS, Concept, Image, Two
from densenet_viz.scenes.generator import Scene, draw_scene
from densenet_viz.scenes.recipe import TWINS
from densenet_viz.scenes.shapes import CLASSES

if TYPE_CHECKING:
    from densenet_viz.facts.spec import DenseNetSpec
    from densenet_viz.network.loaded import LoadedModel

Found = tuple[tuple[Direction, ...], tuple[float, ...], int]
"""Directions, their accuracies, and the number of pictures with the concept and without it."""

SEED = 6
"""Seed of the scenes by default; the scoreboards and the models' cards use other seeds."""
DIRECTIONS, SCENES, PICTURES = 10, 8, 12
"""Directions of each concept, scenes for each direction, pictures of each class, by default."""
_OTHERS = 100_000
"""The number of the first scene of the classes' pictures: no concept is drawn in these."""


def layers_of(spec: DenseNetSpec) -> tuple[str, ...]:
    """The places where concepts can be tested: all blocks and transitions.

    Not the final maps: there every picture has the same gradient, so each score is 0 or 1.
    """
    return tuple(place for place in coarse_places(spec) if place != FINAL)


def default_layer(spec: DenseNetSpec) -> str:
    """The last transition."""
    return layers_of(spec)[-2]


@alone()
def measure_concepts(
    model: LoadedModel,
    layer: str | None = None,
    *,
    targets: Sequence[int] | None = None,
    directions: int = DIRECTIONS,
    scenes: int = SCENES,
    pictures: int = PICTURES,
    seed: int = SEED,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ConceptTest:
    """Tests every concept of `scenes.concepts` for each class.

    Args:
        model: one that was trained on drawn scenes.
        layer: one of `layers_of`; by default `default_layer`.
        targets: the classes' indices; by default all.
        directions: of each concept, 2 or more, and twice as many between random pictures. No two
            of a concept are learned from the same scene.
        scenes: for each direction, drawn with and without the concept; 2 or more.
        pictures: of each class, 1 or more.
        seed: of all scenes and random numbers.
        on_progress: called before each pass with the part that is done, and with 1 at the end.
        cancelled: called before each pass.

    Raises:
        AttributionError: the network was not trained on drawn scenes, or has no such layer.
        Cancelled: `cancelled` returned True.
    """
    began = time.perf_counter()
    place = _checked(model, layer or default_layer(model.spec))
    asked = tuple(range(len(CLASSES))) if targets is None else tuple(targets)
    wide = [concept for concept in CONCEPTS.values() if not concept.of_class]
    own = [concept for concept in CONCEPTS.values() if concept.of_class]
    sets = len(wide) + len(own) * len(asked)
    passes = directions * scenes * (1 + 2 * sets)
    passes += pictures * len(asked) * (1 + 2 * len(CONCEPTS))
    probe = Probe(model, place, Watch(passes, on_progress, cancelled))
    base = [draw_scene(seed, "test", index) for index in range(directions * scenes)]
    rng = np.random.default_rng((seed, len(base)))
    plain = probe.values([scene.image for scene in base])
    chance = random_directions(plain, scenes, 2 * directions, rng)

    def found_for(concept: Concept, target: int) -> Found:
        pairs = [concept.draw(rng, scene, target) for scene in base]
        present, absent = (probe.values(list(part)) for part in zip(*pairs, strict=True))
        return (*find_directions(present, absent, directions), 2 * len(base))

    known = {concept.name: found_for(concept, 0) for concept in wide}
    scores: list[ConceptScore] = []
    for target in asked:
        shown = _own_scenes(target, pictures, seed)
        slopes = probe.slopes([scene.image for scene in shown], target)
        here = known | {concept.name: found_for(concept, target) for concept in own}
        for name, concept in CONCEPTS.items():
            changes = probe.changes([concept.draw(rng, scene, target) for scene in shown], target)
            row = score_concept(concept, CLASSES[target], slopes, here[name], chance)
            scores.append(replace(row, change=bootstrap(changes)))
    probe.watch.report(1.0)
    return ConceptTest(
        *(model.name, place, seed, directions, scenes, pictures),
        seconds=time.perf_counter() - began,
        scores=tuple(scores),
    )


def _checked(model: LoadedModel, layer: str) -> str:
    if tuple(model.labels) != CLASSES:
        raise AttributionError(
            f"{model.title} was given; concepts are drawn only for networks that were trained on "
            f"drawn scenes: {', '.join(TWINS)}."
        )
    if layer not in (allowed := layers_of(model.spec)):
        raise AttributionError(f"layer={layer[:40]!r} was given; allowed: {', '.join(allowed)}.")
    return layer


def _own_scenes(target: int, count: int, seed: int) -> list[Scene]:
    """Unseen scenes of a class, without tags."""
    return [draw_scene(seed, "test", _OTHERS + index, target) for index in range(count)]


class Probe:
    """A network's values and gradients at one layer, added up over the places."""

    def __init__(self, model: LoadedModel, layer: str, watch: Watch) -> None:
        self.watch = watch
        self._model, self._fused = model, fused_of(model)
        self._network = DifferentiableDenseNet(self._fused, only_inside=True)
        self._layer = self._network.get_submodule(module_of(layer))

    def values(self, images: list[Image]) -> Values:
        """(N, channels) means over all places."""
        from captum.attr import LayerActivation

        ask = LayerActivation(self._network, self._layer)
        with torch.no_grad():
            found = [ask.attribute(x).mean((2, 3)) for x in self._batches(images)]
        return np.asarray(torch.cat(found).double().numpy())

    def slopes(self, images: list[Image], target: int) -> Values:
        """(N, channels) gradients of a class's score, if a channel changes at all its places."""
        from captum.attr import LayerGradientXActivation

        ask = LayerGradientXActivation(self._network, self._layer, multiply_by_inputs=False)
        found = [ask.attribute(x, target=target).sum((2, 3)) for x in self._batches(images)]
        return np.asarray(torch.cat(found).detach().double().numpy())

    def changes(self, pairs: list[Two], target: int) -> list[float]:
        """How much each pair's first picture raises a class's score over the second."""
        parts = [list(part) for part in zip(*pairs, strict=True)]
        present, absent = (
            torch.cat([self._fused.logits(x)[:, target] for x in self._batches(part)])
            for part in parts
        )
        return [float(change) for change in present - absent]

    def _batches(self, images: list[Image]) -> Iterator[torch.Tensor]:
        pictures = torch.cat([self._model.tensor(image) for image in images])
        for part in split_evenly(pictures, self._fused.batch_for(self._model.input_size)):
            self.watch.before(len(part))
            yield part


def score_concept(
    concept: Concept,
    target: str,
    slopes: Values,
    found: Found,
    chance: Sequence[Direction],
) -> ConceptScore:
    """One concept and one class.

    Args:
        concept: its name and title are kept.
        target: the class's name.
        slopes: (pictures, channels), as for `share_rising`.
        found: the concept's directions, their accuracies, and how many pictures these are from.
        chance: directions between random pictures.
    """
    directions, accuracies, tested = found
    scores, others = ([share_rising(slopes, one) for one in each] for each in (directions, chance))
    return ConceptScore(
        concept=concept.name,
        title=concept.title,
        target=target,
        score=bootstrap(scores),
        random=bootstrap(others),
        accuracy=wilson(round(float(np.mean(accuracies)) * tested), tested),
        p=chance_of(scores, others),
        level=LEVEL / len(CONCEPTS),
    )
