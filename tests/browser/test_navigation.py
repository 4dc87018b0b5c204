"""Ways from page to page, and addresses that lead straight to one."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from densenet_viz.ui.pages import PAGES, sections
from scripts.browser import serve, settle


def test_menu_stands_under_its_headings(open_page: Any) -> None:
    menu = open_page().page.get_by_test_id("stSidebarNav")
    assert menu.get_by_test_id("stNavSectionHeader").all_inner_texts() == [*sections()]
    links = menu.get_by_role("link")
    assert links.count() == len(PAGES)
    for row in PAGES:
        assert menu.get_by_role("link", name=row.title).count() == 1


def test_menu_leads_to_every_page(open_page: Any) -> None:
    page = open_page().page
    for row in [*PAGES[1:], PAGES[0]]:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=row.title).click()
        page.wait_for_function("(title) => document.title.startsWith(title)", arg=row.title)
        settle(page)
        assert page.get_by_test_id("stException").count() == 0
        assert page.url.rstrip("/").endswith(row.url_path)


def test_menu_opens_on_a_phone(open_page: Any) -> None:
    page = open_page(width=390, height=844).page
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=PAGES[1].title).click()
    page.wait_for_function("(title) => document.title.startsWith(title)", arg=PAGES[1].title)


def test_unknown_address_leads_to_the_first_page(open_page: Any) -> None:
    page = open_page("no_such_page").page
    assert page.title() == f"{PAGES[0].title} · DenseNet Viz"


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("ground_truth?part=scoreboard", "Scoreboard"),
        ("bench?view=batch", "Many pictures"),
        ("transition?model=densenet121-untrained", "121, random weights"),
        ("nine_systems?accuracy=top5", "Top-5"),
    ],
)
def test_a_link_by_a_short_name_outlives_a_reload(open_page: Any, address: str, title: str) -> None:
    page: Page = open_page(address).page
    ((key, _short),) = parse_qs(urlsplit(address).query).items()
    for _ in range(2):
        given = parse_qs(urlsplit(page.url).query)
        assert given == {key: [title]}
        page.reload()
        settle(page)


def test_first_visitor_of_a_new_server_may_come_by_a_deep_link(browser: Browser) -> None:
    row = PAGES[-1]
    with serve() as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/{row.url_path}")
        settle(page)
        assert page.title() == f"{row.title} · DenseNet Viz"
        assert page.get_by_test_id("stNavSectionHeader").count() == len(sections())
