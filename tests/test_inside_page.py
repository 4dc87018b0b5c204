"""The inside page, without a browser: its address, its levels, and a bad address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.ui.inside import zoom

APP = str(Path(__file__).resolve().parent.parent / "app.py")
LAYER = {"at": "denseblock4.denselayer16"}
PIXEL = {"y": "3", "x": "1"}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The scenes of stages, by their keys."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(
        zoom, "show_stage", lambda _, scene, *, key, **__: found.update({key: scene})
    )
    return found


def opened(address: dict[str, str]) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page("pages/inside.py")
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def test_the_address_opens_each_level(shown: dict[str, Any]) -> None:
    for address, kind in (
        ({}, None),
        ({"at": "denseblock4"}, "block"),
        (LAYER, "layer"),
        ({**LAYER, "channel": "7"}, "channel"),
        ({**LAYER, "channel": "7", **PIXEL}, "number"),
    ):
        app = opened(address)
        assert not app.warning
        scene = shown["inside_stage"]
        named = {
            key: str(value) for key, value in scene["place"].items() if value not in ("", None)
        }
        assert named == address
        assert (scene["detail"] and scene["detail"]["kind"]) == kind
        assert len(app.table) == (kind in (None, "block"))


def test_a_bad_address_gets_one_sentence_and_the_whole_network(shown: dict[str, Any]) -> None:
    app = opened({"at": "denseblock9<b>", "channel": "frog"})
    (warning,) = app.warning
    assert "denseblock9" in warning.value
    assert shown["inside_stage"]["place"]["at"] == ""


def test_what_the_stage_has_kept_is_not_sent_again(shown: dict[str, Any]) -> None:
    app = opened(LAYER)
    key = shown["inside_stage"]["key"]
    place = {"at": LAYER["at"], "channel": None, "y": None, "x": None, "kept": True}
    app.session_state["inside_stage"] = {"place": {**place, "key": key}}
    app.run()
    assert shown["inside_stage"]["detail"] is None
    app.session_state["inside_stage"] = {"place": {**place, "key": "another picture's"}}
    app.run()
    assert shown["inside_stage"]["detail"]["kind"] == "layer"
