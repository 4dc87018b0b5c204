"""The bench's batch: many pictures through the page, stopped, gone on with, taken away."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from densenet_viz.attribution import AttributionError, Cancelled, attribute, engine
from densenet_viz.batch.table import BatchRow, from_csv
from densenet_viz.figures.attribution_image import map_png
from densenet_viz.images.pictures import to_png
from densenet_viz.ui.bench import batch as bench_batch
from densenet_viz.ui.bench import batch_results
from densenet_viz.ui.bench.batch_results import Results
from tests.facts import numbers_in
from tests.sessions import desk_of
from tests.small_models import picture, small_model
from tests.waiting import PATIENCE

PAGE = """
import numpy as np
import streamlit as st
from densenet_viz.ui.bench import batch
from densenet_viz.ui.bench.subject import Bench
from densenet_viz.ui.uploads import (CurrentPicture)
from tests.small_models import picture, small_model

model = st.session_state.setdefault("_model", small_model())
logits = np.arange(6, dtype=np.float32)
here = CurrentPicture("p", picture(), "k", None)
batch.show(Bench(model, here, logits, model.prediction(logits, 5)))
"""


def png(seed: int, size: int = 64) -> tuple[str, bytes, str]:
    return f"p{seed}.png", to_png(picture(size, seed)), "image/png"


@pytest.fixture
def app() -> Iterator[AppTest]:
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE)
    yield app
    if bench_batch.BATCH in app.session_state:
        desk_of(app, "bench-batch").leave()


def bring(app: AppTest, *files: tuple[str, bytes, str], method: str = "saliency") -> AppTest:
    choose(app, *files, method=method)
    return press(app, "start")


def choose(app: AppTest, *files: tuple[str, bytes, str], method: str = "saliency") -> AppTest:
    app.run()
    app.selectbox(key="batch_method").set_value(method).run()
    return app.file_uploader(key="batch_upload").set_value(list(files)).run()


def press(app: AppTest, what: str) -> AppTest:
    """Clicks the batch's button for that: start, cancel, go_on or forget."""
    (button,) = (one for one in app.button if (one.key or "").endswith(what))
    return button.click().run()


def until(app: AppTest, there: Callable[[AppTest], object]) -> AppTest:
    ends = time.monotonic() + PATIENCE
    while not there(app):
        assert time.monotonic() < ends
        assert [error.message for error in app.exception] == []
        app.run()
    return app


def done(app: AppTest) -> bool:
    return len(app.success) == 1


def stopped(app: AppTest) -> bool:
    return any(one.key == "batch_go_on" for one in app.button)


def archive_of(app: AppTest) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(app.session_state[bench_batch.BATCH].archive()))


def test_pictures_and_an_archive_become_maps_and_a_table(app: AppTest) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/p2.png", png(2, 80)[1])
        archive.writestr("notes.txt", b"some words, and no picture in them")
    bring(app, png(1), ("two.zip", file.getvalue(), "application/zip"))
    until(app, done)
    assert numbers_in(app.success[0].value) == ["2", "1", "1"]  # made, skipped, of that kind
    table = app.dataframe[0].value
    assert list(table["File"]) == ["p1.png", "two.zip/x/p2.png", "two.zip/notes.txt"]
    assert "plain text" in table["What was wrong"].iloc[2]
    model = small_model()
    with archive_of(app) as archive:
        rows = from_csv(archive.read("results.csv").decode("utf-8-sig"))
        for row, seed, size in ((rows[0], 1, 64), (rows[1], 2, 80)):
            expected = attribute(model, picture(size, seed), method="saliency", device="cpu")
            fitted = model.picture(picture(size, seed))
            with Image.open(io.BytesIO(archive.read(f"maps/{row.map}.png"))) as drawn:
                given = np.asarray(drawn).astype(int)
            with Image.open(io.BytesIO(map_png(fitted, expected, scale=2))) as drawn:
                np.testing.assert_allclose(given, np.asarray(drawn).astype(int), atol=2)
            assert row.named == expected.predictions[0].label
            assert row.target_index == expected.target.index
        assert len(archive.namelist()) == 3


