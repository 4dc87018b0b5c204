"""Which scenes excite a channel most, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.connections import drawn_scenes, scene_number, scenes_for
from densenet_viz.facts.places import NoSuchPlace, places_of
from densenet_viz.measure import exciting as module
from densenet_viz.measure.exciting import find_exciting
from densenet_viz.measure.inside import look_inside
from densenet_viz.network.models import load_model
from densenet_viz.ui.inside import exciting as part
from densenet_viz.ui.work.owners import kept_for
from tests.sessions import desk_of, let_finish
from tests.small_models import OWN_SPEC, SPEC, small_model
from tests.waiting import PATIENCE

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "inside.py")
PICTURES, _ = scenes_for(7)


@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def test_the_values_are_the_largest_of_each_map(
    spec: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    model = small_model(spec)  # type: ignore[arg-type]
    for at in places_of(model.spec):
        found = find_exciting(model, at, PICTURES, len(PICTURES))
        for number, picture in enumerate(PICTURES):
            steps = look_inside(model, picture, at).steps
            maps = [one.maps for one in steps if one.name.startswith("conv")][-1]
            assert found.side == maps.shape[1]
            expected = maps.reshape(len(maps), -1)
            np.testing.assert_allclose(found.values[number], expected.max(1), rtol=1e-4, atol=1e-5)
            there = expected[np.arange(len(maps)), found.places[number]]
            np.testing.assert_allclose(there, expected.max(1), rtol=1e-4, atol=1e-5)


def test_the_strongest_come_first_with_their_place() -> None:
    found = find_exciting(small_model(), "denseblock2.denselayer1", PICTURES, len(PICTURES))
    best = found.most(2, 3)
    values = sorted(found.values[:, 2].tolist(), reverse=True)
    assert [one.value for one in best] == values[:3]
    for one in best:
        assert one.y * found.side + one.x == found.places[one.picture, 2]


def test_it_tells_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    told: list[float] = []
    model = small_model()
    with pytest.raises(Cancelled):
        find_exciting(
            *(model, "stem", iter(PICTURES), 7),
            on_progress=told.append,
            cancelled=lambda: len(told) == 2,
        )
    assert told == pytest.approx([3 / 7, 6 / 7])
    assert not any(one._forward_hooks for one in model.network.modules())
    with pytest.raises(NoSuchPlace):
        find_exciting(model, "transition7", PICTURES, 7)


def test_a_scene_is_the_same_alone_and_among_others() -> None:
    for tags in (False, True):
        for index, (picture, label) in enumerate(drawn_scenes(5, 3, tags=tags)):
            alone, again = scene_number(index, 5, 3, tags=tags)
            assert label == again
            assert np.array_equal(picture, alone)


@pytest.mark.slow
def test_the_page_looks_for_them_and_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "SCENES", 12)
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params.update({"at": "denseblock1.denselayer2", "channel": "5"})
    try:
        session.run()
        assert not session.get("image")
        session.button("exciting_begin").click().run()
        let_finish(session, part.DESK)
        assert not session.exception
        found = desk_of(session, part.DESK).job
        assert found is not None
        assert found.error is None
        (images,) = session.get("image")
        assert len(images.proto.imgs) == part.SHOWN
        best = found.result.most(5, 1)[0]
        assert f"{best.value:.3g}" in images.proto.imgs[0].caption
        assert f"row {best.y}, column {best.x}" in images.proto.imgs[0].alt
    finally:  # 12 scenes are not what other tests look for
        kept_for(part.EXCITED, load_model("scenes"))._values.clear()
        kept_for(part.DRAWN)._values.clear()
