"""A visitor's own model through the app: brought, shown on every page, refused, replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.own.spec import SIZE_LIMIT
from densenet_viz.ui import stages
from densenet_viz.ui.own import holding
from tests.facts import names_in
from tests.small_models import saved, small_network

APP = str(Path(__file__).resolve().parent.parent / "app.py")
ODD = DenseNetSpec(12, (4, 4, 4), 24, num_classes=3, input_size=64)
ONE_BLOCK = DenseNetSpec(60, (3,), 6, num_classes=2, input_size=48)
PLAIN = DenseNetSpec(5, (2, 2), 400, False, 0.332, 4, 33)
DEEP = DenseNetSpec(2, (25, 1, 1, 1, 2), 8, True, 1.0, 2, 96)
LABELS = b"cat\nowl\nowl"
USING_THE_MODEL = ("growth_rate", "dense_block", "transition", "attributions")


def opened(page: str = "growth_rate", **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{page}.py")
    return app.run()


def bring(
    app: AppTest,
    weights: bytes,
    labels: bytes | None = None,
    size: int = 64,
    turn: int = 0,
) -> AppTest:
    app.button(key="own_open").click().run()
    file = ("mine.pth", weights, "application/octet-stream")
    app.file_uploader(key=f"own_weights_{turn}").set_value(file).run()
    if "own_load" not in {button.key for button in app.button}:
        return app
    if labels is not None:
        app.file_uploader(key=f"own_labels_{turn}").set_value(("l.txt", labels, "text/plain"))
    load = app.number_input(key="own_size").set_value(size).run().button(key="own_load")
    return app if load.disabled else load.click().run()


def weights_of(spec: DenseNetSpec, seed: int = 3) -> bytes:
    return saved(small_network(spec, seed).state_dict())


def assert_sound(app: AppTest) -> None:
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in (*app.markdown, *app.caption))


@pytest.fixture
def growth(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The growth page's last scene."""
    scene: dict[str, Any] = {}
    monkeypatch.setattr(stages, "show_stage", lambda _, shown, **__: scene.update(shown))
    return scene


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(ODD, id="odd"),
        pytest.param(ONE_BLOCK, id="one block"),
        pytest.param(PLAIN, id="plain", marks=pytest.mark.slow),
        pytest.param(DEEP, id="deep", marks=pytest.mark.slow),
    ],
)
def test_every_page_that_uses_the_model_works_on_it(spec: DenseNetSpec) -> None:
    app = bring(opened(), weights_of(spec), size=spec.input_size)
    title = f"({spec.name}, {spec.num_classes} classes)"
    for page in USING_THE_MODEL:
        app.switch_page(f"pages/{page}.py").run().run()  # the browser asks twice, too
        assert_sound(app)
        chooser = app.selectbox(key="model")
        assert chooser.value == holding.OWN
        assert f"your model {title}" in chooser.options
        if page in ("dense_block", "transition"):
            assert f"Your model {title}" in "\n".join(x.value for x in (*app.caption, *app.info))
    assert "class 0" in app.selectbox(key="target").options


def test_its_numbers_are_the_growth_pages_and_its_own_weights_run(growth: dict[str, Any]) -> None:
    app = bring(opened(), weights_of(PLAIN), size=PLAIN.input_size)
    names = ("k", "layers", "initial", "compression", "bottleneck")
    assert [app.session_state[name] for name in names] == [5, 2, 400, 0.33, False]
    assert growth["trained"]
    assert "own file" in growth["explore"]["weights"]["own"]
    app.session_state["k"] = 6
    app.run()
    assert_sound(app)
    assert not growth["trained"]
    app.session_state["k"] = 5
    app.run()
    assert growth["trained"]
    app.selectbox(key="model").set_value("scenes").run()
    assert_sound(app)
    assert [app.session_state[name] for name in ("k", "initial")] == [32, 64]


@pytest.mark.parametrize("block", [1, 2])
def test_the_transition_page_runs_its_own_transition(block: int) -> None:
    spec = DenseNetSpec(6, (2, 2, 2), 30, True, 0.7, 2, 64)
    app = bring(opened("transition"), weights_of(spec))
    app.session_state["transition"] = block
    app.run()
    assert_sound(app)
    assert app.session_state["theta"] == 0.7
    assert not any("random" in info.value for info in app.info)
    app.session_state["theta"] = 0.1
    app.run()
    assert_sound(app)
    assert any("random" in info.value for info in app.info)


