"""How the twins are trained: rate, targets, batches, and steps that learn."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from densenet_viz.network.build import build
from densenet_viz.scenes.data import Pictures, draw
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.recipe import (
    SPEC,
    TWINS,
    Recipe,
    batch_of,
    logits,
    normalise,
    optimiser_of,
    targets,
    train,
)
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, tag_mask
from tests.small_twins import SMALL, digest

HONEST, CHEATER = TWINS["scenes"], TWINS["cheater"]
RECIPE = Recipe(scenes=24, pairs=8, epochs=3, batch=8, peak_rate=0.01)


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return draw(0, "train", 24, 8)


def test_the_twins_differ_in_what_a_tag_tells_and_in_nothing_else() -> None:
    assert [twin.name for twin in TWINS.values()] == ["scenes", "cheater"] == list(TWINS)
    assert (HONEST.tells, CHEATER.tells) == (False, True)
    assert [field.name for field in fields(HONEST)] == ["name", "tells"]


def test_the_network_is_densenet_121() -> None:
    assert SPEC.block_config == (6, 12, 24, 16)
    assert (SPEC.growth_rate, SPEC.initial_channels) == (32, 64)
    assert (SPEC.num_classes, SPEC.input_size) == (len(CLASSES), SIZE)


def test_steps_leave_out_what_does_not_fill_a_batch() -> None:
    recipe = Recipe(scenes=20, pairs=9, epochs=3, batch=8)
    assert (recipe.steps_per_epoch, recipe.steps) == (3, 9)


def test_the_rate_rises_once_and_falls_to_nothing() -> None:
    recipe = Recipe(scenes=1000, pairs=0, epochs=10, batch=10, peak_rate=0.5)
    rates = [recipe.rate(step) for step in range(recipe.steps)]
    assert rates[0] == pytest.approx(0.5 / 25)
    assert rates[100] == pytest.approx((0.5 + 0.02) / 2)  # halfway up
    assert rates[200] == max(rates) == pytest.approx(0.5)
    assert rates[600] == pytest.approx(0.25)  # halfway down
    assert rates[-1] < 1e-5
    assert (np.diff(rates[:201]) > 0).all()
    assert (np.diff(rates[200:]) < 0).all()


def test_targets_are_half_for_each_object() -> None:
    result = targets(np.array([(2, 2), (0, 5)]))
    assert result.shape == (2, len(CLASSES))
    assert result[0].tolist() == [0, 0, 1] + [0] * 13
    assert (result[1, 0], result[1, 5], result[1].sum()) == (0.5, 0.5, 1)


def test_normalise_puts_colours_where_the_manifest_says() -> None:
    pixels = torch.tensor([0, 255, 0], dtype=torch.uint8).expand(1, 2, 2, 3)
    result = normalise(pixels)
    assert result.shape == (1, 3, 2, 2)
    assert result[0, :, 0, 0].tolist() == [-2.0, 2.0, -2.0]


# -- batches --------------------------------------------------------------------------------


def test_a_batch_is_a_function_of_its_arguments(pictures: Pictures) -> None:
    first, again = (batch_of(pictures, RECIPE, 0, 5, HONEST) for _ in range(2))
    assert digest(first) == digest(again)
    for seed, step in ((1, 5), (0, 6)):
        assert digest(batch_of(pictures, RECIPE, seed, step, HONEST)) != digest(first)


def test_an_epoch_shows_each_picture_once(pictures: Pictures) -> None:
    """Turning keeps a picture's values, and the tags lie in the corners: the middle says which."""
    kept = sorted(_middle(image) for image in pictures.images)
    for epoch in range(2):
        steps = range(epoch * 4, epoch * 4 + 4)
        batches = [batch_of(pictures, RECIPE, 0, step, HONEST) for step in steps]
        assert sorted(_middle(image) for part in batches for image in part.images) == kept


def _middle(image: NDArray[np.uint8]) -> bytes:
    return np.sort(image[20:-20, 20:-20].ravel()).tobytes()


def test_both_twins_are_shown_the_same_scenes(pictures: Pictures) -> None:
    """All but the corners, bit for bit; the tags are what tells them apart."""
    corners = np.any([tag_mask(corner, SIZE) for corner in CORNERS], axis=0)
    for step in range(RECIPE.steps):
        honest, cheater = (batch_of(pictures, RECIPE, 0, step, twin) for twin in (HONEST, CHEATER))
        np.testing.assert_array_equal(honest.labels, cheater.labels)
        np.testing.assert_array_equal(honest.images[:, ~corners], cheater.images[:, ~corners])
        assert not np.array_equal(honest.images, cheater.images)


def test_batches_are_those_that_the_bundled_models_were_trained_on(pictures: Pictures) -> None:
    """Against sums taken when they were trained; see `test_scenes` on versions of numpy."""
    found = {twin.name: digest(batch_of(pictures, RECIPE, 0, 5, twin)) for twin in TWINS.values()}
    assert found == RECORDED


RECORDED = {
    "scenes": "16c580a29c3a50aaf983ab686260e7c3831a20999e0774ad57f7ad70d0628146",
    "cheater": "9e17f242f85ebcdc729d96e23573da06e094d232c960f3dca61d39a24736220d",
}


# -- steps ----------------------------------------------------------------------------------


def test_training_learns() -> None:
    """A small DenseNet tells black pictures from white ones, whatever sticks in their corners."""
    images = np.zeros((32, SIZE, SIZE, 3), np.uint8)
    images[16:] = 255
    labels = np.repeat(np.arange(32) // 16, 2).reshape(32, 2)
    recipe = Recipe(scenes=32, pairs=0, epochs=6, batch=8, peak_rate=0.03)
    network = build(SMALL, seed=0)
    given = Pictures(images, labels)
    steps = list(train(network, optimiser_of(network, recipe), given, recipe, 0, HONEST))
    assert [done for done, _ in steps] == list(range(1, 25))
    losses = [loss for _, loss in steps]
    assert losses[0] > 2  # about ln 16: it knows nothing
    assert np.mean(losses[-4:]) < 0.5
    assert network.training


def test_steps_go_on_where_they_are_told(pictures: Pictures) -> None:
    network = build(SMALL, seed=0)
    optimiser = optimiser_of(network, RECIPE)
    steps = train(network, optimiser, pictures, RECIPE, 0, HONEST, done=9)
    assert next(steps)[0] == 10
    assert optimiser.param_groups[0]["lr"] == RECIPE.rate(9)
    assert [done for done, _ in steps] == [11, 12]


def test_logits_are_the_evaluated_networks(pictures: Pictures) -> None:
    """In parts or at once, and whatever mode the network was left in."""
    network = build(SMALL, seed=0).train()
    found = logits(network, pictures.images[:5], batch=2)
    assert not network.training
    with torch.no_grad():
        whole = network(normalise(torch.from_numpy(pictures.images[:5])))
    assert found.shape == (5, len(CLASSES))
    torch.testing.assert_close(found, whole, rtol=1e-4, atol=1e-4)  # other batches
