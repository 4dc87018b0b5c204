"""The ground-truth page, run without a browser: real models, and maps that come at once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import METHODS
from densenet_viz.errors import Cancelled
from densenet_viz.network.models import LoadedModel, ModelUnavailable
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.scores import to_json
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS
from densenet_viz.ui.truth import lineup as truth_lineup
from densenet_viz.ui.truth import pairs as truth_pairs
from densenet_viz.ui.truth import quiz as truth_quiz
from densenet_viz.ui.truth import scene as truth_scene
from densenet_viz.ui.truth import scoreboard as truth_scoreboard
from densenet_viz.ui.truth import twins as truth_twins
from densenet_viz.ui.truth.quiz import UNSURE, Quiz
from densenet_viz.ui.work import jobs
from tests.boards import board
from tests.facts import names_in, numbers_in
from tests.sessions import desk_of, let_finish
from tests.tiers import in_tiers
from tests.waiting import PATIENCE

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "ground_truth.py")
ORDERS = [("scenes", "cheater"), ("cheater", "scenes")]
FIGURES = {
    "scenes": truth_twins.TagFigures(0.991, 0.985, 0.975, 0.001, 2000),
    "cheater": truth_twins.TagFigures(0.984, 0.31, 0.02, 0.97, 2000),
}
SECRETS = re.compile("cheater|honest", re.IGNORECASE)
LABEL = {name: index for index, name in enumerate(CLASSES)}


@dataclass
class Maps:
    """Stands for `attribute`: keeps what it was asked, and answers at once or when told."""

    asked: list[tuple[str, str, int]] = field(default_factory=list)
    """Model, method and class."""
    pictures: set[str] = field(default_factory=set)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(
        self, model: LoadedModel, pixels: Any, *, method: str, target: int, **options: Any
    ) -> Attribution:
        self.asked.append((model.name, method, target))
        self.pictures.add(truth_twins.key_of(pixels))
        options["on_progress"](0.0)
        while not self.go_on.wait(0.01):
            if options["cancelled"]():
                raise InterruptedError
        values = np.random.default_rng(target).normal(size=(1, *pixels.shape[:2]))
        wanted = model.prediction(np.zeros(len(model.labels)), target)
        return Attribution(method, values.astype(np.float32), wanted, (), 0.1, 1)

    def targets(self, model: str) -> list[str]:
        return [CLASSES[target] for name, _, target in self.asked if name == model]


@pytest.fixture(autouse=True)
def maps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maps]:
    """A process that has computed no map."""
    stand_in = Maps()
    stand_in.go_on.set()
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    monkeypatch.setattr("densenet_viz.attribution.attribute", stand_in)
    monkeypatch.setattr(truth_twins, "tag_figures", FIGURES.get)
    yield stand_in
    stand_in.go_on.set()  # nothing that a failed test left goes on


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The scenes that the page has drawn, by their keys."""
    scenes: dict[str, Any] = {}
    for part in (truth_lineup, truth_pairs, truth_scene, truth_scoreboard):
        monkeypatch.setattr(
            part, "show_stage", lambda _, scene, *, key, **__: scenes.update({key: scene})
        )
    return scenes


def opened(order: tuple[str, str] | None = None, **address: str) -> AppTest:
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params.update(address)
    if order is not None:
        session.session_state[truth_lineup.QUIZ] = Quiz(order)
    return fine(session.run())


def fine(session: AppTest) -> AppTest:
    assert [error.message for error in session.exception] == []
    assert [error.value for error in session.error] == []
    return session


def ready(session: AppTest, *names: str) -> AppTest:
    """The page when the jobs of these desks have ended."""
    assert all(desk_of(session, name).job for name in names)
    return fine(let_finish(session, *names))


def said(session: AppTest) -> str:
    """All that the server has sent for the page."""
    return "\n".join(str(one.proto) for one in (*session.main, *session.sidebar) if one.proto)


def texts(session: AppTest) -> list[str]:
    return [one.value for one in (*session.subheader, *session.markdown)]


