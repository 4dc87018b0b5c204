"""The follower's page and the files that it loads, as bytes that are made once."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from densenet_viz.stage.modules import FILES, FOLDER, SHARED_STYLE, all_files, version

STYLES = (SHARED_STYLE, "lecture/lecture.css", "shared/answer-bars.css", "follow/follow.css")
_TYPES = {"js": "text/javascript", "css": "text/css"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing from other sites, and only the scripts below (stages set styles on elements)."""

_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Follow the lecture · DenseNet Viz</title>
<link rel="icon" href="data:,">
{styles}
<script type="module" src="{files}follow/page.js"></script>
</head>
<body>
<main id="follow" class="stage lecture follow" data-base="{base}">
<noscript><p>This page needs JavaScript, but it is switched off in this browser.</p></noscript>
</main>
</body>
</html>
"""


@cache
def pack_files() -> Mapping[str, tuple[bytes, str]]:
    """Every module and style sheet by its path: the compressed bytes and the media type.

    A requested name is only looked up here: no file is opened by a requested name, and unknown
    names are not remembered.
    """
    return MappingProxyType({name: _packed(FOLDER / name) for name in all_files()})


def _packed(path: Path) -> tuple[bytes, str]:
    return gzip.compress(path.read_bytes(), 6, mtime=0), _TYPES[path.suffix[1:]]


def page(base: str) -> str:
    """The page, the same for every code; `base` is the path under which the app is served."""
    files = f"{base}{FILES.format(version=version())}"
    styles = "\n".join(f'<link rel="stylesheet" href="{files}{name}">' for name in STYLES)
    return _HTML.format(files=files, base=base, styles=styles)
