"""Superpixels, and the methods that cover them, against counting by hand, Captum and numpy."""

from __future__ import annotations

from itertools import permutations
from math import comb, factorial
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation
from scipy.ndimage import label as connected_parts

from densenet_viz.attribution import METHODS, Cancelled, attribute
from densenet_viz.attribution import asking as asking_module
from densenet_viz.attribution.asking import Asking, Watch
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.explain import coalitions as games
from densenet_viz.attribution.explain import kernel_shap, lime, shapley
from densenet_viz.attribution.explain.segments import merge_parts, superpixels, superpixels_of
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution
from tests.exact_models import exact_model
from tests.small_models import OWN_SPEC, SPEC, picture, small_model

PICTURE = picture()
NAMES = ("feature-ablation", "shapley-sampling", "kernel-shap", "lime")
RANDOM = NAMES[1:]
COMPLETE = ("shapley-sampling", "kernel-shap")
FEW: dict[str, dict[str, Any]] = {
    "feature-ablation": {},
    "shapley-sampling": {"permutations": 3},
    "kernel-shap": {"samples": 50},
    "lime": {"samples": 50},
}


@pytest.fixture(params=[SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    """In float64: differences of scores are then known to many digits."""
    return exact_model(request.param)


def question(model: LoadedModel, target: int = 1) -> Asking:
    return Asking(model, model.tensor(PICTURE), target, watch=Watch(10**6))


def parts_of(model: LoadedModel, most: int) -> np.ndarray:
    return superpixels_of(question(model), most)


def covers(model: LoadedModel, baseline: str, seed: int = 0) -> torch.Tensor:
    return baseline_inputs(model, model.tensor(PICTURE), baseline, seed)


@torch.no_grad()
def scored(
    model: LoadedModel, labels: np.ndarray, members: np.ndarray, cover: torch.Tensor, target: int
) -> np.ndarray:
    """The plain network's scores of coalitions, whose pictures are put together part by part."""
    mixed = model.tensor(PICTURE).repeat(len(members), 1, 1, 1)
    for picture_, row in zip(mixed, members, strict=True):
        for part in np.flatnonzero(~row):
            picture_[:, labels == part] = cover[:, labels == part]
    return np.asarray(model.network(mixed)[:, target].double().numpy())


def every_coalition(players: int) -> np.ndarray:
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


def exact_shapley(scores: np.ndarray, players: int) -> np.ndarray:
    """Shapley (1953) word for word, from the scores of all 2^M coalitions by their bits."""
    values = np.zeros(players)
    for player in range(players):
        for coalition in range(2**players):
            if not coalition >> player & 1:
                size = coalition.bit_count()
                chance = factorial(size) * factorial(players - size - 1) / factorial(players)
                values[player] += chance * (scores[coalition | 1 << player] - scores[coalition])
    return values


def sums(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(M,) what the map of (1, S, S) adds up to on each superpixel."""
    return np.bincount(labels.ravel(), values[0].astype(np.float64).ravel())


def rise(model: LoadedModel, baseline: str, target: int, seed: int = 0) -> float:
    with torch.no_grad():
        blanks = model.network(covers(model, baseline, seed))[:, target]
        return float(model.network(model.tensor(PICTURE))[0, target] - blanks.double().mean())


# -- superpixels ----------------------------------------------------------------------------


def halves(size: int = 48) -> np.ndarray:
    """Left red, right blue, with a border that no grid of squares follows."""
    columns, rows = np.meshgrid(np.arange(size), np.arange(size))
    left = columns < size / 2 + 6 * np.sin(rows / 5)
    return np.where(left[..., None], (0.9, 0.2, 0.1), (0.1, 0.2, 0.9))


PICTURES = {
    "grain": PICTURE / 255,
    "halves": halves(),
    "uniform": np.full((40, 40, 3), 0.3),
    "gradient": np.repeat(np.linspace(0, 1, 32 * 32).reshape(32, 32, 1), 3, axis=2),
}


@pytest.mark.parametrize("most", [1, 4, 6, 40, 64])
@pytest.mark.parametrize("name", PICTURES)
def test_superpixels_part_the_picture_into_connected_pieces(name: str, most: int) -> None:
    labels = superpixels(PICTURES[name], most)
    assert labels.shape == PICTURES[name].shape[:2]
    count = labels.max() + 1
    assert sorted(set(labels.ravel().tolist())) == list(range(count))
    assert most / 2 <= count <= most
    assert [connected_parts(labels == part)[1] for part in range(count)] == [1] * count
    np.testing.assert_array_equal(superpixels(PICTURES[name].copy(), most), labels)


def test_superpixels_follow_a_border() -> None:
    labels, red = superpixels(halves(), 12), halves()[..., 0] > 0.5
    reds, sizes = np.bincount(labels.ravel(), red.ravel()), np.bincount(labels.ravel())
    wrong_side = np.minimum(reds, sizes - reds).sum() / red.size
    grid = np.add.reduceat(np.add.reduceat(red, range(0, 48, 16), 0), range(0, 48, 12), 1)
    assert wrong_side < 0.02 < np.minimum(grid, 16 * 12 - grid).sum() / red.size


def test_merging_takes_the_smallest_to_its_likest_neighbour() -> None:
    labels = np.array([[0, 0, 0, 1, 1], [0, 0, 2, 2, 1], [3, 3, 3, 1, 1]])
    grey = np.array([0.2, 0.9, 0.6, 0.55])[labels]  # the parts' colours; 2 is smallest, 3 likest
    pixels = np.repeat(grey[..., None], 3, axis=2)
    expected = [[0, 0, 0, 1, 1], [0, 0, 2, 2, 1], [2, 2, 2, 1, 1]]
    assert merge_parts(labels, pixels, 3).tolist() == expected
    assert merge_parts(labels, pixels, 4) is labels


def test_superpixels_are_those_of_the_picture_and_not_of_the_normalised_input() -> None:
    model = small_model()
    np.testing.assert_array_equal(parts_of(model, 20), superpixels(PICTURE / 255, 20))


# -- feature ablation -----------------------------------------------------------------------


@pytest.mark.parametrize("baseline", ["grey", "blur", "noise"])
def test_feature_ablation_is_captums(model: LoadedModel, baseline: str) -> None:
    result = attribute(
        model, PICTURE, method="feature-ablation", target=2, segments=9, baseline=baseline
    )
    labels = parts_of(model, 9)
    captum = FeatureAblation(model.network)
    maps = [
        captum.attribute(
            model.tensor(PICTURE),
            baselines=cover[None],
            target=2,
            feature_mask=torch.from_numpy(labels)[None, None],
        )
        for cover in covers(model, baseline)
    ]
    falls = torch.stack(maps).mean(0)[0, 0].detach().numpy()
    expected = falls / np.bincount(labels.ravel())[labels]
    np.testing.assert_allclose(result.values[0], expected, atol=1e-5 * np.abs(expected).max())
    assert len(np.unique(falls)) == labels.max() + 1


# -- Shapley values -------------------------------------------------------------------------


def table(model: LoadedModel, labels: np.ndarray, baseline: str = "black") -> np.ndarray:
    members = every_coalition(labels.max() + 1)
    each = [scored(model, labels, members, cover, 1) for cover in covers(model, baseline)]
    return np.mean(each, axis=0)


def test_all_orders_give_the_shapley_values(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = parts_of(model, 5)
    players = int(labels.max()) + 1
    every = [np.array(order) for order in permutations(range(players))]
    monkeypatch.setattr(shapley, "orders", lambda *_given: iter(every))
    settings = {"segments": 5, "permutations": len(every), "baseline": "black", "seed": 0}
    found = shapley.shapley_sampling(question(model), settings)
    expected = exact_shapley(table(model, labels), players)
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(sums(found.values.numpy(), labels), expected, atol=1e-5)


@pytest.mark.parametrize("baseline", ["black", pytest.param("noise", marks=pytest.mark.slow)])
def test_random_orders_come_near_the_shapley_values(baseline: str) -> None:
    model = small_model()
    labels = parts_of(model, 6)
    result = attribute(
        model,
        PICTURE,
        method="shapley-sampling",
        target=1,
        segments=6,
        permutations=60,
        baseline=baseline,
    )
    expected = exact_shapley(table(model, labels, baseline), int(labels.max()) + 1)
    found = sums(result.values, labels)
    np.testing.assert_allclose(found, expected, atol=0.1 * np.abs(expected).max())


def test_one_order_is_what_each_adds_when_it_joins() -> None:
    model = small_model()
    labels = parts_of(model, 6)
    scores, players = table(model, labels), int(labels.max()) + 1
    (order,) = shapley.orders(players, 1, np.random.default_rng(7))
    expected, coalition = np.zeros(players), 0
    for player in order.tolist():
        expected[player] = scores[coalition | 1 << player] - scores[coalition]
        coalition |= 1 << player
    result = attribute(
        model,
        PICTURE,
        method="shapley-sampling",
        target=1,
        segments=6,
        permutations=1,
        seed=7,
        baseline="black",
    )
    np.testing.assert_allclose(sums(result.values, labels), expected, atol=1e-5)


def test_every_second_order_is_the_one_before_reversed() -> None:
    first, second, third = shapley.orders(9, 3, np.random.default_rng(0))
    assert second.tolist() == first[::-1].tolist()
    assert sorted(third.tolist()) == list(range(9))
    assert third.tolist() not in (first.tolist(), second.tolist())


@pytest.mark.parametrize("most", [4, 6, 8])
def test_kernel_shap_with_all_coalitions_gives_the_shapley_values(
    model: LoadedModel, most: int
) -> None:
    labels = parts_of(model, most)
    players = int(labels.max()) + 1
    result = attribute(
        model,
        PICTURE,
        method="kernel-shap",
        target=1,
        segments=most,
        samples=max(16, 2**players - 2),
        baseline="black",
    )
    expected = exact_shapley(table(model, labels), players)
    np.testing.assert_allclose(sums(result.values, labels), expected, atol=1e-5)


@pytest.mark.parametrize("method", COMPLETE)
@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("baseline", ["mean", "noise"])
def test_shapley_values_add_up_however_few_are_asked(
    method: str, count: int, baseline: str
) -> None:
    """In float32, as in the app: scores are known to a few millionths."""
    model = small_model()
    few = {"permutations": count} if method == "shapley-sampling" else {"samples": 16 * count}
    result = attribute(
        model, PICTURE, method=method, target=3, segments=30, seed=5, baseline=baseline, **few
    )
    expected = rise(model, baseline, 3, seed=5)
    assert abs(expected) > 0.01
    assert result.values.astype(np.float64).sum() == pytest.approx(expected, abs=5e-5)
    assert result.convergence_delta == pytest.approx(0, abs=5e-5)


# -- Kernel SHAP's parts --------------------------------------------------------------------


@pytest.mark.parametrize(("players", "most"), [(2, 16), (5, 30), (6, 62), (7, 126), (8, 300)])
def test_all_coalitions_with_the_papers_weights(players: int, most: int) -> None:
    members, weights = kernel_shap.coalitions(players, most, np.random.default_rng(1))
    codes = members @ (1 << np.arange(players))
    assert sorted(codes.tolist()) == list(range(1, 2**players - 1))
    for row, weight in zip(members, weights, strict=True):
        size = int(row.sum())
        expected = (players - 1) / (comb(players, size) * size * (players - size))
        assert weight == pytest.approx(expected)


@pytest.mark.parametrize(("players", "most"), [(8, 100), (12, 300), (40, 256), (40, 400), (5, 20)])
def test_sampled_coalitions_differ_and_come_with_their_complements(players: int, most: int) -> None:
    members, weights = kernel_shap.coalitions(players, most, np.random.default_rng(1))
    rows = {tuple(row): weight for row, weight in zip(members.tolist(), weights, strict=True)}
    assert 0.5 * most < len(rows) == len(members) <= most
    assert not any(all(row) or not any(row) for row in rows)
    for row, weight in rows.items():
        assert rows[tuple(not each for each in row)] == pytest.approx(weight)
    sizes = np.arange(1, players)
    whole = ((players - 1) / (sizes * (players - sizes))).sum()
    assert weights.sum() == pytest.approx(whole, rel=1e-9)


def test_sizes_are_drawn_as_often_as_the_kernel_says() -> None:
    sizes, totals = np.arange(2, 11), kernel_shap.size_weights(12)
    members, weights = kernel_shap.drawn_of(sizes, totals, 20_000, np.random.default_rng(0))
    found = np.bincount(members.sum(axis=1), weights, minlength=12)
    assert found[[0, 1, 11]].tolist() == [0, 0, 0]
    np.testing.assert_allclose(found[2:11], totals[1:10], rtol=0.05)
    one = (members[:, 0] * weights).sum() / weights.sum()
    assert one == pytest.approx(0.5, abs=1e-9)  # each pair holds every player once


def test_the_regression_is_the_constrained_one() -> None:
    """Against the linear system of Lagrange: gradient and constraint, solved at once."""
    random = np.random.default_rng(3)
    members, weights = random.random((50, 7)) < 0.5, random.random(50) + 0.1
    gains, total = random.normal(size=50), 1.7
    shown = members.astype(float)
    system = np.ones((8, 8))
    system[:7, :7], system[7, 7] = shown.T @ np.diag(weights) @ shown, 0
    expected = np.linalg.solve(system, np.append(shown.T @ (weights * gains), total))[:7]
    found = kernel_shap.regression(members, weights, gains, total)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_regression_shares_evenly_what_is_left_open() -> None:
    members = np.array([[True, False, False, False]])
    found = kernel_shap.regression(members, np.ones(1), np.array([4.0]), 10.0)
    np.testing.assert_allclose(found, [4, 2, 2, 2])


# -- LIME -----------------------------------------------------------------------------------


def test_lime_is_the_weighted_ridge_regression(model: LoadedModel) -> None:
    result = attribute(
        model,
        PICTURE,
        method="lime",
        target=1,
        segments=12,
        samples=60,
        width=40,
        baseline="grey",
        seed=11,
    )
    labels = parts_of(model, 12)
    players = int(labels.max()) + 1
    drawn = np.random.default_rng(11).random((60, players)) < 0.5
    members = np.concatenate([np.ones((1, players), dtype=bool), drawn])
    scores = scored(model, labels, members, covers(model, "grey")[0], 1)
    whole = np.ones(players)
    cosines = members @ whole / (np.linalg.norm(members, axis=1) * np.linalg.norm(whole))
    weights = np.sqrt(np.exp(-((1 - cosines) ** 2) / 0.4**2))
    # Least squares with a row for each picture, and one for each penalised value.
    pictures = np.sqrt(weights)[:, None] * np.column_stack([np.ones(61), members])
    system = np.vstack([pictures, np.eye(players + 1)[1:] * np.sqrt(lime.RIDGE)])
    heights = np.append(np.sqrt(weights) * scores, np.zeros(players))
    expected = np.linalg.lstsq(system, heights)[0][1:]
    found = sums(result.values, labels)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_a_narrow_neighbourhood_hears_only_the_near_pictures() -> None:
    members = np.array([[True] * 16, [True] * 15 + [False], [True] + [False] * 15, [False] * 16])
    weights = lime.nearness(members, 0.1)
    assert weights[0] == 1
    assert weights[1] == pytest.approx(np.exp(-0.5 * ((1 - np.sqrt(15 / 16)) / 0.1) ** 2))
    assert weights[2] < 1e-12
    assert weights[3] < weights[2]


# -- all of them ----------------------------------------------------------------------------


class Straight:
    """A score that is a weighted sum of the input's values."""

    def __init__(self, weights: torch.Tensor) -> None:
        self._weights = weights

    def batch_for(self, _size: int) -> int:
        return 7

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        scores = (x.double() * self._weights).sum((1, 2, 3)) + 2
        return torch.stack([scores - 5, scores], 1)


@pytest.mark.parametrize("method", NAMES)
def test_a_straight_sum_is_taken_apart(method: str) -> None:
    model = small_model()
    labels, asked = parts_of(model, 10), question(model)
    weights = torch.randn((3, 64, 64), generator=torch.Generator().manual_seed(2)).double() / 50
    asked.fused = Straight(weights)  # type: ignore[assignment]
    settings = METHODS[method].settings(model.spec, {"segments": 10, "baseline": "white"})
    found = sums(METHODS[method].explain(asked, settings).values.numpy(), labels)
    change = (model.tensor(PICTURE)[0] - covers(model, "white")[0]).double()
    expected = np.bincount(labels.ravel(), (weights * change).sum(0).ravel().numpy())
    if method == "lime":  # the penalty pulls a few percent towards zero
        shrunk = found / expected
        assert found.tolist() != pytest.approx(expected.tolist(), rel=1e-3)
        assert 0.85 < shrunk.min() <= shrunk.max() < 1.05
    else:
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_lime_without_penalty_finds_a_straight_sum() -> None:
    random = np.random.default_rng(0)
    members, slopes = random.random((40, 6)) < 0.5, np.array([3.0, -2, 0, 1, 5, -4])
    found = lime.ridge(members, random.random(40), members @ slopes - 8, penalty=1e-12)
    np.testing.assert_allclose(found, slopes, atol=1e-8)


@pytest.mark.parametrize("method", NAMES)
def test_one_superpixel_gets_all(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.zeros((64, 64), dtype=np.int64)
    monkeypatch.setattr(games, "superpixels_of", lambda _asking, _most: one)
    model = small_model()
    result = attribute(model, PICTURE, method=method, target=1, baseline="black", **FEW[method])
    assert np.unique(result.values).size == 1
    share = float(result.values.astype(np.float64).sum()) / rise(model, "black", 1)
    if method == "lime":  # the blank picture is so far away that the penalty outweighs it
        assert 0 < share < 0.1
    else:
        assert share == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("method", NAMES)
def test_a_uniform_picture_is_nothing_beside_its_own_colour(method: str) -> None:
    model = small_model()
    white = np.full((64, 64, 3), 255, dtype=np.uint8)
    same = attribute(model, white, method=method, baseline="white", **FEW[method])
    other = attribute(model, white, method=method, baseline="black", **FEW[method])
    # Equal pictures may score differently by a rounding, in batches of different sizes.
    assert np.abs(same.values).max() < 1e-4 * np.abs(other.values).max()


@pytest.mark.parametrize("method", RANDOM)
def test_the_seed_decides(method: str) -> None:
    def with_seed(seed: int) -> np.ndarray:
        return attribute(
            small_model(), PICTURE, method=method, target=0, seed=seed, **FEW[method]
        ).values

    np.testing.assert_array_equal(with_seed(4), with_seed(4))
    assert not np.array_equal(with_seed(4), with_seed(5))


@pytest.mark.parametrize("method", NAMES)
@pytest.mark.parametrize("segments", [4, 40])
@pytest.mark.parametrize(("baseline", "drawings"), [("black", 1), ("noise", 4)])
def test_passes_are_counted_and_bounded(
    method: str, segments: int, baseline: str, drawings: int
) -> None:
    model, seen = small_model(), []
    given = {"segments": segments, "baseline": baseline, **FEW[method]}
    result = attribute(model, PICTURE, method=method, target=0, on_progress=seen.append, **given)
    count = int(parts_of(model, segments).max()) + 1
    members, _ = kernel_shap.coalitions(count, 50, np.random.default_rng(0))
    passes = {
        "feature-ablation": 1 + count * drawings,
        "shapley-sampling": 1 + (1 + 3 * (count - 1)) * drawings,
        "kernel-shap": 1 + (1 + len(members)) * drawings,
        "lime": 1 + 50 * drawings,
    }[method]
    settings = METHODS[method].settings(model.spec, given)
    assert result.forward_passes == passes + 1  # and one to name the picture
    assert passes <= METHODS[method].cost(model.spec, settings).forward
    assert result.backward_passes == METHODS[method].cost(model.spec, settings).backward == 0
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("method", NAMES)
def test_previews_end_in_the_map(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "PREVIEW_SECONDS", 0.0)
    shown: list[Attribution] = []
    result = attribute(
        small_model(), PICTURE, method=method, target=0, on_preview=shown.append, **FEW[method]
    )
    assert len(shown) >= (3 if method == "shapley-sampling" else 1)
    np.testing.assert_array_equal(shown[-1].values, result.values)


@pytest.mark.parametrize("method", NAMES)
def test_a_cancel_stops_it(method: str) -> None:
    with pytest.raises(Cancelled):
        attribute(small_model(), PICTURE, method=method, cancelled=iter([False, True]).__next__)


@pytest.mark.parametrize("method", NAMES)
def test_the_map_is_even_inside_a_superpixel(method: str) -> None:
    model = small_model()
    values = attribute(model, PICTURE, method=method, target=0, **FEW[method]).values
    assert values.shape == (1, 64, 64)
    labels = parts_of(model, 40)
    inside = [np.ptp(values[0][labels == part]) for part in range(labels.max() + 1)]
    assert max(inside) == 0
    assert len(np.unique(values)) > 10