def step_on(session: AppTest, guess: str | None = None) -> AppTest:
    if guess is not None and session.segmented_control(key="lineup_guess").value != guess:
        session.segmented_control(key="lineup_guess").set_value(guess).run()
    session.button(key="lineup_next").click()
    return fine(session.run())


def at_step(step: int, order: tuple[str, str] = ORDERS[0], **address: str) -> AppTest:
    """The line-up after so many steps, with its maps if it has them by then."""
    session = opened(order, **address)
    for _ in range(step):
        session = step_on(session, "Model A")
    return ready(session, "lineup") if step >= truth_quiz.LOOKED else session


# -- the line-up's steps --------------------------------------------------------------------


def test_the_first_step_waits_for_a_guess(maps: Maps) -> None:
    session = opened()
    assert session.button(key="lineup_next").disabled
    session.segmented_control(key="lineup_guess").set_value("Model B").run()
    assert not session.button(key="lineup_next").disabled
    assert maps.asked == []


def test_after_a_guess_steps_only_go_forward() -> None:
    session, buttons = opened(), []
    for guess in (UNSURE, "Model A", "Model B", "Model A"):
        session.segmented_control(key="lineup_guess").set_value(guess).run()
        buttons.append(session.button(key="lineup_next").label)
        session = step_on(session)
    assert buttons == list(truth_quiz.NEXT.values())
    keys = [button.key for button in session.button]
    assert "lineup_next" not in keys
    assert "lineup_again" in keys
    assert session.segmented_control(key="lineup_guess").disabled
    assert session.session_state["_lineup"].first_guess == UNSURE


def test_taking_the_guess_back_stops_the_steps_and_shows_no_less(shown: dict[str, Any]) -> None:
    session = at_step(truth_quiz.ANSWERED)
    session.segmented_control(key="lineup_guess").set_value(None).run()
    assert session.button(key="lineup_next").disabled
    assert session.session_state["_lineup"].step == truth_quiz.ANSWERED
    assert "lineup" in shown


@pytest.mark.slow
def test_start_again_draws_anew_and_asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    session = at_step(truth_quiz.TOLD, ORDERS[0])
    monkeypatch.setattr(truth_quiz.secrets, "choice", lambda orders: orders[1])
    session.button(key="lineup_again").click()
    fine(session.run())
    quiz = session.session_state["_lineup"]
    assert (quiz.step, quiz.first_guess, quiz.order) == (truth_quiz.ASKED, None, ORDERS[1])
    assert session.segmented_control(key="lineup_guess").value is None
    assert "lineup_again" not in [button.key for button in session.button]
    assert not SECRETS.search(said(session))


# -- nothing too early ----------------------------------------------------------------------


def test_before_the_first_step_the_page_is_the_same_whoever_is_model_a(
    shown: dict[str, Any], maps: Maps
) -> None:
    pages = []
    for order in ORDERS:
        shown.clear()
        pages.append((said(opened(order)), dict(shown)))
    assert pages[0] == pages[1]
    scene = shown["lineup"]
    assert [one["name"] for one in scene["witnesses"]] == list(truth_quiz.NAMES)
    assert [(one["label"], one["map"]) for one in scene["witnesses"]] == [(None, None)] * 2
    assert (scene["outlines"], maps.asked) == ([], [])


@pytest.mark.parametrize("order", in_tiers(ORDERS, ORDERS[:1]), ids=" ".join)
def test_before_the_last_step_nothing_says_who_is_who(
    shown: dict[str, Any], order: tuple[str, str]
) -> None:
    session = opened(order)
    for _ in range(truth_quiz.TOLD):
        sent = said(session) + json.dumps(shown)
        assert not SECRETS.search(sent)
        assert not SECRETS.search(str(session.query_params))
        assert list(session.table) == []
        assert "31.0%" not in sent  # how often the cheater is right without its tag
        session = step_on(session, "Model A")
    assert SECRETS.search(said(session))


