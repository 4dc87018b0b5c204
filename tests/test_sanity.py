"""The sanity check: what is randomised, similarities by other means, and the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from densenet_viz.attribution import Cancelled, attribute
from densenet_viz.evaluation import sanity, similarity
from densenet_viz.evaluation.randomised import randomise, stages_of, wholly_random
from densenet_viz.evaluation.sanity import (
    AGAIN,
    UNCHANGED,
    SanityCheck,
    cost_of,
    planned_stages,
    sanity_checks,
)
from densenet_viz.evaluation.similarity import (
    Similarity,
    as_picture,
    ranked_alike,
    structural_similarity,
)
from densenet_viz.network.build import build
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.traces import Picture
from tests.exact_models import exact_model
from tests.small_models import SPEC, picture, small_model
from tests.small_twins import same_weights


def sanity_check(
    model: LoadedModel,
    seen: Picture,
    *,
    method: str,
    target: int,
    settings: dict[str, Any] | None = None,
    **how: Any,
) -> SanityCheck:
    """The check of one method."""
    checks = sanity_checks(model, seen, asked={method: settings or {}}, target=target, **how)
    return checks[method]


STAGES = ("classifier", "norm5", "block 2", "transition 1", "block 1", "stem")


# -- similarity -----------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [3, 1000])
def test_the_ranked_alike_is_scipys(levels: int) -> None:
    rng = np.random.default_rng(levels)
    first, second = rng.integers(0, levels, (2, 12, 12)).astype(np.float32)
    second += first / 2
    expected = spearmanr(first.ravel(), second.ravel()).statistic
    assert ranked_alike(first, second) == pytest.approx(expected, abs=1e-9)


def test_a_map_that_is_the_same_everywhere_ranks_nothing() -> None:
    flat, slope = np.zeros((4, 4)), np.arange(16.0).reshape(4, 4)
    assert ranked_alike(flat, slope) == ranked_alike(slope, flat) == 0
    assert ranked_alike(flat, flat + 3) == 1


def plain_ssim(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> float:
    """Equation 13 of Wang et al., pixel by pixel, with an 11 x 11 Gaussian window, inside only."""
    places = np.arange(-5, 6)
    bell = np.exp(-(places**2) / (2 * 1.5**2))
    window = np.outer(bell, bell) / bell.sum() ** 2
    found = []
    for y in range(5, len(first) - 5):
        for x in range(5, len(first) - 5):
            a, b = (one[y - 5 : y + 6, x - 5 : x + 6] for one in (first, second))
            mean_a, mean_b = (window * a).sum(), (window * b).sum()
            var_a = (window * a * a).sum() - mean_a**2
            var_b = (window * b * b).sum() - mean_b**2
            both = (window * a * b).sum() - mean_a * mean_b
            c1, c2 = 0.01**2, 0.03**2
            found.append(
                (2 * mean_a * mean_b + c1)
                * (2 * both + c2)
                / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
            )
    return float(np.mean(found))


def test_ssim_is_the_papers_formula() -> None:
    rng = np.random.default_rng(2)
    first = rng.random((20, 20))
    second = np.clip(0.7 * first + 0.3 * rng.random((20, 20)), 0, 1)
    got = structural_similarity(first, second)
    assert got == pytest.approx(plain_ssim(first, second), abs=1e-9)
    assert structural_similarity(first, first) == pytest.approx(1)


def test_strengths_become_pictures_between_the_lowest_and_the_99th_percentile() -> None:
    values = np.arange(1.0, 102.0)  # the 99th percentile is 100
    assert as_picture(values)[[0, 99, 100]].tolist() == [0, 1, 1]
    assert as_picture(values)[49] == pytest.approx(49 / 99)
    assert as_picture(np.full((3, 3), 7.0)).tolist() == [[0] * 3] * 3
    lonely = np.zeros(1000)
    lonely[3] = 5  # the percentile is zero: then the highest value is white
    assert as_picture(lonely)[3] == 1


def test_signs_count_in_one_of_the_three_only() -> None:
    values = np.random.default_rng(0).normal(size=(3, 16, 16)).astype(np.float32)
    turned = similarity.similarity(values, -values)
    assert (turned.rank, turned.rank_absolute, turned.ssim) == (-1, 1, pytest.approx(1))


# -- what is randomised ---------------------------------------------------------------------


def equal_parts(model: Any, other: Any) -> dict[str, bool]:
    """For each stage's modules whether all weights are equal."""
    return {
        stage.name: all(
            same_weights(model.network.get_submodule(name), other.network.get_submodule(name))
            for name in stage.modules
        )
        for stage in stages_of(model.spec)
    }


