"""The bench's part about the paths through the network, run without a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution.baselines import BASELINE_WORDS
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.ui.bench import flows as bench_flows
from tests.sessions import let_finish


def script() -> None:
    import streamlit as st

    from densenet_viz.ui.bench import flows as bench_flows
    from densenet_viz.ui.bench.subject import Bench
    from densenet_viz.ui.current import sample
    from densenet_viz.ui.traces import trained_trace
    from tests.small_models import small_model

    if "model" not in st.session_state:
        st.session_state["model"] = small_model()
    model = st.session_state["model"]
    logits = trained_trace(model, sample("ring")).logits
    assert logits is not None
    bench_flows.show(Bench(model, sample("ring"), logits, model.prediction(logits, 2)))


def settled(app: AppTest) -> AppTest:
    """The page once its job has ended."""
    return let_finish(app, *bench_flows.DESKS)


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    return settled(app.run())


def scene(app: AppTest) -> dict[str, Any]:
    (stage,) = app.get("bidi_component")
    (found,) = json.loads(stage.proto.json)
    return found


def test_the_flows_of_the_asked_class_are_shown(app: AppTest) -> None:
    from densenet_viz.structure.through import through_structure
    from densenet_viz.ui.current import sample
    from tests.small_models import small_model

    assert not app.exception
    shown = scene(app)
    expected = through_structure(small_model(), sample("ring").pixels, target=2)
    assert (shown["label"], shown["baseline"]) == ("heart", "all black")
    assert shown["rise"] == pytest.approx(expected.rise, abs=1e-5)
    for packed, block in zip(shown["blocks"], expected.blocks, strict=True):
        assert packed["sums"] == pytest.approx(block.sums.tolist(), rel=1e-3, abs=1e-5)


def test_another_baseline_is_another_question(app: AppTest) -> None:
    before = scene(app)["rise"]
    app.selectbox(key="inside_baseline").set_value("white").run()
    settled(app)
    assert not app.exception
    shown = scene(app)
    assert shown["baseline"] == "all white"
    assert shown["rise"] != before


def test_a_link_with_the_words_of_an_earlier_version_opens_its_baseline() -> None:
    app = AppTest.from_function(script, default_timeout=60)
    app.query_params["inside_baseline"] = "the mean colour of the training pictures"
    app.run()
    assert app.selectbox(key="inside_baseline").value == "mean"
    assert app.query_params["inside_baseline"] == BASELINE_WORDS["mean"]


def test_a_failure_is_said_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AttributionError("Nothing flows here.")

    monkeypatch.setattr(bench_flows.FlowQuestion, "compute", refused)
    app = AppTest.from_function(script, default_timeout=60)
    app.query_params["inside_baseline"] = "grey"
    settled(app.run())
    assert [error.value for error in app.error] == ["Nothing flows here."]


def test_its_keys_and_desks_are_named() -> None:
    assert bench_flows.KEYS == ("inside_baseline",)
    assert bench_flows.DESKS == ("inside",)
