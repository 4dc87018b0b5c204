"""Forward passes that pages share: each is computed once for a network and a picture."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure import capture
from densenet_viz.measure.transition import with_compression
from densenet_viz.network.build import build_start
from densenet_viz.network.densenet import DenseNetStart
from densenet_viz.network.models import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.traces import NetworkTrace, TransitionTrace
from densenet_viz.stage.growth.scene import GrowthScene, growth_scene
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.owners import Kind, kept_for

SEED = 0
"""The seed of random weights; it is fixed, so that a link always shows the same maps."""

TRAINED = Kind("passes through trained networks", shared=6, own=2)
EXPLORED = Kind("growth in networks built on the spot", shared=16, own=4)
COMPRESSED = Kind("transitions", shared=8, own=4)
_STARTS = Kept(3)


def trained_trace(model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    """The whole pass of the current picture through a named model."""
    kept = kept_for(TRAINED, model, picture)
    return kept.get((model.name, picture.key), lambda: _trained(model, picture))


def _trained(model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    with model.lock, alone():
        return capture(
            model.network,
            model.tensor(picture.pixels),
            spec=model.spec,
            trained=model.trained,
            picture=model.picture(picture.pixels),
        )


def explored_growth(spec: DenseNetSpec, model: LoadedModel, picture: CurrentPicture) -> GrowthScene:
    """The growth of the first block of a network of `spec`, without a caption and controls.

    If `spec` is the model's own, this is the trained network; else a new one with random weights,
    of which only the stem, the first block and its transition are built.
    """
    spec = replace(spec, num_classes=model.spec.num_classes, input_size=model.spec.input_size)
    kept = kept_for(EXPLORED, model, picture)

    def make() -> GrowthScene:
        own = spec == model.spec
        return growth_scene(
            trained_trace(model, picture) if own else _explored(spec, model, picture)
        )

    return kept.get((spec, model.name, picture.key), make)


def _explored(spec: DenseNetSpec, model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    start, lock = _start_of(spec)
    with lock:
        return capture(
            start,
            model.tensor(picture.pixels),
            spec=spec,
            trained=False,
            picture=model.picture(picture.pixels),
            until_block=1,
        )


def _start_of(spec: DenseNetSpec) -> tuple[DenseNetStart, Lock]:
    """What runs of a network of `spec`, and a lock: only one pass may watch it at a time."""
    first = replace(spec, num_classes=1, hidden=(), block_config=spec.block_config[:2])
    return _STARTS.get(first, lambda: (build_start(first, 1, seed=SEED), Lock()))


def compressed_trace(
    model: LoadedModel, picture: CurrentPicture, block: int, keeps: int
) -> TransitionTrace:
    """The transition after `block` on its real input, with `keeps` output maps.

    If the network's own transition keeps as many, it is that one; else a random 1x1 convolution
    replaces it (see `measure.transition.with_compression`).
    """
    trace = trained_trace(model, picture).transitions[block - 1]
    if keeps == trace.mixed.shape[0]:
        return trace
    kept = kept_for(COMPRESSED, model, picture)
    key = (model.name, picture.key, block, keeps)
    return kept.get(key, lambda: _compressed(model, trace, block, keeps))


def _compressed(
    model: LoadedModel, trace: TransitionTrace, block: int, keeps: int
) -> TransitionTrace:
    step = model.network.get_submodule(f"features.transition{block}")
    with model.lock:
        return with_compression(step, trace.given, block=block, keeps=keeps, seed=SEED)
