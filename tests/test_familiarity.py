"""How far a picture is from what a network knows: measured, kept, refused, and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from densenet_viz.network.familiarity import (
    Familiarity,
    FamiliarityError,
    answers,
    fit_familiarity,
    from_arrays,
)
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Verdict
from densenet_viz.ui import current
from densenet_viz.ui.attribution import explained
from densenet_viz.ui.work import jobs
from tests.small_models import OWN_SPEC, SPEC, picture, small_model, small_network

WIDTHS = np.array([3.0, 2.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.1])
"""Spread of made-up features along their eight own axes."""


def features(count: int, seed: int) -> NDArray[np.float32]:
    """Normal, wide along three axes of a turned space, (count, 8)."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(np.random.default_rng(9).normal(size=(8, 8)))
    return np.asarray((5 + rng.normal(size=(count, 8)) * WIDTHS) @ turn, np.float32)


# -- the distance ---------------------------------------------------------------------------


def test_with_all_that_varies_it_is_the_mahalanobis_distance() -> None:
    """Against the inverse covariance itself, where one direction alone is left over."""
    train, others = features(5000, 1), features(50, 2)
    mean = train.mean(0, dtype=np.float64)
    inverse = np.linalg.inv((train - mean).T.astype(np.float64) @ (train - mean) / len(train))
    away = others - mean
    expected = np.sqrt(np.einsum("ni,ij,nj->n", away, inverse, away))
    np.testing.assert_allclose(
        fit_familiarity(train, others, 7).distances(others), expected, rtol=1e-3
    )  # features are float32


def test_what_the_directions_leave_over_counts_as_one_more() -> None:
    train = features(5000, 1)
    known = fit_familiarity(train, train, 3)
    strange = train[:1].copy()
    outward = np.linalg.svd(train - train.mean(0), full_matrices=False)[2][7]
    before = known.distances(strange)[0]
    after = known.distances(strange + 20 * 0.1 * np.sqrt(5) * outward)[0]
    assert before < 5
    assert after == pytest.approx(20, abs=2)


def test_the_limit_keeps_99_of_100_known_pictures() -> None:
    known = fit_familiarity(features(5000, 1), features(3000, 2), 3)
    assert (known.distances(features(3000, 2)) <= known.limit).mean() == pytest.approx(
        0.99, abs=5e-4
    )
    assert (known.distances(features(9000, 3)) > known.limit).mean() == pytest.approx(
        0.01, abs=5e-3
    )
    assert (known.distances(features(100, 4) + 4) > known.limit).all()


@pytest.mark.parametrize("shape", [(3, 8), (100, 3), (0, 8)])
def test_too_little_to_fit_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="too few for 3 directions"):
        fit_familiarity(np.zeros(shape, np.float32), np.zeros((1, shape[1]), np.float32), 3)


# -- kept in a file -------------------------------------------------------------------------


def test_arrays_give_the_same_distances_again() -> None:
    known = fit_familiarity(features(500, 1), features(100, 2), 3)
    again = from_arrays(known.tensors(), 8, known.limit)
    np.testing.assert_array_equal(again.distances(features(9, 5)), known.distances(features(9, 5)))
    assert again.limit == known.limit


