"""The exported lecture: one HTML file that plays without server or network, and its handout.

The file holds the player, the stages, their styles and scenes, and the notes. Its content
security policy forbids every connection, so nothing in the file, and nothing in a deck, can reach
a network. `printing.to_pdf` prints the same file.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from densenet_viz.lecture.handout import handout
from densenet_viz.lecture.printing import UNFINISHED
from densenet_viz.stage.modules import SHARED_STYLE, address, style

PLAYER_STYLES = (
    SHARED_STYLE,
    "lecture/lecture.css",
    "hall/hall.css",
    "shared/answer-bars.css",
)
"""The player's styles, for a page of the app and for a file."""

# The modules and pictures are inside the file, as data addresses. Styles are allowed everywhere,
# because stages set widths and colours; a style cannot load anything either.
_POLICY = (
    "default-src 'none'; script-src {hash} data:; style-src 'unsafe-inline'; "
    "img-src data: blob:; media-src data: blob:; base-uri 'none'; form-action 'none'"
)
# A browser on the command line prints at the page's load event. An open frame delays that event,
# and the title tells `printing` if it came too early. If the player does not start, the words stay.
_START = """
const paper = location.search === "?handout";
const title = document.title;
const hold = document.createElement("iframe");
if (paper) {{
  document.title = "{unfinished}";
  hold.hidden = true;
  document.body.append(hold);
  hold.contentDocument.open();
}}
import("{player}")
  .then(({{ print, play }}) => (paper ? print() : play()))
  .then(() => (document.title = title))
  .catch((error) => {{
    document.body.classList.add("lecture-words");
    console.error(String(error));
  }})
  .finally(() => hold.contentDocument?.close());
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
{css}
</style>
<noscript><style>#lecture {{ display: none }} #handout {{ display: block }}</style></noscript>
</head>
<body>
<div id="lecture"></div>
<main id="handout">
<noscript><p>Scripts are switched off here, so the pictures of this lecture are missing. These are
its words.</p></noscript>
<h1>{title}</h1>
{words}
</main>
<script type="application/json" id="lecture-data">{data}</script>
<script type="module">{start}</script>
</body>
</html>
"""


def to_html(deck: Mapping[str, Any]) -> str:
    """One self-contained HTML page that plays a deck scene from a file.

    Args:
        deck: what `pictures.scene_of` returns: slides, scenes, modules and styles, as JSON values.

    Raises:
        ValueError: a scene holds a number that JSON does not have (infinite, or not a number).
    """
    start = _START.format(unfinished=UNFINISHED, player=address("lecture/file.js"))
    digest = b64encode(sha256(start.encode()).digest()).decode()
    return _PAGE.format(
        policy=_POLICY.format(hash=f"'sha256-{digest}'"),
        title=escape(deck["title"]),
        css=style("lecture/file.css"),
        words=handout(deck),
        data=embed_json({**deck, "mode": "file", "style": style(*PLAYER_STYLES)}),
        start=start,
    )


def embed_json(value: Mapping[str, Any]) -> str:
    r"""JSON that is safe in a script element: no `<`, `>` or `&`, and only ASCII characters.

    >>> embed_json({"text": "</script> \u2028"})
    '{"text":"\\u003c/script\\u003e \\u2028"}'

    Raises:
        ValueError: a number is infinite or not a number.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
