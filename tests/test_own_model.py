"""A visitor's own DenseNet: held against torchvision's own forward pass, and hostile files."""

from __future__ import annotations

import io
import json
import pickle
import re
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.network._torchvision import densenet
from densenet_viz.network.build import blank, build
from densenet_viz.network.densenet import OwnDenseNet
from densenet_viz.network.own import content
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.labels import read_labels
from densenet_viz.network.own.loading import own_model
from densenet_viz.network.own.preparation import Preparation
from densenet_viz.network.own.spec import common_compression, spec_from_state
from tests.small_models import OWN_SPEC, picture, saved, small_network
from tests.tiers import in_tiers

State = dict[str, Tensor]
SIZE = 64
MEAN, STD = (0.2, 0.3, 0.4), (0.5, 0.6, 0.7)
PREPARED = Preparation(SIZE, MEAN, STD)


def stock(seed: int = 5) -> nn.Module:
    """torchvision's own class, small and odd, with norms that are not the identity."""
    torch.manual_seed(seed)
    network: nn.Module = densenet.DenseNet(
        growth_rate=12, block_config=(4, 3, 5), num_init_features=20, num_classes=3
    )
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if re.search(r"norm\d?\.|\.norm\.", name) and tensor.is_floating_point():
                tensor.uniform_(0.6, 1.4)
    return network.eval()


STOCK = stock()
SPEC = DenseNetSpec(12, (4, 3, 5), 20, num_classes=3, input_size=SIZE)


def state_of(network: nn.Module = STOCK) -> State:
    return {key: value.clone() for key, value in network.state_dict().items()}


def normalised(pixels: np.ndarray[Any, Any]) -> Tensor:
    """The input, by the definition and not by the model's own preparation."""
    scaled = (pixels / 255 - np.array(MEAN)) / np.array(STD)
    return torch.from_numpy(scaled.transpose(2, 0, 1)[None].astype(np.float32))


def old_names(state: State) -> OrderedDict[str, Tensor]:
    pattern = re.compile(r"(denselayer\d+\.(?:norm|conv))([12])")
    return OrderedDict((pattern.sub(r"\1.\2", key), value) for key, value in state.items())


