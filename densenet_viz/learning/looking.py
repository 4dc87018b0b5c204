"""What a trained network says of a digit that somebody drew, and which pixels decide it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from densenet_viz.learning.model import is_densenet, model_of
from densenet_viz.learning.samples import LEVELS, digit_pixels
from densenet_viz.learning.settings import Settings
from densenet_viz.learning.training import probabilities
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.shares import without_sharing
from densenet_viz.results.learning import Look
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.recipe import normalise

CELLS = 32
"""Height and width of a drawing, in cells: scikit-learn's digits were counted from as many."""
Method = Literal["saliency", "grad-cam"]


def picture_of(cells: NDArray[np.bool_]) -> Picture | None:
    """A drawing as a picture like scikit-learn's digits; None if nothing is drawn.

    As in that data set, the drawing is moved and enlarged until it fills the square, and each
    block of 4 x 4 cells is counted.

    Args:
        cells: (32, 32), true where there is ink.

    Returns:
        (16, 16, 3) uint8.
    """
    from skimage.transform import resize

    rows, columns = np.flatnonzero(cells.any(1)), np.flatnonzero(cells.any(0))
    if not len(rows):
        return None
    cut = cells[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float64)
    scale = CELLS / max(cut.shape)
    height, width = (max(1, round(side * scale)) for side in cut.shape)
    ink = np.zeros((CELLS, CELLS))
    top, left = (CELLS - height) // 2, (CELLS - width) // 2
    large = resize(cut, (height, width), order=1, anti_aliasing=False)
    ink[top : top + height, left : left + width] = large
    block = CELLS // 8
    levels = ink.reshape(8, block, 8, block).mean((1, 3)) * LEVELS
    picture: Picture = digit_pixels(np.round(levels)[None])[0]
    return picture


class Looker:
    """A trained network that is asked about pictures; threads may share it."""

    def __init__(self, settings: Settings, network: nn.Module) -> None:
        self._network = network
        self._model: LoadedModel | None = (
            model_of(settings, network) if is_densenet(settings) else None
        )

    def methods(self) -> tuple[Method, ...]:
        """Grad-CAM is for DenseNets with batch norm, the gradient for all."""
        return ("saliency", "grad-cam") if self._model is not None else ("saliency",)

    def look(self, picture: Picture, method: Method = "saliency") -> Look:
        """The answer to a picture, and a map of it; an unknown method is the gradient.

        Args:
            picture: (S, S, 3) uint8, as the network's training pictures.
            method: of the map.
        """
        chances = probabilities(self._network, picture[None])[0]
        target = int(chances.argmax())
        if self._model is None or method not in self.methods():
            return Look(chances, self._gradient(picture, target), "saliency")
        from densenet_viz.attribution.engine import attribute

        found = attribute(self._model, picture, method=method, target=target)
        heat = np.maximum(found.heat, 0) if method == "grad-cam" else np.abs(found.heat)
        return Look(chances, np.asarray(heat, np.float32), method)

    def _gradient(self, picture: Picture, target: int) -> NDArray[np.float32]:
        """The gradient of the answer's logit by each pixel, its colours together: absolute."""
        given = normalise(torch.from_numpy(picture[None])).requires_grad_()
        with without_sharing():
            (slope,) = torch.autograd.grad(self._network(given)[0, target], given)
        return np.asarray(slope[0].sum(0).abs().numpy(), np.float32)
