"""The lines of Python that make a file which opens: each is run, on a file or with what it needs.

Of a library that is not installed (Keras, fastai, peft, DeepSpeed, h5py, torch_ema) a small
stand-in has the one function that the lines call, as its documentation describes it.
"""

from __future__ import annotations

import contextlib
import pickle
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from densenet_viz.network.own import conversions
from densenet_viz.network.own.content import HEADER_LIMIT
from densenet_viz.network.own.conversions import KERAS, KERAS_WEIGHTS, TORCHSCRIPT
from densenet_viz.network.own.loading import own_model, read_weight_file
from densenet_viz.network.own.preparation import Preparation
from tests.foreign_layouts import CifarDenseNet, andreasveit, bamos, mmpretrain, pytorchcv
from tests.own_layouts import WIDTH, State, headed, net, refusal, small_inputs, under
from tests.small_models import picture, saved


def run_lines(lines: str, folder: Path, **known: object) -> None:
    """Runs the lines in a folder, where they find and write their files."""
    with contextlib.chdir(folder):
        exec(compile(lines, "lines", "exec"), known)  # noqa: S102  # the app's own lines


def assert_converts(lines: str, folder: Path, network: nn.Module, **known: object) -> None:
    """The lines write a file that opens, with the same weights."""
    run_lines(lines, folder, **known)
    found = read_weight_file((folder / "weights.pth").read_bytes())
    expected = read_weight_file(saved(network.state_dict())).state
    assert found.state.keys() == expected.keys()
    for key, value in expected.items():
        torch.testing.assert_close(found.state[key], value)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a module with these names in the place of a library."""

    def put(name: str, **names: object) -> None:
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            module = types.ModuleType(".".join(parts[:count]))
            module.__dict__.update(names if count == len(parts) else {})
            monkeypatch.setitem(sys.modules, module.__name__, module)

    return put


# -- whole models and other files of torch --------------------------------------------------------


def test_a_whole_model_is_named_with_the_lines_that_convert_it(tmp_path: Path) -> None:
    network = net()
    for value in (network, {"epoch": 1, "model": network}):
        error = refusal(saved(value))
        assert "DenseNet" in str(error)
        torch.save(value, tmp_path / "model.pth")
        assert_converts(error.lines, tmp_path, network)


def test_torchscript_is_named_and_its_lines_convert_it(tmp_path: Path) -> None:
    network = net()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit; files of it remain
        torch.jit.save(torch.jit.script(network), str(tmp_path / "model.pt"))
        error = refusal((tmp_path / "model.pt").read_bytes())
        assert error.lines == TORCHSCRIPT
        assert_converts(error.lines, tmp_path, network)


def test_a_program_of_torch_export_is_named_and_its_lines_convert_it(tmp_path: Path) -> None:
    network = net()
    program = torch.export.export(network, (torch.zeros(1, 3, 64, 64),))
    torch.export.save(program, tmp_path / "model.pt2")
    error = refusal((tmp_path / "model.pt2").read_bytes())
    assert "torch.export" in str(error)
    assert_converts(error.lines, tmp_path, network)


@pytest.mark.parametrize("whole", [False, True])
def test_a_plain_pickle_is_named_and_its_lines_convert_it(whole: bool, tmp_path: Path) -> None:
    network = net()
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(network if whole else network.state_dict()))
    error = refusal((tmp_path / "model.pkl").read_bytes())
    assert "pickle" in str(error)
    assert_converts(error.lines, tmp_path, network)


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
    tmp_path: Path, stand_in: Callable[..., None]
) -> None:
    network = net()
    error = refusal(b"\x89HDF\r\n\x1a\n" + bytes(90) + b"features.denseblock1.denselayer1.conv1")
    assert "Keras" not in str(error)
    Hdf5File.state = dict(network.state_dict())
    stand_in("h5py", File=Hdf5File, Dataset=Dataset)
    assert_converts(error.lines, tmp_path, network)


# -- Keras ----------------------------------------------------------------------------------------


class KerasModel(types.SimpleNamespace):
    """A model of Keras: its layers."""

    def load_weights(self, name: str) -> None:
        assert name == "model.h5"


@pytest.mark.parametrize("lines", [KERAS, KERAS_WEIGHTS])
@pytest.mark.parametrize("nested", [False, True])
def test_the_lines_for_keras_convert_its_densenet(
    lines: str, nested: bool, tmp_path: Path, stand_in: Callable[..., None]
) -> None:
    """keras.applications' names and axes; a network of its own often is a layer of the model."""
    network = net(3, blocks=(2, 2, 2, 2))
    *base, head = keras_layers(dict(network.state_dict()))
    inside = [KerasModel(name="densenet121", layers=base)] if nested else base
    model = KerasModel(layers=[*inside, head])
    stand_in(
        "keras",
        models=types.SimpleNamespace(load_model=lambda _name, **_named: model),
        applications=types.SimpleNamespace(DenseNet121=lambda **_named: model),
    )
    run_lines(lines, tmp_path)
    assert_same_answer(tmp_path, network)


