"""Forward passes that pages share: computed once for a network and a picture."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure import capture
from densenet_viz.measure.transition import with_compression
from densenet_viz.network.build import build
from densenet_viz.network.models import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.traces import NetworkTrace, TransitionTrace
from densenet_viz.ui.current import CurrentPicture

SEED = 0
"""Of the random weights of networks built on the spot, so that a link shows the same maps."""


def trained_trace(model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    """The whole pass of the current picture through a named model."""
    return _trained(model.name, picture.key, model, picture)


@st.cache_resource(show_spinner=False, max_entries=6)
def _trained(name: str, key: str, _model: LoadedModel, _picture: CurrentPicture) -> NetworkTrace:
    with _model.lock, alone():
        return capture(
            _model.network,
            _model.tensor(_picture.pixels),
            spec=_model.spec,
            trained=_model.trained,
            picture=_model.picture(_picture.pixels),
        )


def explored_trace(spec: DenseNetSpec, model: LoadedModel, picture: CurrentPicture) -> NetworkTrace:
    """The pass through the stem, the first block and its transition of a network of `spec`.

    Where `spec` is the model's own, that is the trained network; else one with random weights,
    built on the spot.
    """
    spec = replace(spec, num_classes=model.spec.num_classes, input_size=model.spec.input_size)
    if spec == model.spec:
        return trained_trace(model, picture)
    return _explored(spec, picture.key, model, picture)


@st.cache_resource(show_spinner=False, max_entries=16)
def _explored(
    spec: DenseNetSpec, key: str, _model: LoadedModel, _picture: CurrentPicture
) -> NetworkTrace:
    return capture(
        build(spec, seed=SEED, until_block=1),
        _model.tensor(_picture.pixels),
        spec=spec,
        trained=False,
        picture=_model.picture(_picture.pixels),
        until_block=1,
    )


def compressed_trace(
    model: LoadedModel, picture: CurrentPicture, block: int, keeps: int
) -> TransitionTrace:
    """The transition after `block`, keeping `keeps` maps of what it is really given.

    Where the network's own keeps as many, that is the one; else a random 1x1 convolution stands
    in its place (see `measure.transition.with_compression`).
    """
    trace = trained_trace(model, picture).transitions[block - 1]
    if keeps == trace.mixed.shape[0]:
        return trace
    return _compressed(model.name, picture.key, block, keeps, model, trace)


@st.cache_resource(show_spinner=False, max_entries=8)
def _compressed(
    name: str, key: str, block: int, keeps: int, _model: LoadedModel, _trace: TransitionTrace
) -> TransitionTrace:
    step = _model.network.get_submodule(f"features.transition{block}")
    with _model.lock:
        return with_compression(step, _trace.given, block=block, keeps=keeps, seed=SEED)
