"""Faithfulness: infidelity and sensitivity against Captum and by hand, then all measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from captum.metrics import infidelity as captum_infidelity
from captum.metrics import sensitivity_max as captum_sensitivity
from torch import Tensor

from densenet_viz.attribution import METHODS, Cancelled, attribute
from densenet_viz.evaluation import metrics
from densenet_viz.evaluation.baselines import edges
from densenet_viz.evaluation.faithfulness import (
    STEPS,
    Faithfulness,
    cost_of,
    faithfulness,
    found,
)
from densenet_viz.evaluation.infidelity import (
    Squares,
    gives_slopes,
    infidelity,
    predict_falls,
    squares,
)
from densenet_viz.evaluation.perturbation import out_of_focus, perturb
from densenet_viz.evaluation.sensitivity import RADIUS, add_noise, samples_for, sensitivity_max
from tests.exact_models import exact_model
from tests.small_models import SPEC, picture

MODEL = exact_model()  # both sides in float64: no ReLU differs
X = MODEL.tensor(picture()).contiguous()
COVER = MODEL.uniform(MODEL.mean)


def generator(seed: int = 4) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def drawn(samples: int = 30) -> Squares:
    return squares(X, COVER, generator(), samples)


def score(pictures: Tensor) -> Tensor:
    return MODEL.network(pictures)[:, 2]


@torch.no_grad()
def falls(given: Squares) -> Tensor:
    return score(X) - score(X - given.removed)


# -- infidelity -----------------------------------------------------------------------------


def test_a_square_shows_the_cover_and_all_else_the_picture() -> None:
    given = drawn(6)
    assert given.covered.sum((1, 2, 3)).tolist() == [4**2, 8**2, 16**2] * 2
    for inside, removed in zip(given.covered, given.removed, strict=True):
        rows, columns = (torch.nonzero(inside[0].sum(axis))[:, 0] for axis in (1, 0))
        assert len(rows) == int(rows.max() - rows.min()) + 1 == len(columns)
        seen = X[0] - removed
        expected = torch.where(inside.bool(), COVER[0], X[0])
        assert torch.allclose(seen, expected, atol=1e-6)
    assert torch.equal(drawn(6).covered, given.covered)


@pytest.mark.parametrize("slopes", [True, False])
def test_infidelity_is_captums(slopes: bool) -> None:
    values = torch.randn((3, 64, 64), generator=generator(1))
    given = drawn()
    said = given.removed if slopes else given.covered.expand_as(given.removed)

    def perturb(inputs: Tensor) -> tuple[Tensor, Tensor]:
        assert len(inputs) == 30
        return said, inputs - given.removed

    expected = captum_infidelity(
        MODEL.network, perturb, X, values[None], target=2, n_perturb_samples=30, normalize=True
    )
    got = infidelity(predict_falls(values, given, slopes=slopes), falls(given))
    assert got.value == pytest.approx(float(expected), rel=1e-4)
    assert got.unexplained == pytest.approx(got.value / float((falls(given) ** 2).mean()))


def test_input_times_gradient_explains_a_linear_score_wholly() -> None:
    weight = torch.randn(X.shape[1:], generator=generator(2))
    given = drawn()
    linear_falls = (weight * given.removed).sum((1, 2, 3))
    added = weight * (X[0] - COVER[0])
    assert infidelity(predict_falls(added, given, slopes=False), linear_falls).unexplained < 1e-9
    assert infidelity(predict_falls(weight, given, slopes=True), linear_falls).unexplained < 1e-9
    # The scale of a map does not count, and the wrong kind of value shows.
    assert infidelity(predict_falls(-3 * added, given, slopes=False), linear_falls).value < 1e-6
    assert infidelity(predict_falls(weight, given, slopes=False), linear_falls).unexplained > 0.1


def test_a_map_without_values_explains_nothing() -> None:
    got = infidelity(torch.zeros(4), torch.tensor([1.0, 0.0, -1.0, 2.0]))
    assert (got.value, got.unexplained) == (1.5, 1)
    assert infidelity(torch.ones(2), torch.zeros(2)).unexplained == 0


def test_a_one_coloured_map_counts_each_pixel_once() -> None:
    values = torch.rand((1, 64, 64), generator=generator(3))
    given = drawn(3)
    by_hand = [float(values[0][inside[0].bool()].sum()) for inside in given.covered]
    assert predict_falls(values, given, slopes=False).tolist() == pytest.approx(by_hand)


def test_which_methods_give_slopes() -> None:
    slopes = {name for name in METHODS if gives_slopes(name, {})}
    per_input = {name for name, row in METHODS.items() if "per unit of input" in row.unit}
    assert per_input <= slopes
    assert not slopes & {"input-x-gradient", "integrated-gradients", "grad-cam", "occlusion"}
    assert gives_slopes("smoothgrad", {"over": "saliency"})
    assert not gives_slopes("smoothgrad", {"over": "integrated-gradients"})


# -- sensitivity ----------------------------------------------------------------------------


def gradient(x: Tensor) -> Tensor:
    with torch.enable_grad():
        given = x.clone().requires_grad_()
        (slopes,) = torch.autograd.grad(score(given).sum(), given)
    return slopes


def captums_gradient(x: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Captum wants a tuple, and hands over one or a tensor."""
    return (gradient(x if isinstance(x, Tensor) else x[0]),)


