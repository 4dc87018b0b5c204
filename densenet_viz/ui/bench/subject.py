"""What all parts of the bench share: the picture, the model and the class to explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.logit_or_probability import possible_for
from densenet_viz.images.fitting import Fit, fit_as
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Explains, Prediction
from densenet_viz.scenes.generator import sample_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.stage.shared.outline import Mask
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.explaining import choose_class, choose_explains, class_names
from densenet_viz.ui.attribution.map_jobs import Ask
from densenet_viz.ui.uploads import CurrentPicture


@dataclass(frozen=True, eq=False)
class Bench:
    """A picture, a network, and the class to explain."""

    model: LoadedModel
    picture: CurrentPicture
    logits: NDArray[np.float32]
    """(classes,)"""
    target: Prediction
    explains: Explains = "logit"
    """What a map explains, where its method can."""

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
        explains = possible_for(METHODS[method], checked, self.explains)
        return Ask(self.model, self.picture, method, asked, checked, explains)


def say_only_logit(bench: Bench, what: str) -> None:
    """Says that this part explains the logit, where the probability is chosen."""
    if bench.explains == "probability":
        st.caption(f"Explain: probability is chosen above, but {what} explain the logit.")


def true_mask(picture: CurrentPicture, size: int, fit: Fit = "square") -> Mask | None:
    """Where the object of a drawn scene is, (size, size); None if that is not known.

    Args:
        picture: the current picture.
        size: pixels of the model's input.
        fit: how the model makes a square of a picture.
    """
    if picture.truth not in CLASSES:
        return None
    mask = sample_scene(picture.truth).mask
    grey = np.repeat(np.where(mask, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    return np.asarray(fit_as(grey, size, fit)[..., 0] >= 128)


def choose_bench(model: LoadedModel, picture: CurrentPicture) -> Bench:
    """The bench for a picture and a model, with a choice of the class to explain."""
    logits = answer_of(model, picture).logits
    index = choose_class(class_names(model.labels), model.predictions(logits))
    return Bench(model, picture, logits, model.prediction(logits, index), choose_explains(model))
