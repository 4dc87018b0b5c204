"""Cut connections: against networks whose tensors are changed by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from densenet_viz.attribution.twins import fused_of
from densenet_viz.facts.connections import (
    Connection,
    UnknownConnection,
    connections_of,
    read_connections,
    reader_norm,
)
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.cuts import cut
from densenet_viz.network.models import LoadedModel
from tests.small_models import OWN_SPEC, SPEC, small_model

PICTURES = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(5)) * 2 - 1
CLOSE = {"rtol": 1e-4, "atol": 1e-5}
"""Float32: a cut norm is rounded once, a norm of a constant at every pixel."""


@pytest.fixture(params=[SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def logits_of(network: nn.Module) -> Tensor:
    with torch.no_grad():
        logits: Tensor = network(PICTURES)
    return logits


def with_hook(model: LoadedModel, one: Connection, change: Callable[[Tensor], Tensor]) -> Tensor:
    """The logits if `change` is done to what one reader reads of one source."""
    channels = one.channels(model.spec)

    def hook(_module: nn.Module, args: tuple[Tensor]) -> Tensor:
        read = args[0].clone()
        here = slice(channels.start, channels.stop)
        read[:, here] = change(read[:, here])
        return read

    norm = model.network.get_submodule(reader_norm(model.spec, one.block, one.reader))
    handle = norm.register_forward_pre_hook(hook)
    try:
        return logits_of(model.network)
    finally:
        handle.remove()


def test_nothing_cut_is_the_same_model(model: LoadedModel) -> None:
    assert cut(model, []) is model


def test_a_cut_is_zeros_for_one_reader(model: LoadedModel) -> None:
    whole = logits_of(model.network)
    for one in connections_of(model.spec):
        expected = with_hook(model, one, torch.zeros_like)
        torch.testing.assert_close(logits_of(cut(model, [one]).network), expected, **CLOSE)
        assert not torch.allclose(expected, whole, atol=1e-3)
    assert torch.equal(logits_of(model.network), whole)


def test_a_cut_may_leave_each_channels_mean(model: LoadedModel) -> None:
    one = Connection(2, 1, 3)
    means = {2: torch.linspace(-1, 1, model.spec.block_outputs[1])}
    constant = means[2][list(one.channels(model.spec))].view(1, -1, 1, 1)
    expected = with_hook(model, one, lambda read: constant.expand_as(read))
    torch.testing.assert_close(logits_of(cut(model, [one], means).network), expected, **CLOSE)


class Silent(nn.Module):
    """A layer that writes zeros."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.writes = writes

    def forward(self, features: list[Tensor]) -> Tensor:
        count, _, height, width = features[0].shape
        return torch.zeros(count, self.writes, height, width)


@pytest.mark.parametrize(("block", "layer"), [(1, 1), (2, 2)])
def test_a_source_cut_everywhere_is_a_layer_that_writes_nothing(
    model: LoadedModel, block: int, layer: int
) -> None:
    cuts = read_connections(f"denseblock{block}:layer{layer}>all", model.spec)
    other = small_model(model.spec).network
    parent = other.get_submodule(f"features.denseblock{block}")
    assert isinstance(parent, nn.ModuleDict)
    parent[f"denselayer{layer}"] = Silent(model.spec.growth_rate)
    found = logits_of(cut(model, cuts).network)
    torch.testing.assert_close(found, logits_of(other), **CLOSE)


def test_several_cuts_of_one_reader_add_up(model: LoadedModel) -> None:
    cuts = [Connection(1, 0, 2), Connection(1, 1, 2)]
    one_by_one = cut(cut(model, cuts[:1]), cuts[1:])
    together = cut(model, cuts)
    torch.testing.assert_close(logits_of(together.network), logits_of(one_by_one.network))


def test_a_cut_network_is_explained_like_any_other(model: LoadedModel) -> None:
    other = cut(model, [Connection(1, 0, 2), Connection(2, 1, 3)])
    torch.testing.assert_close(fused_of(other).logits(PICTURES), logits_of(other.network), **CLOSE)
    assert other.digest != model.digest
    assert other.name != model.name
    assert other.lock is not model.lock


def test_what_is_no_connection_cannot_be_cut(model: LoadedModel) -> None:
    for one in (Connection(3, 0, 1), Connection(1, 2, 2), Connection(1, 0, 4), Connection(0, 0, 1)):
        with pytest.raises(ValueError, match="connection"):
            cut(model, [one])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "denseblock1",
        "denseblock9:input>layer1",
        "denseblock1:layer2>layer2",
        "denseblock1:layer3>layer2",
        "denseblock1:layer7>all",
        "denseblock1:layer0>layer1",
        "denseblock1:input>layer7",
        "denseblock1:input>classifier",
        "denseblock4:input>transition",
        "denseblock1:input>layer0",
        "x" * 10_000,
        "denseblock" + "9" * 5000 + ":input>layer1",
    ],
)
def test_a_text_that_names_none_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UnknownConnection) as caught:
        read_connections(text, DenseNetSpec())
    assert len(str(caught.value)) < 250


def test_names_and_connections_are_the_same_thing() -> None:
    spec = DenseNetSpec(block_config=(2, 3))
    every = list(connections_of(spec))
    assert [read_connections(one.name(spec), spec) for one in every] == [(one,) for one in every]
    assert len({one.name(spec) for one in every}) == len(every) == 6 + 10
    assert np.unique([one.block for one in every]).tolist() == [1, 2]


def test_hooks_of_another_thread_are_not_copied() -> None:
    model = small_model()
    model.network.get_submodule("relu").register_forward_hook(lambda *_: None)
    copied = cut(model, [Connection(1, 0, 2)])
    assert not any(module._forward_hooks for module in copied.network.modules())