def test_sensitivity_is_captums_on_the_same_pictures() -> None:
    noise = generator()
    expected = captum_sensitivity(
        captums_gradient,
        X,
        lambda given: torch.cat([add_noise(one[None], noise) for one in given]),
        n_perturb_samples=5,
    )
    values = gradient(X)[0]
    got = sensitivity_max(lambda x: gradient(x)[0], X, values, generator(), 5)
    assert got == pytest.approx(float(expected), rel=1e-5)


def test_a_linear_scores_gradient_is_steady() -> None:
    weight = torch.randn(X.shape[1:], generator=generator(2))
    assert sensitivity_max(lambda _x: weight, X, weight, generator(), 4) == 0


def test_the_noise_fills_the_ball() -> None:
    noise = add_noise(X, generator()) - X
    assert RADIUS * 0.99 < float(noise.max()) <= RADIUS * 1.001
    assert -RADIUS * 1.001 <= float(noise.min()) < -RADIUS * 0.99
    assert abs(float(noise.mean())) < RADIUS / 50


def test_expensive_methods_get_few_samples() -> None:
    assert [samples_for(passes) for passes in (1, 40, 41, 100, 399)] == [10, 10, 9, 4, 2]


# -- all together ---------------------------------------------------------------------------


def maps_of(*methods: str, target: int = 2) -> list[Any]:
    return [attribute(MODEL, picture(), method=name, target=target) for name in methods]


def mask() -> metrics.Mask:
    inside = np.zeros((64, 64), np.bool_)
    inside[16:32, 16:32] = True
    return inside


@pytest.fixture(scope="module")
def measured() -> Faithfulness:
    return faithfulness(MODEL, picture(), maps_of("saliency", "grad-cam"), mask=mask(), seed=3)


def test_every_map_gets_its_row(measured: Faithfulness) -> None:
    assert [row.name for row in measured.methods] == ["saliency", "grad-cam"]
    assert [row.name for row in measured.references] == ["random", "edges"]
    assert all(row.sensitivity is None for row in measured.references)
    assert np.array_equal(measured.references[1].heat, edges(picture(), np.random.default_rng()))
    assert (measured.target, measured.finished) == (2, True)
    assert measured.samples == {"saliency": 10, "grad-cam": 10}


def test_curves_are_those_of_perturbed(measured: Faithfulness) -> None:
    """By another way through the network: its own modules."""
    for row in (*measured.methods, *measured.references):
        given = {"map": -row.rank.astype(np.float32)}
        rng = np.random.default_rng(0)
        with torch.no_grad():
            plain = perturb(MODEL, picture(), 2, given, rng, STEPS, ask=MODEL.network)["map"]
        assert row.curves.deletion == pytest.approx(plain.deletion, abs=1e-5)
        assert row.curves.insertion == pytest.approx(plain.insertion, abs=1e-5)


