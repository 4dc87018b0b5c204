"""Small networks in double precision, and how close two floats have to be (docs/decisions.md)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.models import LoadedModel
from tests.small_models import SPEC, small_model


class ExactModel(LoadedModel):
    """A model that computes in float64, on inputs that were rounded to float32 once.

    A ReLU that stands near its kink, or a max pool near a tie, may be rounded to either side. In
    float32 this happens in most networks, and differs from processor to processor. Here two
    computations of one gradient differ only if something comes within 1e-13 of a kink.
    """

    def tensor(self, picture: NDArray[np.uint8]) -> Tensor:
        return super().tensor(picture).double()

    def uniform(self, levels: tuple[float, float, float]) -> Tensor:
        return super().uniform(levels).double()


def exact_model(spec: DenseNetSpec = SPEC, seed: int = 3) -> LoadedModel:
    """`small_model` in double precision."""
    model = small_model(spec, seed)
    given: dict[str, Any] = {
        one.name: getattr(model, one.name) for one in fields(model) if one.init
    }
    return ExactModel(**(given | {"network": model.network.double()}))


def cosine(one: NDArray[Any] | Tensor, other: NDArray[Any] | Tensor) -> float:
    """The cosine between two maps of one shape."""
    assert one.shape == other.shape
    first, second = (np.asarray(each, dtype=np.float64).ravel() for each in (one, other))
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))
