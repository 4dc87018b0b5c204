"""Named models: what loads, what is refused, and in which words."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from densenet_viz.facts.spec import VARIANTS
from densenet_viz.network import models, weights
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.familiarity import fit_familiarity
from densenet_viz.network.models import MODELS, ModelUnavailable, load_model
from tests.file_server import serving, status, whole
from tests.small_models import OWN_SPEC, SPEC, picture, saved, small_model, small_network

LABELS = ["star", "ring", "heart", "moon", "cross", "spiral"]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, no weights from the environment, and an empty torch hub."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(weights.ENVIRONMENT, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)


# -- a loaded model -------------------------------------------------------------------------


def test_the_input_is_normalised_by_hand() -> None:
    model, given = small_model(), picture(64)
    tensor = model.tensor(given)
    assert tensor.shape == (1, 3, 64, 64)
    assert tensor.dtype == torch.float32
    assert tensor.is_contiguous(memory_format=torch.channels_last)
    expected = (given[5, 9] / 255 - np.array(model.mean)) / np.array(model.std)
    np.testing.assert_allclose(tensor[0, :, 5, 9].numpy(), expected, rtol=1e-5)
    np.testing.assert_array_equal(model.picture(given), given)


def test_a_picture_of_one_colour() -> None:
    model = small_model()
    flat = np.full((64, 64, 3), (255, 0, 51), dtype=np.uint8)
    torch.testing.assert_close(model.uniform((1.0, 0.0, 0.2)), model.tensor(flat))


def test_predictions_are_the_softmax_in_order() -> None:
    logits = np.log(np.array([0.1, 0.4, 0.05, 0.05, 0.3, 0.1])) + 700
    best = small_model().predictions(logits, top=3)
    assert [p.index for p in best] == [1, 4, 0]  # of equals the first
    assert [p.label for p in best] == ["ring", "crane", "star"]
    assert [p.probability for p in best] == pytest.approx([0.4, 0.3, 0.1])
    assert small_model().prediction(logits, 3).probability == pytest.approx(0.05)


def test_each_model_has_a_lock_of_its_own_that_its_thread_may_take_twice() -> None:
    one, other = small_model(), small_model()
    with one.lock, one.lock:
        taken: list[bool] = []

        def work() -> None:
            taken.extend((one.lock.acquire(blocking=False), other.lock.acquire(blocking=False)))

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert taken == [False, True]


# -- the bundled model ----------------------------------------------------------------------


def write_bundle(folder: Path, **changes: Any) -> None:
    """A bundle of a small network as training writes it: half precision, no counters."""
    spec = changes.pop("of", SPEC)
    state = {
        key: value.half()
        for key, value in small_network(spec).state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    data = safetensors.torch.save(state)
    (folder / "scenes.safetensors").write_bytes(data)
    manifest = {
        "labels": LABELS,
        "input_size": 64,
        "mean": [0.5, 0.5, 0.5],
        "std": [0.25, 0.25, 0.25],
        "sha256": hashlib.sha256(data).hexdigest(),
        "spec": asdict(spec),
        "training": {"scenes": 14000, "pairs": 2000},
        "held_out": {"top1": 0.975, "count": 2000},
        **changes,
    }
    (folder / "scenes.json").write_text(json.dumps(manifest))


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "assets"
    folder.mkdir()
    monkeypatch.setattr(models, "ASSETS", folder)
    return folder


@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def test_a_bundle_loads(assets: Path, spec: Any) -> None:
    write_bundle(assets, of=spec)
    parts: list[float] = []
    model = load_model("scenes", on_progress=parts.append)
    assert (model.name, model.spec, model.input_size) == ("scenes", spec, 64)
    assert model.labels == tuple(LABELS)
    assert (model.mean, model.std) == ((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    assert model.trained
    assert not model.network.training
    assert parts[-1] == 1.0
    assert "6" in model.knows
    assert re.findall(r"\d[\d,.]*\d", model.provenance) == ["16,000", "97.5", "2,000"]
    expected = {
        key: value.half().float() for key, value in small_network(spec).state_dict().items()
    }
    for key, value in model.network.state_dict().items():
        if value.is_floating_point():
            assert value.dtype == torch.float32
            torch.testing.assert_close(value, expected[key], rtol=0, atol=0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sha256": "0" * 64}, "SHA-256 differs"),
        ({"spec": {}}, "its manifest is damaged"),
        ({"labels": None}, "its manifest is damaged"),
        ({"spec": asdict(replace(SPEC, growth_rate=5))}, r"denselayer1\.conv1\.weight is not 20"),
        ({"spec": asdict(replace(SPEC, block_config=(2, 1)))}, "is not|does not have"),
    ],
)
def test_a_manifest_of_other_weights_is_refused(
    assets: Path, changes: dict[str, Any], words: str
) -> None:
    write_bundle(assets, **changes)
    said = unavailable("scenes")
    assert re.search(words, said)
    assert "python -m densenet_viz train scenes" in said


def unavailable(name: str) -> str:
    """The sentence with which a model is refused: one, in one line, without a path."""
    with pytest.raises(ModelUnavailable) as caught:
        load_model(name)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "/" not in sentence
    assert caught.value.__cause__ is None
    return sentence


@pytest.mark.parametrize(
    ("spoil", "fact"),
    [
        (lambda folder: (folder / "scenes.json").unlink(), "its manifest is missing"),
        (lambda folder: (folder / "scenes.json").write_text("{"), "its manifest is damaged"),
        (lambda folder: (folder / "scenes.json").write_bytes(b"\xff"), "its manifest is damaged"),
        (lambda folder: (folder / "scenes.json").write_text("[]"), "its manifest is damaged"),
        (lambda folder: (folder / "scenes.safetensors").unlink(), "missing"),
        (lambda folder: (folder / "scenes.safetensors").write_bytes(b"x"), "SHA-256 differs"),
    ],
)
def test_a_spoilt_bundle(assets: Path, spoil: Callable[[Path], object], fact: str) -> None:
    write_bundle(assets)
    spoil(assets)
    assert fact in unavailable("scenes")


@pytest.mark.parametrize("name", ["scenes", "cheater"])
def test_the_bundles_that_are_shipped_load(name: str) -> None:
    from densenet_viz.scenes.shapes import CLASSES

    model = load_model(name)
    assert (model.name, model.familiarity is None) == (name, False)
    assert model.labels == tuple(CLASSES)
    assert model.spec.name == "DenseNet-121"
    assert model.input_size == 128


@pytest.mark.parametrize("temperature", [0.5, 1, 3.0])
def test_probabilities_follow_the_manifests_temperature(assets: Path, temperature: float) -> None:
    write_bundle(assets, temperature=temperature)
    model = load_model("scenes")
    logits = np.array([2.0, 1.0, 0.0, -1.0, 0.5, 0.25])
    powers = np.exp(logits / temperature)
    found = [one.probability for one in sorted(model.predictions(logits, 6), key=lambda p: p.index)]
    assert found == pytest.approx(list(powers / powers.sum()))
    assert model.prediction(logits, 1).probability == pytest.approx(found[1])


def write_familiarity(folder: Path, **changes: Any) -> dict[str, Any]:
    """A familiarity beside the bundle; returns what the manifest states of it."""
    channels = changes.pop("channels", SPEC.block_outputs[-1])
    rng = np.random.default_rng(0)
    train, known = rng.random((300, channels), np.float32), rng.random((99, channels), np.float32)
    arrays = {**fit_familiarity(train, known, 4).tensors(), **changes}
    data = safetensors.numpy.save(arrays)
    (folder / "scenes.familiarity.safetensors").write_bytes(data)
    return {"sha256": hashlib.sha256(data).hexdigest(), "limit": 2.5}


def test_a_bundle_brings_its_familiarity(assets: Path) -> None:
    write_bundle(assets, familiarity=write_familiarity(assets))
    verdict = load_model("scenes").answer(picture(64)).verdict
    assert verdict is not None
    assert verdict.limit == 2.5
    assert np.isfinite(verdict.score)
    write_bundle(assets)
    assert load_model("scenes").answer(picture(64)).verdict is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"channels": 30}, "mean"),
        ({"spread": np.zeros(5, np.float32)}, "spread"),
        ({"mean": np.full(20, np.nan, np.float32)}, "mean"),
        ({"more": np.zeros(3, np.float32)}, ""),
        ({"mean": np.zeros(20, np.int64)}, ""),
    ],
)
def test_a_familiarity_that_does_not_fit_is_refused(
    assets: Path, changes: dict[str, Any], part: str
) -> None:
    write_bundle(assets, familiarity=write_familiarity(assets, **changes))
    assert part in unavailable("scenes")


def test_a_spoilt_or_absent_familiarity_is_refused(assets: Path) -> None:
    write_bundle(assets, familiarity=write_familiarity(assets))
    file = assets / "scenes.familiarity.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    assert "SHA-256" in unavailable("scenes")
    file.unlink()
    assert "SHA-256" not in unavailable("scenes")


# -- ImageNet models ------------------------------------------------------------------------

THOUSAND = replace(SPEC, num_classes=1000)


def old_style(network: torch.nn.Module) -> bytes:
    """The state as torchvision publishes it: old names, no counters."""
    return saved(
        {
            key.replace(".norm1.", ".norm.1.")
            .replace(".norm2.", ".norm.2.")
            .replace(".conv1.", ".conv.1.")
            .replace(".conv2.", ".conv.2."): value
            for key, value in network.state_dict().items()
            if not key.endswith("num_batches_tracked")
        }
    )


@pytest.fixture
def small_imagenet(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """DenseNet-121 is a small network here; returns its published file."""
    monkeypatch.setattr(models, "VARIANTS", {"densenet121": THOUSAND, "densenet169": THOUSAND})
    return old_style(small_network(THOUSAND))


def publish_at(monkeypatch: pytest.MonkeyPatch, url: str, data: bytes) -> str:
    """Lets torchvision's row point at `url`; returns the file's name."""
    name = f"densenet121-{hashlib.sha256(data).hexdigest()[:8]}.pth"
    monkeypatch.setattr(weights, "published_url", lambda _name: f"{url}/models/{name}")
    return name


def assert_is_the_small_network(model: models.LoadedModel) -> None:
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), small_network(THOUSAND)(x))


def test_weights_are_fetched_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_imagenet: bytes
) -> None:
    parts: list[float] = []
    with serving(whole(small_imagenet)) as (url, asked):
        name = publish_at(monkeypatch, url, small_imagenet)
        model = load_model("densenet121", on_progress=parts.append)
        again = load_model("densenet121")
    assert asked == [f"/models/{name}"]
    assert (tmp_path / "torch" / "hub" / "checkpoints" / name).read_bytes() == small_imagenet
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert_is_the_small_network(model)
    assert_is_the_small_network(again)
    assert (model.labels[0], len(model.labels)) == ("tench", 1000)
    assert (model.mean, model.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def test_a_length_that_is_not_announced_still_gives_a_progress(
    monkeypatch: pytest.MonkeyPatch, small_imagenet: bytes
) -> None:
    parts: list[float] = []
    with serving(whole(small_imagenet, announced=None)) as (url, _asked):
        publish_at(monkeypatch, url, small_imagenet)
        load_model("densenet121", on_progress=parts.append)
    assert all(0 <= part <= 1 for part in parts)
    assert parts == sorted(parts)


def test_a_spoilt_cache_is_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_imagenet: bytes
) -> None:
    with serving(whole(small_imagenet)) as (url, asked):
        name = publish_at(monkeypatch, url, small_imagenet)
        cached = tmp_path / "torch" / "hub" / "checkpoints" / name
        cached.parent.mkdir(parents=True)
        cached.write_bytes(b"half of it")
        assert_is_the_small_network(load_model("densenet121"))
    assert len(asked) == 1
    assert cached.read_bytes() == small_imagenet


def test_offline_the_way_without_a_network_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_imagenet: bytes
) -> None:
    with serving(status(200)) as (url, _asked):
        pass
    publish_at(monkeypatch, url, small_imagenet)
    said = unavailable("densenet121")
    assert "DenseNet-121" in said
    assert weights.ENVIRONMENT in said
    assert "127.0.0.1" not in said
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    assert [file.name for file in folder.iterdir() if file.suffix != ".lock"] == []


def test_a_forged_download_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_imagenet: bytes
) -> None:
    forged = old_style(small_network(THOUSAND, seed=9))
    with serving(whole(forged)) as (url, _asked):
        publish_at(monkeypatch, url, small_imagenet)
        assert weights.ENVIRONMENT in unavailable("densenet121")
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    assert [file.name for file in folder.iterdir() if file.suffix != ".lock"] == []


@pytest.mark.parametrize("kind", ["file", "folder", "safetensors"])
def test_weights_from_a_local_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_imagenet: bytes, kind: str
) -> None:
    file = tmp_path / "densenet121-mine.pth"
    if kind == "safetensors":
        file = file.with_suffix(".safetensors")
        file.write_bytes(safetensors.torch.save(small_network(THOUSAND).state_dict()))
    else:
        file.write_bytes(small_imagenet)
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path if kind == "folder" else file))
    with serving(status(404)) as (url, asked):
        publish_at(monkeypatch, url, small_imagenet)
        assert_is_the_small_network(load_model("densenet121"))
        unavailable("densenet169")  # the file is another variant's, so the server was asked
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("name", "change", "facts"),
    [
        ("mine.pth", lambda _data: b"not weights", []),
        ("mine.pth", lambda _: old_style(small_network(SPEC)), ["classifier.weight", "1000"]),
        ("densenet121-00000000.pth", lambda data: data, ["SHA-256"]),
        ("mine.safetensors", lambda data: data, []),
    ],
)
def test_a_local_file_that_does_not_fit(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    small_imagenet: bytes,
    name: str,
    change: Callable[[bytes], bytes],
    facts: list[str],
) -> None:
    (tmp_path / name).write_bytes(change(small_imagenet))
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path / name))
    said = unavailable("densenet121")
    assert [fact for fact in [*facts, weights.ENVIRONMENT] if fact not in said] == []


def test_a_local_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path / "nothing"))
    assert weights.ENVIRONMENT in unavailable("densenet121")


def test_torchvisions_own_network_answers_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """DenseNet-121 in full, from a file with torchvision's published key names."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        theirs = torchvision.models.densenet121().eval()
    (tmp_path / "densenet121.pth").write_bytes(old_style(theirs))
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path))
    model = load_model("densenet121")
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), theirs(x), rtol=1e-3, atol=1e-4)


