"""The scenes of the inside stage, held against the network that ran."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from densenet_viz.facts.spec import VARIANTS
from densenet_viz.measure.classifier import open_classifier
from densenet_viz.measure.inside import look_inside, take_apart
from densenet_viz.results.inside import Reader
from densenet_viz.stage.inside.levels.classifier import classifier_detail
from densenet_viz.stage.inside.packed import PackedFloats
from densenet_viz.stage.inside.plan import parts_of
from densenet_viz.ui.current import sample
from tests.small_models import SPEC, small_model
from tests.stage_scenes.inside import LAYER, MODEL, scene

PIXELS = sample("ring").pixels


def unpacked(packed: PackedFloats) -> NDArray[np.float64]:
    kind = "<f8" if packed["double"] else "<f4"
    values = np.frombuffer(base64.b64decode(packed["data"]), kind).astype(np.float64)
    return values.reshape(packed["count"], packed["height"], packed["width"])


def test_the_plan_is_the_whole_network() -> None:
    spec = VARIANTS["densenet121"]
    parts = list(parts_of(spec))
    assert sum(part["parameters"] for part in parts) == spec.parameters
    assert parts[-1]["parameters"] == 2 * 1024 + 1024 * 1000 + 1000  # the last norm, the classifier
    assert sum(part["multiplyAdds"] for part in parts) == spec.multiply_adds
    assert [len(part["layers"]) for part in parts] == [1, 6, 1, 12, 1, 24, 1, 16, 0]


def test_the_planned_steps_are_those_that_ran() -> None:
    for part in scene()["parts"]:
        for layer in part["layers"]:
            ran = look_inside(MODEL, PIXELS, layer["at"])
            planned = [(step["name"], step["channels"], step["size"]) for step in layer["steps"]]
            assert planned == [(step.name, *step.maps.shape[:2]) for step in ran.steps]
            assert layer["reads"] == len(ran.entering)


def test_the_ledger_is_what_was_recorded() -> None:
    detail = scene("denseblock1")["detail"]
    assert detail is not None
    assert detail["kind"] == "block"
    ranges = [[(one["start"], one["stop"]) for one in ledger] for ledger in detail["ledgers"]]
    assert ranges == [[(0, 16)], [(0, 16), (16, 20)]]
    after = scene("transition1")["detail"]
    assert after is not None
    assert after["kind"] == "layer"
    assert [one["stop"] for one in after["ledger"]] == [16, 20, 24]


@pytest.mark.parametrize("hidden", [(), (7,)], ids=["one layer", "two layers"])
def test_a_classs_products_and_bias_are_its_score(hidden: tuple[int, ...]) -> None:
    model = small_model(replace(SPEC, hidden=hidden))
    inside = open_classifier(model, PIXELS)
    predictions = model.predictions(inside.logits, 5)
    detail = classifier_detail(model.spec, inside, predictions)
    features = unpacked(detail["features"]).ravel()
    with torch.no_grad():
        expected = model.network(model.tensor(PIXELS))[0].numpy()
    for one, shown in zip(predictions, detail["classes"], strict=True):
        products = features * unpacked(shown["weights"]).ravel()
        assert shown["logit"] == pytest.approx(float(expected[one.index]), abs=1e-5)
        assert products.sum() + shown["bias"] == pytest.approx(shown["logit"], rel=1e-4, abs=1e-5)
    if hidden:
        assert len(features) == 7
        assert detail["ledger"] == []
    else:
        assert [(one["source"], one["stop"] - one["start"]) for one in detail["ledger"]] == [
            (0, SPEC.block_inputs[1]),
            (1, SPEC.growth_rate),
            (2, SPEC.growth_rate),
        ]
        assert detail["ledger"][-1]["stop"] == len(features) == SPEC.block_outputs[1]


@pytest.mark.parametrize("at", ["stem", LAYER, "transition1"])
def test_windows_and_rest_make_the_number(at: str) -> None:
    """What the browser computes, in numpy, at the place and at the edges of what was sent."""
    detail = scene(at, 3, 3, 4)["detail"]
    assert detail is not None
    assert detail["kind"] == "number"
    read, rest, made = (unpacked(part) for part in (detail["read"], detail["rest"], detail["made"]))
    side, stride = detail["kernelSize"], detail["stride"]
    for y, x in ((3, 4), (0, 0), (made.shape[1] - 1, made.shape[2] - 1)):
        window = read[:, y * stride :, x * stride :][:, :side, :side]
        weights = np.array([one["weights"] for one in detail["strongest"]]).reshape(-1, side, side)
        total = float((window * weights).sum() + rest[0, y, x])
        one = take_apart(MODEL, PIXELS, at, channel=3, y=y, x=x)
        # Only the inputs' float32 is lost on the way; the products are in double precision.
        assert total == pytest.approx(one.total, abs=1e-6 * np.abs(one.products).sum())
        assert made[0, y, x] == pytest.approx(one.activation, abs=1e-6)
        assert total == pytest.approx(made[0, y, x], rel=1e-4, abs=1e-6)


def test_a_scene_of_any_level_stays_small() -> None:
    places = ((), ("denseblock1",), (LAYER,), ("stem", 0), ("stem", 0, 9, 9), ("classifier",))
    for place in places:
        assert len(json.dumps(scene(*place))) < 1_000_000  # type: ignore[arg-type]


def test_a_wide_layer_of_a_large_network_stays_small() -> None:
    from densenet_viz.results.inside import LayerInside, Step
    from densenet_viz.stage.inside.levels.layer import layer_detail

    wide, narrow = (np.zeros((maps, 56, 56), np.float32) for maps in (256, 128))
    names = ("norm1", "relu1", "conv1", "norm2", "relu2")
    steps = [Step(name, wide if name.endswith("1") else narrow) for name in names]
    layer = LayerInside(LAYER, wide, (*steps, Step("conv2", narrow[:32])))
    detail = layer_detail(VARIANTS["densenet121"], layer, (), 0, readers=_readers())
    assert len(json.dumps(detail)) < 1_000_000


def _readers() -> tuple[Reader, ...]:
    from densenet_viz.facts.places import Place
    from densenet_viz.measure.channel import readers_of

    return readers_of(MODEL, Place(LAYER, 0))
