"""A phone whose line died without a sign: a proxy swallows everything, and closes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lecture_server import Client, served
from tests.stalling_proxy import Proxy, proxied

SILENCE = 26_000
"""Milliseconds on the browser's own clock, a little more than a phone waits for an event."""
PATIENCE = [500] * 10 + [2000] * 6 + [10_000] * 3
"""Milliseconds for each try. The browser may ask over other lines that are dead, too: it keeps six
at most. A busy machine needs longer than a quiet one."""
WAKE_JS = """(name) => {
  const event = Object.assign(new Event(name), name === 'pageshow' ? { persisted: true } : {});
  (name === 'visibilitychange' ? document : window).dispatchEvent(event);
}"""


@pytest.fixture
def client() -> Iterator[Client]:
    with served() as started:
        yield started


@pytest.fixture
def proxy(client: Client) -> Iterator[Proxy]:
    with proxied(client.port) as started:
        yield started


@pytest.fixture
def room(client: Client) -> tuple[str, str]:
    return client.open()


@pytest.fixture
def phone(browser: Browser, proxy: Proxy, room: tuple[str, str]) -> Iterator[Page]:
    """A page that follows through the proxy, with a clock that a test can move."""
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"http://127.0.0.1:{proxy.port}/follow/{room[0]}")
        expect(page.get_by_text(f"Following {room[0]}")).to_be_visible(timeout=60_000)
        yield page


def comes_to(page: Page, title: str, wake: Callable[[], None]) -> bool:
    """Whether the phone shows the slide of that title after waking some times at most."""
    heading = page.get_by_role("heading", name=title)
    for patience in PATIENCE:
        wake()
        try:
            expect(heading).to_be_visible(timeout=patience)
        except AssertionError:
            continue
        return True
    return False


def test_a_phone_that_hears_nothing_joins_again(
    client: Client, room: tuple[str, str], proxy: Proxy, phone: Page
) -> None:
    code, token = room
    proxy.stall()
    client.post(f"/hall/{code}/move", token, slide=3, step=0)
    assert comes_to(phone, "Three", lambda: phone.clock.fast_forward(SILENCE))
    expect(phone.get_by_text(f"Following {code}")).to_be_visible()
    assert len(client.hall.rooms.find(code).followers) == 1, "it is the same phone"


def test_a_phone_that_wakes_joins_again_at_once(
    client: Client, room: tuple[str, str], proxy: Proxy, phone: Page
) -> None:
    code, token = room
    titles = {2: "Two", 3: "Three", 1: "One"}
    for (slide, title), event in zip(
        titles.items(), ("visibilitychange", "pageshow", "online"), strict=True
    ):
        proxy.stall()
        client.post(f"/hall/{code}/move", token, slide=slide, step=0)
        assert comes_to(phone, title, lambda event=event: phone.evaluate(WAKE_JS, event)), event
        expect(phone.get_by_text(f"Following {code}")).to_be_visible()
    assert len(client.hall.rooms.find(code).followers) == 1