def test_a_step_of_a_curve_by_hand(measured: Faithfulness) -> None:
    row = measured.methods[0]
    assert sorted(row.rank.ravel().tolist()) == list(range(64 * 64))
    assert row.heat.ravel()[row.rank.ravel() == 0] == row.heat.max()
    first = torch.from_numpy(row.rank < 5 * 64 * 64 // STEPS)
    blurred = MODEL.tensor(out_of_focus(picture()))
    for seen, curve in (
        (torch.where(first, COVER, X), row.curves.deletion),
        (torch.where(first, X, blurred), row.curves.insertion),
    ):
        with torch.no_grad():
            chance = torch.softmax(MODEL.network(seen)[0].double(), 0)[2]
        assert curve[5] == pytest.approx(float(chance), abs=1e-5)


def test_infidelity_of_the_rows_is_captums(measured: Faithfulness) -> None:
    given = squares(X, COVER, generator(3))
    for row, slopes in zip(measured.methods, (True, False), strict=True):
        values = torch.from_numpy(attribute(MODEL, picture(), method=row.name, target=2).values)
        values = values.expand(3, -1, -1) / (3 / len(values))  # Captum wants the input's shape
        said = given.removed if slopes else given.covered
        expected = captum_infidelity(
            MODEL.network,
            lambda inputs, said=said: (said.expand_as(inputs), inputs - given.removed),
            X,
            values[None],
            target=2,
            n_perturb_samples=len(given.covered),
            normalize=True,
        )
        assert row.infidelity.value == pytest.approx(float(expected), rel=1e-3)


def test_sensitivity_of_a_row_is_captums(measured: Faithfulness) -> None:
    noise = generator(4)  # seed + 1
    expected = captum_sensitivity(
        captums_gradient,
        X,
        lambda given: torch.cat([add_noise(one[None], noise) for one in given]),
        n_perturb_samples=10,
    )
    assert measured.methods[0].sensitivity == pytest.approx(float(expected), rel=0.05)


def test_the_object_is_asked_for_only_where_it_is_known(measured: Faithfulness) -> None:
    for row in (*measured.methods, *measured.references):
        assert row.found == found(row.heat, mask())
    without = faithfulness(MODEL, picture(), maps_of("saliency"))
    assert all(row.found is None for row in (*without.methods, *without.references))


def test_found_by_hand() -> None:
    inside = np.zeros((2, 2), np.bool_)
    inside[0, 0] = True
    heat = np.array([[3, 1], [-8, 0]], np.float32)
    got = found(heat, inside)
    assert (got.pointing, got.energy, got.average_precision) == (True, 0.75, 1)
    assert found(-heat, inside).pointing is False


def test_it_is_foretold_reported_and_shown_on_the_way() -> None:
    parts: list[float] = []
    shown: list[tuple[int, bool]] = []
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return False

    maps = maps_of("saliency", "grad-cam")
    faithfulness(
        MODEL,
        picture(),
        maps,
        on_progress=parts.append,
        cancelled=cancelled,
        on_preview=lambda so_far: shown.append((len(so_far.methods), so_far.finished)),
    )
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, 1)
    last = 2 * (STEPS - 1)  # pictures of the last curves
    assert parts[-2] == pytest.approx(1 - last / 213)  # what was foretold is what it took
    assert shown == [(0, False), (1, False), (2, False)]
    # 61 for the squares, 33 a map and reference, 10 moved pictures a method, there and back.
    settings = {one.method: one.parameters for one in maps}
    assert cost_of(SPEC, settings) == 61 + 4 * 33 + 2 * 10 * 2


def test_it_stops_when_told_to() -> None:
    answers = iter([False] * 5 + [True] * 99)
    with pytest.raises(Cancelled):
        faithfulness(MODEL, picture(), maps_of("saliency"), cancelled=lambda: next(answers))


def test_maps_of_one_class_are_expected() -> None:
    one = maps_of("saliency")[0]
    other = replace(one, target=replace(one.target, index=0))
    for given in ([], [one, other]):
        with pytest.raises(ValueError, match=f"Maps of {len(given)} classes"):
            faithfulness(MODEL, picture(), given)
