"""A stage's files come from the app's own route, once; without the route they come with answers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import streamlit as st

from densenet_viz.lecture.page import pack_files
from densenet_viz.lecture.server import HALL
from densenet_viz.stage.modules import (
    FILES,
    SHARED_STYLE,
    files_of,
    link_stage,
    sheets_of,
    stage_file,
    version,
)
from densenet_viz.ui import stages
from tests.lecture_server import served

MOST = 4_000
"""Bytes of a component that is sent with each answer; the stages have 80,000 and more."""


def lists_in(code: str) -> list[list[str]]:
    return [json.loads(found) for found in re.findall(r"\[(?:\"[^\]]*\")?\]", code)]


@pytest.mark.parametrize("name", ["overview", "growth", "variants-count", "bench", "lecture"])
def test_a_linked_stage_is_short_and_names_files_that_are_served(name: str) -> None:
    sheets = (SHARED_STYLE, *sheets_of(name))
    code = link_stage(name, sheets)
    assert len(code) < MOST
    files, named = lists_in(code)[:2]
    assert named == list(sheets)
    assert set(files) == {*files_of(stage_file(name)), *files_of("streamlit.js")}
    assert {*files, *named} <= set(pack_files())
    assert FILES.format(version=version())[1:] in code


@pytest.mark.parametrize("base", ["", "teach/dense"])
def test_the_files_are_kept_by_browsers_under_any_base_path(base: str) -> None:
    start = f"/{base}" if base else ""
    with served(base) as client:
        path = f"{start}{FILES.format(version=version())}streamlit.js"
        status, packed, headers = client.ask("GET", path, accept_encoding="gzip")
        assert status == 200
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert packed == pack_files()["streamlit.js"][0]
        assert client.ask("GET", path.replace(version(), "0" * 16))[0] == 404


def test_without_the_route_a_component_brings_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []

    def component(_name: str, **parts: Any) -> object:
        made.append(parts)
        return object()

    monkeypatch.setattr(st.components.v2, "component", component)
    for has_route in (False, True):
        monkeypatch.setattr(HALL, "served", has_route)
        stages._component.cache_clear()
        stages.stage_component("agreement")
    stages._component.cache_clear()
    inline, linked = made
    assert ".agreement" in inline["css"]
    assert len(inline["js"]) > 5 * len(linked["js"])
    assert linked["css"] is None
