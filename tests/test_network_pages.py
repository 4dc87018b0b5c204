"""The pages that show one network from the inside, without a browser: what they draw and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.ui import charts, efficiency, stages

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


def test_the_growth_page_draws_the_trained_network_first(shown: dict[str, Any]) -> None:
    app = opened("growth_rate")
    assert [group["channels"] for group in shown["growth"]["groups"]] == [64, *[32] * 6]
    assert shown["growth"]["trained"]
    app.slider(key="k").set_value(28).run()
    assert [group["channels"] for group in shown["growth"]["groups"]] == [64, *[28] * 6]
    assert not shown["growth"]["trained"]


def test_chart_table_and_code_are_the_same_network(shown: dict[str, Any]) -> None:
    app = opened("growth_rate", k="24", layers="4")
    for number in ("64", "24", "160"):
        assert number in shown["channels"]
    last = app.dataframe[0].value.iloc[-1]
    assert "4" in last["layer"]
    assert "136" in str(last.to_list())  # what it reads
    (code,) = app.code
    assert "growth_rate=24" in code.value


def test_garbage_in_the_growth_address_falls_back(shown: dict[str, Any]) -> None:
    app = opened("growth_rate", k="frog", layers="-3", initial="1e9")
    assert app.slider(key="k").value == 32
    assert [group["channels"] for group in shown["growth"]["groups"]] == [64, *[32] * 6]


# -- transition -------------------------------------------------------------------------------


def test_the_networks_own_transition_is_told_from_a_random_one(shown: dict[str, Any]) -> None:
    app = opened("transition")
    assert shown["transition_stage"]["own"]
    assert app.metric[0].value == f"{256 * 128 + 2 * 256:,}"
    assert not app.info
    app = opened("transition", transition="2", theta="0.3")
    scene = shown["transition_stage"]
    assert (scene["own"], scene["given"]["count"], scene["mixed"]["count"]) == (False, 512, 153)
    assert app.metric[0].value == f"{512 * 153 + 2 * 512:,}"
    (info,) = app.info
    assert "153" in info.value


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
