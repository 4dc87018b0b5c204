"""Takes screenshots of every page of the page table in Chromium: light, dark and phone-sized.

    python -m scripts.screenshots [--out DIR] [--page NAME ...] [--base-url URL]

Starts the app unless `--base-url` gives the address of one that runs already.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image
from playwright.sync_api import Browser, Page

from densenet_viz.ui.pages import PAGES, PageRow
from scripts.browser import ROOT, SETTLE_SECONDS, chromium, serve, settle

MAX_BYTES: Final = 300_000
PALETTE: Final = 256
FULL_HEIGHT: Final = 6000


@dataclass(frozen=True)
class View:
    """One way to look at a page: its name, the colour scheme, and the window in CSS pixels."""

    name: str
    scheme: Literal["light", "dark"]
    width: int
    height: int


VIEWS: Final = (
    View("light", "light", 1440, 900),
    View("dark", "dark", 1440, 900),
    View("light-phone", "light", 390, 844),
)

# How far a page's stage has played when the screenshot is taken, 0 to 1.
MOMENTS: Final = {"overview": 1.0, "growth_rate": 0.27, "dense_block": 1.0}
# Pages whose first picture is animated; the screenshot shows its end.
STILL: Final = {"architectures", "ground_truth", "why_it_works"}
# The buttons that are pressed before the screenshot.
PRESSED: Final = {
    "ground_truth": ("I do not know", "Show what they say", "Show where they looked"),
    "hands_on": ("Start",),
    "lecture": ("Start the lecture",),
}
# The keys that are pressed after the buttons, and what must be visible then.
KEYS: Final = {"lecture": ("1", "0", "Enter", "PageDown", "PageDown")}
AWAITED: Final = {
    "attributions": ".attribution:not(.attribution-empty)",
    "bench": ".bench-done",
    "ground_truth": ".lineup-told",
    "why_it_works": ".gradients-line",
    "hands_on": '[data-testid="stProgress"]:has-text("done in")',
    "lecture": ".lecture-slide:not(.lecture-away) .lecture-stage:not(.lecture-fitting) canvas",
}
# Where a page is scrolled to if its main picture begins below the first screen.
SCROLLED: Final = {"bench": ".bench", "ground_truth": ".lineup", "why_it_works": ".stage-head"}
_SCRUB_JS: Final = """(slider, share) => {
  slider.value = String(slider.max * share);
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""


def compress(png: bytes) -> bytes:
    """The same picture, with a palette of 256 colours if it is larger than 300 KB."""
    if len(png) <= MAX_BYTES:
        return png
    picture = Image.open(BytesIO(png)).convert("RGB")
    out = BytesIO()
    picture.quantize(PALETTE, method=Image.Quantize.MEDIANCUT).save(out, "PNG", optimize=True)
    return out.getvalue()


def _grow_to_content(page: Page, view: View) -> None:
    """Makes the window as tall as the page, which scrolls inside Streamlit's main section."""
    height = page.evaluate("() => document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
    page.set_viewport_size(
        {"width": view.width, "height": min(max(height, view.height), FULL_HEIGHT)}
    )
    settle(page)


def _play_to(page: Page, share: float) -> None:
    slider = page.get_by_role("slider", name="Scrub").first
    slider.scroll_into_view_if_needed()
    slider.evaluate(_SCRUB_JS, share)


def _press(page: Page, name: str) -> None:
    """Goes through the page's steps, and waits for their results."""
    for label in PRESSED.get(name, ()):
        button = page.get_by_test_id("stMain").get_by_text(label, exact=True).first
        button.click(timeout=SETTLE_SECONDS * 1000)
        settle(page)
    for key in KEYS.get(name, ()):
        page.keyboard.press(key)
    if name in AWAITED:
        page.locator(AWAITED[name]).first.wait_for(timeout=SETTLE_SECONDS * 1000)
        settle(page)
    if name in SCROLLED:
        page.locator(SCROLLED[name]).first.evaluate("(element) => element.scrollIntoView()")


def take(
    browser: Browser,
    url: str,
    view: View,
    *,
    name: str,
    moment: float | None,
    full: bool,
    still: bool,
) -> bytes:
    """The page at `url` in `view`, as PNG; its stage at `moment`, 0 to 1, or as it opens."""
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme=view.scheme,
        reduced_motion="reduce" if still else "no-preference",
    )
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: print(f"  error on the page: {error}", file=sys.stderr))
        page.goto(url)
        settle(page)
        _press(page, name)
        if full:
            _grow_to_content(page, view)
        if moment is not None:
            _play_to(page, moment)
        return compress(page.screenshot())
    finally:
        context.close()


def take_all(
    base_url: str, rows: Sequence[PageRow], views: Sequence[View], args: argparse.Namespace
) -> Iterator[Path]:
    """Writes one file for each page and view, `NAME-VIEW.png`, and yields its path."""
    args.out.mkdir(parents=True, exist_ok=True)
    query = f"?{args.query}" if args.query else ""
    with chromium() as browser:
        for row in rows:
            for view in views:
                url = f"{base_url}/{row.url_path}{query}"
                moment = None if args.untouched else MOMENTS.get(row.name)
                png = take(
                    browser,
                    url,
                    view,
                    name="" if args.untouched else row.name,
                    moment=moment,
                    full=args.full,
                    still=args.still or row.name in STILL,
                )
                path = args.out / f"{row.name}-{view.name}{'-full' if args.full else ''}.png"
                path.write_bytes(png)
                yield path


@contextmanager
def _app(base_url: str | None) -> Iterator[str]:
    if base_url:
        yield base_url.rstrip("/")
        return
    with serve() as started:
        yield started


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    names = [row.name for row in PAGES]
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots", metavar="DIR")
    parser.add_argument("--page", action="append", choices=names, help="may be repeated")
    parser.add_argument("--view", action="append", choices=[view.name for view in VIEWS])
    parser.add_argument("--base-url", metavar="URL", help="an app that runs already")
    parser.add_argument("--query", metavar="K=V&...", help="parameters for the address")
    parser.add_argument("--full", action="store_true", help="the whole page, at its full height")
    parser.add_argument("--untouched", action="store_true", help="press nothing; leave the stage")
    parser.add_argument("--still", action="store_true", help="ask the page for reduced motion")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    rows = [row for row in PAGES if args.page is None or row.name in args.page]
    views = [view for view in VIEWS if args.view is None or view.name in args.view]
    with _app(args.base_url) as base_url:
        for path in take_all(base_url, rows, views, args):
            print(f"{path} ({path.stat().st_size // 1000} KB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
