"""One channel: what made it, who reads it, and the answer without it, held against other ways."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from densenet_viz.facts.connections import Connection
from densenet_viz.facts.places import NoSuchPlace, Place, places_of
from densenet_viz.measure.channel import answer_without, readers_of, shares_of, split_channel
from densenet_viz.measure.inside import look_inside, take_apart
from densenet_viz.measure.reuse import measure_reuse
from densenet_viz.network.cuts import cut
from densenet_viz.network.models import LoadedModel
from densenet_viz.scenes.generator import draw_scene
from tests.small_models import OWN_SPEC, SPEC, small_model

SCENE = draw_scene(8, "test", 3).image
GREY = replace(SPEC, input_channels=1)


@pytest.fixture(params=[SPEC, OWN_SPEC, GREY], ids=["torchvision", "own class", "grey"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def test_what_each_map_adds_makes_the_map(model: LoadedModel) -> None:
    for at in places_of(model.spec):
        channel = split_channel(model, look_inside(model, SCENE, at), 3)
        # Float32, summed in another order: relative to the sum of the parts' sizes.
        size = np.abs(channel.contributions).sum(0).max()
        np.testing.assert_allclose(channel.contributions.sum(0), channel.made, atol=1e-6 * size)
        one = take_apart(model, SCENE, at, channel=3, y=2, x=5)
        np.testing.assert_allclose(channel.contributions[:, 2, 5], one.by_channel, atol=1e-9)
        assert channel.made[2, 5] == pytest.approx(one.activation, rel=1e-5, abs=1e-6)
    with pytest.raises(NoSuchPlace):
        split_channel(model, look_inside(model, SCENE, "stem"), 99)


def test_a_share_is_what_a_cut_connection_changes(model: LoadedModel) -> None:
    at = "denseblock1.denselayer2"
    layer = look_inside(model, SCENE, at)
    made = layer.steps[-1].maps[1]
    for share in shares_of(model, layer, 1):
        without = look_inside(cut(model, {Connection(1, share.source, 2)}), SCENE, at)
        change = np.abs(without.steps[-1].maps[1] - made).mean() / np.abs(made).mean()
        assert share.change == pytest.approx(float(change), rel=1e-3)
    assert shares_of(model, look_inside(model, SCENE, "transition1"), 1) == ()


def test_readers_have_the_numbers_of_their_norms(model: LoadedModel) -> None:
    written = look_inside(model, SCENE, "denseblock1.denselayer1").steps[-1].maps[2]
    found = readers_of(model, Place("denseblock1.denselayer1", 2))
    assert [reader.connection.reader for reader in found] == [2, 3]
    for reader, at in zip(found, ("denseblock1.denselayer2", "transition1"), strict=True):
        norm = look_inside(model, SCENE, at).steps[0]
        seen = norm.maps[reader.connection.channels(model.spec)[2]]
        by_hand = reader.gamma * (written - reader.mean) / reader.spread + reader.beta
        np.testing.assert_allclose(seen, by_hand, rtol=1e-4, atol=1e-5)
    cells = measure_reuse(model, "norm-aware").blocks[0]
    maps = range(model.spec.growth_rate)
    strengths = [readers_of(model, Place("denseblock1.denselayer1", one)) for one in maps]
    mean = np.mean([[reader.strength for reader in readers] for readers in strengths], axis=0)
    np.testing.assert_allclose(mean, cells[1, 1:], rtol=1e-6)


def test_a_transition_is_read_by_all_of_the_next_block() -> None:
    readers = readers_of(small_model(), Place("transition1", 0))
    assert [one.connection for one in readers] == [Connection(2, 0, reader) for reader in (1, 2, 3)]


def test_without_a_channel_the_answer_is_that_of_a_network_that_never_writes_it(
    model: LoadedModel,
) -> None:
    layer = "denseblock1.denselayer1"
    last = "conv2" if model.spec.bottleneck else "conv1"
    other = copy.deepcopy(model.network)
    convolution = other.get_submodule(f"features.{layer}.{last}")
    assert isinstance(convolution, nn.Conv2d)
    with torch.no_grad():
        convolution.weight[2] = 0
        expected = other(model.tensor(SCENE))[0].numpy()
    found = answer_without(model, SCENE, Place(layer, 2))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    whole = model.answer(SCENE).logits
    assert np.abs(found - whole).max() > 1e-4
    assert not np.allclose(answer_without(model, SCENE, Place("stem", 0)), whole, atol=1e-4)
    np.testing.assert_allclose(model.answer(SCENE).logits, whole, rtol=1e-5)
