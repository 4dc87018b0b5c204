"""The scenes of the gradients stages say what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from densenet_viz.facts.families import FAMILIES, Family, dense_spec, matched
from densenet_viz.network.families import build_family, weight_layers
from densenet_viz.results.gradients import GradientFlow, LayerGradients
from densenet_viz.stage.gradients.direct import direct_scene, reaches_of
from densenet_viz.stage.gradients.scene import gradients_scene
from densenet_viz.stage.gradients.words import flow_words, layer_names, verdict_words
from tests.facts import numbers_in
from tests.stage_scenes import gradients


def test_lines_are_powers_of_ten_between_the_smallest_and_the_largest_seed() -> None:
    scene = gradients.scene()
    assert [line["family"] for line in scene["lines"]] == list(gradients.FAMILIES)
    for line in scene["lines"]:
        found = gradients.layer_gradients(gradients.specs()[scene["lines"].index(line)])
        np.testing.assert_allclose(line["middle"], np.log10(found.output[1]), atol=5e-4)
        assert all(
            low <= mid <= high
            for low, mid, high in zip(line["low"], line["middle"], line["high"], strict=True)
        )
        assert scene["low"] <= min(line["low"])
        assert scene["high"] >= max(line["high"])
        assert len(line["words"]) == len(scene["layers"]) == 10
    assert scene["lines"][0]["words"][0] == "1/5,000"  # 2 of 10,000, the middle seed
    assert scene["lines"][1]["words"][0] == "20 times"


def test_weights_are_another_gradient() -> None:
    outputs, weights = gradients.scene(), gradients.scene(at="weight")
    assert weights["title"] != outputs["title"]
    shift = np.array(weights["lines"][0]["middle"]) - outputs["lines"][0]["middle"]
    np.testing.assert_allclose(shift, np.log10(3), atol=2e-3)


def test_the_sentence_has_the_numbers_of_the_first_layer() -> None:
    flow = gradients.flow()
    assert numbers_in(flow_words(flow, "output"))[:3] == numbers_in("10 1/5,000")
    plain, residual, dense = "plain", "residual", "dense"
    words = verdict_words(flow, "output")
    vanished, kept = words.split(".", 1)
    assert plain in vanished
    assert residual in kept
    assert dense in kept


def test_seeds_on_both_sides_of_the_limit_give_no_verdict() -> None:
    (spec,) = gradients.specs(families=["residual"])
    sizes = np.ones((2, 10))
    sizes[:, 0] = 0.5, 200.0
    one = LayerGradients(spec, (0, 1), sizes, sizes, np.ones(2))
    words = {
        verdict_words(GradientFlow((each,), 8), "output").split("(")[0]
        for each in (
            one,
            LayerGradients(spec, (0,), sizes[:1], sizes[:1], np.ones(1)),
            LayerGradients(spec, (1,), sizes[1:], sizes[1:], np.ones(1)),
        )
    }
    assert len(words) == 3


def test_a_scene_without_a_measurement_has_families_and_no_line() -> None:
    scene = gradients.scene(measured=False)
    assert scene["waiting"]
    assert [line["middle"] for line in scene["lines"]] == [[], [], []]
    assert [line["parameters"] for line in scene["lines"]] == [
        f"{spec.parameters:,}" for spec in gradients.specs()
    ]
    assert not gradients.scene()["waiting"]


@pytest.mark.parametrize("family", FAMILIES)
def test_names_of_layers_are_in_the_order_of_the_network(family: Family) -> None:
    spec = matched(dense_spec(16, 4), family)
    names = layer_names(spec.layers)
    layers = weight_layers(build_family(spec, seed=0))
    assert len(names) == len(layers) == 16
    for ours, (theirs, _) in zip(names, layers, strict=True):
        assert ("transition" in ours) == ("transition" in theirs)
        assert ("classifier" in ours) == ("classifier" in theirs)


def test_blocks_are_between_transitions() -> None:
    scene = gradients.scene(16)
    for block in scene["blocks"]:
        names = scene["layers"][block["first"] - 1 : block["last"]]
        assert {name.split(",")[0] for name in names} == {block["name"]}
        assert len(names) == 4


@pytest.mark.parametrize(
    ("family", "count"), [("plain", 0), ("residual", 2), ("dense", 10), ("aggregated", 4)]
)
def test_direct_connections_reach_past_the_next_layer(family: Family, count: int) -> None:
    spec = matched(dense_spec(16, 4), family)  # four layers in a block
    reaches = reaches_of(spec)
    assert len(reaches) == count
    assert all(1 < one["place"] - one["source"] <= 5 for one in reaches)


def test_cuts_are_parts_of_the_whole_gradient() -> None:
    plain, residual, dense = gradients.direct()["families"]
    assert [amount["part"] for amount in plain["amounts"]] == [1, 1, 1]
    for family in (residual, dense):
        assert [amount["part"] for amount in family["amounts"]] == [1, 0.5, 0]
        assert "50.0%" in family["sentence"]
    waiting = direct_scene(gradients.specs(16), {})
    assert [family["amounts"] for family in waiting["families"]] == [[], [], []]


def test_the_number_of_seeds_that_are_done_is_said() -> None:
    scene = gradients_scene(gradients.specs(), gradients.flow(), "output", 5)
    assert numbers_in(scene["badge"])[:2] == numbers_in("3 5")
