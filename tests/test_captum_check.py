"""A map beside Captum's plain call on the network's plain modules: they are the same, or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from densenet_viz.attribution import METHODS, AttributionError, Cancelled, attribute
from densenet_viz.evaluation.checking import check_with_captum, cosine, largest_difference
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure.peak_memory import PeakMemory
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.checks import CaptumCheck
from tests.exact_models import exact_model
from tests.small_models import OWN_SPEC, SPEC, picture, small_model
from tests.tiers import in_tiers

PICTURE = picture()
CASES: list[tuple[str, dict[str, Any]]] = [
    ("saliency", {}),
    ("input-x-gradient", {}),
    ("smoothgrad", {"samples": 9}),
    ("smoothgrad", {"samples": 5, "over": "input-x-gradient", "form": "variance"}),
    ("smoothgrad", {"samples": 3, "over": "guided-backprop", "form": "squared"}),
    ("integrated-gradients", {"n_steps": 9, "rule": "gauss-legendre", "baseline": "noise"}),
    ("gradient-shap", {"samples": 10, "seed": 2}),
    ("grad-cam", {"layer": "final"}),
    ("grad-cam", {"layer": "block 1"}),
    ("grad-cam", {"layer": "block 1 layer 2"}),
    ("layer-gradient-x-activation", {"layer": "transition 1"}),
    ("layer-cam", {"layer": "block 1"}),
    ("grad-cam-plus-plus", {"layer": "transition 1"}),
    ("score-cam", {"layer": "block 1", "channels": 9}),
    ("layer-conductance", {"n_steps": 9, "layer": "block 2", "baseline": "blur"}),
    ("internal-influence", {"n_steps": 8, "layer": "final", "baseline": "blur"}),
    ("neuron-integrated-gradients", {"n_steps": 8, "layer": "block 1", "baseline": "noise"}),
    ("neuron-integrated-gradients", {"n_steps": 8, "layer": "block 1 layer 2", "channel": 3}),
    ("occlusion", {"baseline": "grey"}),
    ("feature-ablation", {"segments": 9, "baseline": "noise"}),
    ("shapley-sampling", {"segments": 4, "permutations": 3, "seed": 4}),
    ("kernel-shap", {"segments": 5, "samples": 16, "baseline": "noise"}),
    ("lime", {"segments": 6, "samples": 20}),
    ("rise", {"cells": 4, "samples": 16, "baseline": "noise"}),
    ("guided-backprop", {}),
    ("deconvolution", {}),
    ("guided-grad-cam", {"layer": "transition 1"}),
]


def checked(model: LoadedModel, method: str, **settings: Any) -> tuple[Attribution, CaptumCheck]:
    made = attribute(model, PICTURE, method=method, target=2, **settings)
    return made, check_with_captum(model, PICTURE, made)


@pytest.mark.parametrize(
    "spec", in_tiers([SPEC, OWN_SPEC], {OWN_SPEC}), ids=["torchvision", "own class"]
)
@pytest.mark.parametrize(("method", "settings"), CASES, ids=str)
def test_the_fast_way_gives_captums_map(
    method: str, settings: dict[str, Any], spec: DenseNetSpec
) -> None:
    """In float64, so that the same ReLUs are open; a regression is solved in float32 by Captum."""
    made, check = checked(exact_model(spec), method, **settings)
    within = 1e-4 if method in ("kernel-shap", "lime", "occlusion", "rise") else 1e-6
    np.testing.assert_allclose(made.values, check.theirs, atol=within * np.abs(check.theirs).max())
    assert check.cosine == pytest.approx(1, abs=1e-6)
    assert check.rank > 0.99
    assert check.largest_difference <= within
    assert check.classes.startswith("Captum 0.9.0 · ")
    ours = METHODS[method].ours_with(made.parameters)
    assert (made.computed_by == check.classes) == (ours is None)


def test_every_method_of_captum_is_checked_here() -> None:
    ours = {"deeplift", "deeplift-shap", "full-gradient", "lrp"}
    assert {method for method, _settings in CASES} == set(METHODS) - ours


def test_steps_where_the_score_moves_come_near_captums_many() -> None:
    """The likeness that the row promises, to Captum's map with 300 steps."""
    model = exact_model()
    made = attribute(model, PICTURE, method="integrated-gradients", target=2)
    many = {"n_steps": 300, "rule": "gauss-legendre"}
    fine = attribute(model, PICTURE, method="integrated-gradients", target=2, **many)
    assert cosine(made.values, fine.values) > 0.99


def test_what_it_took_is_measured() -> None:
    _made, check = checked(small_model(), "saliency")
    for effort in (check.our_effort, check.their_effort):
        assert effort.seconds > 0
        assert effort.bytes is None or effort.bytes >= 0


def test_what_captum_has_not_is_said() -> None:
    model = small_model()
    made = attribute(model, PICTURE, method="lrp", target=2)
    with pytest.raises(AttributionError, match="norms"):
        check_with_captum(model, PICTURE, made)


@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_a_check_can_be_cancelled_in_both_halves(allowed: int) -> None:
    model = small_model()
    made = attribute(model, PICTURE, method="smoothgrad", target=2, samples=20)
    calls: list[None] = []

    def cancelled() -> bool:
        calls.append(None)
        return len(calls) > allowed

    with pytest.raises(Cancelled):
        check_with_captum(model, PICTURE, made, cancelled=cancelled)


def test_its_progress_rises_to_one() -> None:
    model, parts = small_model(), list[float]()
    made = attribute(model, PICTURE, method="feature-ablation", target=2, segments=9)
    check_with_captum(model, PICTURE, made, on_progress=parts.append)
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)


def test_maps_of_zeros_have_no_likeness() -> None:
    zeros, ones = np.zeros((1, 2, 2), np.float32), np.ones((1, 2, 2), np.float32)
    assert cosine(zeros, ones) == 0
    assert (largest_difference(ones, zeros), largest_difference(zeros, zeros)) == (1, 0)


def test_memory_is_what_is_used_meanwhile() -> None:
    with PeakMemory() as memory:
        block = np.ones(40_000_000, np.uint8)
    if memory.above is not None:  # on Linux
        assert memory.above > 0.9 * block.nbytes
