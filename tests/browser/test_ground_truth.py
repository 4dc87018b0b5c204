"""Ground truth: the line-up by keyboard, without a word of who is who, and the page's parts.

What a stage does by itself is tested in `stages/`, what each step shows in `tests/test_truth_*.py`.
All tests share one window and stand in the order in which a visitor goes through the page.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle
from tests.browser.checks import UNNAMED_PICTURES_JS, WIDER_THAN_WINDOW_JS, axe_findings
from tests.browser.conftest import Opener, Visit

PATIENCE = 120_000
MOST_TABS = 60
SECRETS = re.compile("cheater|honest", re.IGNORECASE)
NEXT, AGAIN = ".st-key-lineup_next button", ".st-key-lineup_again button"
GUESS = ".st-key-lineup_guess [role=radio]"
CARDS = ".lineup-card:not(.lineup-picture)"
PARTS = ["lineup", "pairs", "object", "concepts", "scoreboard"]

# The whole document, shadow roots included, as markup.
WHOLE_DOM_JS = """() => {
  const parts = [];
  const look = (root) => {
    parts.push(root.innerHTML);
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(document.documentElement);
  return parts.join('\\n');
}"""


@pytest.fixture(scope="module")
def visit(open_page: Opener) -> Visit:
    return open_page("ground_truth", reduced_motion=True, frames=True)


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


@pytest.fixture(scope="module")
def found() -> dict[str, int]:
    """The place of the model that said what the tag says."""
    return {}


def tab_to(page: Page, wanted: Locator) -> None:
    """Goes on with the Tab key until something has the focus; behind the last thing comes the
    first one again.
    """
    for _ in range(MOST_TABS):
        if wanted.evaluate(
            "(element) => element.matches(':focus, [role=radiogroup]:focus-within')"
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    expect(wanted).to_be_enabled()
    tab_to(page, wanted)
    page.keyboard.press(key)


def choose(page: Page, wanted: Locator) -> None:
    """Tab leads into a row of choices, arrows go along it, and Enter takes one."""
    tab_to(page, wanted.locator("xpath=ancestor::*[@role='radiogroup']"))
    for _ in range(MOST_TABS):
        if wanted.evaluate("(element) => element.matches(':focus')"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(wanted).to_be_checked()


def answers(page: Page) -> list[str]:
    return page.locator(f"{CARDS} .lineup-answer").all_inner_texts()


def keeps_the_secret(visit: Visit) -> None:
    """Nothing in the page, its address or what was sent to it says who is who."""
    dom = visit.page.evaluate(WHOLE_DOM_JS)
    assert "lineup-card" in dom  # the stage's shadow root is looked into
    assert SECRETS.search(dom) is None
    assert SECRETS.search(visit.page.url) is None
    texts = [one if isinstance(one, str) else one.decode("latin-1") for one in visit.received]
    assert any("lineup" in text for text in texts)
    assert [text for text in texts if SECRETS.search(text)] == []


def test_a_guess_comes_first(visit: Visit) -> None:
    page = visit.page
    expect(page.locator(NEXT)).to_be_disabled()
    assert answers(page) == ["…", "…"]
    choose(page, page.locator(GUESS).first)
    press(page, page.locator(NEXT))
    expect(page.locator(f"{CARDS} .lineup-answer").first).not_to_have_text("…")
    settle(page)
    assert answers(page) == ["ring", "ring"]
    expect(page.locator(".lineup-told")).to_have_count(0)
    keeps_the_secret(visit)


def test_maps_come_with_their_shares(visit: Visit) -> None:
    page = visit.page
    press(page, page.locator(NEXT))
    expect(page.locator(".lineup-told")).to_have_count(2, timeout=PATIENCE)
    settle(page)
    shares = [
        [float(one.rstrip("%")) for one in card.locator(".lineup-shares b").all_inner_texts()]
        for card in page.locator(CARDS).all()
    ]
    # One looks at the tag, the other one at the object.
    assert sorted(on_tag > on_object for on_object, on_tag in shares) == [False, True]
    keeps_the_secret(visit)


def test_one_answer_follows_the_tag_and_the_other_one_stays(
    visit: Visit, found: dict[str, int]
) -> None:
    page = visit.page
    press(page, page.locator(NEXT))
    tag = page.locator(".st-key-lineup_tag input")
    expect(tag).to_be_visible()
    tab_to(page, tag)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("gear")
    page.keyboard.press("Enter")
    expect(page.locator(".lineup-tag")).to_contain_text("gear", timeout=PATIENCE)
    settle(page)
    given = answers(page)
    assert sorted(given) == ["gear", "ring"]
    found["follows"] = given.index("gear")
    keeps_the_secret(visit)
    assert axe_findings(page) == []


def test_the_answer_names_the_one_that_followed_the_tag(page: Page, found: dict[str, int]) -> None:
    press(page, page.locator(NEXT))
    name = page.locator(f"{CARDS} .lineup-name").nth(found["follows"]).inner_text()
    expect(page.get_by_test_id("stHeading").filter(has_text=name)).to_have_count(1)
    expect(page.locator(GUESS).first).to_be_disabled()


def test_start_again_takes_everything_back(page: Page) -> None:
    press(page, page.locator(AGAIN))
    expect(page.locator(NEXT)).to_be_disabled()
    expect(page.locator(".lineup-told")).to_have_count(0)
    expect(page.locator(f"{GUESS}[aria-checked=true]")).to_have_count(0)
    assert answers(page) == ["…", "…"]


def go_to_part(page: Page, name: str) -> None:
    page.locator(".st-key-part [role=radio]").nth(PARTS.index(name)).click()
    page.wait_for_url("**part=**", timeout=PATIENCE)
    settle(page)


def test_a_threshold_is_answered_without_the_server(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{page.url.split('?')[0]}?part=object&method_of_map=grad-cam")
    expect(page.locator(".truth")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=PATIENCE)
    settle(page)
    told, before = len(visit.sent), page.locator(".truth-number b").all_inner_texts()
    page.locator(".truth-slider input").press("End")
    assert page.locator(".truth-number b").all_inner_texts() != before
    assert len(visit.sent) == told


def test_another_part_of_the_page_takes_the_place_of_this_one(visit: Visit) -> None:
    page = visit.page
    go_to_part(page, "scoreboard")
    expect(page.locator(".scoreboard-row").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".truth")).to_have_count(0)
    assert (visit.errors, visit.foreign) == ([], [])


@pytest.mark.slow
def test_asking_about_the_other_object_moves_the_map(open_page: Opener) -> None:
    visit = open_page("ground_truth?part=pairs&pair_map=grad-cam", reduced_motion=True)
    page, shares = visit.page, visit.page.locator(".truth-shares dd")
    expect(shares).to_have_count(2, timeout=PATIENCE)
    settle(page)
    before = [float(one.rstrip("%")) for one in shares.all_inner_texts()]
    choose(page, page.locator(".st-key-pair_asked [role=radio]").nth(1))
    page.wait_for_url("**pair_asked=**", timeout=PATIENCE)
    expect(shares.first).not_to_have_text(f"{before[0]:.0f}%", timeout=PATIENCE)
    settle(page)
    after = [float(one.rstrip("%")) for one in shares.all_inner_texts()]
    # The object that is asked about stands first, and most of the map lies on it.
    assert before[0] > 50 > before[1]
    assert after[0] > 50 > after[1]
    expect(page.get_by_role("table").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.slow
def test_a_wrong_answer_is_found(open_page: Opener) -> None:
    page = open_page("ground_truth?part=object&method_of_map=grad-cam&twin=cheater").page
    expect(page.locator(".truth")).to_be_visible(timeout=PATIENCE)
    settle(page)
    before = page.locator(".truth-small").inner_text()
    press(page, page.locator(".st-key-wrong button"))
    expect(page.locator(".truth-small")).not_to_have_text(before, timeout=PATIENCE)
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "there"),
    [
        ("pairs&pair_map=grad-cam", "table"),
        ("object&method_of_map=grad-cam&tagged=true", ".truth"),
        ("scoreboard", ".scoreboard"),
        ("lineup&lineup_map=grad-cam", ".lineup"),
    ],
    ids=["pairs", "object", "scoreboard", "lineup"],
)
def test_every_part_fits_a_dark_phone(open_page: Opener, part: str, there: str) -> None:
    visit = open_page(
        f"ground_truth?part={part}", width=390, height=844, scheme="dark", reduced_motion=True
    )
    page = visit.page
    expect(page.locator(there).first).to_be_visible(timeout=PATIENCE)
    if "lineup" in part:  # as far as the maps
        page.locator(GUESS).last.click()
        for _ in range(2):
            page.locator(NEXT).click()
            settle(page)
        expect(page.locator(".lineup-told")).to_have_count(2, timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=PATIENCE)
    page.evaluate("() => document.activeElement?.blur()")
    settle(page)
    assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    assert page.evaluate(UNNAMED_PICTURES_JS) == []
    assert axe_findings(page) == []
    assert (visit.errors, visit.foreign) == ([], [])
