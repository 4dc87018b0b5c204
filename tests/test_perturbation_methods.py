"""Superpixels, and the methods that cover them, against counting by hand, Captum and numpy."""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation
from scipy.ndimage import label as connected_parts
from torch import nn

from densenet_viz.attribution import METHODS, Cancelled, attribute, captum_maps
from densenet_viz.attribution import asking as asking_module
from densenet_viz.attribution.asking import Asking, Watch
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.call import run
from densenet_viz.attribution.calls import lime, pairs_of_orders, with_complements
from densenet_viz.attribution.superpixels import merge_parts, superpixels, superpixels_in
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution
from tests.exact_models import exact_model
from tests.small_models import OWN_SPEC, SPEC, picture, small_model
from tests.tiers import in_tiers

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


@pytest.fixture(params=in_tiers([SPEC, OWN_SPEC], {OWN_SPEC}), ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    """In float64: differences of scores are then known to many digits."""
    return exact_model(request.param)


def question(model: LoadedModel, target: int = 1) -> Asking:
    return Asking(model, model.tensor(PICTURE), target, watch=Watch(10**6))


def parts_of(model: LoadedModel, most: int) -> np.ndarray:
    return superpixels_in(model, model.tensor(PICTURE), most)


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


@pytest.mark.slow
@pytest.mark.parametrize("baseline", ["black", "noise"])
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
    order = torch.randperm(players, generator=torch.Generator().manual_seed(7))
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
    first, second, third = pairs_of_orders(9, 3)
    assert second == first[::-1]
    assert sorted(first) == sorted(third) == list(range(9))
    assert third not in (first, second)


@pytest.mark.slow
@pytest.mark.parametrize("most", [4, 6])
def test_kernel_shap_with_many_coalitions_gives_the_shapley_values(
    model: LoadedModel, most: int
) -> None:
    """There are 14 to 62 of them: of 600 that are drawn, each comes about as often as it should."""
    labels = parts_of(model, most)
    asked = {"segments": most, "samples": 600, "baseline": "black"}
    result = attribute(model, PICTURE, method="kernel-shap", target=1, **asked)
    expected = exact_shapley(table(model, labels), int(labels.max()) + 1)
    found = sums(result.values, labels)
    np.testing.assert_allclose(found, expected, atol=0.1 * np.abs(expected).max())


def test_every_second_coalition_is_the_complement_of_the_one_before() -> None:
    def drawn(_x: object) -> Iterator[torch.Tensor]:
        yield from (torch.tensor(row) for row in ([1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 1, 0]))

    found = [row.tolist() for row in with_complements(drawn)(None)]
    assert found[:2] == [[1, 1, 1], [0, 0, 0]]
    assert found[2:] == [[1, 0, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1]]


@pytest.mark.parametrize("method", COMPLETE)
@pytest.mark.parametrize("count", in_tiers([1, 5], {1}))
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


# -- RISE -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", in_tiers([3, 7], {7}))
def test_rise_is_the_mean_of_covers_weighted_by_the_scores(model: LoadedModel, cells: int) -> None:
    """Petsiuk et al., equation 6, minus the mean score; covers enlarged by scikit-image's rule."""
    asked = {"cells": cells, "samples": 30, "baseline": "grey", "seed": 5}
    result = attribute(model, PICTURE, method="rise", target=2, **asked)
    x, behind = model.tensor(PICTURE), covers(model, "grey")[0]
    side, random = x.shape[2], torch.Generator().manual_seed(5)
    cell = -(-side // cells)
    large = (cells + 1) * cell
    # Where the centre of a pixel lies among the centres of the cells.
    place = ((np.arange(large) + 0.5) * cells / large - 0.5).clip(0, cells - 1)
    low = np.minimum(place.astype(int), cells - 2)
    part = place - low
    line = np.zeros((large, cells))
    line[np.arange(large), low] += 1 - part
    line[np.arange(large), low + 1] += part
    masks, scores = [], []
    for _each in range(30):
        opened = (torch.rand(1, cells**2, generator=random) < 0.5).double().numpy()
        moves = (torch.rand(1, 2, generator=random)[0] * cell).int().tolist()
        whole = line @ opened.reshape(cells, cells) @ line.T
        mask = whole[moves[0] : moves[0] + side, moves[1] : moves[1] + side]
        masks.append(mask)
        seen = behind + torch.from_numpy(mask).to(x.dtype) * (x - behind)
        with torch.no_grad():
            scores.append(float(model.network(seen)[0, 2]))
    expected = (np.array(masks) * np.array(scores)[:, None, None]).mean(0) / 0.5
    expected -= np.mean(scores) * np.mean(masks, axis=0) / 0.5
    within = 1e-4 * np.abs(expected).max()  # Captum keeps covers and scores in float32
    np.testing.assert_allclose(result.values[0], expected, rtol=0, atol=within)
    assert result.computed_by.endswith("LimeBase")


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
    random = torch.Generator().manual_seed(11)
    half = torch.full((1, players), 0.5)
    drawn = [torch.bernoulli(half, generator=random) for _each in range(60)]
    members = torch.cat(drawn).bool().numpy()
    assert members.any(axis=1).all()  # else there is no cosine
    scores = scored(model, labels, members, covers(model, "grey")[0], 1)
    whole = np.ones(players)
    cosines = members @ whole / (np.linalg.norm(members, axis=1) * np.linalg.norm(whole))
    weights = np.sqrt(np.exp(-((1 - cosines) ** 2) / 0.4**2))
    # Least squares with a row for each picture, and one for each penalised value.
    pictures = np.sqrt(weights)[:, None] * np.column_stack([np.ones(60), members])
    system = np.vstack([pictures, np.eye(players + 1)[1:]])
    heights = np.append(np.sqrt(weights) * scores, np.zeros(players))
    expected = np.linalg.lstsq(system, heights)[0][1:]
    found = sums(result.values, labels)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_a_narrow_neighbourhood_hears_only_the_near_pictures() -> None:
    members = np.array([[True] * 16, [True] * 15 + [False], [True] + [False] * 15, [False] * 16])
    blank = torch.zeros(1)
    nearness = lime(nn.Identity(), 0.1).similarity_func
    rows = [nearness(blank, blank, torch.tensor(row)) for row in members]
    weights = [float(one) for one in rows]
    assert weights[0] == 1
    assert weights[1] == pytest.approx(np.exp(-0.5 * ((1 - np.sqrt(15 / 16)) / 0.1) ** 2))
    assert weights[2] < 1e-12
    assert weights[3] < weights[2]


# -- all of them ----------------------------------------------------------------------------


class Straight(nn.Module):
    """A score that is a weighted sum of the input's values."""

    def __init__(self, weights: torch.Tensor) -> None:
        super().__init__()
        self._weights = weights

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = (x.double() * self._weights).sum((1, 2, 3)) + 2
        return torch.stack([scores - 5, scores], 1)


@pytest.mark.parametrize("method", NAMES)
def test_a_straight_sum_is_taken_apart(method: str) -> None:
    model = small_model()
    labels, x = parts_of(model, 10), model.tensor(PICTURE)
    weights = torch.randn((3, 64, 64), generator=torch.Generator().manual_seed(2)).double() / 50
    given: dict[str, Any] = {"segments": 10, "baseline": "white"}
    if method in ("lime", "kernel-shap"):
        given["samples"] = 400
    settings = METHODS[method].settings(model.spec, given)
    call = METHODS[method].call
    assert call is not None
    names = captum_maps.given_for(call(settings), question(model), settings)
    with torch.random.fork_rng():
        torch.manual_seed(0)  # the samples are the same whatever ran before
        found = sums(run(call(settings), Straight(weights), x, 1, names).numpy(), labels)
    change = (x[0] - covers(model, "white")[0]).double()
    expected = np.bincount(labels.ravel(), (weights * change).sum(0).ravel().numpy())
    if method == "lime":  # the penalty pulls a few percent towards zero
        shrunk = found / expected
        assert found.tolist() != pytest.approx(expected.tolist(), rel=1e-4)
        assert 0.9 < shrunk.min() <= shrunk.max() < 1.1
    else:
        np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("method", ["feature-ablation", "shapley-sampling", "lime"])
def test_one_superpixel_gets_all(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.zeros((64, 64), dtype=np.int64)
    monkeypatch.setattr(captum_maps, "superpixels_in", lambda _model, _x, _most: one)
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
            small_model(),
            PICTURE,
            method=method,
            target=0,
            seed=seed,
            **{"segments": 9, **FEW[method]},
        ).values

    np.testing.assert_array_equal(with_seed(4), with_seed(4))
    assert not np.array_equal(with_seed(4), with_seed(5))


@pytest.mark.parametrize("method", NAMES)
@pytest.mark.parametrize("segments", in_tiers([4, 40], {4}))
@pytest.mark.parametrize(("baseline", "drawings"), [("black", 1), ("noise", 4)])
def test_passes_are_counted_and_bounded(
    method: str, segments: int, baseline: str, drawings: int
) -> None:
    model, seen = small_model(), []
    given = {"segments": segments, "baseline": baseline, **FEW[method]}
    result = attribute(model, PICTURE, method=method, target=0, on_progress=seen.append, **given)
    count = int(parts_of(model, segments).max()) + 1
    passes = {
        "feature-ablation": (1 + count) * drawings,
        "shapley-sampling": (2 + 3 * count) * drawings + 1 + drawings,
        "kernel-shap": 50 * drawings + 1 + drawings,
        "lime": 50 * drawings,
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
        *(small_model(), PICTURE),
        method=method,
        target=0,
        on_preview=shown.append,
        **({"samples": 160} if method in ("lime", "kernel-shap") else FEW[method]),
    )
    few, more = {"shapley-sampling": (2, 2), "kernel-shap": (1, 1), "lime": (1, 1)}.get(
        method, (0, 0)
    )
    assert few <= len(shown) <= more
    assert all(one.values.shape == result.values.shape for one in shown)
    if method == "shapley-sampling":  # the mean over all orders is the map
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
