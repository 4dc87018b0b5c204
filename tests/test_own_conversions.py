"""The lines of Python that make a file which opens: each is run, on a file or with what it needs.

Of a library that is not installed (fastai, peft, DeepSpeed, torch_ema) a small
stand-in has the one function that the lines call, as its documentation describes it.
"""

from __future__ import annotations

import pickle
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from densenet_viz.network.own import conversions
from densenet_viz.network.own.conversions import TORCHSCRIPT
from densenet_viz.network.own.loading import own_model, read_weight_file
from densenet_viz.network.own.preparation import Preparation
from tests.converting import assert_converts, run_lines, stand_in
from tests.foreign_layouts import CifarDenseNet, andreasveit, bamos, mmpretrain, pytorchcv
from tests.own_layouts import WIDTH, State, headed, net, refusal, small_inputs, under
from tests.small_models import picture, saved

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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = net()

    def get_fp32_state_dict_from_zero_checkpoint(checkpoint_dir: str) -> State:
        assert checkpoint_dir == "checkpoint"
        return dict(network.state_dict())

    stand_in(
        monkeypatch,
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
    with_head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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

    stand_in(monkeypatch, "fastai.vision.all", Learner=learner)
    monkeypatch.setattr(torchvision.models, "densenet121", lambda **_named: network)
    assert_converts(error.lines, tmp_path, network, dls=types.SimpleNamespace(c=2))


def test_the_lines_for_an_export_of_fastai_save_its_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = net()
    learner = types.SimpleNamespace(model=network)
    stand_in(
        monkeypatch,
        "fastai.vision.all",
        load_learner=lambda name: learner if name == "model.pth" else 0,
    )
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
