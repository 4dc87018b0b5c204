"""A visitor's own picture: it can be dropped and pasted, and the first screen has what it needs."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.browser import settle
from tests.browser.conftest import Opener
from tests.browser.helpers import box_of
from tests.image_files import encode

PATIENCE = 180_000
PHOTO = encode(np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8), "PNG")
WIDE = encode(np.random.default_rng(0).integers(0, 255, (96, 144, 3), np.uint8), "PNG")
# Lets a file arrive at an element as a browser does: dragged over it and dropped, or pasted.
ARRIVE_JS = """([selector, how, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  let node = document.querySelector(selector);
  const options = { bubbles: true, cancelable: true, composed: true };
  const seen = [];
  const fire = (event) => { node.dispatchEvent(event); seen.push(event.defaultPrevented); };
  if (how === "paste") fire(new ClipboardEvent("paste", { ...options, clipboardData: carried }));
  else for (const kind of ["dragover", "drop"])
    fire(new DragEvent(kind, { ...options, dataTransfer: carried }));
  return seen;
}"""


def arrive(page: Page, how: str, *, on: str, data: bytes = PHOTO, kind: str = "image/png") -> Any:
    """Whether the page took each of the events for itself."""
    packed = base64.b64encode(data).decode()
    return page.evaluate(ARRIVE_JS, [on, how, "me." + kind.split("/")[1], kind, packed])


@pytest.mark.parametrize(("how", "on"), [("drop", "[data-testid=stMain]"), ("paste", "body")])
def test_a_picture_that_is_dropped_or_pasted_becomes_the_current_one(
    open_page: Opener, how: str, on: str
) -> None:
    visit = open_page("attributions?method=Saliency")
    page = visit.page
    page.locator(".attribution:not(.attribution-empty)").wait_for(timeout=PATIENCE)
    if how == "drop":  # a picture that no decoder knows gets a sentence, and the page stays
        arrive(page, how, on=on, data=b"GIF89a and so on", kind="image/gif")
        expect(page.get_by_test_id("stAlert")).to_contain_text("GIF", timeout=PATIENCE)
    assert all(arrive(page, how, on=on)) == (how == "drop")
    caption = page.locator("figcaption").first
    expect(caption).to_contain_text("your picture", timeout=PATIENCE)
    expect(page.get_by_role("radio", name="your picture")).to_be_checked()
    expect(page.locator(".drop-veil:popover-open")).to_have_count(0)
    assert (visit.errors, visit.foreign) == ([], [])


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_way_in_and_the_offer_are_in_the_first_screen(
    open_page: Opener, width: int, height: int
) -> None:
    # The address chooses the network, so it stays also where ImageNet's weights are.
    address = "attributions?method=Saliency&model=scenes"
    page = open_page(address, width=width, height=height).page
    way_in = page.locator(".st-key-upload_widget")
    assert 0 < box_of(way_in)["y"] < box_of(way_in)["y"] + box_of(way_in)["height"] < height
    accepted = way_in.locator("input").get_attribute("accept") or ""
    assert accepted.split(",")[0] == "image/*"  # phones offer the camera
    file = {"name": "me.png", "mimeType": "image/png", "buffer": WIDE}
    way_in.locator("input").set_input_files([file])
    offer = page.locator(".st-key-use_imagenet button")
    offer.wait_for(timeout=PATIENCE)
    settle(page)
    assert box_of(offer)["y"] + box_of(offer)["height"] <= height
    title = page.locator(".attribution .stage-title")
    expect(title).to_contain_text("drawn shapes only", timeout=PATIENCE)
