"""The printed scripts run, and make the maps that they say they make."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from densenet_viz.attribution import METHODS, AttributionError, attribute, calls
from densenet_viz.attribution.call import Name
from densenet_viz.export.script import captum_code, why_not_equal
from densenet_viz.figures.attribution_image import picture_png
from densenet_viz.network.build import build
from densenet_viz.results.attributions import Attribution, Prediction
from tests.captum_scripts import PICTURE, made_again
from tests.exact_models import cosine
from tests.small_models import OWN_SPEC, SPEC, small_model

QUICK: Mapping[str, dict[str, Any]] = {
    "integrated-gradients": {"n_steps": 16},
    "smoothgrad": {"samples": 3},
    "gradient-shap": {"samples": 4},
    "score-cam": {"channels": 9, "layer": "block 1"},
    "layer-conductance": {"n_steps": 8, "layer": "block 1 layer 2"},
    "internal-influence": {"n_steps": 8, "layer": "transition 1"},
    "neuron-integrated-gradients": {"n_steps": 8, "layer": "transition 1"},
    "feature-ablation": {"segments": 9},
    "shapley-sampling": {"segments": 9, "permutations": 3},
    "lime": {"segments": 9, "samples": 24, "seed": 4},
    "kernel-shap": {"segments": 9, "samples": 24},
    "rise": {"samples": 24, "seed": 4},
    "deeplift-shap": {"samples": 2},
}
"""Settings that keep a test short; methods that are not named here run with their defaults."""

NOT_IN_CAPTUM = [name for name, row in METHODS.items() if row.call is None]

EACH: list[tuple[str, dict[str, Any]]] = [
    (name, QUICK.get(name, {})) for name in METHODS if name not in NOT_IN_CAPTUM
]
MORE: list[tuple[str, dict[str, Any]]] = [
    ("integrated-gradients", {"n_steps": 11, "rule": "gauss-legendre", "baseline": "noise"}),
    ("integrated-gradients", {"n_steps": 12, "baseline": "blur"}),
    ("integrated-gradients", {"n_steps": 8, "baseline": "noise"}),
    ("smoothgrad", {"samples": 3, "over": "input-x-gradient", "form": "variance", "seed": 7}),
    ("smoothgrad", {"samples": 2, "over": "guided-backprop", "form": "squared"}),
    ("smoothgrad", {"samples": 2, "over": "integrated-gradients"}),
    ("smoothgrad", {"samples": 2, "over": "deeplift"}),
    ("gradient-shap", {"samples": 4, "baseline": "white", "seed": 3}),
    ("occlusion", {"window": 13, "stride": 6, "baseline": "grey"}),
    ("grad-cam", {"layer": "block 1"}),
    ("shapley-sampling", {"segments": 6, "permutations": 2, "baseline": "noise", "seed": 2}),
    ("deeplift-shap", {"samples": 2, "distribution": "blurs", "seed": 5}),
    ("deeplift-shap", {"samples": 2, "distribution": "colours"}),
]
FIRST = [*EACH, *(case for case in MORE if case[0] in ("gradient-shap", "grad-cam"))]
CASES = [
    *FIRST,
    *(pytest.param(*case, marks=pytest.mark.slow) for case in MORE if case not in FIRST),
]


@pytest.mark.parametrize(("method", "settings"), CASES, ids=str)
def test_the_script_makes_this_very_map(
    method: str, settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = small_model()
    attribution = attribute(model, PICTURE, method=method, target=2, **settings)
    values = made_again(model, attribution, tmp_path)
    likeness = cosine(values, attribution.values)
    if why_not_equal(attribution) is None:
        # The script is float32, and the map may have been rounded to bfloat16 on the way back (and
        # forward, where it is a sum of many): a ReLU near its kink may differ.
        assert likeness > 0.999
        assert np.linalg.norm(values) == pytest.approx(np.linalg.norm(attribution.values), rel=0.02)
    else:
        assert likeness > 0.2


def test_which_methods_captum_makes_again_exactly() -> None:
    model = small_model()
    similar = set()
    for name in set(METHODS) - set(NOT_IN_CAPTUM):
        settings = METHODS[name].settings(model.spec, {})
        if why_not_equal(replace(blank_map(), method=name, parameters=settings)) is not None:
            similar.add(name)
    assert similar == {"integrated-gradients", "deeplift", "deeplift-shap"}


@pytest.mark.parametrize(("method", "settings"), CASES, ids=str)
def test_what_is_printed_is_what_ran(method: str, settings: dict[str, Any]) -> None:
    """The script has each argument of the call that made the map, and the source around it."""
    model = small_model()
    row = METHODS[method]
    checked = row.settings(model.spec, settings)
    assert row.call is not None
    call = row.call(checked)
    code = captum_code(model, PICTURE, replace(blank_map(), method=method, parameters=checked))
    assert f"{call.make}(network" in code
    for name in {call.make, call.finish}:
        if (own := getattr(calls, name, None)) is not None and own.__module__ == calls.__name__:
            assert inspect.getsource(own).strip() in code
    for argument, value in call.arguments.items():
        if argument != call.averaged:
            assert f"{argument}={value.name if isinstance(value, Name) else repr(value)}," in code


def blank_map(label: str = "star") -> Attribution:
    one = Prediction(2, label, 0.5)
    return Attribution("saliency", np.ones((3, 64, 64), np.float32), one, (one,), 0.1, 1)


def test_own_classes_are_spelt_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bottleneck, another compression: torchvision cannot build it, the script does."""
    monkeypatch.chdir(tmp_path)
    model = small_model(OWN_SPEC)
    attribution = attribute(model, PICTURE, method="grad-cam", target=1, layer="block 1 layer 2")
    code = captum_code(model, model.picture(PICTURE), attribution)
    imports = [line for line in code.splitlines() if line.startswith(("import ", "from "))]
    assert not any("torchvision" in line for line in imports)
    assert cosine(made_again(model, attribution, tmp_path), attribution.values) > 0.999


