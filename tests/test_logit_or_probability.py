"""A map of a class's logit or of its probability: by formula, with Captum, in a script, on a page.

The network's temperature is not 1, so that forgetting it shows.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS, AttributionError, attribute
from densenet_viz.attribution.asking import probabilities
from densenet_viz.attribution.logit_or_probability import possible_for
from densenet_viz.batch.table import from_csv
from densenet_viz.cli import main
from densenet_viz.evaluation.checking import check_with_captum
from densenet_viz.evaluation.faithfulness import faithfulness
from densenet_viz.export.maps import to_json
from densenet_viz.images.pictures import to_png
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import EXPLAINS
from densenet_viz.ui.attribution.explaining import MapQuestion
from densenet_viz.ui.attribution.map_jobs import Ask
from densenet_viz.ui.current import sample
from tests.captum_scripts import made_again
from tests.exact_models import cosine, exact_model
from tests.own_layouts import LAYOUTS
from tests.small_models import picture, saved, small_model
from tests.tiers import in_tiers
from tests.waiting import PATIENCE

PICTURE = picture(80)
SOFTMAX = replace(exact_model(), temperature=1.5)
SIGMOID = replace(SOFTMAX, exclusive=False)
ONLY_LOGIT = {
    *("full-gradient", "grad-cam-plus-plus", "neuron-integrated-gradients"),
    *("deeplift", "deeplift-shap", "lrp"),
}
QUICK: dict[str, dict[str, Any]] = {
    "integrated-gradients": {"n_steps": 20, "rule": "gauss-legendre"},
    "smoothgrad": {"samples": 3},
    "gradient-shap": {"samples": 4},
    "score-cam": {"channels": 8, "layer": "block 1"},
    "layer-conductance": {"n_steps": 8, "layer": "block 1 layer 2"},
    "internal-influence": {"n_steps": 8, "layer": "transition 1"},
    "feature-ablation": {"segments": 6},
    "shapley-sampling": {"segments": 6, "permutations": 2},
    "lime": {"segments": 6, "samples": 24},
    "kernel-shap": {"segments": 6, "samples": 24},
    "rise": {"samples": 24},
}
FIRST = {"saliency", "layer-cam", "occlusion", "lime"}
POSSIBLE = [name for name in METHODS if name not in ONLY_LOGIT]


def made(model: LoadedModel, method: str, **more: Any) -> Any:
    return attribute(model, PICTURE, method=method, target=2, explains="probability", **more)


@pytest.mark.parametrize("model", [SOFTMAX, SIGMOID], ids=["softmax", "sigmoid"])
def test_saliency_is_the_gradient_of_the_probability_that_the_page_shows(
    model: LoadedModel,
) -> None:
    x = model.tensor(PICTURE).requires_grad_()
    logits = model.network(x)
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in logits[0]]
    chance = [model.prediction(logits[0].detach(), index).probability for index in range(6)]
    assert probabilities(model, logits)[0].tolist() == pytest.approx(chance, abs=1e-12)
    p, slope = chance[2], rows[2]
    if model.exclusive:  # the derivative of a softmax: other classes' slopes count, too
        slope = slope - sum(each * row for each, row in zip(chance, rows, strict=True))
        by_hand = p * slope / 1.5
    else:
        by_hand = p * (1 - p) * slope / 1.5
    expected = by_hand[0].detach().numpy()
    # float64 on both sides; the map itself is float32
    np.testing.assert_allclose(made(model, "saliency").values, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("method", ["integrated-gradients", "shapley-sampling"])
def test_the_sum_is_the_rise_of_the_probability(method: str) -> None:
    settings = QUICK[method] | {"baseline": "black"}
    if method == "integrated-gradients":
        settings |= {"n_steps": 200}
    found = made(SOFTMAX, method, **settings)
    both = torch.cat([SOFTMAX.tensor(PICTURE), SOFTMAX.uniform((0, 0, 0))])
    ends = probabilities(SOFTMAX, SOFTMAX.network(both))[:, 2]
    rise = float((ends[0] - ends[1]).detach())
    # 200 steps on a path with kinks: within a hundredth; the others are exact up to float32
    close = 0.01 if method == "integrated-gradients" else 1e-4
    assert float(found.values.sum()) == pytest.approx(rise, rel=close)
    assert found.convergence_delta == pytest.approx(float(found.values.sum()) - rise, abs=1e-6)


def test_occlusion_is_the_fall_of_the_probability() -> None:
    found = made(SOFTMAX, "occlusion", window=32, stride=32, baseline="grey")
    x = SOFTMAX.tensor(PICTURE)
    covered = x.clone()
    covered[..., :32, :32] = SOFTMAX.uniform((0.5, 0.5, 0.5))[..., :32, :32]
    ends = probabilities(SOFTMAX, SOFTMAX.network(torch.cat([x, covered])))[:, 2]
    # patches are added in another order
    assert found.values[0, 5, 5] == pytest.approx(float((ends[0] - ends[1]).detach()), rel=1e-4)


@pytest.mark.parametrize("method", in_tiers(POSSIBLE, first=FIRST))
def test_captums_plain_call_gives_the_same_map(method: str) -> None:
    found = made(SOFTMAX, method, **QUICK.get(method, {}))
    check = check_with_captum(SOFTMAX, PICTURE, found)
    assert check.largest_difference < 1e-5
    assert found.explains == "probability"
    logit = attribute(SOFTMAX, PICTURE, method=method, target=2, **QUICK.get(method, {}))
    assert np.abs(found.values - logit.values).max() > 0.01 * np.abs(logit.values).max()


def test_methods_that_explain_only_the_logit_say_why() -> None:
    for name, row in METHODS.items():
        settings = row.settings(SOFTMAX.spec, {})
        possible = possible_for(row, settings, "probability")
        assert (possible == "logit") == (name in ONLY_LOGIT)
        if name in ONLY_LOGIT:
            with pytest.raises(AttributionError) as told:
                made(SOFTMAX, name)
            assert row.only_logit in str(told.value)
    with pytest.raises(AttributionError):  # the method under the noise decides
        made(SOFTMAX, "smoothgrad", over="deeplift")
    with pytest.raises(AttributionError):
        attribute(SOFTMAX, PICTURE, explains="softmax")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "exclusive"),
    [("saliency", True), ("grad-cam", False), ("occlusion", True), ("lime", False)],
)
def test_the_printed_script_makes_the_map_of_the_probability(
    method: str, exclusive: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = replace(small_model(), temperature=1.5, exclusive=exclusive)
    found = made(model, method, **QUICK.get(method, {}))
    again = made_again(model, found, tmp_path)
    # as for maps of the logit: the map's way back may be bfloat16
    assert cosine(again, found.values) > 0.999
    assert np.linalg.norm(again) == pytest.approx(np.linalg.norm(found.values), rel=0.02)


def test_measures_follow_what_the_maps_explain() -> None:
    model = SOFTMAX
    both = [
        attribute(model, PICTURE, method="saliency", target=2, explains=one)
        for one in ("logit", "probability")
    ]
    rows = [faithfulness(model, PICTURE, [one], axis=one.explains) for one in both]
    x = model.tensor(PICTURE)
    logits = model.network(x)[0].detach()
    starts = [float(logits[2]), model.prediction(logits, 2).probability]
    for measured, start in zip(rows, starts, strict=True):
        assert measured.methods[0].curves.deletion[0] == pytest.approx(start, rel=1e-4)
    values = [row.methods[0].infidelity.value for row in rows]
    assert values[0] != pytest.approx(values[1], rel=0.01)
    with pytest.raises(ValueError, match="probabilities"):
        faithfulness(model, PICTURE, both)


def test_the_choice_is_in_json_and_in_the_key_of_what_is_kept() -> None:
    found = made(SOFTMAX, "saliency")
    assert json.loads(to_json(found, PICTURE, {}))["explains"] == "probability"
    seen = sample("ring")
    asks = [Ask(SOFTMAX, seen, "saliency", 2, {}, one) for one in ("logit", "probability")]
    assert asks[0].key != asks[1].key


def test_a_shell_explains_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network, write = LAYOUTS["CheXNet"]
    (tmp_path / "chest.pth").write_bytes(saved(write(dict(network.state_dict()))))
    files = [str(tmp_path / f"{name}.png") for name in "ab"]
    for seed, file in enumerate(files):
        Path(file).write_bytes(to_png(picture(40, seed)))
    call = ["attribute", "--weights", str(tmp_path / "chest.pth"), "--input-size", "32"]
    call += ["--method", "saliency", "--out", str(tmp_path)]
    assert main([*call, files[0], "--explain", "probability", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["explains"] == "probability"
    for explain in EXPLAINS:
        assert main([*call, *files, "--explain", explain]) == 0
    rows = from_csv((tmp_path / "results.csv").read_text("utf-8-sig"))
    assert sorted(row.explains for row in rows) == ["logit"] * 2 + ["probability"] * 2
    assert len({row.map for row in rows}) == 4
    with pytest.raises(SystemExit) as ended:
        main([*call, files[0], "--explain", "odds"])
    assert ended.value.code == 2
    assert main([*call, files[0], "--explain", "probability", "--method", "lrp"]) == 2


def page(method: str) -> None:
    import streamlit as st

    from densenet_viz.ui.attribution.explaining import choose_explanation
    from tests.small_models import small_model

    _method, _settings, chosen = choose_explanation(small_model())
    st.text(chosen)


@pytest.mark.parametrize(("method", "chosen"), [("saliency", "probability"), ("lrp", "logit")])
def test_the_page_takes_the_choice_from_the_address_or_says_why_not(
    method: str, chosen: str
) -> None:
    app = AppTest.from_function(page, args=(method,), default_timeout=PATIENCE)
    app.query_params["explain"] = "probability"
    app.query_params["method"] = method
    app.run()
    assert not app.exception
    assert app.text[0].value == chosen
    (choice,) = (one for one in app.segmented_control if one.key == "explain")
    assert choice.disabled == (chosen == "logit")
    said = " ".join(one.value for one in app.caption)
    assert (METHODS[method].only_logit or "softmax") in said


def test_a_question_of_the_page_asks_for_its_choice() -> None:
    seen = sample("ring")
    one = SOFTMAX.prediction(np.zeros(6), 2)
    asked = MapQuestion(SOFTMAX, seen, (one,), one, METHODS["saliency"], {}, "probability")
    assert asked.ask.explains == "probability"
