"""A visitor's photograph on the attribution page: the network for it is offered and downloaded."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.network import models, weights
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui import current, fetching
from densenet_viz.ui.attribution import explaining, sharpening
from densenet_viz.ui.photographs import PHOTOGRAPHS, SOURCES, read_photograph
from densenet_viz.ui.suited import IMAGENET
from densenet_viz.ui.work import jobs
from tests.file_server import Answer, resuming, serving, stalling, status, whole
from tests.image_files import encode
from tests.sessions import desk_of, let_finish
from tests.small_models import SPEC, picture, saved, small_model, small_network
from tests.waiting import PATIENCE, until

THOUSAND = replace(SPEC, num_classes=1000)


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Small networks in place of both, no weights here, and the scenes of the stages by key."""
    small = replace(small_model(), name="scenes")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(weights.ENVIRONMENT, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.setattr(models, "VARIANTS", {IMAGENET: THOUSAND})
    monkeypatch.setattr(current, "LOADED", {"scenes": small})
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    scenes: dict[str, Any] = {}
    for room in (sharpening, explaining):
        show = room.show_stage

        def noted(name: str, scene: Any, *, key: str, show: Any = show, **listeners: Any) -> Any:
            scenes[key] = scene
            return show(name, scene, key=key, **listeners)

        monkeypatch.setattr(room, "show_stage", noted)
    st.cache_resource.clear()
    yield scenes
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def data() -> bytes:
    """The weight file of the small network in DenseNet-121's place."""
    return saved(small_network(THOUSAND).state_dict())


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch, data: bytes) -> Callable[[Answer], Any]:
    """Lets torchvision's server answer so; what it is asked for."""

    @contextmanager
    def publishing(answer: Answer) -> Iterator[list[str]]:
        name = f"densenet121-{hashlib.sha256(data).hexdigest()[:8]}.pth"
        with serving(answer) as (url, asked):
            monkeypatch.setattr(weights, "published_url", lambda _name: f"{url}/{name}")
            yield asked

    return publishing


@pytest.fixture
def visit(root: Path) -> Callable[[], AppTest]:
    return lambda: AppTest.from_file(
        str(root / "pages" / "attributions.py"), default_timeout=PATIENCE
    ).run()


def upload(page: AppTest) -> AppTest:
    photo = encode(picture(100), "PNG")
    page.file_uploader(key="upload_widget").set_value(("me.png", photo, "image/png"))
    return let_finish(page.run(), "attribution")


def buttons(page: AppTest) -> list[str]:
    return [one.key for one in page.button]


def chosen(page: AppTest) -> str:
    return str(page.selectbox("model").value)


def is_usable(page: AppTest) -> bool:
    """Whether the page shows bars and a map, and no error."""
    let_finish(page, "attribution")
    return len(page.table) == 2 and not page.exception and not page.error


# -- what is said and offered ---------------------------------------------------------------


def test_no_headline_says_what_a_network_of_drawn_shapes_sees(
    visit: Callable[[], AppTest], shown: dict[str, Any]
) -> None:
    page = visit()
    assert "use_imagenet" not in buttons(page)
    assert any(label in shown["attribution"]["title"] for label in small_model().labels)
    upload(page)
    headings = [one.value for one in (*page.title, *page.subheader)]
    for words in (shown["attribution"]["title"], *headings):
        assert not any(label in words.split() for label in small_model().labels)
    assert "drawn shapes only" in shown["attribution"]["title"]
    assert page.button("use_imagenet").label.endswith("31 MB")
    assert is_usable(page)


def test_the_gallery_suits_the_network_and_has_the_upload(
    visit: Callable[[], AppTest],
    shown: dict[str, Any],
    publish: Callable[[Answer], Any],
    data: bytes,
) -> None:
    def names() -> list[str]:
        return [one["name"] for one in shown["gallery"]["pictures"]]

    page = visit()
    assert names() == list(CLASSES)
    assert not page.caption or SOURCES not in page.caption[-1].value
    upload(page)
    assert names() == ["your picture", *CLASSES]
    assert shown["gallery"]["chosen"] == "your picture"
    with publish(whole(data)):
        page.button("use_imagenet").click().run()
        let_finish(page, fetching.DESK)
    assert names() == ["your picture", *PHOTOGRAPHS]
    assert SOURCES in page.caption[-1].value


# -- the download ---------------------------------------------------------------------------


def test_one_click_downloads_the_network_and_uses_it(
    visit: Callable[[], AppTest],
    shown: dict[str, Any],
    publish: Callable[[Answer], Any],
    data: bytes,
) -> None:
    page = upload(visit())
    with publish(whole(data)) as asked:
        page.button("use_imagenet").click().run()
        let_finish(page, fetching.DESK)
    assert len(asked) == 1
    assert chosen(page) == IMAGENET
    assert (list(page.warning), list(page.info)) == ([], [])
    assert "use_imagenet" not in buttons(page)
    labels = weights.published_labels(IMAGENET)
    assert is_usable(page)
    assert all(bar["name"].split(" (class")[0] in labels for bar in shown["bars"]["bars"])


