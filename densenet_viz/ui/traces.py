"""Forward passes that pages share: each is computed once for a network and a picture."""

from __future__ import annotations

from dataclasses import replace

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure import capture
from densenet_viz.measure.transition import with_compression
from densenet_viz.network.build import build_start
from densenet_viz.network.models import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.traces import NetworkTrace, TransitionTrace
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.owners import Kind, kept_for

SEED = 0
"""The seed of random weights; it is fixed, so that a link always shows the same maps."""

TRAINED = Kind("passes through trained networks", shared=6, own=2)
EXPLORED = Kind("passes through networks built on the spot", shared=16, own=4)
COMPRESSED = Kind("transitions", shared=8, own=4)


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


def explored_trace(spec: DenseNetSpec, model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    """The pass through the stem, the first block and its transition of a network of `spec`.

    If `spec` is the model's own, this is the trained network; else a new one with random weights.
    """
    spec = replace(spec, num_classes=model.spec.num_classes, input_size=model.spec.input_size)
    if spec == model.spec:
        return trained_trace(model, picture)
    kept = kept_for(EXPLORED, model, picture)
    return kept.get((spec, model.name, picture.key), lambda: _explored(spec, model, picture))


def _explored(spec: DenseNetSpec, model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    return capture(
        build_start(spec, 1, seed=SEED),
        model.tensor(picture.pixels),
        spec=spec,
        trained=False,
        picture=model.picture(picture.pixels),
        until_block=1,
    )


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
