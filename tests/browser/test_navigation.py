"""Ways from page to page, and addresses that lead straight to one."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from densenet_viz.ui.pages import PAGES, PageRow, sections
from scripts.browser import serve, settle
from tests.browser.conftest import Opener

# Pages by arithmetic only, which stand at once. In the first tier the menu leads to one of them, to
# the pages with parts, and on a phone to another one.
QUICK = [row for row in PAGES if row.name in ("efficiency", "memory", "nine_systems")]
OTHERS = [row for row in PAGES if row not in QUICK]


@pytest.fixture(scope="module")
def page(open_page: Opener) -> Page:
    """A window at an address that leads nowhere."""
    opened: Page = open_page("no_such_page").page
    return opened


def go_by_menu(page: Page, row: PageRow) -> None:
    if page.get_by_test_id("stDialog").count():  # of the unknown address, if this test is the first
        page.keyboard.press("Escape")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=row.title).click()
    page.wait_for_function("(title) => document.title.startsWith(title)", arg=row.title)
    settle(page)
    assert page.get_by_test_id("stException").count() == 0
    assert page.url.rstrip("/").endswith(row.url_path)


def test_unknown_address_leads_to_the_first_page(page: Page) -> None:
    assert page.title() == f"{PAGES[0].title} · DenseNet Viz"
    expect(page.get_by_test_id("stDialog")).to_have_count(1)  # and says so
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stDialog")).to_have_count(0)


def test_menu_stands_under_its_headings(page: Page) -> None:
    menu = page.get_by_test_id("stSidebarNav")
    assert menu.get_by_test_id("stNavSectionHeader").all_inner_texts() == [*sections()]
    assert menu.get_by_role("link").count() == len(PAGES)
    for row in PAGES:
        assert menu.get_by_role("link", name=row.title).count() == 1


@pytest.mark.parametrize(
    "row",
    [QUICK[0], *(pytest.param(row, marks=pytest.mark.slow) for row in (*QUICK[1:], *OTHERS))],
    ids=lambda row: row.name,
)
def test_menu_leads_to_a_page(page: Page, row: PageRow) -> None:
    go_by_menu(page, row)


def test_pages_with_parts_do_not_share_them_and_the_menu_stays_whole(page: Page) -> None:
    parted = [row for row in PAGES if row.name in ("inside", "why_it_works", "ground_truth")]
    for row in (*parted, parted[0]):
        go_by_menu(page, row)  # without an address of the page before
        # The side bar of Inside has choices, which leave less room for the menu.
        assert page.get_by_test_id("stSidebarNav").get_by_role("link").count() == len(PAGES)


def test_menu_opens_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{page.url.rpartition('/')[0]}/{QUICK[0].url_path}")
    settle(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    go_by_menu(page, QUICK[1])
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("nine_systems?accuracy=top5", "Top-5"),
        pytest.param("ground_truth?part=scoreboard", "Scoreboard", marks=pytest.mark.slow),
        pytest.param("bench?view=batch", "Many pictures", marks=pytest.mark.slow),
        pytest.param(
            "transition?model=densenet121-untrained", "121, random weights", marks=pytest.mark.slow
        ),
    ],
)
def test_a_link_by_a_short_name_outlives_a_reload(page: Page, address: str, title: str) -> None:
    page.goto(f"{page.url.rpartition('/')[0]}/{address}")
    ((key, _short),) = parse_qs(urlsplit(address).query).items()
    for _ in range(2):
        settle(page)
        assert parse_qs(urlsplit(page.url).query) == {key: [title]}
        page.reload()
    settle(page)


def test_first_visitor_of_a_new_server_may_come_by_a_deep_link(browser: Browser) -> None:
    row = QUICK[-1]
    with serve() as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/{row.url_path}")
        settle(page)
        assert page.title() == f"{row.title} · DenseNet Viz"
        expect(page.get_by_test_id("stNavSectionHeader")).to_have_count(len(sections()))
