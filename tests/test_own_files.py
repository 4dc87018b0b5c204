"""Weight files as people have them: what opens, what is said of it, and what is refused by name.

Each file holds the same small network under the names and wrappings of public training code; the
answers are held against torchvision's own class.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.loading import WeightFile, own_model, read_weight_file
from densenet_viz.network.own.preparation import NORMALISATIONS, PRESETS, Preparation
from tests.own_layouts import (
    LAYOUTS,
    WIDTH,
    State,
    grey,
    headed,
    monai,
    net,
    refusal,
    small_inputs,
    under,
)
from tests.small_models import picture, saved

SIZE = 64


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_opens_and_answers_as_before(layout: str) -> None:
    network, write = LAYOUTS[layout]
    data = saved(write(dict(network.state_dict())))
    model = own_model(data, None, Preparation(SIZE, (0.5,) * 3, (0.25,) * 3))
    pixels = picture(SIZE)
    x = model.tensor(pixels)
    given = x.mean(1, keepdim=True) if model.spec.input_channels == 1 else x
    with torch.no_grad():
        expected = network(given)
        if layout == "CheXNet":
            expected = torch.logit(expected)
        # Float32 sums in another order, and norms joined with linear layers: parts in 10,000.
        torch.testing.assert_close(model.network(x), expected, rtol=1e-3, atol=1e-4)
    assert model.spec.parameters == sum(p.numel() for p in model.network.parameters())


def test_one_score_is_the_sigmoid_of_it_and_two_names() -> None:
    network = net(1)
    model = own_model(saved(network.state_dict()), b"pneumonia", Preparation(SIZE))
    x = model.tensor(picture(SIZE))
    with torch.no_grad():
        (score,) = network(x)[0]
        logits = model.network(x)[0]
    torch.testing.assert_close(logits, torch.stack([-score, score]), rtol=1e-4, atol=1e-5)
    by_label = {each.label: each.probability for each in model.predictions(logits)}
    assert by_label == pytest.approx(
        {"pneumonia": float(score.sigmoid()), "not pneumonia": 1 - float(score.sigmoid())}, rel=1e-4
    )


def test_findings_have_a_sigmoid_each() -> None:
    model = own_model(saved(net(14).state_dict()))
    logits = np.linspace(-2, 2, 14)
    chances = [model.prediction(logits, index).probability for index in range(14)]
    assert chances == pytest.approx(1 / (1 + np.exp(-logits)))
    assert sum(chances) > 1.5


@pytest.mark.parametrize("averaged_first", [True, False])
def test_averaged_weights_are_taken_and_the_others_can_be(averaged_first: bool) -> None:
    plain = dict(net().state_dict())
    other = {k: v * 1.5 if v.is_floating_point() else v for k, v in plain.items()}
    both = [("state_dict_ema", other), ("state_dict", plain)]
    data = saved(dict(both if averaged_first else reversed(both)))
    found = read_weight_file(data)
    assert found.name == "state_dict_ema"
    assert set(found.choices) == {"state_dict", "state_dict_ema"}
    assert any("state_dict_ema" in note and "state_dict." in note for note in found.notes)
    chosen = read_weight_file(data, "state_dict")
    for reading, weights in ((found, other), (chosen, plain)):
        torch.testing.assert_close(reading.state["classifier.bias"], weights["classifier.bias"])
    assert own_model(found).name != own_model(chosen).name


def test_two_copies_in_one_dictionary_are_two_networks() -> None:
    state = dict(net().state_dict())
    found = read_weight_file(saved(under("model.", state) | under("ema_model.module.", state)))
    assert found.name == "ema_model.module"
    assert set(found.choices) == {"model", "ema_model.module"}


def test_swa_is_said() -> None:
    averaged = torch.optim.swa_utils.AveragedModel(net()).state_dict()
    assert any("SWA" in note for note in read_weight_file(saved(averaged)).notes)


def test_what_is_no_part_of_the_network_is_named() -> None:
    state = dict(net(5).state_dict())
    state |= {"fc.weight": torch.zeros(7, WIDTH), "fc.bias": torch.zeros(7)}
    reading = read_weight_file(saved(state))
    assert reading.outputs == 5
    assert any("fc.weight" in note and "fc.bias" in note for note in reading.notes)
    assert sum("fc" in note for note in reading.notes) == 2  # left out, and why it is a trap


def reading_of(network: nn.Module, **more: Tensor) -> WeightFile:
    return read_weight_file(saved(dict(network.state_dict()) | more))


@pytest.mark.parametrize(
    ("reading", "preset"),
    [
        (lambda: reading_of(net(1000)), "torchvision or timm"),
        (lambda: reading_of(net(14)), "CheXNet"),
        (lambda: reading_of(grey(18)), "torchxrayvision"),
        (lambda: reading_of(net(7), op_threshs=torch.zeros(7)), "torchxrayvision"),
        (lambda: read_weight_file(saved(monai(dict(net(6).state_dict())))), "MONAI"),
        (lambda: reading_of(small_inputs()), "CIFAR-10"),
    ],
)
def test_the_first_guess(reading: Callable[[], WeightFile], preset: str) -> None:
    found = reading()
    assert found.preset == preset
    assert found.preparation == PRESETS[preset]
    assert own_model(found).input_size == PRESETS[preset].input_size


def test_ranges_are_what_their_names_say() -> None:
    ends = {
        "0 to 1": (0, 1),
        "−1 to 1": (-1, 1),
        "0 to 255": (0, 255),
        "−1024 to 1024": (-1024, 1024),
    }
    for name, (low, high) in ends.items():
        mean, std = NORMALISATIONS[name]
        assert [(value - mean[0]) / std[0] for value in (0, 1)] == pytest.approx([low, high])


# -- nothing of a file runs ---------------------------------------------------------------------


class Call:
    """Pickles to a call."""

    def __init__(self, function: Callable[..., object], *given: object) -> None:
        self.call = function, given

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


RAN: list[str] = []


def run(word: str) -> str:
    RAN.append(word)
    return word


def test_a_function_of_the_file_is_never_called_though_the_file_opens() -> None:
    """It is no module that the system needs, so it is only replaced."""
    data = saved({"state_dict": dict(net().state_dict()), "more": Call(run, "now")})
    assert read_weight_file(data).outputs == 3
    assert RAN == []


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "subprocess.Popen", "posix.system"])
def test_a_dangerous_name_is_refused_and_said(name: str) -> None:
    module, function = name.split(".")
    pickle = f"c{module}\n{function}\n(S'true'\ntR.".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved({}))) as given, zipfile.ZipFile(made, "w") as archive:
        for entry in given.infolist():
            content = (
                b"\x80\x02" + pickle if entry.filename.endswith("data.pkl") else given.read(entry)
            )
            archive.writestr(entry.filename, content)
    assert name in str(refusal(made.getvalue()))


def test_safetensors_with_prefixes() -> None:
    state = under("model.backbone.", dict(net().state_dict()))
    assert read_weight_file(safetensors.torch.save(state)).outputs == 3


# -- what a stranger tried ----------------------------------------------------------------------


def pickled(code: bytes, name: str = "data.pkl") -> bytes:
    """A file of torch whose pickle is this code."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved({}))) as given, zipfile.ZipFile(made, "w") as archive:
        for entry in given.infolist():
            if entry.filename.endswith("data.pkl"):
                folder = entry.filename.removesuffix("data.pkl")
                archive.writestr(f"{folder}{name}", code)
            else:
                archive.writestr(entry.filename, given.read(entry))
    return made.getvalue()


