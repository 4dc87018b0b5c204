"""The transition's scene and its other compressions, held against plain numpy."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch
from torch import nn

from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.measure import capture
from densenet_viz.measure.transition import transition_row, with_compression
from densenet_viz.network.build import build
from densenet_viz.network.densenet import transition
from densenet_viz.results.traces import NetworkTrace
from densenet_viz.stage.transition import scene as stage
from densenet_viz.stage.transition.scene import (
    mixing,
    packed_values,
    transition_rows,
    transition_scene,
)

SPEC = DenseNetSpec(
    growth_rate=4, block_config=(2, 3), initial_channels=16, num_classes=5, input_size=64
)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """A live network whose first transition has a batch norm that does something."""
    built = build(SPEC, seed=0)
    norm = built.get_submodule("features.transition1.norm")
    generator = torch.Generator().manual_seed(1)
    for name, tensor in norm.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5 * ("bias" not in name))
    return built


@pytest.fixture(scope="module")
def trace(network: nn.Module) -> NetworkTrace:
    tensor = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    picture = np.zeros((64, 64, 3), np.uint8)
    return capture(network, tensor, spec=SPEC, trained=True, picture=picture)


def test_each_mixed_pixel_is_the_weighted_sum_of_the_activated_maps(trace: NetworkTrace) -> None:
    step = trace.transitions[0]
    assert step.weight.shape == (12, 24)
    assert step.activated.min() >= 0
    expected = np.einsum("oc,chw->ohw", step.weight, step.activated)
    np.testing.assert_allclose(step.mixed, expected, atol=1e-5)


def test_each_pooled_pixel_is_the_mean_of_four(trace: NetworkTrace) -> None:
    step = trace.transitions[0]
    four = [step.mixed[:, row::2, column::2] for row in (0, 1) for column in (0, 1)]
    np.testing.assert_allclose(step.pooled, sum(four) / 4, atol=1e-6)


def test_strongest_and_rest_make_the_mean_of_the_mixed_map(trace: NetworkTrace) -> None:
    step = trace.transitions[0]
    shown = mixing(step, strongest=5)
    parts = step.weight * step.activated.mean(axis=(1, 2))
    for output in range(12):
        inputs = shown["inputs"][output]
        assert len(set(inputs)) == 5
        others = np.delete(parts[output], inputs)
        assert np.abs(parts[output][inputs]).min() >= np.abs(others).max()
        np.testing.assert_allclose(shown["weights"][output], step.weight[output][inputs], atol=1e-6)
        np.testing.assert_allclose(shown["contributions"][output], parts[output][inputs], atol=2e-6)
        assert shown["rest"][output] == pytest.approx(others.sum(), abs=2e-5)
        whole = sum(shown["contributions"][output]) + shown["rest"][output]
        assert shown["mean"][output] == pytest.approx(whole, abs=1e-5)
        assert shown["mean"][output] == pytest.approx(step.mixed[output].mean(), abs=2e-6)


def test_few_inputs_are_all_shown(trace: NetworkTrace) -> None:
    shown = mixing(trace.transitions[0], strongest=100)
    assert all(sorted(inputs) == [*range(24)] for inputs in shown["inputs"])
    np.testing.assert_allclose(shown["rest"], 0, atol=1e-5)


def test_scene_keeps_every_value_that_the_window_walks_over(trace: NetworkTrace) -> None:
    step = trace.transitions[0]
    packed = packed_values(step.mixed)
    assert packed["bits"] == 16
    steps = np.frombuffer(base64.b64decode(packed["data"]), "<u2").reshape(step.mixed.shape)
    low, high = (np.array(packed[key])[:, None, None] for key in ("low", "high"))
    np.testing.assert_allclose(low + steps / 65_535 * (high - low), step.mixed, atol=1e-4)


def test_large_scenes_send_one_byte_a_value(
    trace: NetworkTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "MOST_VALUE_BYTES", 2 * trace.transitions[0].mixed.size - 1)
    packed = packed_values(trace.transitions[0].mixed)
    assert packed["bits"] == 8
    assert len(base64.b64decode(packed["data"])) == trace.transitions[0].mixed.size


def test_writers_are_the_layers_that_wrote_the_given_maps(trace: NetworkTrace) -> None:
    step, block = trace.transitions[0], trace.blocks[0]
    scene = transition_scene(step, block, compression=0.5, trained=True, own=True)
    assert [(w["layer"], w["start"], w["stop"]) for w in scene["writers"]] == [
        *((0, 0, 16), (1, 16, 20), (2, 20, 24))
    ]
    np.testing.assert_array_equal(step.given[20:24], block.layers[1].maps)
    assert (scene["size"], scene["half"]) == ([16, 16], [8, 8])
    assert (scene["given"]["count"], scene["mixed"]["count"]) == (24, 12)
    assert scene["pooled"]["width"] * 2 == scene["mixed"]["width"]


def test_table_follows_the_tensor(trace: NetworkTrace) -> None:
    rows = transition_rows(trace.transitions[0])
    assert [row["maps"] for row in rows] == [24, 24, 12, 12]
    assert [row["pixels"] for row in rows] == ["16 × 16", "16 × 16", "16 × 16", "8 × 8"]
    assert rows[1]["lowest"] >= 0
    assert rows[3]["numbers"] == 12 * 64


@pytest.mark.parametrize("keeps", [1, 7, 24])
def test_other_compression_keeps_the_trained_norm(
    network: nn.Module, trace: NetworkTrace, keeps: int
) -> None:
    own = trace.transitions[0]
    step = network.get_submodule("features.transition1")
    before = {name: tensor.clone() for name, tensor in step.state_dict().items()}
    other = with_compression(step, own.given, block=1, keeps=keeps, seed=3)
    np.testing.assert_allclose(other.activated, own.activated, atol=1e-6)
    assert other.mixed.shape == (keeps, 16, 16)
    assert other.pooled.shape == (keeps, 8, 8)
    expected = np.einsum("oc,chw->ohw", other.weight, own.activated)
    np.testing.assert_allclose(other.mixed, expected, atol=1e-5)
    again = with_compression(step, own.given, block=1, keeps=keeps, seed=3)
    np.testing.assert_array_equal(again.pooled, other.pooled)
    for name, tensor in step.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_random_weights_are_he_and_no_trained_ones() -> None:
    step = transition(400, 10).eval()
    given = np.zeros((400, 2, 2), np.float32)
    weight = with_compression(step, given, block=1, keeps=300, seed=0).weight
    assert weight.std() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert abs(weight.mean()) < 1e-3


def test_what_does_not_fit_is_refused(network: nn.Module, trace: NetworkTrace) -> None:
    step = network.get_submodule("features.transition1")
    given = trace.transitions[0].given
    with pytest.raises(ValueError, match=r"\(24, H, W\) is expected"):
        with_compression(step, given[:5], block=1, keeps=2, seed=0)
    with pytest.raises(ValueError, match="keeps=0 was given"):
        with_compression(step, given, block=1, keeps=0, seed=0)
    with pytest.raises(SpecError, match="compression"):
        transition_row(SPEC, 1, 0.0)


@pytest.mark.parametrize("name", ["densenet121", "densenet161"])
@pytest.mark.parametrize("block", [1, 2, 3])
def test_row_at_the_networks_own_compression_is_the_networks_own(name: str, block: int) -> None:
    spec = VARIANTS[name]
    own = next(row for row in spec.rows if row.kind == "transition" and row.block == block)
    row = transition_row(spec, block, 0.5)
    for field in ("in_channels", "out_channels", "height", "parameters", "multiply_adds"):
        assert getattr(row, field) == getattr(own, field), field


@pytest.mark.parametrize("compression", [0.1, 0.3, 0.7, 1.0])
def test_row_is_what_a_live_transition_has(compression: float) -> None:
    row = transition_row(VARIANTS["densenet121"], 2, compression)
    live = transition(512, row.out_channels)
    assert row.in_channels == 512
    assert row.out_channels == int(512 * compression + 1e-9)
    assert row.parameters == sum(weight.numel() for weight in live.parameters())
    assert row.multiply_adds == 28 * 28 * live.get_submodule("conv").get_parameter("weight").numel()
