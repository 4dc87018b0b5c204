"""The measures on maps small enough to reckon by hand, the baselines, and the intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.evaluation import metrics
from densenet_viz.evaluation.baselines import BASELINES, centre_blob, edges, smooth
from densenet_viz.evaluation.perturbation import area, order_of, perturb
from densenet_viz.evaluation.readings import READINGS, readings_of
from densenet_viz.evaluation.statistics import bootstrap, interval, wilson
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Attribution, Prediction

Map = NDArray[np.float32]


def mask_at(*pixels: tuple[int, int], size: int = 4) -> NDArray[np.bool_]:
    mask = np.zeros((size, size), np.bool_)
    for pixel in pixels:
        mask[pixel] = True
    return mask


def heat_of(values: dict[tuple[int, int], float], size: int = 4) -> Map:
    heat = np.zeros((size, size), np.float32)
    for pixel, value in values.items():
        heat[pixel] = value
    return heat


# -- pointing, energy -----------------------------------------------------------------------


def test_pointing_with_and_without_tolerance() -> None:
    heat, mask = heat_of({(0, 0): 2.0, (3, 3): 1.0}), mask_at((1, 1))
    assert not metrics.pointing(heat, mask)
    assert not metrics.pointing(heat, mask, 1.4)  # it is sqrt 2 away
    assert metrics.pointing(heat, mask, 1.42)
    assert metrics.pointing(heat, mask_at((0, 0)))


def test_a_flat_map_points_at_nothing() -> None:
    assert metrics.peak(np.zeros((4, 4))) is None
    assert not metrics.pointing(np.ones((4, 4)), np.ones((4, 4), np.bool_))


def test_equal_highest_pixels_point_from_their_middle() -> None:
    heat = np.zeros((9, 9))
    heat[2:7, 3:8] = 1
    assert metrics.peak(heat) == (4, 5)


def test_energy_counts_positive_values_only() -> None:
    heat = heat_of({(0, 0): 3.0, (1, 1): 1.0, (2, 2): -5.0})
    assert metrics.energy(heat, mask_at((0, 0), (2, 2))) == 0.75
    assert metrics.energy(-np.abs(heat), mask_at((0, 0))) == 0.0


def test_share_on_asked_leaves_out_what_is_in_both() -> None:
    heat = heat_of({(0, 0): 3.0, (1, 1): 1.0, (2, 2): 9.0, (3, 3): 9.0})
    first, second = mask_at((0, 0), (2, 2)), mask_at((1, 1), (2, 2))
    assert metrics.share_on_asked(heat, first, second) == 0.75
    assert metrics.share_on_asked(heat, second, first) == 0.25
    assert metrics.share_on_asked(np.zeros((4, 4)), first, second) == 0.5


@given(st.floats(0, 6), st.integers(0, 2**31))
def test_widened_is_every_pixel_within_the_radius(radius: float, seed: int) -> None:
    mask = np.random.default_rng(seed).random((9, 11)) < 0.1
    wide = metrics.widen(mask, radius)
    inside = np.argwhere(mask)
    for place in np.ndindex(mask.shape):
        away = np.sqrt(np.square(inside - place).sum(axis=1)).min() if len(inside) else math.inf
        assert wide[place] == (away <= radius)


def test_the_tolerance_scales_with_the_picture() -> None:
    assert metrics.tolerance(224) == 15
    assert metrics.tolerance(128) == pytest.approx(8.5714, abs=1e-4)


# -- precision and recall -------------------------------------------------------------------


def test_precision_and_recall_by_hand() -> None:
    heat = np.array([[4.0, 3.0], [2.0, 1.0]])
    curve = metrics.precision_recall(heat, np.array([[True, False], [True, False]]))
    assert curve.thresholds.tolist() == [4, 3, 2, 1]
    assert curve.precision.tolist() == [1, 1 / 2, 2 / 3, 1 / 2]
    assert curve.recall.tolist() == [0.5, 0.5, 1, 1]
    assert curve.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_equal_values_cross_the_threshold_together() -> None:
    curve = metrics.precision_recall(np.ones((2, 2)), mask_at((0, 0), size=2))
    assert curve.thresholds.tolist() == [1]
    assert (curve.precision[0], curve.recall[0]) == (0.25, 1)
    assert curve.average_precision == 0.25


@given(st.integers(0, 2**31), st.integers(2, 40))
def test_precision_and_recall_as_each_threshold_says(seed: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    heat, mask = rng.integers(0, levels, (6, 7)).astype(float), rng.random((6, 7)) < 0.3
    mask[0, 0] = True
    curve = metrics.precision_recall(heat, mask)
    average, before = 0.0, 0.0
    for place, threshold in enumerate(sorted(set(heat.ravel().tolist()), reverse=True)):
        kept = heat >= threshold
        precision = (kept & mask).sum() / kept.sum()
        recall = (kept & mask).sum() / mask.sum()
        assert curve.thresholds[place] == threshold
        assert curve.precision[place] == pytest.approx(precision)
        assert curve.recall[place] == pytest.approx(recall)
        average, before = average + precision * (recall - before), recall
    assert len(curve.thresholds) == place + 1
    assert curve.average_precision == pytest.approx(average)


def test_fewer_points_lie_on_the_whole_curve() -> None:
    rng = np.random.default_rng(0)
    heat, mask = rng.random((32, 32)), rng.random((32, 32)) < 0.2
    whole, few = metrics.precision_recall(heat, mask), metrics.precision_recall(heat, mask, 20)
    assert len(few.thresholds) == 20
    assert set(few.thresholds) <= set(whole.thresholds)
    assert few.recall[-1] == 1
    assert few.average_precision == whole.average_precision


def test_an_empty_mask_has_no_curve() -> None:
    with pytest.raises(ValueError, match="empty mask"):
        metrics.precision_recall(np.ones((2, 2)), np.zeros((2, 2), np.bool_))


# -- baselines and treatments ---------------------------------------------------------------


def test_baselines_are_the_same_each_time_and_of_the_pictures_size() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    for _title, baseline in BASELINES.values():
        first, second = (baseline(picture, np.random.default_rng(1)) for _ in range(2))
        assert first.shape == (48, 64)
        assert first.dtype == np.float32
        assert first.min() >= 0
        np.testing.assert_array_equal(first, second)


def test_the_blob_is_highest_in_the_middle() -> None:
    blob = centre_blob(np.zeros((9, 9, 3), np.uint8), np.random.default_rng(0))
    assert metrics.peak(blob) == (4, 4)
    assert blob[4, 4] == 1


def test_edges_lie_on_the_edge_and_are_alike_across_and_down() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, 20:] = 255
    found = edges(picture, np.random.default_rng(0))
    assert found[32].argmax() in (19, 20)
    assert found[32, 50] < 1e-3 * found[32].max()
    turned = edges(picture.transpose(1, 0, 2), np.random.default_rng(0))
    np.testing.assert_allclose(turned, found.T, rtol=1e-5, atol=1e-6)


def test_smoothing_keeps_a_uniform_map_and_spreads_a_point_as_a_gaussian() -> None:
    np.testing.assert_allclose(smooth(np.ones((8, 12)), 3.0), 1)
    point = np.zeros((31, 31))
    point[15, 15] = 1
    spread = smooth(point, 2.0)
    assert spread[15, 17] / spread[15, 15] == pytest.approx(math.exp(-0.5))
    assert spread.sum() == pytest.approx(1, abs=1e-3)


def answer(values: Map, method: str = "saliency") -> Attribution:
    named = Prediction(0, "star", 1.0)
    return Attribution(method, values, named, (named,), 0.1, 1)


def test_signs_are_treated_as_the_row_says() -> None:
    values = np.zeros((3, 16, 16), np.float32)
    values[0, 4, 4], values[1, 4, 4], values[2, 12, 12] = 3, -1, -5
    by_name = {reading.name: reading.heat(answer(values)) for reading in readings_of(["saliency"])}
    plain, absolute = by_name["saliency"], by_name["saliency-absolute"]
    assert plain[4, 4] == 2
    assert plain.sum() == 2
    np.testing.assert_allclose(
        absolute, smooth(np.abs(values).sum(axis=0), 3 * 16 / 128), rtol=1e-5, atol=1e-9
    )
    assert metrics.peak(absolute) == (12, 12)
    assert metrics.peak(by_name["saliency-smoothed"]) == (4, 4)
    assert all(heat.min() >= 0 for heat in by_name.values())


def test_readings_have_names_of_their_own_and_start_with_the_apps_own() -> None:
    from densenet_viz.attribution import METHODS

    names = [reading.name for reading in READINGS]
    assert len(set(names)) == len(names)
    for method in METHODS:
        first = readings_of([method])[0]
        assert (first.name, first.treatment, dict(first.settings)) == (method, "positive part", {})


# -- deletion and insertion -----------------------------------------------------------------


class Brightness(nn.Module):
    """Two classes; the first one's logit is a linear function of the input, seen by hand."""

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.weights = weights

    def forward(self, x: Tensor) -> Tensor:
        score = (x.mean(dim=1) * self.weights).sum(dim=(1, 2))
        return torch.stack([score, torch.zeros_like(score)], dim=1)