def test_raw_values_and_a_chosen_class(app: AppTest) -> None:
    app.run()
    app.selectbox(key="batch_class").set_value("heart").run()
    app.checkbox(key="batch_raw").check().run()
    until(bring(app, png(1)), done)
    with archive_of(app) as archive, archive.open("maps/p1-saliency-2.npz") as file:
        values = np.load(io.BytesIO(file.read()), allow_pickle=False)["values"]
    expected = attribute(small_model(), picture(64, 1), method="saliency", target=2, device="cpu")
    np.testing.assert_allclose(values, expected.values, atol=1e-6)


class Gate:
    """Lets the engine make so many maps, and then holds it until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, maps: int) -> None:
        self.made = 0
        self.opened = threading.Event()
        self._maps = maps
        self._real = engine.attribute
        monkeypatch.setattr(engine, "attribute", self)

    def __call__(self, *given: Any, cancelled: Callable[[], bool], **more: Any) -> Any:
        while self.made >= self._maps and not self.opened.wait(0.01):
            if cancelled():
                raise Cancelled
        found = self._real(*given, cancelled=cancelled, **more)
        self.made += 1  # not of one that was cancelled
        return found


def test_cancel_shows_what_is_there_and_go_on_makes_the_rest(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, maps=1)
    bring(app, png(1), png(2), png(3))
    until(app, lambda app: len(app.dataframe))
    press(app, "cancel")
    until(app, stopped)
    assert numbers_in(app.info[0].value) == ["1", "3"]
    assert list(app.dataframe[0].value["File"]) == ["p1.png"]
    with archive_of(app) as archive:
        assert [name.split("-")[0] for name in archive.namelist()] == ["maps/p1", "results.csv"]
    app.run()
    assert stopped(app)  # it does not start again by itself
    gate.opened.set()
    press(app, "go_on")
    until(app, done)
    assert list(app.dataframe[0].value["File"]) == ["p1.png", "p2.png", "p3.png"]
    assert gate.made == 3  # the first map was not made again


def test_the_same_question_again_costs_nothing(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(bring(app, png(1), png(2)), done)
    gate = Gate(monkeypatch, maps=9)
    press(app, "start")
    until(app, done)
    assert gate.made == 0
    assert len(archive_of(app).namelist()) == 3
    press(app, "forget")
    assert len(app.dataframe) == 0
    press(app, "start")
    until(app, done)
    assert gate.made == 2


def test_no_room_is_said_and_the_rest_can_be_had(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_results, "MOST_PICTURES", 2)
    bring(app, png(1), png(2), png(3))
    until(app, lambda app: len(app.error))
    assert app.error[0].value == batch_results.FULL
    press(app, "forget")
    assert numbers_in(app.info[0].value) == ["0", "1"]
    press(app, "go_on")
    until(app, done)
    assert list(app.dataframe[0].value["File"]) == ["p3.png"]


def test_too_much_is_refused_before_it_starts(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_batch, "MOST_PICTURES", 1)
    choose(app, png(1), png(2))
    assert numbers_in(app.error[0].value) == ["2", "1"]  # brought, and allowed
    assert app.button(key="batch_start").disabled
    monkeypatch.setattr(bench_batch, "UPLOAD_BYTES", 100)
    app.run()
    assert "MB" in app.error[0].value


def test_a_setting_that_is_not_allowed_is_said(app: AppTest) -> None:
    app.run()
    app.selectbox(key="batch_method").set_value("occlusion").run()
    app.slider(key="batch-small-occlusion-stride").set_value(32).run()
    assert "stride=32" in app.error[0].value


def test_names_are_shown_as_they_are() -> None:
    assert bench_batch.plain("![x](http://a.b) :red[c] <b>") == (
        r"\!\[x\]\(http\:\/\/a\.b\) \:red\[c\] \<b\>"
    )


def test_the_memory_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_results, "MOST_BYTES", 10)
    results = Results()
    first, second = BatchRow(sha256="a"), BatchRow(sha256="b")
    results.keep(first, {".png": b"12345678"})
    results.keep(first, {".png": b"1234567890"})  # in its own place
    with pytest.raises(AttributionError, match=r"\d+ MB"):
        results.keep(second, {".png": b"1"})
    assert results.known(raw=False).keys() == {first.key}
    assert results.known(raw=True) == {}
    results.forget()
    results.keep(second, {".png": b"1", ".npz": b"2"})
    assert results.known(raw=True).keys() == {second.key}
