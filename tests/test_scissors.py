"""The part "Scissors" of the page Inside, and the search for few connections."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.fewest import keep_fewest
from densenet_viz.facts.connections import UnknownConnection, pack_cuts, unpack_cuts
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.cuts import cut
from densenet_viz.stage.scissors.scene import scissors_scene
from tests.small_models import picture, small_model
from tests.stage_scenes import scissors
from tests.waiting import PATIENCE

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "inside.py")
PICTURE = picture(64)


def test_the_search_keeps_the_answer_with_fewer_connections() -> None:
    model = small_model()
    parts: list[float] = []
    found = keep_fewest(model, PICTURE, on_progress=parts.append)
    with torch.no_grad():
        x = model.tensor(PICTURE)
        assert int(model.network(x).argmax()) == found.answer
        assert int(cut(model, found.cuts).network(x).argmax()) == found.answer
        for one in scissors.CUTS:  # nothing more can go
            if one not in found.cuts:
                more = cut(model, found.cuts | {one})
                assert int(more.network(x).argmax()) != found.answer
    assert found.kept == 12 - len(found.cuts) < 12
    assert parts == sorted(parts)
    assert parts[-1] == 1


def test_the_search_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        keep_fewest(small_model(), PICTURE, cancelled=lambda: True)


def test_cuts_in_an_address_are_read_or_refused() -> None:
    spec = DenseNetSpec(block_config=(2, 2))
    assert unpack_cuts("", spec) == frozenset()
    assert unpack_cuts(pack_cuts(scissors.CUTS), spec) == frozenset(scissors.CUTS)
    for text in ("x", "1.0-9", "9.0-1", "1.2-2", "1.0-2~", "1.0-2~x", "~" * 100_000):
        with pytest.raises(UnknownConnection):
            unpack_cuts(text, spec)


def test_a_scene_shows_both_answers() -> None:
    scene = scissors.scene()
    assert (scene["answer"], scene["now"]) == ("star", "ring")
    assert scene["cuts"] == pack_cuts(scissors.CUTS)
    assert [len(block["weights"]) for block in scene["blocks"]] == [6, 6]
    assert len(scene["bars"]) == 5
    assert scissors_scene.__doc__


@pytest.fixture
def session() -> AppTest:
    return AppTest.from_file(PAGE, default_timeout=PATIENCE)


def test_the_address_cuts_and_a_wrong_one_is_said(session: AppTest) -> None:
    session.query_params["part"] = "scissors"
    session.query_params["cut"] = "2.2-5~4.0-17"
    session.run()
    assert not session.exception
    assert session.query_params["cut"] == "2.2-5~4.0-17"
    session.query_params["cut"] = "9.9-9"
    session.run()
    assert not session.exception
    assert len(session.warning) == 1
    assert "cut" not in session.query_params