def _changed(name: str, change: Callable[[Any], Any]) -> dict[str, Any]:
    arrays: dict[str, Any] = fit_familiarity(features(500, 1), features(100, 2), 3).tensors()
    return {**arrays, name: change(arrays.get(name))}


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({}, "not a mean, a basis and a spread"),
        (_changed("more", lambda _: np.zeros(1)), "not a mean, a basis and a spread"),
        (_changed("mean", lambda v: v[:-1]), "the mean of its familiarity does not fit"),
        (_changed("mean", lambda v: v * np.nan), "the mean of its familiarity does not fit"),
        (_changed("basis", lambda v: v[:, :2]), "the basis of its familiarity does not fit"),
        (_changed("basis", lambda v: v.ravel()), "the basis of its familiarity does not fit"),
        (_changed("spread", lambda v: v[:, None]), "the spread of its familiarity does not fit"),
        (_changed("spread", lambda v: v * 0), "the spread of its familiarity is not positive"),
        (_changed("spread", lambda v: v * np.inf), "the spread of its familiarity does not fit"),
        (_changed("basis", lambda _: np.float32(1)), "the basis of its familiarity does not fit"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(FamiliarityError, match=words):
        from_arrays(arrays, 8, 5.0)


# -- a model's verdict ----------------------------------------------------------------------


@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def test_the_features_are_the_pooled_last_maps(spec: Any) -> None:
    network = small_network(spec)
    batch = torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        logits, seen = answers(network, batch)
        maps = network.get_submodule("features")(batch).relu()
        torch.testing.assert_close(seen, maps.mean((2, 3)))
        torch.testing.assert_close(logits, network(batch))
    assert not network.get_submodule("classifier")._forward_pre_hooks


def knowing(limit: float) -> tuple[LoadedModel, Familiarity]:
    channels = SPEC.block_outputs[-1]
    rng = np.random.default_rng(0)
    known = fit_familiarity(
        rng.random((200, channels), np.float32), rng.random((50, channels), np.float32), 3
    )
    known = replace(known, limit=limit)
    return replace(small_model(), familiarity=known), known


def test_a_verdict_is_the_distance_of_the_picture_that_the_network_is_given() -> None:
    model, known = knowing(limit=7.0)
    with torch.no_grad():
        _, seen = answers(model.network, model.tensor(picture(90)))
    verdict = model.answer(picture(90)).verdict
    assert verdict is not None
    assert verdict.score == pytest.approx(float(known.distances(seen.numpy())[0]))
    assert verdict.limit == 7.0
    assert small_model().answer(picture()).verdict is None


@pytest.mark.parametrize(("score", "familiar"), [(6.9, True), (7.0, True), (7.1, False)])
def test_up_to_the_limit_a_picture_is_familiar(score: float, familiar: bool) -> None:
    assert Verdict(score, 7.0).familiar is familiar


# -- the page -------------------------------------------------------------------------------


@pytest.fixture
def page(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """The attribution page with a small live network, of the given limit, in the bundled place."""

    def opened(limit: float | None) -> AppTest:
        model = small_model() if limit is None else knowing(limit)[0]
        model = replace(model, name="scenes", title="Six drawn things", knows="Knows six things.")
        monkeypatch.setattr(current, "_loaded", lambda _name, _progress: model)
        app = AppTest.from_file(str(root / "app.py"), default_timeout=60)
        return app.switch_page("pages/attributions.py").run()

    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    st.cache_resource.clear()
    yield opened
    st.cache_resource.clear()


def test_a_strange_picture_is_warned_of_with_its_distance(page: Callable[..., AppTest]) -> None:
    warnings = [warning.value for warning in page(1e-6).warning]
    assert len(warnings) == 1
    model, _known = knowing(1e-6)
    verdict = model.answer(current.sample(current.DEFAULT_PICTURE).pixels).verdict
    assert verdict is not None
    for fact in ("Six drawn things", f"distance {verdict.score:.1f}", "99%", "below 0.0"):
        assert fact in warnings[0]
    assert "ImageNet" not in warnings[0]


@pytest.mark.parametrize("limit", [1e6, None])
def test_a_known_picture_is_not_warned_of(
    page: Callable[..., AppTest], limit: float | None
) -> None:
    assert not page(limit).warning


@pytest.mark.parametrize("limit", [1e-6, 1e6])
def test_an_image_of_ones_own_is_judged_too(monkeypatch: pytest.MonkeyPatch, limit: float) -> None:
    said: list[tuple[str, str]] = []
    for kind in ("warning", "info"):
        monkeypatch.setattr(st, kind, lambda words, kind=kind: said.append((kind, words)))
    model, _ = knowing(limit)
    own = current.CurrentPicture(current.UPLOADED, picture(), f"own {limit}", None)
    explained.show_limits_of_knowledge(model, own)
    [(kind, words)] = said
    assert kind == "warning"  # within the limit too: the measure can miss
    assert explained.ONLY_SHAPES in words
