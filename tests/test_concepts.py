"""TCAV: known directions by hand, Captum's own scores, and the pictures of each concept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.concept import TCAV, Classifier, Concept
from scipy.stats import ttest_ind
from torch.utils.data import DataLoader

from densenet_viz import cli
from densenet_viz.attribution import AttributionError, Cancelled
from densenet_viz.attribution.asking import Watch
from densenet_viz.attribution.places import module_of
from densenet_viz.cli import concepts as command
from densenet_viz.evaluation.concepts import (
    Probe,
    default_layer,
    layers_of,
    measure_concepts,
    score_concept,
)
from densenet_viz.evaluation.directions import (
    Direction,
    chance_of,
    find_direction,
    find_directions,
    random_directions,
    share_rising,
)
from densenet_viz.results.concepts import ConceptScore
from densenet_viz.results.scores import Interval
from densenet_viz.scenes.concepts import CONCEPTS
from densenet_viz.scenes.generator import SIZE, draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, tag_mask
from tests.small_models import small_model, tiny

CHANNELS = 5
COLOUR = CONCEPTS["colour"]


def cloud(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, CHANNELS))


def hand_made(sign: int, shift: float) -> ConceptScore:
    """A concept that moves channel 0, and a class whose score has the slope `sign` there alone."""
    absent = cloud(200, 1)
    present = cloud(200, 3) + shift * np.eye(CHANNELS)[0]
    slopes = np.repeat(sign * np.eye(CHANNELS)[:1], 10, axis=0)
    chance = random_directions(cloud(200, 4), 20, 20, np.random.default_rng(2))
    return score_concept(
        COLOUR, "star", slopes, (*find_directions(present, absent, 10), 400), chance
    )


# -- directions -----------------------------------------------------------------------------


@pytest.mark.parametrize(("sign", "share", "verdict"), [(1, 1.0, "raises"), (-1, 0.0, "lowers")])
def test_a_known_direction_is_found_and_its_score_is_all_or_none(
    sign: int, share: float, verdict: str
) -> None:
    found = hand_made(sign, shift=6.0)
    assert (found.score.mean, found.score.low, found.score.high) == (share, share, share)
    assert found.accuracy.mean > 0.95
    assert found.p < found.level
    assert found.verdict == verdict


def test_a_concept_that_is_not_there_is_not_found() -> None:
    found = hand_made(1, shift=0.0)
    assert found.accuracy.low <= 0.5
    assert found.verdict == "not found"


def test_a_concept_that_random_pictures_equal_is_not_significant() -> None:
    """It is found, but the class's score does not depend on its channel."""
    absent = cloud(200, 1)
    known = find_directions(absent + 6 * np.eye(CHANNELS)[0], absent, 10)
    slopes = cloud(200, 5)
    slopes[:, 0] = 0
    chance = random_directions(cloud(200, 4), 20, 20, np.random.default_rng(2))
    found = score_concept(COLOUR, "star", slopes, (*known, 400), chance)
    assert found.accuracy.mean > 0.95
    assert found.p > found.level
    assert found.verdict == "not significant"


def test_the_direction_is_the_one_between_the_two() -> None:
    """In channels of very different size, too."""
    sizes = np.array([1.0, 100.0, 0.01, 1.0, 1.0])
    absent = cloud(300, 1) * sizes
    found = find_direction(absent + 4.0 * np.eye(CHANNELS)[0], absent)
    moved = found.vector * sizes  # how much each channel counts, in its own deviations
    assert abs(moved[0]) / np.linalg.norm(moved) > 0.9
    assert np.linalg.norm(found.vector) == pytest.approx(1)
    assert found.border / found.vector[0] == pytest.approx(2, abs=0.5)  # in the middle


def test_an_accuracy_is_measured_on_pictures_that_were_not_learned_from() -> None:
    """The concept is another one in each half, so each direction fails on the other half."""
    absent = cloud(40, 1)
    present = absent + 9 * np.repeat([[1.0], [-1.0]], 20, axis=0) * np.eye(CHANNELS)[0]
    _directions, accuracies = find_directions(present, absent, 2)
    assert max(accuracies) < 0.6


def test_the_score_is_the_share_of_rising_pictures() -> None:
    slopes = np.array([[1.0, 0], [2, 5], [-1, 9], [0, 3]])
    assert share_rising(slopes, Direction(np.array([1.0, 0]), 0.0)) == 0.5


def test_p_is_welchs() -> None:
    one, other = [0.2, 0.4, 0.9, 0.7], [0.1, 0.3, 0.2, 0.25, 0.15]
    assert chance_of(one, other) == pytest.approx(ttest_ind(one, other, equal_var=False).pvalue)


@pytest.mark.parametrize(
    ("p", "low", "mean", "verdict"),
    [
        (0.001, 0.8, 0.9, "raises"),
        (0.001, 0.8, 0.1, "lowers"),
        (0.011, 0.8, 0.9, "not significant"),
        (0.001, 0.5, 0.9, "not found"),
    ],
)
def test_verdicts(p: float, low: float, mean: float, verdict: str) -> None:
    half = Interval(0.5, 0.4, 0.6, 9)
    score = Interval(mean, mean, mean, 9)
    found = ConceptScore("a", "A", "b", score, half, Interval(0.9, low, 1, 9), p, level=0.01)
    assert found.verdict == verdict


# -- Captum's ---------------------------------------------------------------------------------


