"""The part "Concepts" of the ground-truth page, without a browser and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.errors import Cancelled
from densenet_viz.figures.concepts import concepts_figure
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.concepts import ConceptScore, ConceptTest
from densenet_viz.results.scores import Interval
from densenet_viz.scenes.concepts import CONCEPTS
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.truth import twins
from densenet_viz.ui.truth.concepts import concepts_table
from densenet_viz.ui.work import jobs
from tests.facts import numbers_in
from tests.sessions import desk_of, let_finish
from tests.small_models import tiny
from tests.waiting import PATIENCE

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "ground_truth.py")


def score(name: str, mean: float = 0.9) -> ConceptScore:
    return ConceptScore(
        concept=name,
        title=CONCEPTS[name].title,
        target="ring",
        score=Interval(mean, mean - 0.1, min(mean + 0.05, 1), 10),
        random=Interval(0.5, 0.4, 0.6, 20),
        accuracy=Interval(0.8, 0.75, 0.85, 320),
        p=0.0002,
        level=0.01,
        change=Interval(-1.25, -2.0, -0.5, 20),
    )


def measured(model: str, layer: str, target: int) -> ConceptTest:
    rows = tuple(replace(score(name), target=CLASSES[target]) for name in CONCEPTS)
    return ConceptTest(model, layer, 6, 10, 16, 20, 1.0, rows)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, int]]]:
    """What was measured; the measurement itself is replaced."""
    calls: list[tuple[str, str, int]] = []

    def stand_in(
        model: LoadedModel, layer: str, *, targets: list[int], cancelled: Any, **_more: Any
    ) -> ConceptTest:
        if cancelled():
            raise Cancelled
        calls.append((model.name, layer, targets[0]))
        return measured(*calls[-1])

    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    monkeypatch.setattr("densenet_viz.evaluation.concepts.measure_concepts", stand_in)
    monkeypatch.setattr(twins, "bundled_model", tiny)
    return calls


def opened(**address: str) -> AppTest:
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params.update({"part": "concepts", **address})
    session.run()
    assert desk_of(session, "concepts").job
    let_finish(session, "concepts")
    assert [error.message for error in session.exception] == []
    assert [error.value for error in session.error] == []
    return session


def test_the_part_measures_the_chosen_model_class_and_layer(
    asked: list[tuple[str, str, int]],
) -> None:
    session = opened(concept_class="gear", concept_layer="block 2")
    assert asked == [("scenes", "block 2", CLASSES.index("gear"))]
    (table,) = session.table
    assert list(table.value["Concept"]) == [concept.title for concept in CONCEPTS.values()]
    session.segmented_control(key="concept_model").set_value("cheater").run()
    let_finish(session, "concepts")
    assert asked[-1][0] == "cheater"


def test_a_bad_address_leaves_it_usable(asked: list[tuple[str, str, int]]) -> None:
    session = opened(concept_class="zzz", concept_layer="final", concept_model="zzz")
    assert session.selectbox(key="concept_class").value == "ring"
    assert asked == [("scenes", "transition 2", CLASSES.index("ring"))]


def test_a_row_has_every_number() -> None:
    row = concepts_table(measured("scenes", "block 2", 2))[0]
    assert numbers_in(row["TCAV score"]) == ["90.0", "80.0", "95.0"]
    assert row["Random pictures"] == "50%"
    assert row["Found in the layer"] == "80%"
    assert float(row["p"]) == 0.0002
    assert all(number in row["Measured change"] for number in ("-1.25", "-2.00", "-0.50"))
    assert row["TCAV says"].startswith("raises")


def test_the_chart_has_both_marks_with_their_intervals() -> None:
    figure = concepts_figure([score("tag", 0.9), score("shade", 0.2)])
    concept, chance = figure.data
    assert list(concept.x) == [0.9, 0.2]
    assert list(chance.x) == [0.5, 0.5]
    assert list(concept.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert list(concept.error_x.array) == pytest.approx([0.05, 0.05])
    assert concept.marker.symbol != chance.marker.symbol
    assert list(figure.layout.yaxis.ticktext) == ["Tag of the class", "Shade"]