def test_a_block_that_the_model_does_not_have_gives_way() -> None:
    app = opened("dense_block", block="4")
    assert app.session_state["block"] == 4
    bring(app, weights_of(ODD))
    assert_sound(app)
    assert app.session_state["block"] == 1


def test_its_labels_name_its_classes() -> None:
    app = bring(opened("attributions"), weights_of(ODD), LABELS)
    assert_sound(app)
    options = app.selectbox(key="target").options
    assert sorted(options[1:]) == ["cat", "owl (class 1)", "owl (class 2)"]
    app.selectbox(key="target").set_value("owl (class 2)").run()
    assert_sound(app)


@pytest.mark.parametrize(
    ("weights", "labels", "size", "facts"),
    [
        (b"GIF89a", None, 64, ["picture"]),
        (weights_of(ODD), b"cat", 64, ["1 label", "3"]),
        (saved({"layer1.weight": torch.zeros(1)}), None, 64, ["features.conv0"]),
    ],
    ids=["no weights", "a label too few", "another network"],
)
def test_what_is_refused_gets_one_sentence_and_changes_nothing(
    weights: bytes, labels: bytes | None, size: int, facts: list[str]
) -> None:
    app = bring(opened("dense_block", model="densenet121-untrained"), weights, labels, size)
    assert [error.message for error in app.exception] == []
    assert len(app.error) == 1
    assert names_in(app.error[0].value, *facts) == facts
    assert app.selectbox(key="model").value == "densenet121-untrained"
    assert "DenseNet-121 (untrained)" in said(app)
    bring(app, weights_of(ODD), LABELS)
    assert_sound(app)
    assert app.selectbox(key="model").value == holding.OWN


def test_a_refused_second_model_leaves_the_first() -> None:
    app = bring(opened("dense_block"), weights_of(ODD))
    bring(app, b"nothing", turn=1)
    assert len(app.error) == 1
    assert app.selectbox(key="model").value == holding.OWN
    assert "Your model (DenseNet-28, 3 classes)" in said(app)


def test_a_new_one_replaces_the_one_before() -> None:
    app = bring(opened("dense_block"), weights_of(ODD))
    app.selectbox(key="model").set_value("scenes").run()
    assert "Your model" not in said(app)
    bring(app, weights_of(PLAIN), size=PLAIN.input_size, turn=1)
    assert_sound(app)
    options = [one for one in app.selectbox(key="model").options if one.startswith("your")]
    assert options == ["your model (DenseNet-7, 4 classes)"]
    assert "Your model (DenseNet-7, 4 classes)" in said(app)


def test_it_is_still_there_after_pages_that_have_no_model() -> None:
    app = bring(opened("dense_block"), weights_of(ODD))
    app.switch_page("pages/memory.py").run()
    app.switch_page("pages/dense_block.py").run()
    assert_sound(app)
    assert "your model (DenseNet-28, 3 classes)" in app.selectbox(key="model").options


def test_another_session_has_none() -> None:
    bring(opened("dense_block"), weights_of(ODD))
    other = opened("dense_block")
    assert not any(one.startswith("your") for one in other.selectbox(key="model").options)


@pytest.mark.parametrize("named", ["your-model", "your model (DenseNet-121, 5 classes)"])
def test_a_link_to_it_in_another_session_says_so_once(named: str) -> None:
    app = opened("dense_block", model=named)
    assert_sound(app)
    assert app.selectbox(key="model").value == "scenes"
    assert [info.value for info in app.info] == [holding.GONE]
    app.selectbox(key="model").set_value("densenet121-untrained").run()
    assert [info.value for info in app.info] == []


def test_all_sessions_models_have_a_limit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = weights_of(ODD)
    monkeypatch.setattr(holding, "MOST_HELD", len(weights) + 4 * ODD.parameters)
    monkeypatch.setattr(holding, "HELD", WeakSet())
    first = bring(opened("dense_block"), weights)
    bring(first, weights, turn=1)  # its own does not count
    assert_sound(first)
    bring(opened("growth_rate"), weights)
    third = bring(opened("growth_rate"), weights)
    assert len(third.error) == 1
    assert holding.OWN not in third.selectbox(key="model").options


def test_the_choosers_state_their_limits() -> None:
    app = opened("dense_block")
    app.button(key="own_open").click().run()
    limits = {one.key: one.proto.max_upload_size_mb for one in app.file_uploader}
    assert limits["own_weights_0"] == SIZE_LIMIT >> 20
