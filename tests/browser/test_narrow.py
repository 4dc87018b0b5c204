"""On a phone the picture comes before its controls; in a wide window it comes after them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.helpers import box_of

PLACES = {
    "why_it_works": (
        ".st-key-narrow-controls-flow",
        ".st-key-gradients",
        ".st-key-narrow-rest-flow",
    ),
    "hands_on": (".st-key-narrow-controls-train", ".st-key-train_buttons", None),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_a_phone_shows_the_picture_first(open_page: Any, name: str) -> None:
    controls, picture, rest = PLACES[name]
    for width, phone in ((390, True), (1440, False)):
        page = open_page(name, width=width, height=844).page
        top = {part: box_of(page.locator(part))["y"] for part in (controls, picture)}
        assert (top[picture] < top[controls]) == phone
        if phone:
            assert top[picture] < 500
        if rest:
            assert box_of(page.locator(rest))["y"] > max(top.values())
