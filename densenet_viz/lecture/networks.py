"""The networks that a deck's pictures come from, each loaded once, and what they said."""

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
"""Of the random weights of networks built for a slide, so that it shows the same maps each time."""


class Networks:
    """Networks by name, and their passes; what several slides show is computed once.

    Args:
        model: gives the loaded model of a name, as `network.models.load_model` does.
    """

    def __init__(self, model: Callable[[str], LoadedModel]) -> None:
        self._load = model
        self._models: dict[str, LoadedModel] = {}
        self._traces: dict[tuple[str, str], NetworkTrace] = {}
        self.cancelled: IsCancelled = never
        """Asked between the passes of what takes many."""

    def until(self, cancelled: IsCancelled) -> Networks:
        """The same networks with all that they said; what takes many passes asks `cancelled`."""
        other = copy(self)
        other.cancelled = cancelled
        return other

    def named(self, name: str) -> LoadedModel:
        """The model of that name.

        Raises:
            ModelUnavailable: it cannot be had; the message is one sentence.
        """
        if name not in self._models:
            self._models[name] = self._load(name)
        return self._models[name]

    def trace(self, name: str, kind: str) -> NetworkTrace:
        """The whole pass of the shipped scene of a class through a model."""
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
        """The pass through a model's network with a growth rate.

        With its own that is the model's; else no such network was trained, and its weights are
        random.
        """
        from densenet_viz.measure.capture import capture
        from densenet_viz.network.build import build

        model, pixels = self.named(name), sample_scene(kind).image
        if growth_rate == model.spec.growth_rate:
            return self.trace(name, kind)
        spec = replace(model.spec, growth_rate=growth_rate)
        return capture(
            build(spec, seed=SEED, until_block=until_block),
            model.tensor(pixels),
            spec=spec,
            trained=False,
            picture=model.picture(pixels),
            until_block=until_block,
        )

    def logits(self, name: str, pixels: Picture) -> NDArray[np.float32]:
        """(classes,), what a model answers to (H, W, 3) uint8."""
        import torch

        from densenet_viz.network.shares import alone

        model = self.named(name)
        with model.lock, alone(), torch.no_grad():
            return np.asarray(model.network(model.tensor(pixels))[0].numpy(), dtype=np.float32)

    def attribution(
        self, name: str, pixels: Picture, method: str, target: int | None = None
    ) -> Attribution:
        """The map of a method at its defaults, by default for the most probable class."""
        from densenet_viz.attribution import attribute

        return attribute(
            self.named(name), pixels, method=method, target=target, cancelled=self.cancelled
        )


def never() -> bool:
    """What to ask where nobody stops anything."""
    return False
