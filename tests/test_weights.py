"""Weight files: none of the bad ones gets through."""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor

from densenet_viz.network import weights
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.build import build
from densenet_viz.network.weights import (
    WeightsError,
    hash_in_name,
    load_strictly,
    local_file,
    modern_key,
    read_checked,
    read_state,
)
from tests.small_models import SPEC, saved, small_network

DATA = b"weights" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(weights.ENVIRONMENT, raising=False)


# -- files ----------------------------------------------------------------------------------


def test_the_hash_is_checked_before_use(tmp_path: Path) -> None:
    file = tmp_path / "net.pth"
    file.write_bytes(DATA)
    assert read_checked(file, SHA256) == read_checked(file, SHA256[:8]) == DATA
    assert read_checked(file, "") == DATA
    with pytest.raises(WeightsError, match="SHA-256"):
        read_checked(file, "0" * 64)
    with pytest.raises(WeightsError):
        read_checked(tmp_path / "other.pth", "")


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SIZE_LIMIT", 1024)
    (tmp_path / "net.pth").write_bytes(DATA)
    monkeypatch.setattr(Path, "read_bytes", None)
    with pytest.raises(WeightsError):
        read_checked(tmp_path / "net.pth", SHA256)


def test_hashes_in_names() -> None:
    assert hash_in_name("https://example.org/models/densenet201-c1103571.pth") == "c1103571"
    assert hash_in_name("densenet121-0123456789abcdef.safetensors") == "0123456789abcdef"
    assert [hash_in_name(name) for name in ("densenet121.pth", "net-v2.pth", "a-beef.pth")] == [
        ""
    ] * 3


