"""The fused evaluation against the module network under autograd."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.fused.convolution import MOST_ORDERS, Convolution, backward_dtype
from densenet_viz.network.fused.differentiable import DifferentiableDenseNet
from densenet_viz.network.fused.network import fuse
from tests.small_models import OWN_SPEC, SPEC, small_network

ODD_SPEC = DenseNetSpec(
    growth_rate=6,
    block_config=(3, 1, 2),
    initial_channels=10,
    compression=1.0,
    num_classes=5,
    input_size=61,
)
SPECS = [
    pytest.param(SPEC, id="usual"),
    pytest.param(OWN_SPEC, id="own"),
    pytest.param(ODD_SPEC, id="odd"),
]
TARGETS = torch.tensor([2, 0, 4])


def pictures(spec: DenseNetSpec, count: int = 3, seed: int = 5) -> Tensor:
    """Float64, of values that float32 holds."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, spec.input_size, spec.input_size, generator=generator).double()


def exact_network(spec: DenseNetSpec = SPEC) -> nn.Module:
    return small_network(spec).double()


def by_autograd(network: nn.Module, x: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    x = x.clone().requires_grad_()
    scores = network(x).gather(1, targets[:, None])[:, 0]
    (gradients,) = torch.autograd.grad(scores.sum(), x)
    return scores.detach(), gradients


def module_at(place: str) -> str:
    if place == "final":
        return "relu"
    return f"features.dense{place}".replace("denset", "t").replace(" ", "")


def assert_same(actual: Tensor, expected: Tensor) -> None:
    """Equal up to rounding: some hundred roundings of the type that both were computed in."""
    largest = float(expected.abs().max())
    assert largest > 0
    assert actual.dtype is expected.dtype
    within = 500 * torch.finfo(expected.dtype).eps
    torch.testing.assert_close(actual, expected, rtol=0, atol=within * largest)


def assert_alike(actual: Tensor, expected: Tensor, least: float) -> None:
    """Two gradients that were rounded otherwise: a ReLU near its kink may differ, the map not."""
    cosines = torch.cosine_similarity(
        actual.flatten(1).double(), expected.flatten(1).double(), dim=1
    )
    assert float(cosines.min()) > least
    torch.testing.assert_close(actual.double().norm(), expected.double().norm(), rtol=0.02, atol=0)


@pytest.mark.parametrize("spec", SPECS)
def test_logits_are_the_networks(spec: DenseNetSpec) -> None:
    """In float32, too: logits do not jump where a ReLU opens."""
    network, x = small_network(spec), pictures(spec).float()
    with torch.no_grad():
        assert_same(fuse(network).logits(x), network(x))


@pytest.mark.parametrize("spec", SPECS)
def test_gradients_are_autograds(spec: DenseNetSpec) -> None:
    """In float64, where no ReLU comes so near to its kink that rounding opens or closes it."""
    network, x = exact_network(spec), pictures(spec)
    scores, gradients = fuse(network).gradients(x, TARGETS)
    expected_scores, expected = by_autograd(network, x, TARGETS)
    assert_same(scores, expected_scores)
    assert_same(gradients, expected)


@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize("backward", [torch.float32, torch.bfloat16, None])
@pytest.mark.parametrize("spec", SPECS)
def test_short_numbers_keep_the_gradient(
    spec: DenseNetSpec,
    backward: torch.dtype | None,
    onednn: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each type that a processor may use, with oneDNN's order of weights and without it.

    bfloat16 has 8 bits: one of 256 is lost a step, in all directions, so that cosines stay high.
    """
    x = pictures(spec)
    expected_scores, expected = by_autograd(exact_network(spec), x, TARGETS)
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", onednn)
    fused = fuse(small_network(spec), backward=backward)
    scores, gradients = fused.gradients(x.float(), TARGETS)
    assert gradients.dtype is torch.float32
    assert_same(scores, expected_scores.float())
    assert_alike(gradients, expected, least=0.999)


@pytest.mark.parametrize("spec", SPECS)
def test_bfloat16_forward_keeps_the_mean_over_noise(spec: DenseNetSpec) -> None:
    """Asked for by hand: a processor without bfloat16 arithmetic emulates it."""
    x = pictures(spec, count=32)
    targets = torch.full((len(x),), 2)
    fused = fuse(small_network(spec), forward=torch.bfloat16, backward=torch.bfloat16)
    gradients = fused.gradients(x.float(), targets)[1]
    expected = by_autograd(exact_network(spec), x, targets)[1]
    assert gradients.dtype is torch.float32
    assert_alike(gradients.mean(0)[None], expected.mean(0)[None], least=0.99)
    alone = torch.cosine_similarity(gradients.flatten(1), expected.float().flatten(1))
    assert float(alone.min()) < 0.99999  # it is not the float32 one


CONVOLUTIONS = pytest.mark.parametrize(
    ("size", "padding", "stride", "relu"),
    [(1, 0, 1, False), (1, 0, 1, True), (3, 1, 1, False), (7, 3, 2, True), (4, 2, 1, False)],
)


@CONVOLUTIONS
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_a_prepared_convolution_is_torchs(
    size: int, padding: int, stride: int, relu: bool, dtype: torch.dtype
) -> None:
    generator = torch.Generator().manual_seed(size)
    weight = torch.randn(5, 6, size, size, generator=generator).to(dtype)
    bias = torch.randn(5, generator=generator) if dtype is not torch.float64 else None
    prepared = Convolution(weight, bias, padding=padding, stride=stride, relu=relu)
    # More sizes than it keeps orders for, and the first one again.
    for height, width in ((13, 11), *((9 + more, 9) for more in range(MOST_ORDERS)), (13, 11)):
        maps = torch.randn(2, height, width, 6, generator=generator).to(dtype)
        expected = functional.conv2d(
            maps.double().permute(0, 3, 1, 2),
            weight.double(),
            None if bias is None else bias.double(),
            stride,
            padding,
        )
        if relu:
            expected = expected.relu()
        made = prepared(maps)
        assert made.dtype is dtype
        within = 20 * torch.finfo(dtype).eps * float(expected.abs().max())
        torch.testing.assert_close(made.double(), expected.permute(0, 2, 3, 1), rtol=0, atol=within)
        assert len(prepared._packed) <= MOST_ORDERS


DETECTION = """
import torch
from densenet_viz.network.fused.convolution import backward_dtype
print(backward_dtype(torch.float32, torch.device("cpu")))
"""


def test_what_onednn_was_told_to_leave_out_is_not_used() -> None:
    """Whatever the chip can do: asked in a process of its own, for oneDNN is told at its start."""
    said = subprocess.run(
        [sys.executable, "-c", DETECTION],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"},
    )
    assert said.stdout.strip() == "torch.float32"


def test_only_float32_on_a_processor_becomes_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    assert backward_dtype(torch.float64, torch.device("cpu")) is torch.float64
    assert backward_dtype(torch.float32, torch.device("meta")) is torch.float32
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    assert backward_dtype(torch.float32, torch.device("cpu")) is torch.float32


@pytest.mark.parametrize("spec", SPECS)
def test_at_gives_what_hooks_and_autograd_see(spec: DenseNetSpec) -> None:
    network, x = exact_network(spec), pictures(spec)
    fused = fuse(network)
    blocks = len(spec.block_config)
    assert fused.places[:2] == ("block 1", "transition 1")
    assert fused.places[-2:] == (f"block {blocks}", "final")
    for place in fused.places:
        seen: list[Tensor] = []
        module = network.get_submodule(module_at(place))
        hook = module.register_forward_hook(lambda _m, _i, made, seen=seen: seen.append(made))
        expected_scores = network(x).gather(1, TARGETS[:, None])[:, 0]
        hook.remove()
        (expected,) = torch.autograd.grad(expected_scores.sum(), seen[0])
        whole, made = DifferentiableDenseNet(fused), []
        whole.get_submodule(module_at(place)).register_forward_hook(
            lambda _m, _i, maps, made=made: made.append(maps)
        )
        scores = whole(x.clone().requires_grad_()).gather(1, TARGETS[:, None])[:, 0]
        (gradients,) = torch.autograd.grad(scores.sum(), made[0])
        assert_same(scores.detach(), expected_scores.detach())
        assert_same(made[0].detach(), seen[0].detach())
        assert_same(gradients, expected)
        assert_same(fused.onward(seen[0].detach(), place), fused.logits(x))


def test_one_target_serves_all_pictures() -> None:
    fused, x = fuse(exact_network()), pictures(SPEC)
    alone, each = fused.gradients(x, 2), fused.gradients(x, torch.full((len(x),), 2))
    assert all(torch.equal(one, other) for one, other in zip(alone, each, strict=True))


@pytest.mark.parametrize("spec", SPECS)
def test_autograd_takes_any_gradient_of_the_logits(spec: DenseNetSpec) -> None:
    """Whole, and part by part where a hook looks in; a gradient is there only once."""
    network, x = exact_network(spec), pictures(spec)
    weights = torch.randn(len(x), spec.num_classes, generator=torch.Generator().manual_seed(1))

    def gradient_of(net: nn.Module) -> Tensor:
        given = x.clone().requires_grad_()
        (found,) = torch.autograd.grad((net(given) * weights.double()).sum(), given)
        return found

    expected = gradient_of(network)
    whole, parted = (DifferentiableDenseNet(fuse(network)) for _each in range(2))
    parted.features.register_forward_hook(lambda *_given: None)
    for net in (whole, parted):
        assert_same(gradient_of(net), expected)
        assert_same(net(x), network(x).detach())
        assert not net(x).requires_grad
        given = x.clone().requires_grad_()
        scores = net(given)[:, 0].sum()
        torch.autograd.grad(scores, given, retain_graph=True)
        with pytest.raises(RuntimeError, match="second gradient"):
            torch.autograd.grad(scores, given)


def test_a_picture_does_not_depend_on_its_batch() -> None:
    fused, x = fuse(exact_network()), pictures(SPEC)
    together = fused.gradients(x, TARGETS)[1]
    for index in range(len(x)):
        alone = fused.gradients(x[index : index + 1], TARGETS[index : index + 1])[1]
        assert_same(alone[0], together[index])


def test_two_threads_share_it() -> None:
    fused = fuse(exact_network())
    many = [pictures(SPEC, seed=seed) for seed in range(12)]
    alone = [fused.gradients(x, TARGETS)[1] for x in many]
    with ThreadPoolExecutor(2) as pool:
        together = pool.map(lambda x: fused.gradients(x, TARGETS)[1], many)
    for expected, actual in zip(alone, together, strict=True):
        assert_same(actual, expected)


def test_the_network_is_only_read() -> None:
    network, x = exact_network(), pictures(SPEC)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    fused = fuse(network)
    expected = fused.gradients(x, 1)[1].clone()
    fused.logits(x)
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    with torch.no_grad():  # and what it does later to itself does not reach the fused one
        for parameter in network.parameters():
            parameter.zero_()
    assert_same(fused.gradients(x, 1)[1], expected)


def test_batches_grow_as_pictures_shrink() -> None:
    fused = fuse(small_network(SPEC))
    assert fused.batch_for(16) == 64  # the largest
    assert fused.batch_for(224) == 8
    assert fused.most_for(224) == 64  # memory alone
    assert fused.batch_for(8_192) == 1  # at least one
    narrow = fuse(small_network(replace(SPEC, initial_channels=64)))
    wide = fuse(
        small_network(replace(SPEC, growth_rate=192, block_config=(4, 1))), backward=torch.float32
    )
    assert wide.batch_for(224) < narrow.batch_for(224)
    assert wide.most_for(224) < narrow.most_for(224)


def test_what_is_no_densenet_or_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match=r"features\.conv0"):
        fuse(nn.Sequential(nn.Conv2d(3, 4, 3)))
    fused = fuse(small_network())
    for place in ("block 3", "stem", ""):
        with pytest.raises(ValueError, match=r"block 1, transition 1, block 2, final"):
            fused.onward(pictures(SPEC), place)
