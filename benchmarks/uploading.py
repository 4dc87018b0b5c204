"""How long a visitor waits for the first map of an uploaded picture, and for Cancel."""

from __future__ import annotations

import io
from typing import Final
from urllib.parse import quote_plus

import numpy as np
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from benchmarks.browsing import counted, note, visitor
from benchmarks.tables import SPREAD, Table, spread
from densenet_viz.attribution import METHODS
from densenet_viz.network.models import UNTRAINED
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.uploads import UPLOADED
from scripts.browser import settle

PHOTO: Final = (1600, 1200)
METHODS_TIMED: Final = (
    "grad-cam",
    "integrated-gradients",
    "smoothgrad",
    "occlusion",
    "kernel-shap",
)
"""The page's first method, and some that take from one second to several."""
SLOW: Final = ("shapley-sampling", "occlusion", "smoothgrad", "kernel-shap", "deeplift-shap")
"""On DenseNet-201 these take long enough to be cancelled, for any picture."""

MIDST: Final = 500
"""Milliseconds after a progress bar appears: then its work is running."""

MAP: Final = (
    ".attribution:not(.attribution-empty) .attribution-panel:first-child "
    f"canvas[aria-label*='{UPLOADED}']"
)
UPLOAD_JS: Final = """(selector) => {
  window.measured = window.stopwatch.after('change', { selector });
}"""
CANCEL_JS: Final = """() => {
  const told = { selector: '[data-testid="stAlert"]', says: 'was cancelled' };
  window.measured = window.stopwatch.after('click', told);
}"""


def first_map(browser: Browser, url: str, rounds: int) -> Table:
    """The time from the choice of a file to the frame that shows its map, coarse or finished."""
    measured: dict[str, list[float]] = {}
    for number in range(rounds):
        for place, method in enumerate(METHODS_TIMED):
            photo = _photo(len(METHODS_TIMED) * number + place)
            with visitor(browser) as page:
                page.goto(f"{url}/attributions?method={method}")
                settle(page)
                note(measured, METHODS[method].title, _upload(page, photo))
    return Table(
        f"First map of an uploaded photograph, {counted(rounds, 'round')}",
        ("milliseconds", *SPREAD),
        tuple((name, *spread(times)) for name, times in measured.items()),
        f"From the choice of a JPEG of {PHOTO[0]} × {PHOTO[1]} px, which is checked, decoded in "
        "its own process and classified by the network, to the frame that shows a map of it, "
        "finished or partial. Each round uses a new picture, so nothing is cached. The target: "
        "1,000 ms.",
    )


def cancelled(browser: Browser, url: str, rounds: int) -> Table:
    """The time from the click on Cancel to the frame that says that the map was cancelled."""
    # Weights do not matter to the time: there is nothing to fetch for these.
    address = f"{url}/attributions?model=densenet201{UNTRAINED}"
    measured: dict[str, list[float]] = {}
    with visitor(browser) as page:  # the network is made
        page.goto(f"{address}&method=grad-cam")
        settle(page)
    for number in range(rounds):
        picture = CLASSES[number % len(CLASSES)]  # another each round: no map is known of it
        for method in SLOW:
            with visitor(browser) as page:
                page.goto(f"{address}&method={method}&picture={quote_plus(picture)}")
                note(measured, METHODS[method].title, _cancel(page))
    return Table(
        f"Cancel, {counted(rounds, 'round')}",
        ("milliseconds", *SPREAD),
        tuple((name, *spread(times)) for name, times in measured.items()),
        "DenseNet-201 at 224 px. From the click on Cancel to the frame that confirms it; the "
        "thread ends with its next batch. The target: 200 ms.",
    )


def _cancel(page: Page) -> float:
    button = page.get_by_role("button", name="Cancel", exact=True)
    expect(button).to_be_visible()
    page.wait_for_timeout(MIDST)
    page.evaluate(CANCEL_JS)
    button.click()
    total: float = page.evaluate("() => window.measured")["total"]
    settle(page)
    return total


def _upload(page: Page, photo: bytes) -> float:
    page.evaluate(UPLOAD_JS, MAP)
    _send(page, photo)
    total: float = page.evaluate("() => window.measured")["total"]
    settle(page)
    return total


def _send(page: Page, photo: bytes) -> None:
    page.locator(".st-key-upload_widget input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )


def _photo(seed: int) -> bytes:
    """A JPEG like one from a camera, with soft and sharp parts; another one for each seed."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    large = Image.fromarray(small).resize(PHOTO, Image.Resampling.BICUBIC)
    grain = Image.fromarray(random.integers(0, 256, (*PHOTO[::-1], 3), dtype=np.uint8))
    file = io.BytesIO()
    soft = grain.filter(ImageFilter.GaussianBlur(2))
    Image.blend(large, soft, 0.2).save(file, "JPEG", quality=92)
    return file.getvalue()
