"""The pages that show one network from the inside, without a browser: what they draw and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.ui import charts, efficiency, stages
from densenet_viz.ui.controls import growth_controls, growth_spec
from densenet_viz.ui.own import holding
from tests.small_models import small_model

APP = str(Path(__file__).resolve().parent.parent / "app.py")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The scenes of stages and the words of charts, by their keys."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(
        stages, "show_stage", lambda _, scene, *, key, **__: found.update({key: scene})
    )
    for module in (charts, efficiency):
        monkeypatch.setattr(
            module, "show_chart", lambda _, *, key, alt, **__: found.update({key: alt})
        )
    return found


def opened(page: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(f"pages/{page}.py")
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


# -- growth rate ------------------------------------------------------------------------------


def channels(shown: dict[str, Any]) -> list[int]:
    return [group["channels"] for group in shown["growth"]["groups"]]


def controls(shown: dict[str, Any]) -> dict[str, Any]:
    """The values of the controls in the stage, by name."""
    scene = shown["growth"]["explore"]["controls"]
    return {row["name"]: row["value"] for row in (*scene["numbers"], *scene["switches"])}


def test_the_growth_page_draws_the_trained_network_first(shown: dict[str, Any]) -> None:
    app = opened("growth_rate")
    assert channels(shown) == [64, *[32] * 6]
    assert shown["growth"]["trained"]
    app.session_state["k"] = 28
    app.run()
    assert channels(shown) == [64, *[28] * 6]
    assert not shown["growth"]["trained"]
    assert app.query_params["k"] == "28"
    app.session_state["k"] = 32  # the default leaves the address
    app.run()
    assert "k" not in app.query_params


def test_the_numbers_of_the_architectures_page_do_not_stay_with_another_model() -> None:
    """Its controls have the same keys, and begin with DenseNet-121's numbers."""
    app = opened("architectures")
    assert app.session_state["k"] == 32
    app.session_state["_own_model"] = holding.Brought(small_model())
    app.session_state["model"] = holding.OWN
    app.switch_page("pages/growth_rate.py").run()
    assert not app.exception
    assert (app.session_state["k"], app.session_state["layers"]) == (4, 2)
    app.switch_page("pages/architectures.py").run()
    app.switch_page("pages/growth_rate.py").run()
    assert app.session_state["k"] == 4


def test_maps_that_the_page_holds_are_not_sent_again(shown: dict[str, Any]) -> None:
    app = opened("growth_rate")
    names = [group["maps"]["name"] for group in shown["growth"]["groups"]]
    told = {"asked": 1, "values": {}, "held": [names[2], 7, None]}
    app.session_state["growth"] = {"chosen": told}
    app.run()
    assert not app.exception
    groups = shown["growth"]["groups"]
    assert [group["maps"]["name"] for group in groups if group["maps"]["data"] is None] == [
        names[2]
    ]


def test_a_page_says_what_it_waits_for_until_its_stage_is_there() -> None:
    def page() -> None:
        import streamlit as st

        from densenet_viz.ui.staged import until_shown

        st.text(type(until_shown("stage")).__name__)

    app = AppTest.from_function(page).run()
    assert app.text[0].value != "nullcontext"
    app.session_state["stage"] = {}
    assert app.run().text[0].value == "nullcontext"


