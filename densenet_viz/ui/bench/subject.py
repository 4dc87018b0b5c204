"""What all parts of the bench share: the picture, the model and the class to explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densenet_viz.attribution import METHODS
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Prediction
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.explaining import TOP, class_names
from densenet_viz.ui.attribution.maps import Ask
from densenet_viz.ui.current import CurrentPicture


@dataclass(frozen=True, eq=False)
class Bench:
    """A picture, a network, and the class to explain."""

    model: LoadedModel
    picture: CurrentPicture
    logits: NDArray[np.float32]
    """(classes,)"""
    target: Prediction

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """The most probable classes, best first."""
        return self.model.predictions(self.logits)

    def ask(
        self, method: str, settings: Mapping[str, Any] | None = None, target: int | None = None
    ) -> Ask:
        """An ask for a map of this picture; missing settings have their defaults.

        Raises:
            AttributionError: a parameter is not allowed.
        """
        checked = METHODS[method].settings(self.model.spec, settings or {})
        asked = self.target.index if target is None else target
        return Ask(self.model, self.picture, method, asked, checked)


def choose_bench(model: LoadedModel, picture: CurrentPicture) -> Bench:
    """The bench for a picture and a model, with a choice of the class to explain."""
    logits = answer_of(model, picture).logits
    names = class_names(model.labels)
    likely = [names[one.index] for one in model.predictions(logits)]
    options = [TOP, *likely, *(name for name in names if name not in likely)]
    name = st.selectbox("Class to explain", options, key="target", bind="query-params")
    index = int(logits.argmax()) if name in (None, TOP) else names.index(name)
    return Bench(model, picture, logits, model.prediction(logits, index))
