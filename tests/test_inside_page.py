"""The inside page, without a browser: its address, its levels, and what it says of a bad address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.ui import current, stages
from densenet_viz.ui.inside import details
from tests.small_models import tiny

APP = str(Path(__file__).resolve().parent.parent / "app.py")
LAYER = "denseblock2.denselayer1"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The scenes of stages by their keys; the bundled network is a small one."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(
        stages, "show_stage", lambda _, scene, *, key, **__: found.update({key: scene})
    )
    monkeypatch.setattr(current, "LOADED", {"scenes": tiny()})
    return_to = details.kept_for
    monkeypatch.setattr(details, "kept_for", lambda kind, *_: return_to(kind, tiny()))
    yield found


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page("pages/inside.py")
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app
