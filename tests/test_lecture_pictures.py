"""A deck's scenes: each from a network that ran, each once, nothing told before its step."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from densenet_viz.attribution import attribute
from densenet_viz.facts.connections import Connection
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.lecture.deck import OWN, PictureCall
from densenet_viz.lecture.networks import Networks
from densenet_viz.lecture.pictures import PICTURES, picture_scene, scene_of, words_of
from densenet_viz.lecture.reading import DeckError, deck_of, read_deck
from densenet_viz.measure import capture
from densenet_viz.network.cuts import cut
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import load_model
from densenet_viz.scenes.generator import sample_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import draw_tag
from densenet_viz.stage.growth.scene import growth_scene
from densenet_viz.stage.modules import FOLDER, address, stage_file, style
from tests.facts import names_in
from tests.small_models import small_model

# The drawn scenes' own size, so that their masks fit.
SPEC = DenseNetSpec(
    growth_rate=4, block_config=(2, 2), initial_channels=16, num_classes=6, input_size=128
)


class Shelf:
    """Small models by name, and which were asked for."""

    def __init__(self, spec: DenseNetSpec = SPEC) -> None:
        self.asked: list[str] = []
        self._models = {
            name: small_model(spec, seed) for name, seed in {"scenes": 3, "cheater": 5}.items()
        }

    def __call__(self, name: str) -> LoadedModel:
        self.asked.append(name)
        return self._models[name]


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks(Shelf())


def scene(networks: Networks, name: str, **settings: str | int) -> dict[str, Any]:
    return picture_scene(PictureCall(name, settings), networks)


# -- the deck as JSON ---------------------------------------------------------------------------


DECK = """\
title: t
author: a
---
# One
picture: growth, k=4
step 1: layer=1
step 2: layer=2, block=2