def test_a_download_that_fails_says_so_once_and_can_be_tried_again(
    visit: Callable[[], AppTest], publish: Callable[[Answer], Any], data: bytes
) -> None:
    page = upload(visit())
    with publish(status(404)) as asked:
        page.button("use_imagenet").click().run()
        let_finish(page, fetching.DESK)
        (info,) = page.info
        assert [fact for fact in ("404", "make weights") if fact not in info.value] == []
        assert "127.0.0.1" not in info.value
        assert "use_imagenet" not in buttons(page)
        assert is_usable(page)
        page.selectbox("method").set_value("saliency").run()
        assert len(asked) == 1  # another control does not start it again
    with publish(whole(data)):
        page.button("again_weights").click().run()
        let_finish(page, fetching.DESK)
    assert list(page.info) == []
    assert is_usable(page)


def test_a_cancelled_download_continues(
    visit: Callable[[], AppTest], publish: Callable[[Answer], Any], data: bytes
) -> None:
    page, go_on, ranges = upload(visit()), threading.Event(), []
    half = len(data) // 2
    with publish(stalling(data[:half], go_on)):
        page.button("use_imagenet").click().run()
        job = desk_of(page, fetching.DESK).job
        assert job is not None
        until(lambda: job.preview and job.preview[0] == half)
        page.run()
        (bar,) = page.get("progress")
        assert f"{half / 1e6:.1f} of {(half + 1) / 1e6:.1f} MB" in bar.proto.text
        page.button("cancel_weights").click().run()
        assert desk_of(page, fetching.DESK).state == "cancelled"
        page.run()
        assert is_usable(page)
        go_on.set()
        job.finished.wait(PATIENCE)
    with publish(resuming(data, ranges)):
        page.button("again_weights").click().run()
        let_finish(page, fetching.DESK)
    assert ranges == [f"bytes={half}-"]
    assert list(page.info) == []


def test_two_visitors_share_one_download(
    visit: Callable[[], AppTest], publish: Callable[[Answer], Any], data: bytes
) -> None:
    go_on = threading.Event()

    def slow(handler: Any) -> None:
        go_on.wait()
        whole(data)(handler)

    pages = [upload(visit()) for _ in range(2)]
    with publish(slow) as asked:
        for page in pages:
            page.button("use_imagenet").click().run()
        go_on.set()
        for page in pages:
            let_finish(page, fetching.DESK)
    assert len(asked) == 1
    assert [chosen(page) for page in pages] == [IMAGENET] * 2
    assert all(is_usable(page) for page in pages)


def test_another_choice_drops_the_download(
    visit: Callable[[], AppTest], publish: Callable[[Answer], Any], data: bytes
) -> None:
    page, go_on = upload(visit()), threading.Event()
    with publish(stalling(data[:9], go_on)):
        page.button("use_imagenet").click().run()
        page.selectbox("model").set_value("scenes").run()
        assert desk_of(page, fetching.DESK).job is None
        go_on.set()


# -- the network that suits the picture -----------------------------------------------------


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes) -> None:
    """The weights are on this machine."""
    (tmp_path / "densenet121.pth").write_bytes(data)
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path))


@pytest.mark.usefixtures("here")
def test_weights_that_are_here_are_used_without_a_click(visit: Callable[[], AppTest]) -> None:
    page = visit()
    assert chosen(page) == "scenes"
    upload(page)
    assert chosen(page) == IMAGENET
    assert list(page.warning) == []
    page.selectbox("picture").set_value("ring").run()
    assert chosen(page) == "scenes"
    page.selectbox("picture").set_value("your picture").run()
    assert chosen(page) == IMAGENET


@pytest.mark.usefixtures("here")
def test_the_visitors_own_choice_stays(visit: Callable[[], AppTest]) -> None:
    page = upload(visit())
    page.selectbox("model").set_value("scenes").run()
    upload(page)
    assert chosen(page) == "scenes"
    assert not page.button("use_imagenet").label.endswith("MB")
    page.button("use_imagenet").click().run()
    assert chosen(page) == IMAGENET
    page.selectbox("picture").set_value("ring").run()
    assert chosen(page) == IMAGENET


def test_a_wrong_environment_is_not_chosen_by_itself(
    visit: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path / "nothing"))
    page = upload(visit())
    assert chosen(page) == "scenes"
    page.button("use_imagenet").click().run()
    assert any(weights.ENVIRONMENT in one.value for one in page.warning)


# -- the sample photographs -----------------------------------------------------------------


def test_every_photograph_is_in_the_wheel_as_it_was_published() -> None:
    recorded = {Path(str(one)).name: one for one in files("scikit-image") or [] if one.hash}
    for row in PHOTOGRAPHS.values():
        pixels = read_photograph(row.title)
        assert (pixels.ndim, pixels.shape[2], pixels.dtype) == (3, 3, "uint8")
        assert min(pixels.shape[:2]) >= 224  # no network has to enlarge it
        assert row.file in recorded
        assert row.author in SOURCES
        assert row.licence in SOURCES
    assert not set(PHOTOGRAPHS) & set(CLASSES)


def test_a_photograph_can_be_chosen_by_its_name(
    visit: Callable[[], AppTest], shown: dict[str, Any]
) -> None:
    page = visit()
    name = next(iter(PHOTOGRAPHS))
    page.selectbox("picture").set_value(name).run()
    assert shown["attribution"]["caption"].startswith(f"the middle square of {name}")
    assert "use_imagenet" in buttons(page)
