"""A class against another one: the difference of two logits, explained by every method."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS, AttributionError, attribute
from densenet_viz.cli import main
from densenet_viz.evaluation.checking import check_with_captum
from densenet_viz.export.maps import summary
from densenet_viz.network.contrast import contrast
from densenet_viz.network.models import LoadedModel
from densenet_viz.scenes.generator import draw_scene
from tests import captum_scripts
from tests.exact_models import cosine
from tests.small_models import OWN_SPEC, SPEC, picture, small_model
from tests.waiting import PATIENCE

PICTURE = picture(64)


@pytest.fixture(params=[SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def test_only_one_logit_is_a_difference(model: LoadedModel) -> None:
    x = model.tensor(PICTURE)
    with torch.no_grad():
        plain, other = model.network(x)[0], contrast(model, 2, 4).network(x)[0]
    # Float32: the row of weights is subtracted before the sum, not after it.
    torch.testing.assert_close(other[2], plain[2] - plain[4], rtol=1e-4, atol=1e-5)
    assert torch.equal(other[[0, 1, 3, 4, 5]], plain[[0, 1, 3, 4, 5]])


@pytest.mark.parametrize("classes", [(1, 1), (-1, 0), (0, 6)])
def test_two_different_classes_are_needed(model: LoadedModel, classes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="against"):
        contrast(model, *classes)


@pytest.mark.parametrize("method", ["grad-cam", "saliency", "deeplift", "lrp", "score-cam"])
def test_a_map_explains_the_difference(model: LoadedModel, method: str) -> None:
    found = attribute(model, PICTURE, method=method, target=2, against=4)
    assert (found.target.index, found.against and found.against.index) == (2, 4)
    assert found.predictions == attribute(model, PICTURE, method=method, target=2).predictions
    expected = attribute(contrast(model, 2, 4), PICTURE, method=method, target=2)
    np.testing.assert_array_equal(found.values, expected.values)
    plain = attribute(model, PICTURE, method=method, target=2)
    assert not np.allclose(found.values, plain.values)


def test_a_linear_method_gives_the_difference_of_both_maps(model: LoadedModel) -> None:
    one, other = (
        attribute(model, PICTURE, method="input-x-gradient", target=target).values
        for target in (2, 4)
    )
    found = attribute(model, PICTURE, method="input-x-gradient", target=2, against=4).values
    # The backward pass rounds to bfloat16 where the processor has it.
    assert np.abs(found - (one - other)).max() <= 0.03 * np.abs(found).max()


def test_what_adds_up_adds_up_to_the_difference(model: LoadedModel) -> None:
    found = attribute(
        model, PICTURE, method="integrated-gradients", target=2, against=4, n_steps=64
    )
    x, start = model.tensor(PICTURE), model.uniform((0.0, 0.0, 0.0))
    with torch.no_grad():
        picture_, black = model.network(x)[0], model.network(start)[0]
    rise = float((picture_[2] - picture_[4]) - (black[2] - black[4]))
    assert float(found.values.sum()) == pytest.approx(rise, abs=0.02 * abs(rise) + 1e-3)


def test_captum_gives_the_same_map(model: LoadedModel) -> None:
    found = attribute(model, PICTURE, method="saliency", target=2, against=4)
    check = check_with_captum(model, PICTURE, found)
    assert check.cosine > 0.999


@pytest.mark.parametrize("method", ["saliency", "grad-cam"])
def test_the_printed_script_makes_the_same_map(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = small_model()
    found = attribute(model, captum_scripts.PICTURE, method=method, target=2, against=4)
    again = captum_scripts.made_again(model, found, tmp_path)
    # The backward pass rounds to bfloat16 where the processor has it.
    assert cosine(again, found.values) > 0.999
    assert np.linalg.norm(again) == pytest.approx(np.linalg.norm(found.values), rel=0.02)


def page() -> None:
    import numpy as np
    import streamlit as st

    from densenet_viz.ui.attribution.explaining import choose_against
    from tests.small_models import small_model

    model = small_model()
    logits = np.arange(6.0)
    chosen = choose_against(
        model,
        model.predictions(logits),
        lambda i: model.prediction(logits, i),
        model.prediction(logits, 5),
    )
    st.text("none" if chosen is None else chosen.index)


def test_the_page_takes_the_other_class_from_the_address() -> None:
    plain, linked = (AppTest.from_function(page, default_timeout=PATIENCE) for _ in range(2))
    assert plain.run().text[0].value == "none"
    (choice,) = plain.selectbox
    assert small_model().labels[5] not in choice.options  # the explained class itself
    linked.query_params["against"] = "ring"
    assert linked.run().text[0].value == "1"
    linked.session_state["explain"] = "probability"
    assert linked.run().text[0].value == "none"


@pytest.mark.parametrize(
    "asked", [{"against": 2}, {"against": 6}, {"against": 4, "explains": "probability"}]
)
def test_what_cannot_be_compared_is_refused(model: LoadedModel, asked: dict[str, object]) -> None:
    with pytest.raises(AttributionError):
        attribute(model, PICTURE, method="saliency", target=2, **asked)  # type: ignore[arg-type]


def test_the_summary_names_both_classes() -> None:
    found = attribute(small_model(), PICTURE, target=0, against=1)
    told = json.loads(json.dumps(summary(found)))
    assert (told["target"]["index"], told["against"]["index"]) == (0, 1)
    assert found.subject.count("star") == 1
    assert len(METHODS) > 20


def test_the_command_explains_a_difference_and_a_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(draw_scene(8, "test", 3).image).save(tmp_path / "scene.png")
    words = ["attribute", str(tmp_path / "scene.png"), "--out", str(tmp_path), "--json"]
    words += ["--method", "saliency"]
    sums = []
    for more in ([], ["--against", "ring"], ["--cut", "denseblock4:input>all"]):
        assert main([*words, "--target", "broken ring", *more]) == 0
        sums.append(json.loads(capsys.readouterr().out)["sum"])
    assert len(set(sums)) == 3
    assert main([*words, "--target", "ring", "--against", "ring"]) == 2
    assert main([*words, "--cut", "nothing"]) == 2
