"""The weights of all connections, computed once for all parts of the page Inside."""

from __future__ import annotations

from densenet_viz.facts.connections import Connection, connections_of
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.reuse import Reuse, Weighing
from densenet_viz.ui.work.owners import Kind, kept_for

WEIGHED = Kind("weights of all connections", shared=16, own=2)


def reuse_of(model: LoadedModel, weighing: Weighing) -> Reuse:
    """How strongly each layer reads each source."""
    from densenet_viz.measure.reuse import measure_reuse

    kept = kept_for(WEIGHED, model)
    return kept.get((model.name, weighing), lambda: measure_reuse(model, weighing))


def weights_of(model: LoadedModel, weighing: Weighing) -> dict[Connection, float]:
    """The weight of every connection."""
    reuse = reuse_of(model, weighing)
    return {one: reuse.of(one) for one in connections_of(model.spec)}