def test_the_lines_for_keras_keep_a_hidden_layer(
    tmp_path: Path, stand_in: Callable[..., None]
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
    stand_in("keras", models=types.SimpleNamespace(load_model=lambda _name, **_named: model))
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


# -- parts of a training --------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["safetensors", "bin"])
def test_the_lines_join_weights_in_several_files(ending: str, tmp_path: Path) -> None:
    network = net()
    names = list(network.state_dict())
    for number, part in enumerate((names[:40], names[40:]), start=1):
        state = {name: network.state_dict()[name] for name in part}
        data = safetensors.torch.save(state) if ending == "safetensors" else saved(state)
        (tmp_path / f"model-0000{number}-of-00002.{ending}").write_bytes(data)
    error = refusal((tmp_path / f"model-00002-of-00002.{ending}").read_bytes())
    assert_converts(error.lines, tmp_path, network)


@pytest.mark.parametrize("file", [".metadata", "__0_0.distcp"])
def test_a_distributed_checkpoint_is_joined(file: str, tmp_path: Path) -> None:
    from torch.distributed import checkpoint

    network = net()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that it is not distributed
        checkpoint.save({"model": network.state_dict()}, checkpoint_id=tmp_path / "checkpoint")
        error = refusal((tmp_path / "checkpoint" / file).read_bytes())
        assert "distributed" in str(error)
        assert_converts(error.lines, tmp_path, network)


@pytest.fixture
def process_group() -> Iterator[None]:
    """A group of one process, as torchrun makes it of many."""
    from torch import distributed

    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


@pytest.mark.usefixtures("process_group")
def test_the_lines_for_fsdp_gather_its_weights(tmp_path: Path) -> None:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    network, model = net(), net()
    fully_shard(model, mesh=init_device_mesh("cpu", (1,)))
    error = refusal(saved({"_fsdp_wrapped_module.flat_param": torch.zeros(9)}))
    assert_converts(error.lines, tmp_path, network, model=model)


def test_the_lines_for_deepspeed_read_its_folder(
    tmp_path: Path, stand_in: Callable[..., None]
) -> None:
    network = net()

    def get_fp32_state_dict_from_zero_checkpoint(checkpoint_dir: str) -> State:
        assert checkpoint_dir == "checkpoint"
        return dict(network.state_dict())

    stand_in(
        "deepspeed.utils.zero_to_fp32",
        get_fp32_state_dict_from_zero_checkpoint=get_fp32_state_dict_from_zero_checkpoint,
    )
    error = refusal(saved({"ds_config": {}, "optimizer_state_dict": {}}))
    assert_converts(error.lines, tmp_path, network)


class Lent:
    """A model of peft, or averages of torch_ema, around a network."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def merge_and_unload(self) -> nn.Module:
        return self.network

    def copy_to(self, parameters: Iterator[nn.Parameter]) -> None:
        for mine, given in zip(self.network.parameters(), parameters, strict=True):
            given.data.copy_(mine.data)


def test_the_lines_for_an_adapter_merge_it(tmp_path: Path) -> None:
    network = net()
    error = refusal(saved({"a.lora_A.weight": torch.zeros(2), "a.lora_B.weight": torch.zeros(2)}))
    assert_converts(error.lines, tmp_path, network, model=Lent(network))


def test_the_lines_for_averages_copy_them(tmp_path: Path) -> None:
    network, model = net(), net()
    nn.init.ones_(network.classifier.weight)  # type: ignore[union-attr, arg-type]
    error = refusal(saved({"shadow_params": [torch.zeros(2)], "decay": 0.99}))
    assert_converts(error.lines, tmp_path, network, model=model, ema=Lent(network))


def test_the_lines_save_a_model_that_is_there(tmp_path: Path) -> None:
    network = net()
    assert_converts(conversions.SAVE, tmp_path, network, model=network)


@pytest.mark.parametrize("with_head", ["concat", "body"])
def test_the_lines_for_fastai_train_torchvisions_densenet(
    with_head: str, tmp_path: Path, stand_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fastai network has another head, or no last ReLU: only another one can be shown."""
    from densenet_viz.network._torchvision import torchvision

    network = net(2)
    wide = dict(headed(nn.BatchNorm1d(2 * WIDTH), nn.Linear(2 * WIDTH, 2)).state_dict())
    names = (("features.", "0.0."), ("classifier.", "1."))
    for ours, theirs in names if with_head == "body" else ():
        wide = {key.replace(ours, theirs): value for key, value in wide.items()}
    error = refusal(saved({"model": wide, "opt": {}}))

    def learner(dls: object, model: nn.Module) -> object:
        assert model is network
        return types.SimpleNamespace(dls=dls, model=model)

    stand_in("fastai.vision.all", Learner=learner)
    monkeypatch.setattr(torchvision.models, "densenet121", lambda **_named: network)
    assert_converts(error.lines, tmp_path, network, dls=types.SimpleNamespace(c=2))


def test_the_lines_for_an_export_of_fastai_save_its_network(
    tmp_path: Path, stand_in: Callable[..., None]
) -> None:
    network = net()
    learner = types.SimpleNamespace(model=network)
    stand_in("fastai.vision.all", load_learner=lambda name: learner if name == "model.pth" else 0)
    assert_converts(conversions.LEARNER, tmp_path, network)


def pruned(module: nn.Module) -> None:
    from torch.nn.utils import prune

    prune.l1_unstructured(module, "weight", 0.3)


def normed(module: nn.Module) -> None:
    nn.utils.weight_norm(module)


def spectral(module: nn.Module) -> None:
    nn.utils.spectral_norm(module)


def parametrized(module: nn.Module) -> None:
    nn.utils.parametrizations.weight_norm(module)


@pytest.mark.parametrize("keep_in_parts", [pruned, normed, spectral, parametrized])
def test_weights_in_parts_are_named_and_the_lines_join_them(
    keep_in_parts: Callable[[nn.Module], None], tmp_path: Path
) -> None:
    network = net()
    x = torch.rand(1, 3, 64, 64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch's older weight_norm
        for module in [each for each in network.modules() if isinstance(each, nn.Conv2d)]:
            keep_in_parts(module)
        network.eval()
        with torch.no_grad():
            before = network(x)
        error = refusal(saved(network.state_dict()))
        assert "parts" in str(error)
        run_lines(error.lines, tmp_path, model=network)
    with torch.no_grad():
        torch.testing.assert_close(network(x), before)
    assert read_weight_file((tmp_path / "weights.pth").read_bytes()).outputs == 3


# -- other names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rename", "network", "fact"),
    [
        (mmpretrain, net(), "MMPretrain"),
        (pytorchcv, net(), "pytorchcv"),
        (bamos, small_inputs(), "densenet.pytorch"),
        (andreasveit, small_inputs(), "densenet.pytorch"),
    ],
)
def test_the_lines_give_other_projects_weights_torchvisions_names(
    rename: Callable[[State], State], network: nn.Module, fact: str, tmp_path: Path
) -> None:
    state = rename(dict(network.state_dict()))
    for saved_as in (state, {"state_dict": under("module.", state)}):
        error = refusal(saved(saved_as))
        assert fact in str(error)
    torch.save({"state_dict": state}, tmp_path / "model.pth")
    assert_converts(error.lines, tmp_path, network)


def test_the_lines_for_pytorch_cifar_put_the_maps_in_order(tmp_path: Path) -> None:
    network = CifarDenseNet()
    whole = {"net": under("module.", dict(network.state_dict())), "acc": 90.0, "epoch": 3}
    error = refusal(saved(whole))
    assert "pytorch-cifar" in str(error)
    torch.save(whole, tmp_path / "model.pth")
    run_lines(error.lines, tmp_path)
    given = Preparation(32, (0.5,) * 3, (0.25,) * 3)
    model = own_model((tmp_path / "weights.pth").read_bytes(), None, given)
    x = model.tensor(picture(32))
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), network(x), rtol=1e-4, atol=1e-5)


def test_the_lines_for_a_sequential_rename_features_and_head(tmp_path: Path) -> None:
    network = net()
    state = {
        key.replace("features.", "body.0.").replace("classifier.", "head.1."): value
        for key, value in network.state_dict().items()
    }
    error = refusal(saved(state))
    assert "ReLU" in str(error)
    torch.save(state, tmp_path / "model.pth")
    assert_converts(error.lines, tmp_path, network)


def test_the_lines_for_a_flat_sequential_name_its_numbers(tmp_path: Path) -> None:
    network = net()
    parts = [*network.features.children(), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]  # type: ignore[union-attr, operator]
    flat = nn.Sequential(*parts, nn.Dropout(), network.classifier)  # type: ignore[arg-type]
    for prefix in ("", "module.", "model.body."):
        state = under(prefix, dict(flat.state_dict()))
        error = refusal(saved(state))
        assert "Sequential" in str(error)
        assert "ReLU" in str(error)
        torch.save(state, tmp_path / "model.pth")
        assert_converts(error.lines, tmp_path, network)
