"""The lines that make a file of torch of one of NumPy, HDF5 or Keras: each is run.

h5py and Keras are not installed: a small stand-in has what the lines call, as its documentation
describes it.
"""

from __future__ import annotations

import pickle
import re
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from densenet_viz.network.own.content import HEADER_LIMIT
from densenet_viz.network.own.conversions import KERAS, KERAS_WEIGHTS
from densenet_viz.network.own.loading import own_model
from densenet_viz.network.own.preparation import Preparation
from tests.converting import assert_converts, run_lines, stand_in
from tests.own_layouts import State, net, refusal
from tests.small_models import picture

# -- NumPy and HDF5 -------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [2, 4])
def test_numpy_arrays_in_a_pickle_become_tensors(protocol: int, tmp_path: Path) -> None:
    network = net()
    arrays = {key: value.numpy() for key, value in network.state_dict().items()}
    for given in (arrays, {"state_dict": arrays}):
        (tmp_path / "model.pkl").write_bytes(pickle.dumps(given, protocol))
        error = refusal((tmp_path / "model.pkl").read_bytes())
        assert "NumPy" in str(error)
        assert_converts(error.lines, tmp_path, network)
    large = arrays | {"more": np.zeros(2 * HEADER_LIMIT, np.uint8)}
    assert refusal(pickle.dumps(large, protocol)).lines == error.lines


def test_numpy_arrays_in_a_file_of_torch_become_tensors(tmp_path: Path) -> None:
    network = net()
    arrays = {key: value.numpy() for key, value in network.state_dict().items()}
    large = arrays | {"more": np.zeros(2 * HEADER_LIMIT, np.uint8)}
    for given in (arrays, {"state_dict": arrays}, large):
        torch.save(given, tmp_path / "model.pth")
        error = refusal((tmp_path / "model.pth").read_bytes())
        assert "NumPy" in str(error)
        if given is not large:
            assert_converts(error.lines, tmp_path, network)


def test_an_archive_of_numpy_arrays_becomes_tensors(tmp_path: Path) -> None:
    network = net()
    arrays = {key: value.numpy() for key, value in network.state_dict().items()}
    np.savez(tmp_path / "model.npz", **arrays)
    error = refusal((tmp_path / "model.npz").read_bytes())
    assert "NumPy" in str(error)
    assert_converts(error.lines, tmp_path, network)


class Dataset:
    """As h5py's: an array that is read with [()]."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def __getitem__(self, _all: tuple[()]) -> Any:
        return self._values


class Hdf5File:
    """As h5py's, with the groups and data sets of one state dict."""

    state: State = {}  # noqa: RUF012

    def __init__(self, _name: str) -> None:
        pass

    def __enter__(self) -> Hdf5File:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def visititems(self, visit: Callable[[str, object], None]) -> None:
        visit("features", object())
        for name, value in self.state.items():
            visit(name.replace(".", "/"), Dataset(value.numpy()))


def test_torchs_weights_in_hdf5_become_a_file_of_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = net()
    error = refusal(b"\x89HDF\r\n\x1a\n" + bytes(90) + b"features.denseblock1.denselayer1.conv1")
    assert "Keras" not in str(error)
    Hdf5File.state = dict(network.state_dict())
    stand_in(monkeypatch, "h5py", File=Hdf5File, Dataset=Dataset)
    assert_converts(error.lines, tmp_path, network)


# -- Keras ----------------------------------------------------------------------------------------


class KerasModel(types.SimpleNamespace):
    """A model of Keras: its layers."""

    def load_weights(self, name: str) -> None:
        assert name == "model.h5"


@pytest.mark.parametrize("lines", [KERAS, KERAS_WEIGHTS])
@pytest.mark.parametrize("nested", [False, True])
def test_the_lines_for_keras_convert_its_densenet(
    lines: str, nested: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """keras.applications' names and axes; a network of its own often is a layer of the model."""
    network = net(3, blocks=(2, 2, 2, 2))
    *base, head = keras_layers(dict(network.state_dict()))
    inside = [KerasModel(name="densenet121", layers=base)] if nested else base
    model = KerasModel(layers=[*inside, head])
    stand_in(
        monkeypatch,
        "keras",
        models=types.SimpleNamespace(load_model=lambda _name, **_named: model),
        applications=types.SimpleNamespace(DenseNet121=lambda **_named: model),
    )
    run_lines(lines, tmp_path)
    assert_same_answer(tmp_path, network)


def test_the_lines_for_keras_keep_a_hidden_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(5)
    network = net(2, blocks=(2, 2, 2, 2))
    width = network.classifier.in_features  # type: ignore[union-attr]
    hidden, last = nn.Linear(width, 7), nn.Linear(7, 2)  # type: ignore[arg-type]
    network.classifier = nn.Sequential(hidden, nn.ReLU(), nn.Dropout(), last)
    state = dict(network.state_dict())
    base = keras_layers({key: v for key, v in state.items() if "classifier" not in key})
    head = keras_layers({key: v for key, v in state.items() if "classifier" in key})
    model = KerasModel(layers=[*base, *head])
    stand_in(
        monkeypatch, "keras", models=types.SimpleNamespace(load_model=lambda _name, **_named: model)
    )
    run_lines(KERAS, tmp_path)
    assert_same_answer(tmp_path, network)


def assert_same_answer(folder: Path, network: nn.Module) -> None:
    """The file that the lines wrote answers as the network does."""
    model = own_model((folder / "weights.pth").read_bytes(), None, Preparation(64))
    x = model.tensor(picture(64))
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), network.eval()(x), rtol=1e-4, atol=1e-5)


EPSILON = 1e-3
"""Keras' default of a norm."""


def keras_layers(state: State) -> Any:
    names = {"features.conv0": "conv1_conv", "features.norm0": "conv1_bn", "features.norm5": "bn"}
    inside = {"norm1": "0_bn", "conv1": "1_conv", "norm2": "1_bn", "conv2": "2_conv"}
    modules = list(dict.fromkeys(key.rpartition(".")[0] for key in state))
    for without_weights in (
        "conv1_relu",
        "pool2_pool",
        "conv2_block1_0_relu",
        "conv2_block1_concat",
    ):
        yield types.SimpleNamespace(name=without_weights, get_weights=list)
    for module in modules:
        name = names.get(module, "predictions")
        if found := re.fullmatch(r"features\.denseblock(\d)\.denselayer(\d+)\.(\w+)", module):
            name = f"conv{int(found[1]) + 1}_block{found[2]}_{inside[found[3]]}"
        elif found := re.fullmatch(r"features\.transition(\d)\.(\w+)", module):
            name = f"pool{int(found[1]) + 1}_{'bn' if found[2] == 'norm' else 'conv'}"
        weight = state[f"{module}.weight"].numpy()
        if f"{module}.running_mean" in state:
            kept = ("weight", "bias", "running_mean", "running_var")
            values = [state[f"{module}.{key}"].numpy() for key in kept]
            values[3] = values[3] - EPSILON + 1e-5
        elif weight.ndim == 4:
            values = [weight.transpose(2, 3, 1, 0)]
        else:
            values = [weight.T, state[f"{module}.bias"].numpy()]
        yield types.SimpleNamespace(
            name=name, epsilon=EPSILON, get_weights=lambda values=values: values
        )