def linear_model(weights: Tensor) -> LoadedModel:
    size = weights.shape[0]
    return LoadedModel(
        name="linear",
        title="Linear",
        spec=DenseNetSpec(num_classes=2, input_size=32),
        network=Brightness(weights),
        labels=("bright", "dark"),
        input_size=size,
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        provenance="Made by hand.",
        knows="Knows brightness.",
        trained=True,
    )


def test_the_area_is_numpys_trapezoid() -> None:
    curve = tuple(np.random.default_rng(3).random(17).tolist())
    assert area(curve) == pytest.approx(np.trapezoid(curve, dx=1 / 16))


def test_ties_are_broken_at_random_and_the_same_way_for_the_same_state() -> None:
    heat = np.array([[0, 5], [0, 0]], np.float32)
    orders = {tuple(order_of(heat, np.random.default_rng(seed)).tolist()) for seed in range(60)}
    assert {order[0] for order in orders} == {1}
    assert len(orders) == 6  # all orders of the three zeros
    first, second = (order_of(heat, np.random.default_rng(9)) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_deletion_and_insertion_step_by_step() -> None:
    """Against a loop that replaces the pixels one share after the other in a picture."""
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    model = linear_model(torch.from_numpy(rng.normal(0, 0.2, (8, 8))).float())
    heat = rng.permutation(64).reshape(8, 8).astype(np.float32)  # no ties
    got = perturb(model, picture, 0, {"map": heat}, rng, 4, ask=model.network)["map"]

    blurred = np.stack([smooth(picture[..., c], 8 / 12) for c in range(3)], axis=-1)
    sharp, soft = model.tensor(picture)[0], model.tensor(np.rint(blurred).astype(np.uint8))[0]
    for step in range(5):
        first = torch.from_numpy(heat >= 64 - 16 * step)
        without, with_them = sharp.clone(), soft.clone()
        without[:, first] = 0.0  # the mean colour, normalised
        with_them[:, first] = sharp[:, first]
        for seen, curve in ((without, got.deletion), (with_them, got.insertion)):
            chance = torch.softmax(model.network(seen[None])[0].double(), 0)[0]
            assert curve[step] == pytest.approx(float(chance), abs=1e-6)
    assert got.deletion_auc == pytest.approx(np.trapezoid(got.deletion, dx=0.25))
    assert got.insertion_auc == pytest.approx(np.trapezoid(got.insertion, dx=0.25))


def test_the_right_map_beats_the_wrong_one() -> None:
    weights = torch.zeros(8, 8)
    weights[:2] = 0.3
    model, picture = linear_model(weights), np.full((8, 8, 3), 255, np.uint8)
    right = weights.numpy()
    both = perturb(
        model,
        picture,
        0,
        {"right": right, "wrong": 1 - right},
        np.random.default_rng(0),
        8,
        ask=model.network,
    )
    assert both["right"].deletion_auc < both["wrong"].deletion_auc


# -- intervals ------------------------------------------------------------------------------


def chance_of(hits: int, count: int, share: float) -> float:
    return math.comb(count, hits) * share**hits * (1 - share) ** (count - hits)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.97])