def legacy(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


FORMS: dict[str, Callable[[State], bytes]] = {
    "safetensors": safetensors.torch.save,
    "pth": saved,
    "pth of before torch 1.6": legacy,
    "old names": lambda state: saved(old_names(state)),
    "old names as safetensors": lambda state: safetensors.torch.save(old_names(state)),
    "parameters": lambda state: saved({k: nn.Parameter(v, False) for k, v in state.items()}),
    "DataParallel": lambda state: saved({f"module.{key}": v for key, v in state.items()}),
    "a wrapped module": lambda state: saved({f"module.model.{k}": v for k, v in state.items()}),
    "a training's checkpoint": lambda state: saved(
        {"epoch": 3, "state_dict": state, "optimizer": {"lr": 0.1}, "best": torch.zeros(1)}
    ),
    "model_state_dict": lambda state: saved({"model_state_dict": state, "loss": 0.5}),
    "compiled, in a mapping": lambda state: legacy(
        {"model": {f"_orig_mod.{key}": value for key, value in state.items()}}
    ),
    "without counters": lambda state: safetensors.torch.save(
        {key: value for key, value in state.items() if "num_batches" not in key}
    ),
    "repacked": lambda state: repacked(saved(state)),
}


def repacked(data: bytes) -> bytes:
    """As a ZIP tool would write it anew: compressed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in given.infolist():
            archive.writestr(entry.filename, given.read(entry))
    return made.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_logits_are_torchvisions(form: str) -> None:
    model = own_model(FORMS[form](state_of()), None, PREPARED)
    assert model.spec == SPEC
    pixels = picture(SIZE)
    # Float32 sums of some hundred products in another order: parts in 10,000 at most.
    with torch.no_grad():
        torch.testing.assert_close(
            model.network(model.tensor(pixels)), STOCK(normalised(pixels)), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_float32(dtype: torch.dtype) -> None:
    state = {k: v.to(dtype) if v.is_floating_point() else v for k, v in state_of().items()}
    model = own_model(saved(state), None, Preparation(SIZE))
    for key, value in model.network.state_dict().items():
        if value.is_floating_point():
            assert value.dtype == torch.float32
            torch.testing.assert_close(value, state[key].float(), rtol=0, atol=0)


def test_a_model_says_what_it_is() -> None:
    data = saved(state_of())
    model = own_model(data, b"cat\ndog\nowl", PREPARED)
    assert model.title == "Your model (DenseNet-28, 3 classes)"  # 1 + 2 * 12 + 2 + 1
    assert (model.labels, model.input_size, model.mean, model.std) == (
        ("cat", "dog", "owl"),
        SIZE,
        MEAN,
        STD,
    )
    assert model.trained
    assert model.familiarity is None
    assert model.provenance
    assert re.fullmatch(r"own-[0-9a-f]{12}", model.name)


def test_the_name_depends_on_all_that_an_answer_depends_on() -> None:
    data, other = saved(state_of()), safetensors.torch.save(state_of())
    names = [
        own_model(*files, preparation=Preparation(**settings)).name
        for files, settings in (
            ((data,), {"input_size": SIZE}),
            ((data,), {"input_size": SIZE}),
            ((other,), {"input_size": SIZE}),
            ((data, b"a\nb\nc"), {"input_size": SIZE}),
            ((data,), {"input_size": 65}),
            ((data,), {"input_size": SIZE, "mean": MEAN}),
            ((data,), {"input_size": SIZE, "std": STD}),
        )
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 6


# -- the configuration ----------------------------------------------------------------------


SMALL_SPECS = [
    OWN_SPEC,
    DenseNetSpec(5, (2, 3, 2), 10, False, 0.29, 100, 64),
    DenseNetSpec(40, (3,), 16, True, 0.5, 1, 32),
]


@pytest.mark.parametrize(
    "spec",
    in_tiers(
        [*VARIANTS.values(), DenseNetSpec(12, (16, 16, 16), 24, True, 1.0, 10, 96), *SMALL_SPECS],
        first=[VARIANTS["densenet121"], *SMALL_SPECS],
    ),
    ids=str,
)
def test_any_configuration_is_found_from_the_shapes(spec: DenseNetSpec) -> None:
    shapes = blank(partial(OwnDenseNet, spec)).state_dict()
    found = spec_from_state(shapes, [spec.num_classes], spec.input_size)
    assert found.transition_channels == spec.transition_channels
    same = ("growth_rate", "block_config", "initial_channels", "bottleneck", "num_classes")
    assert [getattr(found, name) for name in same] == [getattr(spec, name) for name in same]
    assert found.parameters == spec.parameters


@pytest.mark.parametrize(
    ("pairs", "theta"),
    [
        ([], 0.5),
        ([(3, 7)], 0.5),
        ([(7, 7), (9, 9)], 1.0),
        ([(3, 10)], 0.3),
        ([(333, 1000)], 0.333),
        ([(1, 3), (33, 100)], 0.334),  # at least 1/3, and below 0.34
        ([(1, 4), (2, 3)], None),  # below 1/2, and at least 2/3
    ],
)
def test_compressions(pairs: list[tuple[int, int]], theta: float | None) -> None:
    assert common_compression(pairs) == theta


# -- what is refused ------------------------------------------------------------------------

LAYER = "features.denseblock1.denselayer1"


def put(key: str, *shape: int) -> Callable[[State], object]:
    return lambda state: state.update({key: torch.full(shape, 0.1)})


def fill(key: str, value: float) -> Callable[[State], object]:
    return lambda state: state[key].view(-1)[:1].fill_(value)


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (lambda state: state.pop("features.conv0.weight"), ["features.conv0.weight"]),
        (
            lambda state: [state.pop(k) for k in list(state) if "denseblock" in k],
            ["features.denseblock1"],
        ),
        (lambda state: state.pop(f"{LAYER}.norm2.bias"), [f"{LAYER}.norm2.bias"]),
        (
            lambda state: [state.pop(k) for k in list(state) if "denselayer2." in k],
            ["features.denseblock1.denselayer2.norm1.weight", "29"],
        ),
        (put("features.conv0.weight", 20, 2, 7, 7), ["2 channels", "3", "1"]),
        (
            put("features.conv0.weight", 20, 3, 5, 5),
            ["features.conv0.weight", "20 × 3 × 5 × 5", "7 × 7", "3 × 3"],
        ),
        (put("features.conv0.weight", 20, 3, 3, 7, 7), ["volumes", "20 × 3 × 3 × 7 × 7"]),
        (put("features.conv0.weight", 20), ["features.conv0.weight", "20", "4"]),
        (
            put(f"{LAYER}.conv1.weight", 25, 20, 1, 1),
            [f"{LAYER}.conv1.weight", "25", "12", "bn_size"],
        ),
        (
            lambda state: state.pop(f"{LAYER}.conv2.weight"),
            [f"{LAYER}.conv1.weight", "conv2", "1 × 1", "3 × 3"],
        ),
        (put("features.transition1.conv.weight", 99, 68, 1, 1), ["transition 1", "99", "68"]),
        (put("features.transition1.conv.weight", 60, 68, 1, 1), ["60 of 68", "35 of 70", "θ"]),
        (
            put("features.denseblock2.denselayer1.norm1.weight", 33),
            ["features.denseblock2.denselayer1.norm1.weight", "33", "20", "12", "4, 3, 5", "34"],
        ),
        (put("classifier.weight", 3, 96), ["classifier.weight", "96", "95"]),
        (put("classifier.weight", 3, 190), ["classifier", "maximum", "mean"]),
        (put("classifier.weight", 95), ["classifier.weight", "95", "2"]),
        (put("classifier.weight", 4, 95), ["classifier.bias", "4"]),
        (
            lambda state: [
                put("classifier.weight", 10_001, 95)(state),
                state.pop("classifier.bias"),
            ],
            ["classifier", "10,001", "10,000"],
        ),
        (
            lambda state: [state.pop(f"classifier.{key}") for key in ("weight", "bias")],
            ["classifier", "95"],
        ),
        (put("features.conv9.weight", 2, 2), ["features.conv9.weight"]),
        (fill("classifier.bias", float("nan")), ["classifier.bias", "float32"]),
        (
            lambda state: state.update(
                {"classifier.bias": torch.full((3,), 1e300, dtype=torch.float64)}
            ),
            ["classifier.bias", "float32"],
        ),
        (fill("features.norm5.running_var", -0.5), ["features.norm5.running_var"]),
        (
            lambda state: [
                state[key].fill_(3e38) for key in ("features.conv0.weight", "classifier.weight")
            ],
            [],
        ),
        (
            put("features.denseblock9.denselayer1.norm1.weight", 4),
            ["features.transition3.conv.weight"],
        ),
        (
            put("features.denseblock3.denselayer129.norm1.weight", 4),
            ["block_config=(4, 3, 129)", "8", "128"],
        ),
        (
            lambda state: state.update(
                {"classifier.bias": torch.zeros(3, dtype=torch.float8_e4m3fn)}
            ),
            ["classifier.bias", "float8_e4m3fn", "float16", "bfloat16", "float32", "float64"],
        ),
    ],
)
def test_a_state_that_is_refused(change: Callable[[State], object], facts: list[str]) -> None:
    """Said is which weight it is, what it is, and what it has to be."""
    state = state_of()
    change(state)
    said = refusal(saved(state))
    assert [fact for fact in facts if fact not in said] == []


def refusal(data: bytes, **settings: Any) -> str:
    with pytest.raises(OwnModelError) as caught:
        own_model(data, None, Preparation(**{"input_size": SIZE, **settings}))
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith((".", "?"))
    return said


@pytest.mark.parametrize("size", [15, 513, -1])
def test_an_input_size_out_of_range(size: int) -> None:
    assert re.findall(r"-?\d+", refusal(saved(state_of()), input_size=size)) == [
        str(size),
        "16",
        "512",
    ]


def test_an_input_too_small_for_the_blocks() -> None:
    deep = build(DenseNetSpec(2, (1,) * 6, 4, input_size=SIZE * 4), seed=0)
    said = refusal(saved(deep.state_dict()), input_size=100)
    assert re.findall(r"\d+", said) == ["100", "125", "6"]


def expanded(spec: DenseNetSpec) -> bytes:
    """A state dict of any size in a few bytes: every weight is one number, repeated."""
    shapes = {k: v.shape for k, v in blank(partial(OwnDenseNet, spec)).state_dict().items()}
    return saved({key: torch.zeros(()).expand(shape) for key, shape in shapes.items()})


@pytest.mark.parametrize(
    ("spec", "found", "allowed"),
    [
        (DenseNetSpec(96, (6, 12, 36, 24), 192), 110, 64),
        (DenseNetSpec(64, (6, 12, 24, 16), 128, input_size=512), 57_976, 50_000),
        (DenseNetSpec(12, (60, 30), 128, True, 1.0, 10, 512), 8_288, 2_500),
    ],
    ids=["weights", "multiply-adds", "bytes of maps"],
)
def test_an_unreasonable_network_is_not_built(
    spec: DenseNetSpec, found: int, allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said is how many millions it has, at which size, and how many are allowed."""
    data = expanded(spec)
    assert len(data) < 1_000_000
    monkeypatch.setattr("densenet_viz.network.build.build", None)
    said = refusal(data, input_size=spec.input_size)
    numbers = re.findall(r"\d+(?:,\d+)*", said.replace(spec.name, ""))
    assert numbers == [f"{found:,}", str(spec.input_size), f"{allowed:,}"]


def test_a_claim_of_petabytes_costs_nothing() -> None:
    state = state_of()
    state["features.norm5.weight"] = torch.zeros(1).expand(1 << 50)
    said = refusal(saved(state))
    assert f"{1 << 50:,}" in said


# -- hostile files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 64,
        b"weights" * 100,
        b"PK\3\4" + b"weights" * 100,
        struct.pack("<Q", 1 << 40) + b"{}",
        struct.pack("<Q", 1 << 62) + b'{"a":{}}',
        struct.pack("<Q", 9) + b'{"a":{}} ',
        struct.pack("<Q", 100_000) + b"{" * 100_000,
        pickle.dumps({"features.conv0.weight": [1.0]}, protocol=2),
        saved(STOCK.state_dict())[:-2000],
        legacy(STOCK.state_dict())[:-2000],
        safetensors.torch.save(STOCK.state_dict())[:-1],
        safetensors.torch.save(STOCK.state_dict())[:5000],
    ],
)
def test_bytes_that_are_no_weights(data: bytes) -> None:
    assert refusal(data)


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is reached fails with a TypeError."""
    monkeypatch.setattr(content, "read_safetensors", None)
    monkeypatch.setattr(content, "Reader", None)


def test_a_header_of_millions_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_reading(monkeypatch)
    header = b"{" + b" " * content.HEADER_LIMIT + b"}"
    assert refusal(struct.pack("<Q", len(header)) + header)


@pytest.mark.parametrize(
    "value",
    [
        [torch.zeros(1)],
        torch.zeros(1),
        {1: torch.zeros(1)},
        {"features.conv0.weight": torch.zeros(2, 2).to_sparse()},
        {"features.conv0.weight": torch.zeros(2, dtype=torch.int8)},
        {"features.conv0.weight": torch.zeros(2, dtype=torch.complex64)},
        {"features.conv0.weight": torch.zeros(2, dtype=torch.int64)},
        {"state_dict": {"state_dict": {"features.conv0.weight": torch.zeros(1)}}},
    ],
)
def test_files_that_hold_something_else(value: object) -> None:
    said = refusal(saved(value))
    assert any(fact in said for fact in (".safetensors", "name", "features.denseblock1", "conv0"))


def test_a_quantised_network() -> None:
    with pytest.warns(UserWarning, match="deprecated"):
        value = torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8)
    assert refusal(saved({"features.conv0.weight": value}))


def test_a_tensor_without_values() -> None:
    state = state_of()
    state["classifier.bias"] = torch.zeros(3, device="meta")
    assert "classifier.bias" in refusal(saved(state))


def test_an_empty_state() -> None:
    assert ".safetensors" in refusal(saved({}))


class Call:
    """Pickles to a call."""

    def __init__(self, function: Callable[..., object], *given: object) -> None:
        self.call = function, given

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


@pytest.mark.parametrize("write", [saved, legacy, lambda value: pickle.dumps(value, protocol=2)])
def test_pickled_code_never_runs(tmp_path: Path, write: Callable[[object], bytes]) -> None:
    ran = tmp_path / "ran"
    assert refusal(write({**state_of(), "more": Call(Path.touch, ran)}))
    assert not ran.exists()


@pytest.mark.parametrize("write", [saved, legacy])
@pytest.mark.parametrize("call", [Call(bytearray, 1 << 62), Call(torch.Tensor, 1 << 40)])
def test_a_call_for_memory_is_not_made(
    write: Callable[[object], bytes], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_reading(monkeypatch)
    assert refusal(write({"a": call}))


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "SIZE_LIMIT", 3_000_000)
    forbid_reading(monkeypatch)
    bomb = repacked(saved({"a": torch.zeros(1_000_000)}))
    assert len(bomb) < 10_000
    assert "2 MB" in refusal(bomb)


def test_a_zip_that_lies_about_its_sizes() -> None:
    data = bytearray(repacked(saved({"a": torch.zeros(1_000_000)})))
    place = data.rindex(b"PK\1\2", 0, data.rindex(b"archive/data/0"))
    assert struct.unpack_from("<I", data, place + 24) == (4_000_000,)
    struct.pack_into("<I", data, place + 24, 16)
    assert refusal(bytes(data))


def test_one_entry_twice() -> None:
    made = io.BytesIO(saved(state_of()))
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(archive.namelist()[0], b"other")
    assert refusal(made.getvalue())


def test_a_file_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "SIZE_LIMIT", 1 << 20)
    assert "1 MB" in refusal(bytes((1 << 20) + 1))


# -- labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"cat\ndog\nowl",
        b"\xef\xbb\xbfcat\r\ndog\r\n\r\nowl\r\n",
        b"  cat \n\n dog\nowl\n\n",
        b'["cat", "dog", "owl"]',
        b'{"0": "cat", "2": "owl", "1": "dog"}',
        b'{"0": ["n01", "cat"], "1": ["n02", "dog"], "2": ["n03", "owl"]}',
        b'[["n01", "cat"], ["n02", "dog"], ["n03", "owl"]]',
        b'{"owl": 2, "cat": 0, "dog": 1}',
        json.dumps(["cat", "d\u202eog", "o\u0000w\u200bl"]).encode(),
        b'{"architectures": ["D"], "id2label": {"0": "cat", "1": "dog", "2": "owl"}}',
        b'{"1": "cat", "2": "dog", "3": "owl"}',
        b'{"cat": 1, "dog": 2, "owl": 3}',
        b"0,cat\n1,dog\n2,owl",
        b'{"class_to_idx": {"owl": 2, "cat": 0, "dog": 1}}',
        b",id,label\n0,2,owl\n1,0,cat\n2,1,dog",
        b"label;id\nowl;2\ncat;0\ndog;1\n",
        b"id\tname\tcount\n1\tcat\t7\n2\tdog\t9\n3\towl\t1",
        b"class,n\ncat,10\ndog,20\nowl,30",
        "cat\ndog\nowl".encode("utf-16"),
        "cat\ndog\nowl\n".encode("utf-16-le"),
        "cat\ndog\nowl\n".encode("utf-16-be"),
        b"0: cat\n1: dog\n2: owl",
        b"3) owl\n1) cat\n2) dog",
        b"0 cat\n1 dog\n2 owl",
        b"names:\n  0: cat\n  1: dog\n  2: owl",
        b"names:\n- cat\n- dog\n- owl",
        b"{0: 'cat',\n 1: 'dog',\n 2: 'owl'}",
        b"['cat', 'dog', 'owl']",
        b'{"classes": ["cat", "dog", "owl"], "epochs": 3}',
        b'{"label_names": ["cat", "dog", "owl"], "num_classes": 3}',
        b"cat, dog, owl",
        b"sep=;\n0;cat\n1;dog\n2;owl",
        "٠,cat\n١,dog\n٢,owl".encode(),
    ],
)
def test_forms_of_labels(data: bytes) -> None:
    assert read_labels(data, 3) == ("cat", "dog", "owl")


@pytest.mark.parametrize(
    ("encoding", "labels"),
    [
        ("cp1252", ("Hühnerhabicht", "Rötelmaus", "Größe")),
        ("gb18030", ("肺炎与其他疾病", "胸腔积液的患者", "没有发现任何异常")),
        ("utf-8", ("التهاب رئوي", "انصباب", "سليم")),
        ("cp1256", ("التهاب رئوي", "انصباب جنبي", "تضخم القلب")),
        ("cp1251", ("пневмония лёгких", "выпот в плевре", "патологии нет")),
        ("cp1253", ("πνευμονία", "πλευριτική συλλογή", "φυσιολογικό")),
    ],
)
def test_labels_of_other_encodings_and_directions(encoding: str, labels: tuple[str, ...]) -> None:
    assert read_labels("\n".join(labels).encode(encoding), 3) == labels


def test_a_first_label_in_brackets_is_no_json() -> None:
    assert read_labels(b"[unknown]\ncat\nowl", 3) == ("(unknown)", "cat", "owl")


def test_a_list_with_commas_is_no_table() -> None:
    names = ("tench, Tinca tinca", "goldfish, Carassius", "shark, great white")
    assert read_labels("\n".join(names).encode(), 3) == names


def test_a_label_without_letters_is_called_by_its_number() -> None:
    assert read_labels(b'["cat", "", "\\u0007 \\u200b"]', 3) == ("cat", "class 1", "class 2")


def test_labels_by_default() -> None:
    assert read_labels(None, 3) == ("class 0", "class 1", "class 2")
    assert read_labels(None, 2, single=True) == ("negative", "positive")


def test_a_label_may_occur_twice_and_is_cut() -> None:
    long = "hen-of-the-woods, hen of the woods, Polyporus frondosus, Grifola frondosa"
    labels = read_labels(f"crane\ncrane\n{long}".encode(), 3)
    assert labels[:2] == ("crane", "crane")
    assert labels[2] == long[:59] + "…"
    assert read_labels(("x" * 60).encode(), 1) == ("x" * 60,)


def test_labels_mean_nothing_to_markdown() -> None:
    data = b"![a](https://example.org/x.png)\n<b>`c`</b>\n$d$\\e"
    assert read_labels(data, 3) == ("!(a)(https://example.org/x.png)", "‹b›'c'‹/b›", "＄d＄/e")


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        (b"cat\ndog", ["2", "3"]),
        (b"a\nb\nc\nd", ["4", "3"]),
        (b"", ["0", "3"]),
        (b'{"0": "cat", "1": "dog", "3": "owl"}', ["2"]),
        (b'{"cat": 1, "dog": 1, "owl": 0}', ["2"]),
        (b'["cat", "dog", 3]', ["2"]),
        (b'["cat", "dog", ["n", "owl", 1]]', ["2"]),
        (b'["cat", "dog", ', []),
        (b"[" * 200_000, []),
        (b"[" + b"-" * 200_000 + b"1]", []),
        (b"{1:" * 100_000, []),
        (b"\xff\xfecat", ["8"]),
        (b"\0\0\0\0\xff", ["8"]),
        (b"a\n" * 10_001, ["10,000"]),
        (b"1," + b"a" * 200_000, ["1", "3"]),
        (b'"' * 900_000, ["1", "3"]),
        (b"a" * 1_000_001, ["1"]),
    ],
)
def test_labels_that_are_refused(data: bytes, numbers: list[str]) -> None:
    """Said is how many were given and are needed, which class has no label, or the limit."""
    with pytest.raises(OwnModelError) as caught:
        read_labels(data, 3)
    said = str(caught.value)
    assert re.findall(r"\d+(?:,\d+)*", said)[: len(numbers)] == numbers
    assert said.endswith(".")
    assert "\n" not in said


def test_a_plain_network_answers_as_it_did_before() -> None:
    """A layer without a bottleneck, and a compression that torchvision does not have."""
    network = small_network(OWN_SPEC)
    model = own_model(saved(network.state_dict()), None, Preparation(OWN_SPEC.input_size))
    assert model.spec.transition_channels == OWN_SPEC.transition_channels == (12,)
    assert (model.spec.bottleneck, model.spec.parameters) == (False, OWN_SPEC.parameters)
    x = torch.randn(2, 3, 64, 64, generator=torch.manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), network(x), rtol=1e-4, atol=1e-5)
