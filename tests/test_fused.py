"""The fused evaluation against the module network under autograd."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.fused import convolution as fused_convolution
from densenet_viz.network.fused.convolution import backward_dtype
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
SPECS = pytest.mark.parametrize("spec", [SPEC, OWN_SPEC, ODD_SPEC], ids=("usual", "own", "odd"))
TARGETS = torch.tensor([2, 0, 4])


def pictures(spec: DenseNetSpec, count: int = 3, seed: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, spec.input_size, spec.input_size, generator=generator)


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
    largest = float(expected.abs().max())
    assert largest > 0
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-5 * largest)


@SPECS
def test_logits_are_the_networks(spec: DenseNetSpec) -> None:
    network, x = small_network(spec), pictures(spec)
    with torch.no_grad():
        assert_same(fuse(network).logits(x), network(x))


@SPECS
def test_gradients_are_autograds(spec: DenseNetSpec) -> None:
    network, x = small_network(spec), pictures(spec)
    scores, gradients = fuse(network, backward=torch.float32).gradients(x, TARGETS)
    expected_scores, expected = by_autograd(network, x, TARGETS)
    assert_same(scores, expected_scores)
    assert_same(gradients, expected)


@SPECS
def test_without_onednn_it_is_the_same(spec: DenseNetSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor or a device that oneDNN does not serve."""
    monkeypatch.setattr(fused_convolution, "_packs", lambda _device: False)
    network, x = small_network(spec), pictures(spec)
    fused = fuse(network)
    assert_same(fused.logits(x), network(x).detach())
    assert_same(fused.gradients(x, TARGETS)[1], by_autograd(network, x, TARGETS)[1])


with_bfloat16 = pytest.mark.skipif(
    backward_dtype(torch.device("cpu")) is not torch.bfloat16,
    reason="this processor has no bfloat16 arithmetic",
)


@with_bfloat16
@SPECS
def test_a_bfloat16_way_back_keeps_the_map(spec: DenseNetSpec) -> None:
    network, x = small_network(spec), pictures(spec)
    scores, gradients = fuse(network).gradients(x, TARGETS)
    expected_scores, expected = by_autograd(network, x, TARGETS)
    assert_same(scores, expected_scores)  # the way forward is float32
    assert gradients.dtype is torch.float32
    cosines = torch.cosine_similarity(gradients.flatten(1), expected.flatten(1))
    assert float(cosines.min()) > 0.9999
    torch.testing.assert_close(gradients.norm(), expected.norm(), rtol=5e-3, atol=0)


@with_bfloat16
@SPECS
def test_bfloat16_forward_keeps_the_mean_over_noise(spec: DenseNetSpec) -> None:
    network, x = small_network(spec), pictures(spec, count=32)
    fused = fuse(network, forward=torch.bfloat16)
    targets = torch.full((len(x),), 2)
    gradients = fused.gradients(x, targets)[1]
    expected = by_autograd(network, x, targets)[1]
    assert gradients.dtype is torch.float32
    mean, expected_mean = gradients.mean(0).flatten(), expected.mean(0).flatten()
    likeness = float(torch.cosine_similarity(mean, expected_mean, dim=0))
    assert 0.99 < likeness < 0.999999  # it is near, and it is not the float32 one


@SPECS
def test_at_gives_what_hooks_and_autograd_see(spec: DenseNetSpec) -> None:
    network, x = small_network(spec), pictures(spec)
    fused = fuse(network, backward=torch.float32)
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
        scores, activations, gradients = fused.at(x, place, TARGETS)
        assert_same(scores, expected_scores.detach())
        assert_same(activations, seen[0].detach())
        assert_same(gradients, expected)
        assert_same(fused.onward(seen[0].detach(), place), fused.logits(x))


def test_one_target_serves_all_pictures() -> None:
    network, x = small_network(), pictures(SPEC)
    fused = fuse(network, backward=torch.float32)
    for place in (None, "transition 1"):
        alone = fused.at(x, place, 2) if place else fused.gradients(x, 2)
        listed = torch.full((len(x),), 2)
        each = fused.at(x, place, listed) if place else fused.gradients(x, listed)
        assert all(torch.equal(one, other) for one, other in zip(alone, each, strict=True))


def test_a_picture_does_not_depend_on_its_batch() -> None:
    network, x = small_network(), pictures(SPEC)
    fused = fuse(network, backward=torch.float32)
    together = fused.gradients(x, TARGETS)[1]
    for index in range(len(x)):
        alone = fused.gradients(x[index : index + 1], TARGETS[index : index + 1])[1]
        assert_same(alone[0], together[index])


def test_two_threads_share_it() -> None:
    fused = fuse(small_network())
    many = [pictures(SPEC, seed=seed) for seed in range(12)]
    alone = [fused.gradients(x, TARGETS)[1] for x in many]
    with ThreadPoolExecutor(2) as pool:
        together = pool.map(lambda x: fused.gradients(x, TARGETS)[1], many)
    for expected, actual in zip(alone, together, strict=True):
        assert_same(actual, expected)


def test_the_network_is_only_read() -> None:
    network, x = small_network(), pictures(SPEC)
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
    narrow = fuse(small_network(DenseNetSpec(block_config=(6, 12), num_classes=2)))
    wide = fuse(
        small_network(DenseNetSpec(growth_rate=192, block_config=(6, 12), num_classes=2)),
        backward=torch.float32,
    )
    assert wide.batch_for(224) < narrow.batch_for(224)
    assert wide.most_for(224) < narrow.most_for(224)


def test_what_is_no_densenet_or_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match=r"features\.conv0"):
        fuse(nn.Sequential(nn.Conv2d(3, 4, 3)))
    fused = fuse(small_network())
    for place in ("block 3", "stem", ""):
        with pytest.raises(ValueError, match=r"block 1, transition 1, block 2, final"):
            fused.at(pictures(SPEC), place, 0)