def test_wilsons_interval_covers_the_truth_in_95_of_100_cases(share: float) -> None:
    """Exactly: every number of hits that can happen, by how likely it is."""
    count = 500
    covered = sum(
        chance_of(hits, count, share)
        for hits in range(count + 1)
        if (seen := wilson(hits, count)).low <= share <= seen.high
    )
    assert 0.93 <= covered <= 0.97


def test_the_bootstrap_covers_the_truth_in_95_of_100_cases() -> None:
    rng = np.random.default_rng(8)
    truth, tries = 2 / 7, 400
    seen = [bootstrap(rng.beta(2, 5, 100).tolist()) for _ in range(tries)]
    covered = sum(one.low <= truth <= one.high for one in seen) / tries
    assert 0.91 <= covered <= 0.98


def test_yes_and_no_get_wilson_and_shares_the_bootstrap() -> None:
    assert interval([True, True, False, True]) == wilson(3, 4)
    assert interval([1.0, 1.0, 0.0, 1.0]) == bootstrap([1.0, 1.0, 0.0, 1.0])
    assert interval([0.25] * 9) == bootstrap([0.25] * 9)
    assert (interval([0.25] * 9).low, interval([0.25] * 9).high) == (0.25, 0.25)


def test_intervals_hold_their_mean_at_the_ends() -> None:
    for hits in (0, 10):
        seen = wilson(hits, 10)
        assert 0 <= seen.low <= seen.mean <= seen.high <= 1
    with pytest.raises(ValueError, match="No value"):
        interval([])
