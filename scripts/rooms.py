"""Measures how tall the stages of all pages are, and writes it to `assets/rooms.json`.

    python -m scripts.rooms [--page NAME ...] [--base-url URL]

Pages keep this room for a stage until it is drawn (`densenet_viz.ui.rooms`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser

from densenet_viz.ui.pages import PAGES, PageRow
from densenet_viz.ui.rooms import ROOMS
from scripts.browser import chromium, serve, settle

WIDTHS: Final = (390, 768, 1024, 1440, 1920)
"""A phone, tablets, and two screens, in px."""
HEIGHT: Final = 900
# The parts of pages that a link opens, besides the page itself.
PARTS: Final = {
    "inside": ("?part=reuse", "?part=scissors"),
    "efficiency": ("?data=C10%2B",),
    "bench": ("?view=inside", "?view=sanity", "?view=faithful"),
    "ground_truth": ("?part=pairs", "?part=object", "?part=scoreboard"),
}
HEIGHTS_JS: Final = """() => Object.fromEntries(
  [...document.querySelectorAll('[data-testid="stElementContainer"]:has([data-drawn])')]
    .filter((room) => /st-key-/.test(room.className))
    .map((room) => [
      room.className.match(/st-key-([\\w-]+)/)[1],
      Math.round(room.getBoundingClientRect().height),
    ]),
)"""
# Nothing is computed, and all stages are drawn.
DONE_JS: Final = """() =>
  document.querySelector('[data-testid="stMain"] [data-testid="stProgress"]') === null
  && [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
    .every((place) => 'drawn' in place.dataset)"""
LONGEST: Final = 240_000


def measured(browser: Browser, url: str, row: PageRow) -> dict[str, list[int]]:
    """The heights of a page's stages in px, at each of the `WIDTHS`."""
    heights: dict[str, list[int]] = {}
    for query in ("", *PARTS.get(row.name, ())):
        context = browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT})
        page = context.new_page()
        page.set_default_timeout(LONGEST)
        found: list[dict[str, int]] = []
        for width in WIDTHS:  # a new visit: a stage may keep what it was given at another width
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.goto(f"{url}/{row.url_path}{query}")
            settle(page)
            page.wait_for_function(DONE_JS)
            settle(page)
            found.append(page.evaluate(HEIGHTS_JS))
        context.close()
        for key in set.intersection(*map(set, found)):
            heights[key] = [each[key] for each in found]
    return {key: heights[key] for key in sorted(heights) if any(heights[key])}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.rooms", description=__doc__)
    names = [row.name for row in PAGES]
    parser.add_argument("--page", action="append", choices=names, help="may be given again")
    parser.add_argument("--base-url", help="of an app that runs already")
    args = parser.parse_args(arguments)
    known = json.loads(ROOMS.read_text(encoding="utf-8")) if ROOMS.exists() else {"heights": {}}
    with ExitStack() as stack:
        url = args.base_url or stack.enter_context(serve())
        browser = stack.enter_context(chromium())
        for row in PAGES:
            if row.name in (args.page or names):
                known["heights"][row.name] = measured(browser, url, row)
                print(row.name, known["heights"][row.name], flush=True)
                told = {"widths": WIDTHS, **_sorted(known)}
                ROOMS.write_text("".join(_lines(told)), encoding="utf-8")
    return 0


def _sorted(known: dict[str, Any]) -> dict[str, Any]:
    heights = known["heights"]
    return {"heights": {row.name: heights[row.name] for row in PAGES if row.name in heights}}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """JSON with a line for each stage."""
    yield f'{{\n "widths": {json.dumps(told["widths"])},\n "heights": {{\n'
    pages = [
        f'  "{page}": {{\n'
        + ",\n".join(f"   {json.dumps(key)}: {json.dumps(each)}" for key, each in rooms.items())
        + "\n  }"
        for page, rooms in told["heights"].items()
    ]
    yield ",\n".join(pages)
    yield "\n }\n}\n"


if __name__ == "__main__":
    sys.exit(main())