class Known(Classifier):
    """Captum asks for a classifier: this one knows the direction already."""

    def __init__(self, vector: torch.Tensor) -> None:
        self._vector = vector

    def train_and_eval(self, _pictures: Any, **_more: Any) -> dict[str, Any]:
        return {}

    def weights(self) -> torch.Tensor:
        return torch.stack([self._vector, -self._vector])

    def classes(self) -> list[int]:
        return [0, 1]


def test_the_score_is_captums(tmp_path: Path) -> None:
    """Captum's TCAV on the plain modules, with a direction that is the same at all places."""
    model, target, layer = tiny(), 3, "transition 1"
    images = [draw_scene(0, "test", index).image for index in range(6)]
    slopes = Probe(model, layer, Watch(6)).slopes(images, target)
    vector = np.random.default_rng(1).normal(size=slopes.shape[1])
    x = torch.cat([model.tensor(image) for image in images])
    places = (SIZE // 8) ** 2  # of transition 1
    flat = torch.from_numpy(vector).float()[:, None].expand(-1, places).reshape(-1)
    concepts = [Concept(number, str(number), DataLoader(x, batch_size=6)) for number in (0, 1)]
    name = module_of(layer)
    tcav = TCAV(model.network, [name], classifier=Known(flat), save_path=str(tmp_path))
    theirs = tcav.interpret(x, [concepts], target=target)["0-1"][name]["sign_count"][0]
    assert 0 < float(theirs) < 1
    assert share_rising(slopes, Direction(vector, 0.0)) == pytest.approx(float(theirs))


# -- a whole measurement ----------------------------------------------------------------------

QUICK: dict[str, Any] = {"targets": [2], "directions": 2, "scenes": 3, "pictures": 2}


def test_a_measurement_has_a_row_for_each_class_and_concept() -> None:
    model, parts = tiny(), list[float]()
    found = measure_concepts(model, **QUICK | {"targets": [2, 5]}, on_progress=parts.append)
    pairs = [(score.target, score.concept) for score in found.scores]
    assert pairs == [(CLASSES[target], name) for target in (2, 5) for name in CONCEPTS]
    assert found.layer == default_layer(model.spec) == "transition 2"
    assert all(0 <= one.score.mean <= 1 and 0 <= one.p <= 1 for one in found.scores)
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)
    assert all(score.change is not None for score in found.scores)
    again = measure_concepts(model, **QUICK | {"targets": [2, 5]})
    assert again.scores == found.scores


def test_where_the_gradient_is_the_same_for_all_pictures_nothing_is_measured() -> None:
    assert layers_of(tiny().spec) == (
        *("block 1", "transition 1", "block 2", "transition 2", "block 3"),
    )
    for layer in ("final", "block 1 layer 1"):
        with pytest.raises(AttributionError, match=rf"{layer}.*transition 2"):
            measure_concepts(tiny(), layer, **QUICK)


def test_other_classes_have_no_concepts() -> None:
    with pytest.raises(AttributionError, match=r"Small .*scenes, cheater"):
        measure_concepts(small_model(), **QUICK)


def test_it_can_be_cancelled() -> None:
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        measure_concepts(tiny(), **QUICK, cancelled=lambda: next(answers))


def test_a_change_is_the_rise_of_the_score_on_the_plain_network() -> None:
    model, target = tiny(), 3
    pairs = [CONCEPTS["tag"].draw(np.random.default_rng(0), draw_scene(0, "test", 3), target)]
    present, absent = (model.tensor(image) for image in pairs[0])
    with torch.no_grad():
        rise = float((model.network(present) - model.network(absent))[0, target])
    (change,) = Probe(model, "block 1", Watch(2)).changes(pairs, target)
    assert rise != 0
    assert change == pytest.approx(rise, rel=1e-3)  # the fast evaluation adds in another order


# -- the pictures -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONCEPTS)
def test_the_two_pictures_differ_only_in_the_concept(name: str) -> None:
    scene = draw_scene(1, "test", 7)
    present, absent = CONCEPTS[name].draw(np.random.default_rng(0), scene, 4)
    assert present.dtype == absent.dtype == np.uint8
    assert present.shape == absent.shape == (SIZE, SIZE, 3)
    changed = (present != absent).any(2)
    assert changed.any()
    if name == "colour":
        assert (np.ptp(absent, axis=2) == 0).all()
        np.testing.assert_array_equal(present, scene.image)
    elif name == "tag":
        assert any(not (changed & ~tag_mask(corner, SIZE)).any() for corner in CORNERS)
    elif name == "shade":
        assert (present <= absent).all()
    elif name == "clutter":
        assert not (changed & scene.mask).any()
    else:
        assert not (changed & ~scene.mask).any()
        assert len(np.unique(absent[scene.mask], axis=0)) == 1


# -- the command ------------------------------------------------------------------------------


@pytest.fixture
def tiny_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "load_model", lambda name, **_more: tiny(name))


@pytest.mark.usefixtures("tiny_twin")
def test_the_command_prints_a_row_for_each_concept(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--target", "ring", "--scenes", "3", "--pictures", "2", "--directions", "2"]
    assert cli.main(["concepts", *few, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [row["concept"] for row in printed["scores"]] == list(CONCEPTS)
    assert {row["target"] for row in printed["scores"]} == {"ring"}
    assert cli.main(["concepts", *few]) == 0
    told = capsys.readouterr().out
    assert all(concept.title in told for concept in CONCEPTS.values())


@pytest.mark.usefixtures("tiny_twin")
@pytest.mark.parametrize(
    ("words", "facts"),
    [(["--target", "16"], ("16", "15")), (["--layer", "attic"], ("attic", "block 2"))],
)
def test_a_wrong_request_is_one_line(
    words: list[str], facts: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["concepts", *words]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert all(fact in said for fact in facts)
