"""The lecture's page: its controls ask for what a slide may show, and for nothing else."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from densenet_viz.attribution import METHODS
from densenet_viz.lecture.deck import Deck
from densenet_viz.lecture.reading import deck_of
from densenet_viz.lecture.rows import PICTURES
from densenet_viz.ui.lecture.live import asked_call, controls_of
from densenet_viz.ui.lecture.making import deck_key
from densenet_viz.ui.lecture.shelf import Shelf

TEXT = """title: Three pictures
minutes: 3
---
# Words

Only words.
---
# Growth
picture: growth, k=24
step 1: k=12
---
# Map
picture: attribution, method=saliency
---
# Later block
picture: growth, block=2
"""


@pytest.fixture(scope="module")
def deck() -> Deck:
    return deck_of(TEXT)


def asked(**changed: Any) -> dict[str, Any]:
    return {"id": 1, "slide": 1, "step": 0, "settings": {"k": "40"}} | changed


def test_only_pictures_that_can_be_asked_for_have_controls(deck: Deck) -> None:
    controls = controls_of(deck)
    assert set(controls) == {"1", "2"}
    assert controls["1"][0]["value"] == 24
    assert controls["1"][0]["range"] == {"low": 8, "high": 48, "step": 4}
    method = controls["2"][0]
    assert method["options"][0] == ["saliency", METHODS["saliency"].title]
    assert len({name for name, _ in method["options"]}) == len(method["options"])


def test_a_control_stands_at_what_the_step_shows() -> None:
    text = TEXT.replace("method=saliency", "method=saliency\nstep 1: method=occlusion")
    growth, method = (controls_of(deck_of(text))[place][0] for place in ("1", "2"))
    assert growth["steps"] == [(1, 12)]
    assert method["steps"] == [(1, "occlusion")]
    assert "occlusion" in dict(method["options"])


def test_every_offered_value_is_one_that_the_picture_takes(deck: Deck) -> None:
    growth, attribution = PICTURES["growth"].parameters, PICTURES["attribution"].parameters
    for k in range(8, 49, 4):
        assert growth["k"].read(str(k)) == k
    for name, _title in controls_of(deck)["2"][0]["options"]:
        assert attribution["method"].read(name) == name


def test_what_is_asked_is_the_slides_picture_with_that_setting(deck: Deck) -> None:
    call = asked_call(deck, asked())
    assert call is not None
    assert (call.name, call.parameters["k"]) == ("growth", 40)
    later = asked_call(deck, asked(step=1, settings={}))
    assert later is not None
    assert later.parameters["k"] == 12
    other = asked_call(deck, asked(slide=2, settings={"method": "grad-cam"}))
    assert other is not None
    assert other.parameters["method"] == "grad-cam"


@pytest.mark.parametrize(
    "changed",
    [
        {"slide": 0},
        {"slide": 99},
        {"slide": "x"},
        {"settings": {"k": "500"}},
        {"settings": {"k": "1e3"}},
        {"settings": {"k": None}},
        {"settings": 3},
        {"slide": 2, "settings": {"method": "rm -rf"}},
        {"step": None},
    ],
)
def test_what_no_control_offers_is_not_computed(deck: Deck, changed: dict[str, Any]) -> None:
    assert asked_call(deck, asked(**changed)) is None


def test_other_settings_than_the_controls_are_left_out(deck: Deck) -> None:
    call = asked_call(deck, asked(settings={"k": "16", "model": "cheater", "picture": "star"}))
    assert call is not None
    assert dict(call.parameters) == {"k": 16}


def test_a_deck_is_known_by_its_words(deck: Deck) -> None:
    assert deck_key(deck) == deck_key(deck_of(TEXT))
    assert deck_key(deck) != deck_key(deck_of(TEXT.replace("Only words", "Other words")))


def test_a_picture_is_made_once_whoever_wants_it() -> None:
    shelf, made = Shelf(2), Counter[str]()

    def wanted(key: str) -> dict[str, str]:
        def make(_stopped: Any) -> dict[str, str]:
            made[key] += 1
            return {"id": key}

        return shelf.get(key, make)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(wanted, ["one"] * 40))
    assert all(each is found[0] for each in found)
    assert made == {"one": 1}
    for key in ("two", "one", "three"):  # "two" was wanted longest ago
        wanted(key)
    assert [wanted(key)["id"] for key in ("one", "three", "two")] == ["one", "three", "two"]
    assert made == {"one": 1, "two": 2, "three": 1}


def test_what_cannot_be_made_is_tried_again() -> None:
    shelf = Shelf(2)

    def fail(_stopped: Any) -> dict[str, str]:
        raise ValueError("no network")

    with pytest.raises(ValueError, match="no network"):
        shelf.get("one", fail)
    assert shelf.get("one", lambda _stopped: {"id": "one"}) == {"id": "one"}