@pytest.mark.parametrize(
    "kind",
    ["torch FloatTensor", "torch HalfTensor", "torch.storage UntypedStorage", "torch FloatStorage"],
)
def test_a_call_for_memory_of_the_process_is_never_made(kind: str) -> None:
    """Weights that are new memory would show what another visitor's picture left there."""
    code = f"\x80\x02}}(X\x11\0\0\0classifier.weightc{kind.replace(' ', chr(10))}\n(K\x03K\x18tRu."
    refusal(pickled(code.encode("latin-1")))


def test_a_pickle_by_another_name_is_not_read() -> None:
    call = b"\x80\x02c__builtin__\nbytearray\n(J\xff\xff\xff\x7ftR."
    refusal(pickled(call, "DATA.PKL"))


def test_a_memo_number_takes_no_memory() -> None:
    refusal(pickled(b"\x80\x02}r\xff\xff\xff\x7f."))


@pytest.mark.parametrize("shape", [(30_000, 50_000), (800_000_000, WIDTH)])
def test_a_head_of_one_repeated_value_is_refused_before_it_is_copied(
    shape: tuple[int, int],
) -> None:
    state = dict(net().state_dict())
    state["classifier.weight"] = torch.zeros((), dtype=torch.float16).expand(shape)
    del state["classifier.bias"]
    refusal(saved(state))