class Code:
    """Pickles to a call."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.file,)


@pytest.mark.parametrize("wrap", [pickle.dumps, saved, lambda code: saved({"conv0.weight": code})])
def test_pickled_code_never_runs(tmp_path: Path, wrap: Callable[[Code], bytes]) -> None:
    ran = tmp_path / "ran"
    with pytest.raises(WeightsError):
        read_state(wrap(Code(ran)), safetensors=False)
    assert not ran.exists()


@pytest.mark.parametrize("safetensors_", [True, False])
@pytest.mark.parametrize("data", [b"", b"\0" * 64, DATA, b"\xff" * 8 + b"{}", b"PK\3\4" + DATA])
def test_bytes_that_are_no_weights(data: bytes, safetensors_: bool) -> None:
    with pytest.raises(WeightsError):
        read_state(data, safetensors=safetensors_)


@pytest.mark.parametrize(
    "value",
    [
        [torch.zeros(1)],
        torch.zeros(1),
        {"conv0.weight": 1.0},
        {1: torch.zeros(1)},
        {"conv0.weight": torch.zeros(1, dtype=torch.int32)},
        {"conv0.weight": torch.zeros(2, 2).to_sparse()},
        {"state_dict": {"conv0.weight": torch.zeros(1)}},
    ],
)
def test_files_that_hold_something_else(value: object) -> None:
    with pytest.raises(WeightsError):
        read_state(saved(value), safetensors=False)


def test_old_names_are_mapped() -> None:
    old = "features.denseblock2.denselayer11.norm.1.running_mean"
    assert modern_key(old) == "features.denseblock2.denselayer11.norm1.running_mean"
    assert modern_key("features.denseblock1.denselayer1.conv.2.weight").endswith(".conv2.weight")
    for kept in ("features.conv0.weight", "features.denseblock1.denselayer1.norm1.bias"):
        assert modern_key(kept) == kept


# -- strict loading -------------------------------------------------------------------------


def small_state() -> dict[str, Tensor]:
    return {
        key: value
        for key, value in small_network().state_dict().items()
        if not key.endswith("num_batches_tracked")
    }


def test_a_state_with_old_names_and_half_precision_loads() -> None:
    state = small_state()
    old = OrderedDict(
        (key.replace("norm1", "norm.1").replace("conv2", "conv.2"), value.half())
        for key, value in state.items()
    )
    assert any(".norm.1." in key for key in old)
    network = build(SPEC)
    load_strictly(network, read_state(saved(old), safetensors=False))
    for key, value in network.state_dict().items():
        if key in state:
            assert value.dtype == torch.float32
            torch.testing.assert_close(value, state[key].half().float(), rtol=0, atol=0)


def test_safetensors_load_too() -> None:
    network, x = build(SPEC), torch.randn(1, 3, 64, 64, generator=torch.manual_seed(0))
    load_strictly(network, read_state(safetensors.torch.save(small_state()), safetensors=True))
    with torch.no_grad():
        torch.testing.assert_close(network(x), small_network()(x))


CLASSIFIER = "classifier.weight"


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (lambda state: state.pop(CLASSIFIER), [CLASSIFIER]),
        (lambda state: state.update({CLASSIFIER: torch.zeros(7, 20)}), [CLASSIFIER, "6 × 20"]),
        (lambda state: state.update({CLASSIFIER: torch.full((6, 20), torch.nan)}), [CLASSIFIER]),
        (lambda state: state.update({"more.weight": torch.zeros(1)}), []),
        (
            lambda state: state.update({CLASSIFIER: torch.zeros(1).expand(1 << 40, 1 << 10)}),
            [CLASSIFIER, "6 × 20"],
        ),
    ],
    ids=["missing", "shape", "not finite", "surplus", "petabytes"],
)
def test_a_state_of_another_network(
    change: Callable[[dict[str, Tensor]], object], facts: list[str]
) -> None:
    state, network = small_state(), build(SPEC, seed=0)
    before = network.state_dict()["features.conv0.weight"].clone()
    change(state)
    with pytest.raises(WeightsError) as caught:
        load_strictly(network, state)
    assert [fact for fact in facts if fact not in str(caught.value)] == []
    torch.testing.assert_close(network.state_dict()["features.conv0.weight"], before)


# -- where files are ------------------------------------------------------------------------


def offer(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setenv(weights.ENVIRONMENT, str(path))


def test_a_folder_offers_the_file_of_the_variant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("densenet1210.pth", "densenet169-b2777c0a.pth", "densenet121.txt", "readme"):
        (tmp_path / name).touch()
    (tmp_path / "densenet121-folder.pth").mkdir()
    offer(monkeypatch, tmp_path)
    assert local_file("densenet121") is None
    (tmp_path / "densenet121.safetensors").touch()
    found = local_file("densenet121")
    assert found is not None
    assert found.name == "densenet121.safetensors"
    found = local_file("densenet169")
    assert found is not None
    assert found.name == "densenet169-b2777c0a.pth"


def test_a_file_counts_unless_it_names_another_variant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("densenet121-a639ec97.pth", "mine.pth"):
        (tmp_path / name).touch()
    offer(monkeypatch, tmp_path / "densenet121-a639ec97.pth")
    assert local_file("densenet121") is not None
    assert local_file("densenet169") is None
    offer(monkeypatch, tmp_path / "mine.pth")
    assert local_file("densenet169") == tmp_path / "mine.pth"


def test_a_variable_that_names_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_file("densenet121") is None
    offer(monkeypatch, tmp_path / "nothing")
    with pytest.raises(WeightsError) as caught:
        local_file("densenet121")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("number", [121, 161, 169, 201])
def test_torchvision_publishes_hash_and_labels(number: int) -> None:
    published = getattr(torchvision.models, f"DenseNet{number}_Weights").IMAGENET1K_V1
    url = weights.published_url(f"densenet{number}")
    assert url == published.url
    assert url.startswith("https://")
    assert len(hash_in_name(url)) == 8
    labels = weights.published_labels(f"densenet{number}")
    assert list(labels) == published.meta["categories"]
    assert (len(labels), labels[0]) == (1000, "tench")


def test_the_cache_is_torch_hubs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    path = weights.cached_path("https://example.org/models/densenet121-a639ec97.pth?x=1")
    assert path == tmp_path / "hub" / "checkpoints" / "densenet121-a639ec97.pth"
