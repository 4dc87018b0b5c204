"""Map and mask: which scene is shown, the search for a wrong answer, and the highest point."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pytest

from densenet_viz.errors import Cancelled
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Prediction
from densenet_viz.scenes.generator import Scene, draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, draw_tag
from densenet_viz.ui.truth import scene as truth_scene
from densenet_viz.ui.truth import twins
from densenet_viz.ui.truth.scene import LOOKS, NUMBERS, corner_of, index_of, peak_words, search
from tests.facts import as_groups
from tests.small_models import small_model

SIZE = 64
ALL = NUMBERS * len(CLASSES)


# -- which scene ----------------------------------------------------------------------------


def test_kind_and_number_name_every_scene_once() -> None:
    indices = [index_of(kind, number) for number in range(NUMBERS) for kind in CLASSES]
    assert indices == list(range(ALL))


@pytest.mark.parametrize("kind", ["star", "ring", "arrow"])
def test_an_index_is_a_scene_of_its_kind(kind: str) -> None:
    assert draw_scene(truth_scene.SEED, "test", index_of(kind, 7)).name == kind


def test_tags_of_a_kind_take_turns_in_all_corners() -> None:
    for kind in CLASSES:
        corners = [corner_of(index_of(kind, number)) for number in range(8)]
        assert set(corners[:4]) == set(CORNERS)
        assert corners[4:] == corners[:4]


# -- the search -----------------------------------------------------------------------------


class FakeModel:
    """Stands for a model: right but for some scenes, which it knows by their first pixels."""

    name = "fake"

    def __init__(self, *wrong: int) -> None:
        self.wrong = set(wrong)
        self.asked: list[int] = []
        self.tagged: list[bool] = []


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes that are drawn at once and carry their number, and answers of the fake."""

    def drawn(seed: int, split: str, index: int) -> Scene:
        assert (seed, split) == (truth_scene.SEED, "test")
        image = np.full((SIZE, SIZE, 3), 128, np.uint8)
        image[30, 30] = (*divmod(index, 256), 0)
        return Scene(image, np.ones((SIZE, SIZE), np.bool_), index % len(CLASSES), (0.5, 0.5, 0.3))

    def answers(model: Any, pixels: Any, top: int) -> tuple[Prediction, ...]:
        high, low, _ = map(int, pixels[30, 30])
        index = 256 * high + low
        label = index % len(CLASSES)
        model.asked.append(index)
        tag = draw_tag(np.full_like(pixels, 128), label, corner_of(index))
        tag[30, 30] = pixels[30, 30]
        model.tagged.append(bool((pixels == tag).all()))
        said = (label + 1) % len(CLASSES) if index in model.wrong else label
        return (Prediction(said, CLASSES[said], 0.9),)

    monkeypatch.setattr(truth_scene, "draw_scene", drawn)
    monkeypatch.setattr(twins, "answers", answers)


def found(model: Any, start: int, *, tagged: bool = False) -> int | None:
    return search(model, tagged, start, lambda _part: None, lambda: False)


def test_the_next_wrong_scene_is_found() -> None:
    model = FakeModel(3, 20, 25)
    assert found(model, 4) == 20
    assert model.asked == list(range(4, 21))
    assert found(model, 20) == 20
    assert found(model, 21) == 25


def test_the_search_goes_on_from_the_first_scene_after_the_last() -> None:
    model = FakeModel(2)
    assert found(model, ALL - 2) == 2
    assert model.asked == [ALL - 2, ALL - 1, 0, 1, 2]
    assert found(FakeModel(0), ALL) == 0


@pytest.mark.parametrize("tagged", [True, False])
def test_scenes_are_searched_as_they_are_shown(tagged: bool) -> None:
    model = FakeModel(9)
    assert found(model, 4, tagged=tagged) == 9
    assert model.tagged == [tagged] * 6


def test_a_search_that_finds_nothing_ends() -> None:
    model = FakeModel(LOOKS + 5)
    assert found(model, 5) is None
    assert model.asked == list(range(5, LOOKS + 5))
    assert found(model, 6) == LOOKS + 5


def test_a_search_reports_how_far_it_is() -> None:
    reported: list[float] = []
    model: Any = FakeModel(4)
    search(model, False, 0, reported.append, lambda: False)
    assert reported == [place / LOOKS for place in range(5)]


def test_a_cancelled_search_stops_before_the_next_look() -> None:
    looks, model = count(), FakeModel(500)
    given: Any = model
    with pytest.raises(Cancelled):
        search(given, False, 0, lambda _part: None, lambda: next(looks) == 3)
    assert model.asked == [0, 1, 2]


def test_a_real_model_s_answers_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network knows six classes only, so it cannot be right about the seventh."""
    monkeypatch.undo()
    model: LoadedModel = small_model()
    start = index_of(CLASSES[6], 0)
    assert found(model, start) == start


# -- the highest point ----------------------------------------------------------------------


def test_the_highest_point_is_judged() -> None:
    """It lies on the object, beside it within the tolerance, or misses it."""
    mask = np.zeros((SIZE, SIZE), np.bool_)
    mask[16:25, 16:25] = True
    scene = Scene(
        np.zeros((SIZE, SIZE, 3), np.uint8), mask, CLASSES.index("heart"), (0.3, 0.3, 0.1)
    )
    told = {"nowhere": peak_words(np.zeros((SIZE, SIZE), np.float32), scene)}
    for peak in ((20, 20), (20, 25), (20, 28), (20, 29), (60, 60)):
        heat = np.zeros((SIZE, SIZE), np.float32)
        heat[peak] = 1.0
        told[peak] = peak_words(heat, scene)
    # (20, 29) is 5 px away, and the tolerance is 4.3.
    assert as_groups(told) == [{"nowhere", (20, 29), (60, 60)}, {(20, 20)}, {(20, 25), (20, 28)}]
    assert all("heart" in words for words in told.values())