def test_what_the_stage_tells_is_taken_and_what_no_control_can_be_is_not(
    shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners: dict[str, Any] = {}

    def show_stage(_: str, scene: Any, *, key: str, on_chosen_change: Any) -> None:
        shown[key], listeners[key] = scene, on_chosen_change

    monkeypatch.setattr(stages, "show_stage", show_stage)
    state: dict[str, Any] = {}
    opened("growth_rate")
    monkeypatch.setattr(st, "session_state", state)
    told = {"k": 24, "layers": 4000, "initial": "64", "compression": 1, "bottleneck": 0}
    state["growth"] = {"chosen": {"asked": 3, "values": told}}
    listeners["growth"]()
    assert {key: state[key] for key in told if key in state} == {"k": 24, "compression": 1}
    state["growth"] = {"chosen": "nonsense"}
    listeners["growth"]()
    assert state["k"] == 24


def test_the_address_is_the_network_in_the_stage_and_in_the_code(shown: dict[str, Any]) -> None:
    app = opened("growth_rate", k="24", layers="4", bottleneck="false", compression="0.3")
    assert channels(shown) == [64, 24, 24, 24, 24]
    assert shown["growth"]["kernel"] == "3×3"
    assert shown["growth"]["numbers"]["keeps"] == 48  # floor(0.3 * 160)
    (code,) = app.code
    assert "range(4)" in code.value or "24" in code.value
    app.run()
    assert channels(shown) == [64, 24, 24, 24, 24]


def test_garbage_in_the_growth_address_falls_back(shown: dict[str, Any]) -> None:
    opened("growth_rate", k="frog", layers="-3", initial="1e9", bottleneck="maybe")
    assert controls(shown)["k"] == 32
    assert channels(shown) == [64, *[32] * 6]


def test_numbers_that_no_network_can_have_give_the_models_own() -> None:
    base = DenseNetSpec(4, (2, 2), 10, num_classes=5, input_size=64)
    values = {key: row.default for key, row in growth_controls(base).items()}
    assert growth_spec(base, values) is base
    assert growth_spec(base, {**values, "layers": 1, "compression": 0.1}).block_config == (1, 2)
    assert growth_spec(base, {**values, "k": 1, "layers": 1, "initial": 8, "compression": 0.1}) is (
        base
    )


# -- transition -------------------------------------------------------------------------------


def test_the_networks_own_transition_is_told_from_a_random_one(shown: dict[str, Any]) -> None:
    app = opened("transition")
    assert shown["transition_stage"]["own"]
    assert not app.info
    app = opened("transition", transition="2", theta="0.3")
    scene = shown["transition_stage"]
    assert (scene["own"], scene["given"]["count"], scene["mixed"]["count"]) == (False, 512, 153)
    (info,) = app.info
    assert "153" in info.value
    (table,) = app.table
    assert list(table.value["maps"]) == [512, 512, 153, 153]


# -- few parameters ---------------------------------------------------------------------------


def points(shown: dict[str, Any], key: str) -> set[str]:
    return {point["id"] for panel in shown[key]["panels"] for point in panel["points"]}


def test_densenets_are_shown_after_the_guess(shown: dict[str, Any]) -> None:
    app = opened("efficiency")
    assert not any("DenseNet" in name for name in points(shown, "efficiency-imagenet"))
    assert not app.table[:-1]  # what the DenseNets need is not in a table, either
    app.segmented_control(key="guess").set_value(app.segmented_control(key="guess").options[3])
    app.run()
    assert len(points(shown, "efficiency-imagenet")) == 8
    assert shown["efficiency-imagenet"]["lit"] == []  # no guess, no answer to light
    assert len(app.table) == 2


@pytest.mark.parametrize(
    ("guess", "verdict"), [("40 million", "Fewer"), ("20 million", "Yes"), ("10 million", "More")]
)
def test_a_guess_is_answered_with_the_number(
    shown: dict[str, Any], guess: str, verdict: str
) -> None:
    app = opened("efficiency", guess=guess)
    said = " ".join(text.value for text in app.markdown)
    assert f"{verdict}: 20.0 million" in said
    assert set(shown["efficiency-imagenet"]["lit"]) == {"ResNet-101", "DenseNet-201"}


def test_garbage_in_the_efficiency_address_falls_back(shown: dict[str, Any]) -> None:
    opened("efficiency", guess="frog", data="CIFAR", cost="1", mistake="top")
    assert len(points(shown, "efficiency-imagenet")) == 4


def test_published_errors_come_with_their_sources(shown: dict[str, Any]) -> None:
    app = opened("efficiency")
    assert "23.6%" in shown["published"]
    rows = app.table[-1].value
    (row,) = [one for _, one in rows.iterrows() if one["Top-1 error"] == "24.400% (75.600%)"]
    assert row["Network"] == "DenseNet-169"
    assert row["Source"].startswith("[torchvision")


def test_cifar_pictures_have_their_own_chart_and_no_guess(shown: dict[str, Any]) -> None:
    app = opened("efficiency", data="SVHN", cost="Multiply-adds")
    assert "efficiency-imagenet" not in shown
    assert "multiply-adds" in shown["efficiency-cifar"]["panels"][0]["x"]["title"].lower()
    assert [one.key for one in app.segmented_control] == ["data", "cost"]