def test_the_stages_hold_every_weight_once() -> None:
    network = build(SPEC, seed=0)
    held = [
        id(weight)
        for stage in stages_of(SPEC)
        for name in stage.modules
        for weight in network.get_submodule(name).parameters()
    ]
    assert sorted(held) == sorted(map(id, network.parameters()))


def test_each_stage_adds_its_part_and_leaves_what_lies_below() -> None:
    model = small_model()
    x = model.tensor(picture())
    for place, (stage, network) in enumerate(randomise(model, x, 5)):
        assert stage.name == STAGES[place]
        kept = equal_parts(model, network)
        assert [kept[name] for name in STAGES] == [False] * (place + 1) + [True] * (5 - place)


def test_what_was_drawn_stays_and_the_seed_decides_it() -> None:
    model = small_model()
    x = model.tensor(picture())
    all_of_them = [network for _, network in randomise(model, x, 5)]
    classifiers = [one.network.get_submodule("classifier") for one in all_of_them]
    assert all(same_weights(classifiers[0], one) for one in classifiers)
    last = all_of_them[-1]
    assert same_weights(last.network, wholly_random(model, x, 5).network)
    assert not any(equal_parts(last, wholly_random(model, x, 6)).values())
    assert len({one.name for one in (model, *all_of_them)}) == len(STAGES) + 1
    assert last.familiarity is None
    assert last.lock is not model.lock


def test_the_models_own_network_is_not_touched() -> None:
    model, before = small_model(), small_model()
    sanity_check(model, picture(), method="saliency", target=2)
    assert same_weights(model.network, before.network)
    assert not any(module.training for module in model.network.modules())


def test_weights_come_from_the_rule_and_statistics_from_the_picture() -> None:
    """On the picture and its mirror images each channel has mean 0 and variance 1 after a norm."""
    model = small_model()
    x = model.tensor(picture())
    network = wholly_random(model, x, 1).network
    assert not any(module.training for module in network.modules())
    weight = network.get_submodule("features.conv0").weight
    # He's rule: a variance of 2 over 3 x 7 x 7 inputs.
    assert float(weight.var()) == pytest.approx(2 / 147, rel=0.1)
    norm = network.get_submodule("features.denseblock2.denselayer1.norm1")
    assert isinstance(norm, nn.BatchNorm2d)
    assert float(norm.weight.min()) == float(norm.weight.max()) == 1
    seen: list[torch.Tensor] = []
    norm.register_forward_hook(lambda _module, _given, output: seen.append(output))
    with torch.no_grad():
        network(torch.cat([x, x.flip(3), x.flip(2), x.flip(2, 3)]))
    # Almost: norms in training divide by the number of values, and keep what divides by one less.
    assert torch.allclose(seen[0].mean((0, 2, 3)), torch.zeros(norm.num_features), atol=0.01)
    assert torch.allclose(seen[0].var((0, 2, 3)), torch.ones(norm.num_features), atol=0.02)


# -- the check ------------------------------------------------------------------------------


def test_the_maps_are_those_of_the_randomised_networks() -> None:
    model, seen = exact_model(), picture()
    check = sanity_check(model, seen, method="saliency", target=2, seed=7)
    assert check.stages == check.planned == planned_stages(SPEC) == ("trained", *STAGES)
    networks = [model, *(one for _, one in randomise(model, model.tensor(seen), 7))]
    for one, heat in zip(networks, check.maps, strict=True):
        x = model.tensor(seen).clone().requires_grad_()
        one.network(x)[0, 2].backward()  # by autograd, through the modules
        expected = x.grad[0].sum(0).numpy()
        assert np.isfinite(heat).all()
        assert np.abs(heat - expected).max() < 1e-5 * np.abs(expected).max()
    assert check.similarities[0] == Similarity(1, 1, pytest.approx(1))
    last = similarity.similarity(check.maps[0][None], check.maps[-1][None])
    assert check.similarities[-1].rank == pytest.approx(last.rank)


