"""The networks for a deck's pictures, each loaded once, and their results."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.generator import sample_scene

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.attributions import Attribution
    from densenet_viz.results.traces import NetworkTrace, Picture

IsCancelled = Callable[[], bool]
SEED = 0
"""The seed for random weights of networks built for a slide: it shows the same maps each time."""


class Networks:
    """Networks by name, and their passes; what several slides show is computed once.

    Args:
        model: loads the model of a name, as `network.models.load_model` does.
    """

    def __init__(self, model: Callable[[str], LoadedModel]) -> None:
        self._load = model
        self._models: dict[str, LoadedModel] = {}
        self._traces: dict[tuple[str, str], NetworkTrace] = {}
        self.cancelled: IsCancelled = never
        """Called between the passes of long computations."""

    def until(self, cancelled: IsCancelled) -> Networks:
        """The same networks and results; long computations call `cancelled` between passes."""
        other = copy(self)
        other.cancelled = cancelled
        return other

    def named(self, name: str) -> LoadedModel:
        """The model of that name.

        Raises:
            ModelUnavailable: it is not available; the message is one sentence.
        """
        if name not in self._models:
            self._models[name] = self._load(name)
        return self._models[name]

    def trace(self, name: str, kind: str) -> NetworkTrace:
        """The whole forward pass of the bundled scene of a class through a model."""
        from densenet_viz.measure.capture import capture

        if (name, kind) not in self._traces:
            model, pixels = self.named(name), sample_scene(kind).image
            with model.lock:
                self._traces[name, kind] = capture(
                    model.network,
                    model.tensor(pixels),
                    spec=model.spec,
                    trained=model.trained,
                    picture=model.picture(pixels),
                )
        return self._traces[name, kind]

    def explored(self, name: str, kind: str, *, growth_rate: int, until_block: int) -> NetworkTrace:
        """The forward pass through a model's network with a growth rate.

        With the model's own growth rate, it is the model's pass. For another one no network was
        trained, so the weights are random.
        """
        from densenet_viz.measure.capture import capture
        from densenet_viz.network.build import build_start

        model, pixels = self.named(name), sample_scene(kind).image
        if growth_rate == model.spec.growth_rate:
            return self.trace(name, kind)
        spec = replace(model.spec, growth_rate=growth_rate)
        return capture(
            build_start(spec, until_block, seed=SEED),
            model.tensor(pixels),
            spec=spec,
            trained=False,
            picture=model.picture(pixels),
            until_block=until_block,
        )

    def logits(self, name: str, pixels: Picture) -> NDArray[np.float32]:
        """(classes,), the logits of a model for a picture (H, W, 3) uint8."""
        import torch

        from densenet_viz.network.shares import alone

        model = self.named(name)
        with model.lock, alone(), torch.no_grad():
            return np.asarray(model.network(model.tensor(pixels))[0].numpy(), dtype=np.float32)

    def attribution(
        self, name: str, pixels: Picture, method: str, target: int | None = None
    ) -> Attribution:
        """The map of a method with default settings, by default for the most probable class."""
        from densenet_viz.attribution import attribute

        return attribute(
            self.named(name), pixels, method=method, target=target, cancelled=self.cancelled
        )


def never() -> bool:
    """Never cancels."""
    return False
