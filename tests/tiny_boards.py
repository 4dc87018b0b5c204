"""A network of sixteen classes that is as small as can be, and its scoreboard."""

from __future__ import annotations

from typing import Any

from densenet_viz.evaluation import evaluate
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.scores import Scoreboard
from densenet_viz.scenes.shapes import CLASSES
from tests.small_models import small_network

SPEC = DenseNetSpec(
    growth_rate=4,
    block_config=(1, 1, 1),
    initial_channels=8,
    num_classes=len(CLASSES),
    input_size=128,
)


def tiny(name: str = "scenes", spec: DenseNetSpec = SPEC) -> LoadedModel:
    return LoadedModel(
        name=name,
        title="Tiny",
        spec=spec,
        network=small_network(spec),
        labels=CLASSES[: spec.num_classes],
        input_size=spec.input_size,
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        provenance="Random weights, for tests.",
        knows="Knows nothing.",
        trained=False,
    )


def scored(name: str = "scenes", **changes: Any) -> Scoreboard:
    """The scoreboard of two quick methods on 4 scenes and 3 pairs; `changes` replace options."""
    given: dict[str, Any] = {
        "methods": ("grad-cam", "saliency"),
        "scenes": 4,
        "pairs": 3,
        "perturb": 2,
        "seed": 9,
        "workers": 1,
    }
    return evaluate(tiny(name), **(given | changes))
