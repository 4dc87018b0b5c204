"""Drawn digits: what becomes of a drawing, and what a trained network says of it."""

import numpy as np
import pytest
import torch

from densenet_viz.learning.looking import CELLS, Looker, picture_of
from densenet_viz.learning.model import labels_file, model_of, preparation_of, weights_file
from densenet_viz.learning.samples import samples_of
from densenet_viz.learning.settings import Settings
from densenet_viz.learning.training import Run
from densenet_viz.network.own.loading import read_weight_file
from densenet_viz.scenes.recipe import MEAN, STD, normalise
from densenet_viz.stage.digit.scene import read_cells
from tests.stage_scenes.learning import training

DENSE = Settings(growth_rate=2, depth=10)
PLAIN = Settings("plain", growth_rate=3, depth=10)


def network_of(settings: Settings) -> torch.nn.Module:
    run = Run(settings, samples_of("digits"))
    run.advance()
    return run.copy()


def drawn(rows: slice, columns: slice) -> np.ndarray:
    cells = np.zeros((CELLS, CELLS), bool)
    cells[rows, columns] = True
    return cells


def test_a_drawing_fills_the_square_wherever_it_was() -> None:
    full = picture_of(drawn(slice(4, 12), slice(20, 28)))
    assert full is not None
    assert full.shape == (16, 16, 3)
    assert full.min() == 255
    tall = picture_of(drawn(slice(2, 30), slice(3, 10)))
    moved = picture_of(drawn(slice(0, 28), slice(20, 27)))
    assert tall is not None
    assert moved is not None
    assert (tall == moved).all()
    assert (tall[:, 6:10] == 255).all()  # a quarter as wide as tall, in the middle
    assert (tall[:, :4] == 0).all()
    assert picture_of(np.zeros((CELLS, CELLS), bool)) is None
    assert picture_of(drawn(slice(5, 6), slice(5, 6))) is not None


@pytest.mark.parametrize("told", [None, 5, "", "1" * 1023, "2" * 1024, ["1"] * 1024])
def test_a_drawing_that_no_stage_sends_is_none(told: object) -> None:
    assert read_cells(told, CELLS) is None


def test_a_sent_drawing_is_read_row_by_row() -> None:
    cells = read_cells("0" * 33 + "1" + "0" * 990, CELLS)
    assert cells is not None
    assert np.argwhere(cells).tolist() == [[1, 1]]


def test_the_gradient_of_a_plain_network_is_autograds() -> None:
    network, picture = network_of(PLAIN), samples_of("digits").unseen[3]
    look = Looker(PLAIN, network).look(picture, "grad-cam")
    assert look.method == "saliency"
    given = normalise(torch.from_numpy(picture[None])).requires_grad_()
    logits = network(given)[0]
    logits[logits.argmax()].backward()
    assert given.grad is not None
    expected = given.grad[0].sum(0).abs().numpy()
    assert look.heat == pytest.approx(expected, rel=1e-3, abs=1e-7)


def test_a_dense_network_has_both_maps() -> None:
    network, picture = network_of(DENSE), samples_of("digits").unseen[3]
    looker = Looker(DENSE, network)
    for method in looker.methods():
        look = looker.look(picture, method)
        assert (look.method, look.heat.shape) == (method, (16, 16))
        assert look.heat.min() >= 0
        assert look.chances.sum() == pytest.approx(1, abs=1e-5)


def test_a_trained_network_comes_back_from_its_file() -> None:
    network, picture = network_of(DENSE), samples_of("digits").unseen[0]
    file = read_weight_file(weights_file(network))
    assert file.preset == "Hands on"
    assert file.preparation == preparation_of(DENSE)
    assert (file.preparation.mean, file.preparation.std) == (MEAN, STD)
    model = model_of(DENSE, network)
    assert len(labels_file(DENSE).splitlines()) == 10
    with torch.no_grad():
        expected = network(normalise(torch.from_numpy(picture[None])))[0]
    # The fast network folds the norms into the convolutions: other roundings.
    assert model.answer(picture).logits == pytest.approx(expected.numpy(), abs=1e-3)


def test_the_scene_of_a_training_has_other_pictures_as_samples() -> None:
    scene = training(20)
    assert len(scene["epochs"]) == 13
    assert (scene["epochs"][0]["epoch"], scene["epochs"][-1]["epoch"]) == (0, 19)
    assert len(scene["samples"]) == 8
    assert [layer["name"] for layer in scene["layers"]] == ["stem", "block 1, layer 1 (3×3)"]