def test_maps_and_outlines_are_not_sent_before_their_step(shown: dict[str, Any]) -> None:
    session = at_step(truth_quiz.ANSWERED)
    session = ready(session, "lineup")  # they are computed while the answers are read
    scene = shown["lineup"]
    assert [one["map"] for one in scene["witnesses"]] == [None, None]
    assert (scene["outlines"], scene["palette"]) == ([], "")
    assert [one["label"] for one in scene["witnesses"]] == ["ring", "ring"]
    ready(step_on(session), "lineup")
    scene = shown["lineup"]
    assert [one["name"] for one in scene["outlines"]] == ["object", "tag"]
    for one in scene["witnesses"]:
        assert [share["name"] for share in one["map"]["shares"]] == ["object", "tag"]


def test_maps_are_asked_for_in_an_order_that_says_nothing(maps: Maps) -> None:
    for order in ORDERS:
        at_step(truth_quiz.LOOKED, order)
        # Both sessions want the same maps, so the second one gets those of the first.
        assert maps.asked == [
            ("scenes", "integrated-gradients", LABEL["ring"]),
            ("cheater", "integrated-gradients", LABEL["ring"]),
        ]


@pytest.mark.parametrize("order", in_tiers(ORDERS, ORDERS[:1]), ids=" ".join)
def test_each_name_gets_the_map_of_its_own_model(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any], order: tuple[str, str]
) -> None:
    shares = {"scenes": 0.75, "cheater": 0.25}

    def attribute(model: LoadedModel, pixels: Any, **_: Any) -> Attribution:
        wanted = model.prediction(np.zeros(len(CLASSES)), 0)
        values = np.full((1, *pixels.shape[:2]), shares[model.name], np.float32)
        return Attribution("occlusion", values, wanted, (), 0.1, 1)

    monkeypatch.setattr("densenet_viz.attribution.attribute", attribute)
    monkeypatch.setattr(truth_twins, "share_near", lambda result, _: float(result.heat[0, 0]))
    at_step(truth_quiz.LOOKED, order)
    for witness, name in zip(shown["lineup"]["witnesses"], order, strict=True):
        assert [one["share"] for one in witness["map"]["shares"]] == [shares[name]] * 2


@pytest.mark.parametrize("order", in_tiers(ORDERS, ORDERS[:1]), ids=" ".join)
def test_the_last_step_tells_with_figures(order: tuple[str, str]) -> None:
    session = at_step(truth_quiz.TOLD, order)
    cheat = f"Model {'AB'[order.index('cheater')]}"
    assert names_in(texts(session)[0], "Model A", "Model B") == [cheat]
    (table,) = session.table
    names = [str(column).split(", ")[1] for column in table.value.columns[1:]]
    assert names == [truth_twins.TWIN_TITLES[name] for name in order]
    untagged = table.value.iloc[1, 1:]
    assert list(untagged) == [f"{FIGURES[name].none:.1%}" for name in order]
    guess = "right" if cheat == "Model A" else "wrong"
    assert any(f"Model A: **{guess}**" in text for text in texts(session))


def test_without_figures_the_last_step_still_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth_twins, "tag_figures", lambda _name: None)
    session = at_step(truth_quiz.TOLD)
    assert "Model B" in texts(session)[0]
    assert list(session.table) == []


# -- the tag --------------------------------------------------------------------------------


@pytest.mark.parametrize("order", in_tiers(ORDERS, ORDERS[:1]), ids=" ".join)
def test_another_tag_changes_what_is_asked(
    maps: Maps, shown: dict[str, Any], order: tuple[str, str]
) -> None:
    session = at_step(truth_quiz.MOVED, order)
    assert maps.targets("scenes") == maps.targets("cheater") == ["ring"]
    session.selectbox(key="lineup_tag").set_value("gear").run()
    ready(session, "lineup")
    assert maps.targets("scenes") == ["ring", "ring"]  # the object is still a ring
    assert maps.targets("cheater") == ["ring", "gear"]
    assert len(maps.pictures) == 2
    labels = tuple("gear" if name == "cheater" else "ring" for name in order)
    assert truth_quiz.answers_words(labels, "ring", "gear") in texts(session)
    assert "gear" in shown["lineup"]["tag"]
    assert not SECRETS.search(said(session))