def test_older_names_of_weights_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model = small_model()
    attribution = attribute(model, PICTURE, method="saliency", target=1)
    code = captum_code(model, model.picture(PICTURE), attribution)
    code = code.replace('"weights.pth"', '"weights.safetensors"')
    older = {
        re.sub(r"(norm|conv)([12])\.", r"\1.\2.", name): value.contiguous()
        for name, value in model.network.state_dict().items()
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in older
    save_file(older, tmp_path / "weights.safetensors")
    (tmp_path / "picture.png").write_bytes(picture_png(model.picture(PICTURE)))
    with redirect_stdout(io.StringIO()):
        exec(compile(code, "captum_code", "exec"), {})  # noqa: S102
    assert cosine(np.load(tmp_path / "map.npy"), attribution.values) > 0.999


def test_each_kind_of_model_names_its_weights() -> None:
    lines = {
        "scenes": 'load_file("scenes.safetensors")',
        "densenet169": 'densenet169(weights="IMAGENET1K_V1").state_dict()',
        "densenet121-untrained": "nn.init.kaiming_normal_(module.weight, generator=generator)",
        "own-123456789abc": "torch.load(WEIGHTS",
    }
    for name, line in lines.items():
        code = captum_code(replace(small_model(), name=name), PICTURE, blank_map())
        assert [line in code for line in lines.values()] == [one == line for one in lines.values()]
        compile(code, name, "exec")


def test_untrained_weights_are_drawn_again() -> None:
    model = replace(small_model(), name="densenet121-untrained", network=build(SPEC, seed=0))
    names: dict[str, Any] = {}
    code = captum_code(model, PICTURE, blank_map()).split("mean, std =")[0]
    exec(compile(code, "captum_code", "exec"), names)  # noqa: S102
    made, expected = names["network"].state_dict(), model.network.state_dict()
    assert all(torch.equal(made[key], value) for key, value in expected.items())


def test_a_label_cannot_leave_its_comment() -> None:
    """A label is a stranger's text, and the script is something that people run."""
    label = "a\nraise SystemExit\r\u2028\x0cimport os"
    code = captum_code(small_model(), PICTURE, blank_map(label))
    head = code.split("\n\n")[0].splitlines()
    assert all(line.startswith("# ") for line in head)
    assert code.count("SystemExit") == 1
    assert code.isascii()


def test_what_captum_has_not_is_said() -> None:
    assert sorted(NOT_IN_CAPTUM) == ["full-gradient", "lrp"]
    for name in NOT_IN_CAPTUM:
        map_ = replace(blank_map(), method=name)
        for ask in (why_not_equal, lambda one: captum_code(small_model(), PICTURE, one)):
            with pytest.raises(AttributionError, match="norms"):
                ask(map_)
