"""The page Why it works: what a visitor chooses is what is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.evaluation.families.along_training import settings_for
from densenet_viz.facts.families import FAMILIES
from densenet_viz.facts.gradient_flow import DEPTHS, GROWTH_RATES, SEEDS
from densenet_viz.figures.along_training import gradients_figure, similarity_figure
from densenet_viz.results.along_training import FamilyTraining
from densenet_viz.ui.why import depths, flow, similar, training
from densenet_viz.ui.why.choice import Chosen
from densenet_viz.ui.work.jobs import Job, Reporter, desk_key
from tests.facts import numbers_in
from tests.stage_scenes import gradients
from tests.tiers import in_tiers
from tests.waiting import PATIENCE, until

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "why_it_works.py")


def opened(**address: str) -> AppTest:
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params.update(address)
    session.run()
    assert not session.exception
    return session


def test_a_link_chooses_what_is_measured() -> None:
    session = opened(flow_depth="10", flow_k="3", flow_norm="batch", flow_families="plain")
    place = session.session_state[desk_key("why-flow")]
    assert place.job.key == Chosen(("plain",), 10, 3, "batch")
    until(place.job.finished.is_set)
    assert place.job.result.families[0].output.shape == (SEEDS, 10)
    session.run()
    assert not session.exception
    table = session.dataframe[0].value
    assert len(table) == 10


def test_no_family_is_said() -> None:
    session = opened(flow_depth="10")
    session.session_state["flow_families"] = []
    session.run()
    assert not session.exception
    assert len(session.info) == 1


def trained(family: str, *, done: bool = True) -> FamilyTraining:
    spec = settings_for(family, 10, 3, "batch").spec  # type: ignore[arg-type]
    gradients = np.tile(10.0 ** np.linspace(-2, 0, 10), (4, 1))
    matrix = np.full((10, 10), 0.5)
    return FamilyTraining(
        spec, gradients, np.ones(4), np.array([0.1, 0.9]), 4, matrix, matrix / 2 if done else None
    )


def test_sentences_have_the_numbers_of_the_training() -> None:
    found = (trained("plain"), trained("dense"))
    assert numbers_in(training.training_words(found))[:2] == numbers_in("4 90")
    assert "1/100" in training.training_words(found)
    assert "0.25" in similar.similar_words(found, "after")
    assert "0.50" in similar.similar_words(found, "before")
    rows = training.table_of(found)
    assert [row["right answers"] for row in rows] == ["10.0%", "90.0%"] * 2


def test_figures_have_a_matrix_for_each_family() -> None:
    found = (trained("plain"), trained("residual"), trained("dense"))
    figure = gradients_figure(found, 12)
    assert [np.shape(each.z) for each in figure.data] == [(10, 4)] * 3
    np.testing.assert_allclose(figure.data[0].z[:, 0], np.linspace(-2, 0, 10))
    assert {(each.zmin, each.zmax) for each in figure.data} == {(-2.0, 0.0)}
    alike = similarity_figure(found, [one.before for one in found])
    assert [np.shape(each.z) for each in alike.data] == [(10, 10)] * 3


def test_the_depth_sentence_has_both_ends() -> None:
    curves = depths.bundled_curves()
    for norm in ("none", "batch"):
        words = depths.depth_words(curves, norm, "output", FAMILIES)
        assert numbers_in(words).count(numbers_in("106")[0]) == 4
    rows = depths.table_of(curves, "none", "output", FAMILIES)
    assert [row["depth"] for row in rows] == [f"{depth}" for depth in DEPTHS]


def test_a_stopped_preview_of_one_seed_is_shown() -> None:
    job = Job("key")
    chosen = Chosen(("plain",), 10, GROWTH_RATES[0], "none")
    result = chosen.compute(Reporter(job), lambda: False)
    assert job.preview.families[0].seeds == result.families[0].seeds
    assert len(flow.table_of(gradients.flow(), "weight")) == 10


@pytest.mark.parametrize("part", in_tiers(["training", "similar"], first={"similar"}))
def test_the_parts_that_train_share_one_training(part: str) -> None:
    session = opened(part=part, train_depth="10", train_k="3", train_families="plain")
    place = session.session_state[desk_key(f"why-{part}")]
    until(place.job.finished.is_set)
    assert place.job.error is None
    assert place.job.key == training.Trained(("plain",), 10, 3, "batch")
    session.run()
    assert not session.exception
    assert len(session.dataframe) == 1