@pytest.mark.slow
def test_another_corner_is_another_picture(maps: Maps, shown: dict[str, Any]) -> None:
    session = at_step(truth_quiz.MOVED)
    before = shown["lineup"]
    session.segmented_control(key="lineup_corner").set_value("lower right").run()
    ready(session, "lineup")
    assert len(maps.pictures) == 2
    assert shown["lineup"]["picture"] != before["picture"]
    outlines = [[one["path"] for one in scene["outlines"]] for scene in (before, shown["lineup"])]
    assert outlines[0][0] == outlines[1][0]  # the object's
    assert outlines[0][1] != outlines[1][1]  # the tag's


def test_without_a_tag_there_is_no_corner_and_no_share_on_it(shown: dict[str, Any]) -> None:
    session = at_step(truth_quiz.MOVED)
    session.selectbox(key="lineup_tag").set_value(truth_lineup.NO_TAG).run()
    session = ready(session, "lineup")
    assert session.segmented_control(key="lineup_corner").disabled
    scene = shown["lineup"]
    assert "ring" not in str(scene["tag"])
    assert [one["name"] for one in scene["outlines"]] == ["object"]
    for witness in scene["witnesses"]:
        assert [one["name"] for one in witness["map"]["shares"]] == ["object"]


@pytest.mark.slow
def test_a_picture_comes_with_its_own_tag(shown: dict[str, Any]) -> None:
    """The address names the picture; every one of them carries the tag of its class."""
    for number, name in enumerate(truth_lineup.OBJECTS):
        session = opened(ORDERS[0], object=name)
        session.session_state["_lineup"].step = truth_quiz.MOVED
        session.run()
        assert session.selectbox(key="lineup_tag").value == name
        assert session.segmented_control(key="lineup_corner").value == CORNERS[number % 4]
        assert [one["label"] for one in shown["lineup"]["witnesses"]] == [name, name]
        assert shown["lineup-gallery"]["chosen"] == name


def test_the_method_of_the_maps_can_be_chosen(maps: Maps) -> None:
    session = at_step(truth_quiz.LOOKED)
    session.selectbox(key="lineup_map").set_value("occlusion").run()
    ready(session, "lineup")
    assert [method for _, method, _ in maps.asked] == ["integrated-gradients"] * 2 + [
        "occlusion"
    ] * 2


# -- two objects ----------------------------------------------------------------------------


def test_asking_about_the_other_object_asks_for_its_map(maps: Maps, shown: dict[str, Any]) -> None:
    session = ready(opened(part="pairs"), "pair-map")
    ready(session, "pair-table")
    first = shown["pair-truth"]
    assert [one["name"] for one in first["shares"]] == ["on the ring", "on the arrow"]
    assert (first["label"], first["other"]["label"]) == ("ring", "arrow")
    session.segmented_control(key="pair_asked").set_value("arrow").run()
    ready(session, "pair-map", "pair-table")
    second = shown["pair-truth"]
    assert [one["name"] for one in second["shares"]] == ["on the arrow", "on the ring"]
    assert (second["mask"], second["other"]) == (first["other"], first["mask"])
    assert second["heat"] != first["heat"]
    for scene in (first, second):
        assert sum(int(one["percent"].rstrip("%")) for one in scene["shares"]) in (99, 100, 101)
    method = next(iter(METHODS))
    assert ("scenes", method, LABEL["arrow"]) in maps.asked


QUICK = (
    *("grad-cam", "integrated-gradients", "occlusion", "saliency", "layer-gradient-x-activation"),
    *("layer-cam", "grad-cam-plus-plus"),
    *(
        "input-x-gradient",
        "full-gradient",
        "guided-backprop",
        "deconvolution",
        "guided-grad-cam",
        "deeplift",
        "lrp",
    ),
)
"""What takes at most two passes, and the four to begin with."""


@pytest.mark.slow
def test_quick_methods_are_asked_about_either_object(maps: Maps) -> None:
    session = ready(opened(part="pairs"), "pair-map")
    session = ready(session, "pair-table")
    wanted = [("scenes", name, LABEL[object_]) for name in QUICK for object_ in ("ring", "arrow")]
    assert maps.asked[1:] == wanted
    (table,) = session.table
    assert list(table.value["Method"]) == [METHODS[name].title for name in QUICK]
    assert len(table.value.columns) == 3


