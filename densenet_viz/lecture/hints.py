"""Tells a browser early which files it will need: the page's own with the page itself, and those of
other pages when the first picture is drawn.

Streamlit's page knows only after its own start, and its first message, that it shows a component.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from densenet_viz.stage.modules import (
    FILES,
    SHARED_STYLE,
    all_files,
    files_of,
    sheets_of,
    stage_file,
    version,
)

CHUNKS = ("BidiComponent", "serialization", "recordbatch")
"""Streamlit's files for components, without the hashes in their names."""

ELEMENTS = (
    *("PageLink", "Metric", "Selectbox", "FileUploader", "ButtonGroup", "Slider", "Checkbox"),
    *("Button", "Progress", "Multiselect", "NumberInput", "TextInput", "DownloadButton", "Table"),
)
"""Streamlit's elements on our pages, but for two that are larger than all others together: charts,
and code with colours."""
OTHERS = ("follow/", "lecture/", "hall/", "export/")
"""Folders of the stages' files that pages load otherwise, or late."""
_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def files_ahead(static: Path) -> tuple[str, ...]:
    """What the app's pages load: Streamlit's elements with what they import, and the stages' files.

    Args:
        static: the folder of Streamlit's web page.

    Returns:
        Paths after the app's own; small ones first.
    """
    folder, found = static / "static" / "js", dict[str, int]()
    for name in ELEMENTS:
        for file in folder.glob(f"{name}.*.js"):
            _imports(folder, file.name, found)
    elements = [f"static/js/{name}" for name in sorted(found, key=found.__getitem__)]
    start = FILES.format(version=version()).lstrip("/")
    own = (f"{start}{file}" for file in all_files() if not file.startswith(OTHERS))
    return (*elements, *own)


def _imports(folder: Path, name: str, found: dict[str, int]) -> None:
    """Adds a file of Streamlit's page and what it imports, with their sizes in characters."""
    if name in found or not (folder / name).is_file():
        return
    text = (folder / name).read_text(encoding="utf-8")
    found[name] = len(text)
    for other in _IMPORT.findall(text):
        _imports(folder, other, found)


def component_links(static: Path) -> list[str]:
    """The links for Streamlit's own files; none if this version has other names.

    Args:
        static: the folder of Streamlit's web page.
    """
    found = (file for name in CHUNKS for file in sorted(static.glob(f"static/js/{name}.*.js")))
    return [f"<./static/js/{file.name}>; rel=modulepreload; fetchpriority=low" for file in found]


def stage_links(stage: str) -> list[str]:
    """The links for the files of a stage."""
    folder = f".{FILES.format(version=version())}"
    modules = dict.fromkeys((*files_of(stage_file(stage)), *files_of("streamlit.js")))
    sheets = (SHARED_STYLE, *sheets_of(stage))
    return [
        *(f"<{folder}{file}>; rel=modulepreload; fetchpriority=low" for file in modules),
        *(
            f"<{folder}{file}>; rel=preload; as=fetch; crossorigin; fetchpriority=low"
            for file in sheets
        ),
    ]


def hints(stage: str, static: Path, base: str) -> Middleware:
    """`Hints` for an app whose page at the root shows a stage.

    Args:
        stage: its name.
        static: the folder of Streamlit's web page.
        base: the path under which the app is served.
    """
    every = component_links(static)
    return Middleware(Hints, every=every, first=stage_links(stage), base=base)


class Hints:
    """Adds a `Link` header to pages, as ASGI middleware.

    Args:
        app: the app that answers.
        every: links for all pages.
        first: further links for the page at the root.
        base: the path under which the app is served.
    """

    def __init__(
        self, app: ASGIApp, every: Iterable[str], first: Iterable[str], base: str = ""
    ) -> None:
        self._app = app
        self._root = f"/{base.strip('/')}".rstrip("/")
        self._every = ", ".join(every).encode()
        self._first = b", ".join(filter(None, (self._every, ", ".join(first).encode())))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as the app does; a page's answer gets the header."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        links = self._first if scope["path"].rstrip("/") == self._root else self._every

        async def hinted(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_streamlits_page(scope, message):
                message = {**message, "headers": [*message["headers"], (b"link", links)]}
            await send(message)

        await self._app(scope, receive, hinted)


def _is_streamlits_page(scope: Scope, message: Message) -> bool:
    kind = dict(message.get("headers", ())).get(b"content-type", b"")
    own = scope["path"].rpartition("/")[0].endswith("/follow") or scope["path"].endswith("/follow")
    return message["status"] == 200 and kind.startswith(b"text/html") and not own