# -- the rows -------------------------------------------------------------------------------


def test_the_rows() -> None:
    published = ["densenet121", "densenet161", "densenet169", "densenet201"]
    untrained = [f"{variant}-untrained" for variant in VARIANTS]
    assert list(MODELS) == ["scenes", "cheater", *published, *untrained]
    for name, row in MODELS.items():
        assert row.name == name
        assert row.title
        assert row.knows.endswith(".")
        if name in published:
            number = name.removeprefix("densenet")
            theirs = getattr(torchvision.models, f"DenseNet{number}_Weights").IMAGENET1K_V1
            assert row.megabytes == pytest.approx(theirs.meta["_file_size"], abs=0.06)


def test_an_untrained_variant_is_the_same_each_time_and_says_what_it_is() -> None:
    first, again = load_model("densenet121-untrained"), load_model("densenet121-untrained")
    for one, two in zip(first.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, two)
    assert (first.trained, first.spec) == (False, VARIANTS["densenet121"])
    assert len(first.labels) == 1000
    assert "7" in first.labels[7]


@pytest.mark.parametrize("name", ["resnet50", "", "Scenes", "../scenes", "x" * 500])
def test_a_model_that_does_not_exist(name: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        load_model(name)
    said = str(caught.value)
    assert [known for known in MODELS if known not in said] == []
    assert len(said) < 300
