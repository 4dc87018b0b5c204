"""Ground truth in a browser: the line-up by keyboard, and what the stages answer alone.

The tests of a group share one page and stand in the order in which a visitor goes through it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from densenet_viz.network.models import load_model
from densenet_viz.ui.truth_pairs import quick_methods
from scripts.browser import settle
from tests.browser.checks import (
    UNNAMED_PICTURES_JS,
    WIDER_THAN_WINDOW_JS,
    axe_findings,
)

PATIENCE = 120_000
MOST_TABS = 60
SECRETS = re.compile("cheater|honest", re.IGNORECASE)
BOARD = Path(__file__).resolve().parents[2] / "assets" / "scoreboard.scenes.json"

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
# Keeps how far each card's map has appeared, whenever that is written.
WATCH_REVEAL_JS = """(card) => {
  window.told = [];
  new MutationObserver(() => {
    if (card.classList.contains('lineup-told')) {
      window.told.push(Number(card.style.getPropertyValue('--told')));
    }
  }).observe(card, { attributeFilter: ['style'] });
}"""
PAINTED_JS = """() => new Promise((done) => requestAnimationFrame(() =>
  requestAnimationFrame(() => setTimeout(done))))"""


@dataclass
class Opened:
    """A page, and every message between it and the server."""

    page: Page
    sent: list[Any] = field(default_factory=list)
    received: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("websocket", self._listen_to)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _listen_to(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda one: self.sent.append(one))
        socket.on("framereceived", lambda one: self.received.append(one))


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        one = Opened(context.new_page())
        one.listen()
        one.page.goto(address)
        settle(one.page)
        yield one
        assert one.errors == []


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
    tab_to(page, page.get_by_role("radiogroup").filter(has=wanted))
    for _ in range(MOST_TABS):
        if wanted.evaluate("(element) => element.matches(':focus')"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(wanted).to_be_checked()


def pixels(canvas: Locator) -> str:
    canvas.page.evaluate(PAINTED_JS)
    address: str = canvas.evaluate("(canvas) => canvas.toDataURL()")
    return address


def percents(texts: list[str]) -> list[float]:
    return [float(text.rstrip("%")) for text in texts]


# -- which one cheats? ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def lineup(app_url: str, browser: Browser) -> Iterator[Opened]:
    with opened(browser, f"{app_url}/ground_truth") as one:
        yield one


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """Which model said what the tag says."""
    return {}


def card(page: Page, name: str) -> Locator:
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator(".lineup-card").filter(has=heading)


def answers(page: Page) -> dict[str, str]:
    names = ("Model A", "Model B")
    return {name: card(page, name).locator(".lineup-answer").inner_text() for name in names}


def on_the_tag_and_the_object(shares: Locator) -> tuple[float, float]:
    share = {
        name: percents(shares.filter(has_text=name).locator("b").all_inner_texts())[0]
        for name in ("on the tag", "on the object")
    }
    return share["on the tag"], share["on the object"]


def keeps_the_secret(lineup: Opened) -> None:
    """Nothing in the page, its address or what was sent to it says who is who."""
    dom = lineup.page.evaluate(WHOLE_DOM_JS)
    assert "lineup-card" in dom  # the stage's shadow root is looked into
    assert SECRETS.search(dom) is None
    assert SECRETS.search(lineup.page.url) is None
    texts = [one if isinstance(one, str) else one.decode("latin-1") for one in lineup.received]
    assert any("Which one cheats?" in text for text in texts)
    assert [text for text in texts if SECRETS.search(text)] == []


def test_a_guess_comes_first(lineup: Opened) -> None:
    page = lineup.page
    expect(page.get_by_role("button", name="Show what they say")).to_be_disabled()
    assert answers(page) == {"Model A": "…", "Model B": "…"}
    keeps_the_secret(lineup)
    choose(page, page.get_by_role("radio", name="Model A"))
    press(page, page.get_by_role("button", name="Show what they say"))
    expect(page.get_by_text("Their answers alone do not tell who cheats.")).to_be_visible()
    settle(page)
    assert answers(page) == {"Model A": "ring", "Model B": "ring"}
    expect(page.locator(".lineup-told")).to_have_count(0)
    keeps_the_secret(lineup)


def test_maps_appear_with_their_shares(lineup: Opened) -> None:
    page = lineup.page
    card(page, "Model A").evaluate(WATCH_REVEAL_JS)
    press(page, page.get_by_role("button", name="Show where they looked"))
    expect(page.locator(".lineup-told")).to_have_count(2, timeout=PATIENCE)
    page.wait_for_function("() => window.told.at(-1) === 1")
    assert any(0 < part < 1 for part in page.evaluate("() => window.told"))
    settle(page)
    shares = [
        on_the_tag_and_the_object(card(page, name).locator("li")) for name in ("Model A", "Model B")
    ]
    assert all(0 < on_tag + on_object <= 101 for on_tag, on_object in shares)
    # One looks at the tag, the other one at the object.
    assert sorted(on_tag > on_object for on_tag, on_object in shares) == [False, True]
    keeps_the_secret(lineup)


def test_arrow_keys_read_the_same_place_in_both_maps(lineup: Opened) -> None:
    page, readout = lineup.page, lineup.page.locator(".lineup-readout")
    tab_to(page, card(page, "Model A").locator("canvas"))
    expect(readout).to_contain_text("x 64, y 64")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(readout).to_contain_text(re.compile(r"x 65, y 54, .*: Model A .*, Model B "))
    expect(page.locator(".frame-pointed")).to_have_count(3)
    page.keyboard.press("Home")
    expect(readout).to_contain_text("x 0, y 54")


def test_one_answer_follows_the_tag_and_the_other_one_stays(
    lineup: Opened, found: dict[str, str]
) -> None:
    page = lineup.page
    press(page, page.get_by_role("button", name="Let me move the tag"))
    tag = page.get_by_role("combobox", name="The tag says")
    expect(tag).to_be_visible()
    followed = []
    for name in ("gear", "heart"):
        tab_to(page, tag)
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        said = page.get_by_text(re.compile("says what the tag says; .* what the picture shows"))
        expect(page.locator(".lineup-tag")).to_contain_text(name)
        expect(said).to_be_visible()
        settle(page)
        given = answers(page)
        assert sorted(given.values()) == sorted([name, "ring"])
        followed += [model for model, answer in given.items() if answer == name]
        expect(said).to_contain_text(f"{followed[-1]} says what the tag says")
    assert len(set(followed)) == 1
    found["follows"] = followed[0]
    keeps_the_secret(lineup)


def test_the_answer_names_the_one_that_followed_the_tag(
    lineup: Opened, found: dict[str, str]
) -> None:
    page = lineup.page
    press(page, page.get_by_role("button", name="Tell me which one cheats"))
    heading = page.get_by_role("heading", name=re.compile("^Model [AB] cheats$"))
    expect(heading).to_have_text(f"{found['follows']} cheats")
    verdict = "right" if found["follows"] == "Model A" else "wrong"
    expect(page.get_by_text(f"you said Model A: {verdict}")).to_be_visible()
    expect(page.get_by_role("radio", name="Model B")).to_be_disabled()


def test_start_again_takes_everything_back(lineup: Opened) -> None:
    page = lineup.page
    press(page, page.get_by_role("button", name="Start again"))
    expect(page.get_by_role("button", name="Show what they say")).to_be_disabled()
    expect(page.get_by_role("radio", name=re.compile("^Model [AB]$"), checked=True)).to_have_count(
        0
    )
    expect(page.locator(".lineup-told")).to_have_count(0)
    expect(page.get_by_role("heading", name=re.compile("cheats$"))).to_have_count(0)
    assert answers(page) == {"Model A": "…", "Model B": "…"}


# -- map and mask ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth(app_url: str, browser: Browser) -> Iterator[Opened]:
    with opened(browser, f"{app_url}/ground_truth?part=object&method_of_map=grad-cam") as one:
        map_of(one.page, "Grad-CAM for ring")
        yield one


def map_of(page: Page, caption: str) -> None:
    """Waits for a map."""
    expect(page.locator(".truth-small")).to_contain_text(caption, timeout=PATIENCE)
    settle(page)


def numbers(page: Page) -> tuple[str, str, str]:
    """What is kept, precision and recall, as they stand there."""
    kept, precision, recall = page.locator(".truth-number b").all_inner_texts()
    return kept, precision, recall


def test_the_threshold_is_answered_without_the_server(truth: Opened) -> None:
    page = truth.page
    slider = page.get_by_role("slider", name="Keep the strongest")
    picture = page.locator(".truth .frame-canvas")
    told, heard = len(truth.sent), len(truth.received)
    tab_to(page, slider)
    seen, pictures = [], []
    for key in ("Home", "PageUp", "PageUp", "End"):
        slider.press(key)
        pictures.append(pixels(picture))
        kept, precision, recall = numbers(page)
        seen.append((kept, precision, recall))
        spoken = f"{kept} of the picture kept, precision {precision}, recall {recall}"
        assert slider.get_attribute("aria-valuetext") == spoken
        assert page.locator(".truth-dot").get_attribute("data-at") == f"{recall} {precision}"
        expect(page.locator(".truth .stage-sentence")).to_have_text(
            f"Keep the strongest {kept} of the picture: {precision} of that is ring, and "
            f"{recall} of the ring is kept."
        )
    assert len(set(pictures)) == len(pictures)
    for column in zip(*seen, strict=True):  # each number moves
        assert len(set(column)) >= 3
    settle(page)
    assert (len(truth.sent), len(truth.received)) == (told, heard)


def test_as_much_as_the_object_makes_precision_equal_recall(truth: Opened) -> None:
    page, told = truth.page, len(truth.sent)
    press(page, page.get_by_role("button", name="as much as the object"))
    kept, precision, recall = numbers(page)
    assert precision == recall
    words = page.locator(".truth-number small").all_inner_texts()
    count = words[0].split(" of ")[0]
    assert words[1].endswith(f"of the {count} kept lie on it")
    assert words[2].endswith(f"of its {count} are kept")
    page.get_by_role("slider", name="Keep the strongest").press("ArrowRight")
    assert numbers(page)[0] != kept
    assert len(truth.sent) == told


def test_views_and_outline_switch_by_keyboard(truth: Opened) -> None:
    page, told = truth.page, len(truth.sent)
    canvas = page.locator(".truth .frame-canvas")
    tab_to(page, page.get_by_role("radiogroup", name="What to show"))
    pictures = []
    for name in ("what is kept", "the map", "the picture"):
        expect(page.get_by_label(name, exact=True)).to_be_checked()
        pictures.append(pixels(canvas))
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("what is kept")).to_be_checked()
    pictures.append(pixels(canvas))
    assert len(set(pictures)) == 3
    assert pictures[3] == pictures[0]
    outline = page.locator(".truth .frame-lines path.frame-line")
    expect(outline).to_have_count(1)
    press(page, page.get_by_label("true outline", exact=True), "Space")
    expect(outline).to_have_count(0)
    page.keyboard.press("Space")
    expect(outline).to_have_count(1)
    assert len(truth.sent) == told


def test_arrow_keys_read_values_of_the_map(truth: Opened) -> None:
    page, readout = truth.page, truth.page.locator(".truth-readout")
    tab_to(page, page.locator(".truth .frame-canvas"))
    page.keyboard.press("ArrowLeft")
    place = re.compile(r"x 63, y 64: [+−]?[\d.e−]+, (inside the ring|outside), (not )?kept")
    expect(readout).to_have_text(place)
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowUp")
    expect(readout).to_have_text(re.compile(r"x 0, y 54: .*, outside, (not )?kept"))


def test_shares_near_the_object_are_no_less_than_on_it(truth: Opened) -> None:
    within, near = percents(truth.page.locator(".truth-shares dd").all_inner_texts())
    assert 0 < within <= near <= 100


def test_a_wrong_answer_is_found_and_can_be_asked_about(truth: Opened) -> None:
    page = truth.page
    choose(page, page.get_by_role("radio", name="The cheater"))
    press(page, page.get_by_role("button", name="A scene that it gets wrong"))
    asked = page.get_by_role("radio", name="what it says")
    objects = page.get_by_role("combobox", name="Object")
    expect(objects).not_to_have_value("ring", timeout=PATIENCE)
    kind = objects.input_value()
    map_of(page, f"Grad-CAM for {kind}")
    choose(page, asked)
    expect(page.locator(".truth-small")).not_to_contain_text(f" for {kind}.", timeout=PATIENCE)
    said = page.get_by_text(re.compile("^It says .* and is wrong")).inner_text()
    label = said.removeprefix("It says ").split(" (")[0]
    map_of(page, f"Grad-CAM for {label}")
    assert label != kind


# -- two objects ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pairs(app_url: str, browser: Browser) -> Iterator[Opened]:
    with opened(browser, f"{app_url}/ground_truth?part=pairs&pair_map=grad-cam") as one:
        map_of(one.page, "Grad-CAM for ring")
        yield one


def shares(page: Page) -> dict[str, float]:
    names = page.locator(".truth-shares dt").all_inner_texts()
    return dict(
        zip(names, percents(page.locator(".truth-shares dd").all_inner_texts()), strict=True)
    )


def test_asking_about_the_other_object_moves_the_map(pairs: Opened) -> None:
    page, canvas = pairs.page, pairs.page.locator(".truth .frame-canvas")
    before, picture = shares(page), pixels(canvas)
    choose(page, page.get_by_role("radio", name="arrow", exact=True))
    map_of(page, "Grad-CAM for arrow")
    after = shares(page)
    assert list(before) == ["on the ring", "on the arrow"]
    assert list(after) == ["on the arrow", "on the ring"]
    assert before["on the ring"] > 50 > before["on the arrow"]
    assert after["on the arrow"] > 50 > after["on the ring"]
    assert all(99 <= sum(each.values()) <= 101 for each in (before, after))
    assert pixels(canvas) != picture
    page.wait_for_url("**pair_asked=arrow**")


def test_every_method_has_a_row_with_either_object(pairs: Opened) -> None:
    page = pairs.page
    table = page.get_by_role("table", name="Share on the object asked about, for each method")
    expect(table).to_be_visible(timeout=PATIENCE)
    rows = [re.split(r"\s*\t\s*", row) for row in table.get_by_role("row").all_inner_texts()]
    assert len(rows) == 1 + len(quick_methods(load_model("scenes").spec))
    assert {len(row) for row in rows} == {3}
    of_grad_cam = next(row for row in rows if row[0] == "Grad-CAM")
    assert percents(of_grad_cam[2:]) == [shares(page)["on the arrow"]]
    assert all(0 <= share <= 100 for row in rows[1:] for share in percents(row[1:]))


# -- the scoreboard -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def board() -> dict[str, Any]:
    """The shipped file, as it is."""
    given: dict[str, Any] = json.loads(BOARD.read_text(encoding="utf-8"))
    return given


@pytest.fixture(scope="module")
def scoreboard(app_url: str, browser: Browser) -> Iterator[Opened]:
    with opened(browser, f"{app_url}/ground_truth?part=scoreboard") as one:
        expect(one.page.locator(".scoreboard")).to_be_visible()
        yield one


def table_of(page: Page) -> dict[str, dict[str, str]]:
    """The table's cells by measure, and by a row's title and its treatment or "baseline"."""
    table = page.locator(".scoreboard-table")
    measures = table.locator("thead th").all_text_contents()[1:]
    cells: dict[str, dict[str, str]] = {measure: {} for measure in measures}
    for row in table.locator("tbody tr").all():
        name = row.locator("th").text_content()
        for measure, cell in zip(measures, row.locator("td").all_text_contents(), strict=True):
            cells[measure][str(name)] = cell
    return cells


def named(row: Locator) -> str:
    """A row of the picture by what the table calls it."""
    title, note = (row.locator(f".scoreboard-name > {part}").inner_text() for part in ("b", "em"))
    treatment = row.locator(".scoreboard-name > small").inner_text()
    return title + ("baseline" if note == "baseline" else treatment)


def interval(cell: str, *, rising: bool) -> tuple[float, float]:
    """The worse and the better end of "50.0% (25.0–75.0)"."""
    low, high = map(float, re.findall(r"[\d.]+", cell)[1:])
    return (high, low) if rising else (low, high)


def test_the_table_has_a_row_a_method(scoreboard: Opened, board: dict[str, Any]) -> None:
    page = scoreboard.page
    for column in table_of(page).values():
        assert len(column) == len(board["rows"])
    expect(page.locator(".scoreboard-table")).to_be_hidden()
    press(page, page.locator(".scoreboard-details summary"))
    expect(page.locator(".scoreboard-table")).to_be_visible()


def test_each_measure_ranks_the_rows_anew_and_marks_what_edges_beat(
    scoreboard: Opened, board: dict[str, Any]
) -> None:
    page, told, orders = scoreboard.page, len(scoreboard.sent), []
    (edges,) = (
        f"{row['title']}baseline"
        for row in board["rows"]
        if row["is_baseline"] and "edge" in row["method"]
    )
    tab_to(page, page.get_by_role("radiogroup", name="What to measure"))
    for measure, column in table_of(page).items():
        expect(page.get_by_role("radio", name=measure, exact=True)).to_be_checked()
        cells = {name: cell for name, cell in column.items() if cell != "–"}
        rising = "lower" in page.locator(".scoreboard-better").inner_text()
        means = {name: float(cell.split("%")[0]) for name, cell in cells.items()}
        best_first = sorted(means.values(), reverse=not rising)
        rows = page.locator(".scoreboard-row")
        # The rows take their places in the document once their movement has ended.
        texts = [f"{mean:.1f}%" for mean in best_first]
        expect(rows.locator(".scoreboard-value > b")).to_have_text(texts)
        names = [named(row) for row in rows.all()]
        assert [means[name] for name in names] == best_first
        ranks = "(rows) => rows.map((row) => Number(row.style.getPropertyValue('--rank')))"
        assert rows.evaluate_all(ranks) == list(range(len(cells)))
        orders.append(names)
        marked = {named(row) for row in rows.filter(has_text="▼ worse than edges").all()}
        check_marks(cells, marked, edges, rising=rising)
        page.keyboard.press("ArrowRight")
    assert len({tuple(order) for order in orders}) > 1
    assert len(scoreboard.sent) == told


def check_marks(cells: dict[str, str], marked: set[str], edges: str, *, rising: bool) -> None:
    """Marked is whose better end is worse than the edges' worse end, as far as the table's
    digits tell.
    """
    if edges not in cells:
        assert marked == set()
        return
    limit, _ = interval(cells[edges], rising=rising)
    sign = -1 if rising else 1
    distance = {
        name: sign * (limit - interval(cell, rising=rising)[1])
        for name, cell in cells.items()
        if not name.endswith("baseline")
    }
    assert {name for name, far in distance.items() if far > 0} <= marked
    assert marked <= {name for name, far in distance.items() if far >= 0}


# -- every part, on a phone, in the dark, and for everybody ----------------------------------


def fits_and_can_be_read(page: Page) -> None:
    """At rest: what is focused or pointed at has Streamlit's own colours."""
    page.mouse.move(0, 0)
    page.evaluate("() => document.activeElement?.blur()")
    settle(page)
    assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    assert page.evaluate(UNNAMED_PICTURES_JS) == []
    assert axe_findings(page) == []