def test_another_scene_has_other_objects_to_ask_about(shown: dict[str, Any]) -> None:
    session = opened(part="pairs", pair="heart and gear", pair_asked="gear")
    ready(session, "pair-map")
    assert shown["pair-truth"]["label"] == "gear"
    session.selectbox(key="pair").set_value("star and square").run()
    ready(session, "pair-map")
    assert session.segmented_control(key="pair_asked").value == "star"
    assert shown["pair-truth"]["label"] == "star"


def test_a_cancelled_map_is_computed_after_all(maps: Maps, shown: dict[str, Any]) -> None:
    maps.go_on.clear()
    session = opened(part="pairs")
    session.button(key="cancel").click().run()
    (info,) = session.info
    assert "cancelled" in info.value.casefold()
    assert desk_of(session, "pair-map").state == "cancelled"
    maps.go_on.set()
    session.button(key="again").click().run()
    ready(session, "pair-map")
    assert shown["pair-truth"]["label"] == "ring"


def test_a_cancelled_table_leaves_the_map_and_is_computed_after_all(
    monkeypatch: pytest.MonkeyPatch, maps: Maps, shown: dict[str, Any]
) -> None:
    session = ready(opened(part="pairs"), "pair-map")
    session = ready(session, "pair-table")
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())  # which has forgotten the table
    desk = session.session_state[jobs.desk_key("pair-table")] = jobs.Desk(jobs.SHOP)
    maps.go_on.clear()
    session.run().button(key="cancel_table").click().run()
    assert desk.state == "cancelled"
    assert len(fine(session).info) == 1
    assert list(session.table) == []
    assert shown["pair-truth"]["label"] == "ring"
    maps.go_on.set()
    session.button(key="table_again").click().run()
    assert len(ready(session, "pair-table").table) == 1


# -- map and mask ---------------------------------------------------------------------------


def test_where_the_model_is_right_the_map_is_for_the_truth(
    maps: Maps, shown: dict[str, Any]
) -> None:
    session = ready(opened(part="object", method_of_map="occlusion"), "truth-map")
    assert maps.asked == [("scenes", "occlusion", LABEL["ring"])]
    assert "map_for" not in [one.key for one in session.segmented_control]
    inside, near = (one["percent"] for one in shown["scene-truth"]["shares"])
    assert int(inside.rstrip("%")) <= int(near.rstrip("%"))
    assert "ring" in shown["scene-truth"]["shares"][0]["name"]


def test_where_the_model_is_wrong_either_class_can_be_asked_about(
    maps: Maps, shown: dict[str, Any]
) -> None:
    session = opened(part="object")
    session.segmented_control(key="twin").set_value("cheater").run()
    session = ready(session, "truth-map")
    (verdict,) = (text for text in texts(session) if "**wrong**" in text)
    (wrong,) = set(names_in(verdict, *CLASSES)) - {"ring"}
    assert shown["scene-truth"]["label"] == "ring"
    session.segmented_control(key="map_for").set_value(truth_scene.SAID).run()
    ready(session, "truth-map")
    assert maps.targets("cheater") == ["ring", wrong]
    assert shown["scene-truth"]["label"] == wrong


def test_a_tag_makes_the_cheater_right_and_is_measured(shown: dict[str, Any]) -> None:
    session = opened(part="object", tagged="true")
    session.segmented_control(key="twin").set_value("cheater").run()
    session = ready(session, "truth-map")
    assert not any("**wrong**" in text for text in texts(session))
    assert any("right" in text for text in texts(session))
    assert "tag" in shown["scene-truth"]["shares"][-1]["name"]


def test_another_scene_turns_the_page_and_begins_again(shown: dict[str, Any]) -> None:
    session = ready(opened(part="object", number="298"), "truth-map")
    pictures, numbers = set(), []
    for _ in range(3):
        numbers.append(session.number_input(key="number").value)
        pictures.add(shown["scene-truth"]["picture"])
        session.button(key="another").click().run()
        session = ready(session, "truth-map")
    assert numbers == [298, 299, 0]
    assert len(pictures) == 3


