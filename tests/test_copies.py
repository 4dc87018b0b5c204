"""Copies of a network: the same weights, nobody's hooks, and other modules where they are asked."""

import torch
from torch import nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.copies import sharing

SPEC = DenseNetSpec(4, (2, 2), 8, num_classes=3, input_size=32)
X = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_a_copy_computes_the_same_from_the_same_weights_without_the_hooks() -> None:
    network = build(SPEC, seed=0)
    wanted = network(X)
    network.features.norm5.register_forward_hook(lambda *given: given[-1] * 0)
    network.features.norm0.register_forward_pre_hook(lambda _module, given: given[0] + 1)
    network.relu.register_full_backward_hook(lambda *_: None)
    copy = sharing(network)
    torch.testing.assert_close(copy(X), wanted, rtol=0, atol=0)
    assert not torch.equal(network(X), wanted)
    given = [*network.parameters(), *network.buffers()]
    assert all(a is b for a, b in zip(given, [*copy.parameters(), *copy.buffers()], strict=True))


def test_what_is_changed_on_a_copy_does_not_change_the_network() -> None:
    network = build(SPEC, seed=0).train()
    names = set(network.state_dict())
    copy = sharing(network)
    copy.features.denseblock1.denselayer1.register_forward_hook(lambda *_: torch.zeros(1))
    copy.features.add_module("more", nn.Identity().eval())
    copy.classifier.register_buffer("more", torch.zeros(1))
    copy.relu.inplace = True
    assert set(network.state_dict()) == names
    assert "more" not in dict(network.features.named_children())
    assert not network.features.denseblock1.denselayer1._forward_hooks
    assert network.relu.inplace is False
    assert all(module.training for module in network.modules())
    assert not any(module.training for module in copy.modules())


def test_another_module_takes_a_place_and_one_module_at_two_places_stays_one() -> None:
    shared = nn.ReLU()
    network = nn.Sequential(nn.Linear(2, 2), shared, nn.Linear(2, 2), shared)
    other = nn.Linear(2, 5)
    copy = sharing(network, {id(network[2]): other})
    assert copy[2] is other
    assert network[2] is not other
    assert copy[1] is copy[3]
    assert copy[1] is not shared


def test_a_frozen_copy_takes_no_gradient() -> None:
    network = build(SPEC, seed=0)
    copy = sharing(network, frozen=True)
    assert not any(weight.requires_grad for weight in copy.parameters())
    assert all(weight.requires_grad for weight in network.parameters())
    pointers = [one.data_ptr() for one in copy.parameters()]
    assert pointers == [one.data_ptr() for one in network.parameters()]