PHONE = {"width": 390, "height": 844, "scheme": "dark", "reduced_motion": True}


def test_every_step_fits_a_dark_phone_and_maps_are_there_at_once(open_page: Any) -> None:
    visit = open_page("ground_truth?lineup_map=grad-cam", **PHONE)
    page = visit.page
    fits_and_can_be_read(page)
    card(page, "Model A").evaluate(WATCH_REVEAL_JS)
    page.get_by_role("radio", name="I cannot tell").click()
    for button in ("Show what they say", "Show where they looked", "Let me move the tag"):
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("button", name=button)).to_have_count(0)
        fits_and_can_be_read(page)
    expect(page.locator(".lineup-told")).to_have_count(2, timeout=PATIENCE)
    assert set(page.evaluate("() => window.told")) <= {1}  # nothing is seen to appear
    assert "--told: 1;" in str(card(page, "Model A").get_attribute("style"))
    fits_and_can_be_read(page)
    page.get_by_role("button", name="Tell me which one cheats").click()
    expect(page.get_by_role("heading", name=re.compile("cheats$"))).to_be_visible()
    fits_and_can_be_read(page)
    assert visit.errors == []
    assert visit.foreign == []


@pytest.mark.parametrize(
    ("part", "there"),
    [
        ("pairs&pair_map=grad-cam", "table"),
        ("object&method_of_map=grad-cam&tagged=true", ".truth"),
        ("scoreboard", ".scoreboard"),
    ],
    ids=["pairs", "object", "scoreboard"],
)
def test_every_part_fits_a_dark_phone(open_page: Any, part: str, there: str) -> None:
    visit = open_page(f"ground_truth?part={part}", **PHONE)
    patience = 5_000 if there == ".scoreboard" else PATIENCE
    expect(visit.page.locator(there)).to_be_visible(timeout=patience)
    fits_and_can_be_read(visit.page)
    assert visit.errors == []
    assert visit.foreign == []


@pytest.mark.parametrize("part", ["lineup", "truth", "pairs", "scoreboard"])
def test_every_part_can_be_read_by_everybody(request: pytest.FixtureRequest, part: str) -> None:
    """As the tests before have left it."""
    fits_and_can_be_read(request.getfixturevalue(part).page)


def test_a_bad_address_leaves_the_page_usable(open_page: Any) -> None:
    bad = "kind=zzz&number=-5&pair=<script>alert(1)</script>&pair_asked=%00&twin=zzz&object=..%2F"
    visit = open_page(f"ground_truth?part=nonsense&{bad}", reduced_motion=True)
    page = visit.page
    expect(page.get_by_role("radio", name="Which one cheats?", exact=True)).to_be_checked()
    page.get_by_role("radio", name="Map and mask", exact=True).click()
    expect(page.get_by_role("combobox", name="Object")).to_have_value("ring")
    expect(page.get_by_role("spinbutton", name="Scene")).to_have_value("0")
    page.get_by_role("radio", name="Two objects", exact=True).click()
    expect(page.get_by_role("combobox", name="Scene")).to_have_value("ring and arrow")
    expect(page.get_by_role("radio", name="ring", exact=True)).to_be_checked()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert visit.errors == []