def test_a_wrong_answer_is_looked_for_and_gone_to(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any]
) -> None:
    asked: list[tuple[str, bool, int]] = []

    def search(model: LoadedModel, tagged: bool, start: int, *_: Any) -> int:
        asked.append((model.name, tagged, start))
        return truth_scene.index_of("square", 17)

    monkeypatch.setattr(truth_scene, "search", search)
    session = opened(part="object", number="3", tagged="true")
    session.button(key="wrong").click().run()
    session = ready(session, "truth-search") if searching(session) else session
    session = ready(session, "truth-map")
    assert asked == [("scenes", True, truth_scene.index_of("ring", 3) + 1)]
    assert session.selectbox(key="kind").value == "square"
    assert session.number_input(key="number").value == 17
    assert shown["scene-truth"]["mask"]["label"] == "square"
    session.button(key="another").click().run()  # and the page goes on from there
    assert session.number_input(key="number").value == 18


def searching(session: AppTest) -> bool:
    return desk_of(session, "truth-search").job is not None


def test_a_search_that_found_nothing_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth_scene, "search", lambda *_: None)
    session = opened(part="object")
    session.button(key="wrong").click().run()
    session = ready(session, "truth-search") if searching(session) else session
    (info,) = session.info
    assert numbers_in(info.value) == [str(truth_scene.LOOKS)]
    session.run()
    assert list(session.info) == []
    assert session.number_input(key="number").value == 0


def test_a_search_can_be_cancelled_and_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, begun = threading.Event(), threading.Event()

    def search(_model: Any, _tagged: bool, _start: int, report: Any, cancelled: Any) -> int:
        report(0.5)
        begun.set()
        while not cancelled():
            ended.wait(0.01)
        ended.set()
        raise Cancelled

    monkeypatch.setattr(truth_scene, "search", search)
    session = opened(part="object")
    session.button(key="wrong").click().run()
    assert begun.wait(PATIENCE)
    assert "wrong" not in [button.key for button in session.run().button]
    (bar,) = session.get("progress")
    assert numbers_in(bar.proto.text)[0] == "50"
    session.button(key="cancel_search").click().run()
    assert ended.wait(PATIENCE)
    monkeypatch.setattr(truth_scene, "search", lambda *_: truth_scene.index_of("gear", 2))
    session.button(key="wrong").click().run()
    session = ready(session, "truth-search") if searching(session) else session
    assert session.selectbox(key="kind").value == "gear"


