"""The classifier in detail: the pooled maps and a class's weights, whose products are its score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from densenet_viz.facts.configuration import Configuration
from densenet_viz.facts.connections import source_channels
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.inside import ClassifierInside
from densenet_viz.stage.inside.packed import PackedFloats, Slice, pack_floats


class ClassWeights(TypedDict):
    """A class: its weights, its bias, and the score that the network itself computed."""

    label: str
    probability: float
    weights: PackedFloats
    bias: float
    logit: float


class ClassifierDetail(TypedDict):
    """What the last linear layer reads, by whom it was written, and some classes' weights.

    The ledger is empty if other linear layers come between the maps and the last one.
    """

    kind: Literal["classifier"]
    features: PackedFloats
    ledger: list[Slice]
    classes: list[ClassWeights]


def classifier_detail(
    spec: Configuration, inside: ClassifierInside, predictions: Sequence[Prediction]
) -> ClassifierDetail:
    """The classifier as it ran.

    Args:
        spec: of the network.
        inside: what it read, its weights and its scores.
        predictions: the classes that are shown, the first one first.
    """
    last = len(spec.block_config)
    slices = [source_channels(spec, last, each) for each in range(spec.block_config[-1] + 1)]
    return {
        "kind": "classifier",
        "features": pack_floats(inside.features[None]),
        "ledger": [
            {"source": source, "start": one.start, "stop": one.stop}
            for source, one in enumerate(slices)
        ]
        if inside.pooled
        else [],
        "classes": [
            {
                "label": one.label,
                "probability": one.probability,
                "weights": pack_floats(inside.weights[one.index][None]),
                "bias": float(inside.biases[one.index]),
                "logit": float(inside.logits[one.index]),
            }
            for one in predictions
        ],
    }
