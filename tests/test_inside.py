"""One number, and the steps of a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from densenet_viz.facts.places import NoSuchPlace, places_of
from densenet_viz.measure import inside
from densenet_viz.measure.inside import look_inside, take_apart
from densenet_viz.network.models import LoadedModel, load_model
from densenet_viz.scenes.generator import draw_scene
from tests.small_models import OWN_SPEC, SPEC, small_model

SCENE = draw_scene(8, "test", 3).image


@pytest.fixture(params=[SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def agrees(model: LoadedModel, rng: np.random.Generator, at: str) -> None:
    """A random pixel of a random convolution of a layer: the products add up to the activation."""
    layer = look_inside(model, SCENE, at)
    steps = {step.name: step.maps for step in layer.steps if step.name.startswith("conv")}
    name = str(rng.choice(list(steps)))
    channel, y, x = (int(rng.integers(most)) for most in steps[name].shape)
    one = take_apart(model, SCENE, at, step=name, channel=channel, y=y, x=x)
    assert one.activation == pytest.approx(steps[name][channel, y, x], rel=1e-6)
    # Float32, summed in another order: relative to the sum of the products' sizes.
    size = np.abs(one.products).sum()
    assert abs(one.total - one.activation) <= 1e-4 * max(abs(one.activation), 1e-2 * size)
    assert one.by_channel.sum() == pytest.approx(one.total)


def test_the_products_add_up_to_what_the_network_computed(model: LoadedModel) -> None:
    rng = np.random.default_rng(0)
    for at in places_of(model.spec):
        for _ in range(4):
            agrees(model, rng, at)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scenes", "densenet121-untrained"])
def test_200_numbers_of_every_block_of_real_networks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten layers of each block (or all, if it has fewer), and 200 numbers in all of them."""
    # A pass for each layer, and not for each number.
    monkeypatch.setattr(inside, "run_watched", cache_last(inside.run_watched))
    model = load_model(name)
    rng = np.random.default_rng(0)
    for block in range(1, len(model.spec.block_config) + 1):
        places = [at for at in places_of(model.spec) if at.startswith(f"denseblock{block}.")]
        chosen = rng.choice(places, min(10, len(places)), replace=False)
        for at in np.repeat(chosen, -(-200 // len(chosen))):
            agrees(model, rng, str(at))


def cache_last(run: Callable[..., Any]) -> Callable[..., Any]:
    """`run`, which keeps its last result for the same modules."""
    known: list[Any] = [None, None]

    def cached(model: LoadedModel, picture: Any, modules: Any) -> Any:
        asked = tuple(modules)
        if known[0] != asked:
            known[:] = asked, run(model, picture, asked)
        return known[1]

    return cached


def test_the_steps_follow_from_each_other(model: LoadedModel) -> None:
    layer = look_inside(model, SCENE, "denseblock2.denselayer2")
    x = torch.from_numpy(layer.entering)[None]
    module = model.network.get_submodule("features.denseblock2.denselayer2")
    with torch.no_grad():
        for step in layer.steps:
            x = module.get_submodule(step.name)(x)
            np.testing.assert_allclose(step.maps, x[0], rtol=1e-4, atol=1e-5)


def test_after_a_bottleneck_come_its_norm_and_its_relu() -> None:
    one = take_apart(
        small_model(), SCENE, "denseblock1.denselayer1", step="conv1", channel=2, y=5, x=6
    )
    names, values = zip(*one.after, strict=True)
    assert names == ("norm2", "relu2")
    assert values[1] == max(0, values[0])
    assert one.window.shape == (16, 1, 1)
    last = take_apart(small_model(), SCENE, "denseblock1.denselayer1", channel=2, y=0, x=0)
    assert (last.module, last.after) == ("denseblock1.denselayer1.conv2", ())
    assert (last.top, last.left) == (-1, -1)
    assert not last.window[:, 0].any()
    assert not last.window[:, :, 0].any()


def test_what_is_not_there_is_said(model: LoadedModel) -> None:
    layer = "denseblock1.denselayer1"
    for at, given in (
        ("denseblock9.denselayer1", {}),
        ("x" * 9999, {}),
        (layer, {"channel": 4}),
        (layer, {"channel": -1}),
        (layer, {"y": 16}),
        (layer, {"x": 99}),
        (layer, {"step": "norm1"}),
        (layer, {"step": "x" * 9999}),
    ):
        asked = {"channel": 0, "y": 0, "x": 0} | given
        with pytest.raises(NoSuchPlace) as caught:
            take_apart(model, SCENE, at, **asked)  # type: ignore[arg-type]
        assert len(str(caught.value)) < 250