# -- the scoreboard -------------------------------------------------------------------------


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that scoreboards are read from."""
    real = truth_scoreboard.read_board
    monkeypatch.setattr(truth_scoreboard, "read_board", lambda name: real(name, tmp_path))
    return tmp_path


def test_a_missing_scoreboard_is_said_in_one_sentence(boards: Path, shown: dict[str, Any]) -> None:
    session = opened(part="scoreboard")
    (warning,) = session.warning
    assert "`python -m densenet_viz evaluate --model scenes --json`" in warning.value
    assert "scoreboard" not in shown
    assert list(session.code) == []


def test_each_model_has_its_own_scoreboard(boards: Path, shown: dict[str, Any]) -> None:
    text = json.dumps(to_json(board()))
    (boards / "scoreboard.scenes.json").write_text(text, encoding="utf-8")
    session = opened(part="scoreboard")
    assert list(session.warning) == []
    assert [one["id"] for one in shown["scoreboard"]["methods"]] == ["good", "better", "edges"]
    assert [one.value for one in session.caption] == ["No picture has a tag."]
    (command,) = session.code
    assert command.value == board().command
    session.segmented_control(key="board").set_value("cheater").run()
    (warning,) = fine(session).warning
    assert "--model cheater --json" in warning.value


# -- addresses and absent models -------------------------------------------------------------


BAD = {
    "kind": "zzz",
    "number": "-5",
    "pair": "<script>",
    "pair_asked": "<script>",
    "pair_map": "zzz",
    "lineup_map": "<script>",
    "object": "zzz,,../ring",
    "method_of_map": "saliency'--",
    "twin": "zzz",
    "tagged": "perhaps",
    "map_for": "zzz",
    "board": "zzz",
}


def test_a_part_that_is_none_is_the_line_up(shown: dict[str, Any]) -> None:
    session = opened(part="nonsense", **BAD)
    assert session.segmented_control(key="part").value == "lineup"
    assert shown["lineup-gallery"]["chosen"] == truth_lineup.OBJECTS[0]
    session = ready(step_on(step_on(session, "Model A")), "lineup")
    assert session.selectbox(key="lineup_map").value == truth_lineup.MAPS[0]


def test_a_bad_address_leaves_two_objects_usable(shown: dict[str, Any]) -> None:
    session = ready(opened(part="pairs", **BAD), "pair-map")
    assert session.selectbox(key="pair").value == "ring and arrow"
    assert session.segmented_control(key="pair_asked").value == "ring"
    assert session.selectbox(key="pair_map").value == next(iter(METHODS))
    session.segmented_control(key="pair_asked").set_value("arrow").run()
    ready(session, "pair-map")
    assert shown["pair-truth"]["label"] == "arrow"


@pytest.mark.parametrize(
    "number",
    [
        "-5",
        "NaN",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("300", "1e9", "two", "0.5", "")),
    ],
)
def test_a_bad_address_leaves_map_and_mask_usable(shown: dict[str, Any], number: str) -> None:
    session = ready(opened(part="object", **BAD | {"number": number}), "truth-map")
    assert session.selectbox(key="kind").value == "ring"
    assert session.number_input(key="number").value == 0
    assert session.segmented_control(key="twin").value == "scenes"
    assert session.selectbox(key="method_of_map").value == next(iter(METHODS))
    assert not session.toggle(key="tagged").value
    session.button(key="another").click().run()
    ready(session, "truth-map")
    assert session.number_input(key="number").value == 1
    assert shown["scene-truth"]["label"] == "ring"


def test_a_bad_address_leaves_the_scoreboard_usable(boards: Path) -> None:
    session = opened(part="scoreboard", **BAD)
    assert session.segmented_control(key="board").value == "scenes"
    assert len(session.warning) == 1


def test_a_good_address_is_followed(shown: dict[str, Any]) -> None:
    address = {"part": "object", "kind": "gear", "number": "7", "method_of_map": "saliency"}
    session = ready(opened(**address, twin="cheater"), "truth-map")
    assert session.segmented_control(key="twin").value == "cheater"
    assert session.number_input(key="number").value == 7
    assert shown["scene-truth"]["label"] == "gear"
    assert shown["scene-truth"]["method"] == METHODS["saliency"].title


@pytest.mark.parametrize("part", ["lineup", "pairs", "object"])
def test_an_absent_model_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any], part: str
) -> None:
    def absent(name: str) -> LoadedModel:
        raise ModelUnavailable(f"The bundled model {name} is not there; fetch it again.")

    monkeypatch.setattr(truth_twins, "bundled_model", absent)
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params["part"] = part
    session.run()
    assert [error.message for error in session.exception] == []
    names = ["scenes", "cheater"] if part == "lineup" else ["scenes"]
    assert [error.value for error in session.error] == [
        f"The bundled model {name} is not there; fetch it again." for name in names
    ]
    assert shown == {}


def test_controls_keep_their_values_from_part_to_part() -> None:
    session = opened(part="object", kind="gear", number="7")
    for part in ("pairs", "scoreboard", "lineup", "object"):
        session.segmented_control(key="part").set_value(part).run()
        fine(session)
    assert session.selectbox(key="kind").value == "gear"
    assert session.number_input(key="number").value == 7


def test_another_part_stops_what_the_last_one_computes(maps: Maps) -> None:
    maps.go_on.clear()
    session = opened(part="pairs")
    desks = [desk_of(session, name) for name in truth_pairs.DESKS]
    running = [desk.job for desk in desks if desk.job is not None]
    assert running
    assert not any(job.finished.is_set() for job in running)
    session.segmented_control(key="part").set_value("scoreboard").run()
    assert all(desk.job is None for desk in desks)
    assert all(job.finished.wait(PATIENCE) for job in running)  # the maps were never let go on
    assert all(job.stopped for job in running)