def test_a_dictionary_in_itself_ends() -> None:
    inside: dict[str, Any] = {}
    inside |= {f"key{index}": inside for index in range(3000)}
    refusal(saved(inside))


def test_many_stems_end() -> None:
    state = {f"{index}.conv0.weight": torch.zeros(1) for index in range(3000)}
    state |= {f"{index}.denselayer1.x": torch.zeros(1) for index in range(3000)}
    assert "20" in str(refusal(saved(state)))


@pytest.mark.parametrize(
    "change",
    [
        {"classifier.running_mean": torch.tensor(1.0)},
        {f"classifier.{'9' * 5000}.weight": torch.zeros(2, WIDTH)},
        {"features.<img src=x> **b**\n# title": torch.zeros(1)},
    ],
)
def test_odd_names_and_shapes_get_a_plain_sentence(change: State) -> None:
    with pytest.raises(OwnModelError) as caught:
        own_model(saved(dict(net().state_dict()) | change))
    assert not set("<>*#\n") & set(str(caught.value))


def test_what_a_newer_pickle_holds_is_read_too() -> None:
    made = io.BytesIO()
    torch.save({"state_dict": dict(net().state_dict())}, made, pickle_protocol=4)
    assert read_weight_file(made.getvalue()).outputs == 3


@pytest.mark.parametrize(
    ("head", "extra", "fact"),
    [
        ("classifier", {"fc.weight": torch.zeros(2, 5)}, "fc"),
        ("fc1", {"fc2.weight": torch.zeros(2, 5)}, "fc2"),
        ("one", {"two.weight": torch.zeros(5, WIDTH)}, "two"),
        ("fc", {"bn.weight": torch.ones(WIDTH), "bn.running_mean": torch.ones(WIDTH)}, "bn"),
        ("classifier", {"classifier.weight_g": torch.ones(5, 1)}, "weight_norm"),
    ],
)
def test_a_head_that_a_file_does_not_tell_is_refused(head: str, extra: State, fact: str) -> None:
    state = {key.replace("classifier", head): v for key, v in net(5).state_dict().items()}
    assert fact in str(refusal(saved(state | extra)))


def test_the_outer_head_is_the_one_that_was_trained() -> None:
    inner = under("backbone.", dict(net(10).state_dict()))
    outer = {"classifier.weight": torch.zeros(2, WIDTH), "classifier.bias": torch.zeros(2)}
    reading = read_weight_file(saved(inner | outer))
    assert reading.outputs == 2
    assert any("backbone.classifier.weight" in note for note in reading.notes)


def test_features_in_a_sequential_have_no_last_relu() -> None:
    state = {
        key.replace("features.", "0.0.").replace("classifier.", "1.4."): value
        for key, value in net().state_dict().items()
    }
    error = refusal(saved(state))
    assert "ReLU" in str(error)
    assert "densenet121" in error.lines


@pytest.mark.parametrize("seed", range(4))
def test_safetensors_in_any_order_are_the_same_head(seed: int) -> None:
    network = headed(
        *(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU()),
        nn.Linear(WIDTH, 2),
    )
    names = list(network.state_dict())
    shuffled = map(str, np.random.default_rng(seed).permutation(names))
    state = {name: network.state_dict()[name].contiguous() for name in shuffled}
    for data in (safetensors.torch.save(state), saved(state)):
        reading = read_weight_file(data)
        last = network.state_dict()["classifier.4.bias"]
        torch.testing.assert_close(reading.state["classifier.4.bias"], last)


def test_edema_is_no_average() -> None:
    state = dict(net().state_dict())
    reading = read_weight_file(saved({"edema_model": state}))
    assert not any("EMA" in note for note in reading.notes)


def test_a_weight_under_two_names_is_refused() -> None:
    state = dict(net().state_dict())
    state |= {"features.denseblock1.denselayer1.norm.1.weight": torch.ones(12)}
    assert "two names" in str(refusal(saved(state)))