def test_several_methods_are_asked_of_the_same_networks() -> None:
    model = small_model()
    asked: dict[str, dict[str, Any]] = {"saliency": {}, "grad-cam": {"layer": "block 1"}}
    shown: list[int] = []
    parts: list[float] = []
    both = sanity_checks(
        model,
        picture(),
        asked=asked,
        target=1,
        on_preview=lambda checks: shown.append(len(checks["grad-cam"].stages)),
        on_progress=parts.append,
    )
    alone = sanity_check(
        model, picture(), method="grad-cam", settings={"layer": "block 1"}, target=1
    )
    assert np.array_equal(both["grad-cam"].maps[4], alone.maps[4])
    assert both["grad-cam"].similarities == alone.similarities
    assert shown == [1, 2, 3, 4, 5, 6, 7, 7, 7]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, 1)


def test_its_cost_is_counted_before() -> None:
    """A saliency map takes one pass each way; occlusion as many as there are windows."""
    networks = len(STAGES) + 1 + AGAIN
    assert cost_of(SPEC, {"saliency": {}}) == 2 * networks
    model = small_model()
    window = {"window": 32, "stride": 32, "baseline": "black"}
    expected = attribute(model, picture(), method="occlusion", target=0, **window).forward_passes
    asked = {"occlusion": window}
    assert cost_of(SPEC, asked) in ((expected - 1) * networks, expected * networks)


def test_it_stops_when_told_to() -> None:
    answers = iter([False] * 3 + [True] * 99)
    with pytest.raises(Cancelled):
        sanity_check(
            small_model(),
            picture(),
            method="saliency",
            target=0,
            cancelled=lambda: next(answers),
        )


def check_of(last: Similarity, again: tuple[Similarity, ...]) -> SanityCheck:
    planned = planned_stages(SPEC)
    maps = (np.zeros((2, 2), np.float32),) * len(planned)
    similarities = (Similarity(1, 1, 1),) * (len(planned) - 1) + (last,)
    return SanityCheck("saliency", 0, 0, planned, maps, similarities, again, planned)


@pytest.mark.parametrize(
    ("values", "unchanged"),
    [
        ((0.9, 0.3, 0.2), False),  # a mean of 0.467
        ((0.9, 0.4, 0.3), True),  # 0.533
        ((0.5, 0.5, 0.5), False),  # at the limit
        ((-0.9, -0.9, -0.9), False),  # turned around is not the same
    ],
)
def test_a_map_is_unchanged_when_the_mean_of_three_networks_is_above_the_limit(
    values: tuple[float, ...], unchanged: bool
) -> None:
    assert UNCHANGED == 0.5
    for name in ("rank", "rank_absolute", "ssim"):
        one, *others = (replace(Similarity(0, 0, 0), **{name: value}) for value in values)
        check = check_of(one, tuple(others))
        assert check.unchanged is unchanged
        assert getattr(check.at_the_end, name) == pytest.approx(np.mean(values))


def test_an_unfinished_check_says_nothing() -> None:
    check = check_of(Similarity(1, 1, 1), ())
    assert check.unchanged is None
    assert check.at_the_end is None


def test_a_map_of_the_picture_alone_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edge detector in a method's place."""
    model, seen = small_model(), picture()
    answer = attribute(model, seen, method="saliency", target=0)
    drawn = replace(answer, values=sanity.edge_line(seen)[None])
    monkeypatch.setattr(sanity, "attribute", lambda *_given, **_more: drawn)
    check = sanity_check(model, seen, method="saliency", target=0)
    assert check.unchanged
    assert {one.rank for one in check.similarities} == {1.0}
