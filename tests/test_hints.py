"""A page's answer names the files that the page will need, and nothing else is changed."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from densenet_viz.lecture.hints import (
    ELEMENTS,
    Hints,
    component_links,
    files_ahead,
    stage_links,
)
from densenet_viz.lecture.page import pack_files
from densenet_viz.stage.modules import FILES, version


async def page(_scope: Any, _receive: Any, send: Any) -> None:
    kind = b"text/html; charset=utf-8" if not _scope["path"].endswith(".js") else b"text/javascript"
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x"})


def link_of(path: str, base: str = "") -> bytes | None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        app = Hints(page, ["<./a>"], ["<./b>"], base)
        await app({"type": "http", "path": path}, None, send)  # type: ignore[arg-type]

    asyncio.run(ask())
    assert sent[1]["body"] == b"x"
    link: bytes | None = dict(sent[0]["headers"]).get(b"link")
    return link


@pytest.mark.parametrize(
    ("path", "base", "link"),
    [
        ("/", "", b"<./a>, <./b>"),
        ("/growth_rate", "", b"<./a>"),
        ("/teach/", "teach", b"<./a>, <./b>"),
        ("/teach/growth_rate", "/teach/", b"<./a>"),
        ("/static/js/index.js", "", None),
        ("/follow", "", None),
        ("/follow/CODE", "", None),
    ],
)
def test_only_pages_of_the_app_get_hints(path: str, base: str, link: bytes | None) -> None:
    assert link_of(path, base) == link


def test_each_hint_names_a_file_that_is_served() -> None:
    start = f".{FILES.format(version=version())}"
    named = [re.findall("<([^>]+)>", link)[0] for link in stage_links("overview")]
    assert {name.removeprefix(start) for name in named} <= set(pack_files())
    assert f"{start}overview/overview.css" in named
    static = Path(st.__file__).parent / "static"
    own = [re.findall("<([^>]+)>", link)[0] for link in component_links(static)]
    assert own, "Streamlit's files have other names now: see CHUNKS"
    assert all((static / name).is_file() for name in own)


def test_what_is_loaded_ahead_is_there_and_complete() -> None:
    static = Path(st.__file__).parent / "static"
    start = FILES.format(version=version()).lstrip("/")
    files = files_ahead(static)
    assert len(set(files)) == len(files)
    own = {file.removeprefix(start) for file in files if file.startswith(start)}
    assert {"growth/growth.js", "bench/bench.css", "maps/maps.js"} <= own <= set(pack_files())
    chunks = [file for file in files if not file.startswith(start)]
    assert all((static / file).is_file() for file in chunks)
    names = {re.sub(r"^static/js/|\..*", "", file) for file in chunks}
    assert {*ELEMENTS, "useFloatingOverlay"} <= names