- **b** *i* `c` [l](https://x.org)
+
| h |
|---|
| 1 |
???
n
---
# Two
picture: growth, k=4
---
# Three
picture: overview
"""


def test_the_words_are_json_in_the_players_form() -> None:
    first, second, _ = words_of(deck_of(DECK))["slides"]
    assert first["blocks"] == [
        {
            "kind": "li",
            "step": 0,
            "spans": [
                {"text": "b", "bold": True},
                {"text": " "},
                {"text": "i", "italic": True},
                {"text": " "},
                {"text": "c", "code": True},
                {"text": " "},
                {"text": "l", "href": "https://x.org"},
            ],
        },
        {"kind": "table", "step": 1, "spans": [], "rows": [[[{"text": "h"}]], [[{"text": "1"}]]]},
    ]
    assert first["notes"] == [{"kind": "p", "step": 0, "spans": [{"text": "n"}]}]
    assert (first["id"], first["layout"], first["steps"], first["minutes"]) == ("one", "both", 2, 2)
    assert first["question"] is None
    assert second["picture"]["states"] == []


def test_equal_pictures_share_one_scene_and_a_changed_one_has_its_own() -> None:
    shelf = Shelf()
    told: list[float] = []
    deck = scene_of(deck_of(DECK), model=shelf, on_progress=told.append)
    one, two, three = (slide["picture"] for slide in deck["slides"])
    assert one["key"] == two["key"] != three["key"]
    first, changed = one["states"]
    assert first == {"step": 1, "state": {"layer": 1}}
    assert changed["state"] == {"layer": 2}
    assert set(deck["scenes"]) == {one["key"], changed["key"], three["key"]}
    assert [deck["scenes"][key]["block"] for key in (one["key"], changed["key"])] == [1, 2]
    assert shelf.asked == ["scenes"], "loaded once, and the cheater not at all"
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    json.dumps(deck, allow_nan=False)


def test_pictures_that_are_known_are_not_made_again() -> None:
    known: dict[str, dict[str, Any]] = {}

    def kept(key: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return known.setdefault(key, known.get(key) or make())

    first = scene_of(deck_of(DECK), model=Shelf(), kept=kept)
    assert known == first["scenes"]
    nothing = Shelf()
    second = scene_of(deck_of(DECK), model=nothing, kept=kept)
    assert nothing.asked == []
    assert second == first


def test_words_alone_are_the_same_deck_without_scenes() -> None:
    whole, words = scene_of(deck_of(DECK), model=Shelf()), words_of(deck_of(DECK))
    assert words["scenes"] == {}
    assert {**whole, "scenes": {}} == words


def test_modules_and_styles_are_the_stages_own() -> None:
    words = words_of(deck_of(DECK))
    assert words["modules"] == {
        name: address(f"{name}/{name}.js") for name in ("growth", "overview")
    }
    assert words["styles"] == {
        "stage": style("shared/stage.css"),
        "growth": style("growth/growth.css"),
        "overview": style("overview/overview.css"),
    }


def test_every_picture_has_its_stage_and_its_words() -> None:
    for row in PICTURES.values():
        given = row.filled({})
        assert (FOLDER / stage_file(row.stage)).is_file()
        assert (FOLDER / stage_file(row.stage)).with_suffix(".css").is_file()
        for words in (row.alt.format_map(given), row.sentence.format_map(given)):
            assert words.endswith(".")
            assert "{" not in words
        for parameter in row.parameters.values():
            assert parameter.read(str(parameter.default)) == parameter.default
            assert parameter.allowed


# -- pictures from small networks ---------------------------------------------------------------


def test_growth_is_the_models_own_pass(networks: Networks) -> None:
    model, pixels = networks.named("scenes"), sample_scene("heart").image
    trace = capture(
        model.network,
        model.tensor(pixels),
        spec=model.spec,
        trained=model.trained,
        picture=model.picture(pixels),
    )
    expected = growth_scene(trace, block=2, caption="a drawn heart")
    assert scene(networks, "growth", picture="heart", block=2, k=4) == expected


def test_another_growth_rate_is_another_network_with_random_weights(networks: Networks) -> None:
    found = scene(networks, "growth", block=2, k=6)
    # Block 1: 16 + 2 * 6 = 28, halved to 14; block 2 adds 6 twice.
    assert [layer["total"] for layer in found["layers"]] == [20, 26]
    assert found["trained"] is False
    assert found == scene(networks, "growth", block=2, k=6), "the same weights each time"


def test_the_block_and_its_transition(networks: Networks) -> None:
    block = scene(networks, "block", block=1)
    assert [layer["channels"] for layer in block["layers"]] == [16, 20]
    found = scene(networks, "transition", block=1)
    assert (found["given"]["count"], found["mixed"]["count"]) == (24, 12)
    assert found["own"] is True


def test_a_map_is_the_engines_and_its_words_say_whether_it_is_right(networks: Networks) -> None:
    model, pixels = networks.named("scenes"), sample_scene("star").image
    made = attribute(model, pixels, method="grad-cam")
    found = scene(networks, "attribution", picture="star", method="grad-cam")
    assert found["label"] == made.target.label
    assert found["map"]["heat"]["most"] == pytest.approx(float(np.abs(made.heat).max()))
    right = made.target.label == "star"
    assert names_in(found["sentence"], "right", "wrong") == ["right" if right else "wrong"]


def test_what_is_not_to_be_seen_yet_is_not_in_the_scene(networks: Networks) -> None:
    asked = scene(networks, "lineup", picture="ring", tag="heart", show="asked")
    assert all(one["label"] is None and one["map"] is None for one in asked["witnesses"])
    assert "heart" not in json.dumps({**asked, "picture": ""})
    answered = scene(networks, "lineup", picture="ring", tag="heart", show="answered")
    assert all(one["label"] and one["map"] is None for one in answered["witnesses"])
    assert answered["outlines"] == []
    looked = scene(networks, "lineup", picture="ring", tag="heart", show="looked")
    assert all(one["map"] for one in looked["witnesses"])
    assert [one["name"] for one in looked["outlines"]] == ["object", "tag"]


def test_each_witness_answers_by_its_own_network(networks: Networks) -> None:
    pixels = draw_tag(sample_scene("ring").image, CLASSES.index("heart"), "upper left")
    answered = scene(networks, "lineup", picture="ring", tag="heart", show="answered")
    for witness, name in zip(answered["witnesses"], ("cheater", "scenes"), strict=True):
        model = networks.named(name)
        logits = model.network(model.tensor(pixels))[0].detach().numpy()
        top = model.predictions(logits, 1)[0]
        assert (witness["label"], witness["share"]) == (top.label, round(top.probability, 6))


def test_without_a_tag_none_is_measured(networks: Networks) -> None:
    found = scene(networks, "lineup", tag="none", show="looked")
    assert [one["name"] for one in found["outlines"]] == ["object"]
    assert [[share["name"] for share in one["map"]["shares"]] for one in found["witnesses"]] == [
        ["object"],
        ["object"],
    ]


def test_each_step_goes_to_a_place_with_its_detail(networks: Networks) -> None:
    levels = {
        "network": None,
        "denseblock1": "block",
        "transition1": "layer",
        "denseblock2.denselayer1/3": "channel",
        "denseblock2.denselayer1/3/2/5": "number",
    }
    for at, kind in levels.items():
        found = scene(networks, "inside", picture="heart", at=at)
        assert (found["detail"] and found["detail"]["kind"]) == kind
        assert found["served"] is False
    assert found["place"] == {"at": "denseblock2.denselayer1", "channel": 3, "y": 2, "x": 5}
    other = scene(networks, "inside", picture="ring", at="network")
    assert other["key"] != found["key"]


def test_cut_connections_are_answered_by_the_cut_network(networks: Networks) -> None:
    model, pixels = networks.named("scenes"), sample_scene("heart").image
    found = scene(networks, "scissors", picture="heart", block=2, cut="1.0-2~2.1-3")
    cuts = [Connection(1, 0, 2), Connection(2, 1, 3)]
    expected = model.predictions(cut(model, cuts).answer(pixels).logits, 1)[0]
    assert found["now"] == expected.label
    assert max(bar["now"] for bar in found["bars"]) == pytest.approx(expected.probability)
    assert (found["start"], found["served"]) == (2, False)
    whole = scene(networks, "scissors", picture="heart")
    assert all(bar["now"] == bar["whole"] for bar in whole["bars"])


@pytest.mark.parametrize(
    "picture",
    [
        "inside, at=denseblock9",
        "inside, at=denseblock1/3",
        "inside, at=stem/3/4",
        "inside, at=stem/3/4/5/6",
        "inside, at=denseblock4.denselayer16/31/4/4",
        "scissors, cut=5.0-1",
        "scissors, cut=denseblock1:layer3>layer2",
        "scissors, cut=1.0-2~~",
        f"scissors, cut={'1.0-2~' * 5000}",
    ],
)
def test_a_deck_names_only_places_and_cuts_that_there_are(picture: str) -> None:
    with pytest.raises(DeckError, match="allowed are"):
        deck_of(f"title: t\n---\n# One\npicture: {picture}\n")


def test_cuts_by_name_are_those_of_an_address() -> None:
    text = "title: t\n---\n# One\npicture: scissors, cut=denseblock1:layer5>all~2.0-3\n"
    (slide,) = deck_of(text).slides
    assert slide.picture is not None
    assert slide.picture.parameters == {"cut": "1.5-6~1.5-7~2.0-3"}


# -- the lecture itself, from the bundled networks ----------------------------------------------


Shown = Callable[[str, int], dict[str, Any]]


def find_in(lecture: dict[str, Any], name: str, step: int) -> dict[str, Any]:
    """The scene that a slide shows at a step."""
    slide = next(slide for slide in lecture["slides"] if slide["id"] == name)
    keys = [slide["picture"]["key"]]
    keys += [s["key"] for s in slide["picture"]["states"] if s["step"] <= step and "key" in s]
    found: dict[str, Any] = lecture["scenes"][keys[-1]]
    return found


@pytest.fixture(scope="module")
def lecture() -> dict[str, Any]:
    """The shipped deck, drawn from small networks that have all places and cuts of its slides."""
    small = replace(SPEC, growth_rate=8, block_config=(6, 2, 2, 2))
    return scene_of(read_deck(OWN), model=Shelf(small))


@pytest.fixture(scope="module")
def shown() -> Shown:
    """Finds what the shipped deck shows from the bundled networks."""
    return partial(find_in, scene_of(read_deck(OWN), model=load_model))


def test_the_lecture_is_whole_and_can_be_sent(lecture: dict[str, Any]) -> None:
    for slide in lecture["slides"]:
        if slide["picture"]:
            states = slide["picture"]["states"]
            keys = [slide["picture"]["key"], *(one["key"] for one in states if "key" in one)]
            assert set(keys) <= set(lecture["scenes"])
            assert slide["picture"]["stage"] in lecture["modules"]
            assert slide["picture"]["stage"] in lecture["styles"]
    text = json.dumps(lecture, allow_nan=False)
    assert len(text) < 12_000_000
    assert str(Path.cwd()) not in text


@pytest.mark.slow
def test_layer_1_takes_64_to_96_and_layer_2_96_to_128(shown: Shown) -> None:
    layers = shown("growth", 0)["layers"]
    assert [(one["reads"], one["total"]) for one in layers[:2]] == [(64, 96), (96, 128)]
    assert layers[5]["total"] == 256
    assert shown("growth", 0)["trained"] is True
    assert shown("growth", 0)["mismatches"] == []


@pytest.mark.slow
def test_the_transition_halves_256_to_128(shown: Shown) -> None:
    found = shown("transition", 0)
    assert (found["given"]["count"], found["mixed"]["count"]) == (256, 128)


@pytest.mark.slow
def test_the_gradient_comes_by_short_ways_and_does_not_vanish(shown: Shown) -> None:
    """What the slide's notes say of the bundled network."""
    found = shown("gradient", 0)
    assert sum(one["share"] for one in found["lengths"]) == pytest.approx(1, abs=1e-3)
    assert sum(one["share"] for one in found["lengths"][:3]) > 0.8
    assert found["lengths"][-1]["length"] == 23
    assert found["lengths"][-1]["share"] < 0.001
    assert min(found["whole"]) > 0.5
    assert max(found["chain"][:20]) < 0.01


@pytest.mark.slow
def test_both_say_ring_and_only_the_cheater_looks_at_the_tag(shown: Shown) -> None:
    answered = shown("cheat", 1)["witnesses"]
    assert [one["label"] for one in answered] == ["ring", "ring"]
    cheater, honest = (
        {share["name"]: share["share"] for share in one["map"]["shares"]}
        for one in shown("cheat", 2)["witnesses"]
    )
    assert cheater["tag"] > 0.5 > cheater["object"]
    assert honest["object"] > honest["tag"]


@pytest.mark.slow
def test_with_another_tag_the_cheater_follows_it(shown: Shown) -> None:
    assert [one["label"] for one in shown("swap", 1)["witnesses"]] == ["heart", "ring"]


@pytest.mark.slow
def test_the_heart_that_is_explained_is_named(shown: Shown) -> None:
    for step in (0, 1, 2):
        assert shown("look", step)["label"] == "heart"
        assert names_in(shown("look", step)["sentence"], "right", "wrong") == ["right"]


def test_the_last_slide_builds_the_audiences_network(lecture: dict[str, Any]) -> None:
    totals = [find_in(lecture, "hands-on", step)["layers"][-1]["total"] for step in (0, 1)]
    assert totals == [16 + 6 * 12, 16 + 6 * 24]
