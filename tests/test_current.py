"""The picture and the model that pages share, asked for through the app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.images.pictures import fit
from densenet_viz.network import models, weights
from densenet_viz.network.models import ModelUnavailable
from tests.facts import numbers_in
from tests.image_files import encode

APP = str(Path(__file__).resolve().parent.parent / "app.py")


@pytest.fixture
def page() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page("pages/growth_rate.py")
    return app.run()


def chosen(app: AppTest) -> str:
    return str(app.selectbox(key="picture").value)


def test_an_upload_becomes_the_picture_of_every_page(page: AppTest) -> None:
    data = encode(np.full((40, 60, 3), 90, np.uint8), "PNG")
    page.file_uploader(key="upload_widget").set_value(("mine.png", data, "image/png")).run()
    assert chosen(page) == "your picture"
    page.switch_page("pages/dense_block.py").run()
    assert chosen(page) == "your picture"
    assert [error.value for error in page.error] == []


def test_what_is_cut_off_is_said_and_can_be_kept(page: AppTest) -> None:
    pixels = np.full((100, 200, 3), 210, np.uint8)
    pixels[30:70, :40] = (200, 30, 30)  # at the left edge
    file = ("edge.png", encode(pixels, "PNG"), "image/png")
    page.file_uploader(key="upload_widget").set_value(file).run()
    assert any("50%" in caption.value for caption in page.caption)
    for way, red in (("squeezed", 0.08), ("padded", 0.04), ("square", 0.0)):
        page.selectbox(key="fit").set_value(way).run()
        page.switch_page("pages/dense_block.py").run()
        page.switch_page("pages/growth_rate.py").run()
        assert [error.message for error in page.exception] == []
        assert page.selectbox(key="fit").value == way
        fitted = fit(shown(page), 100).astype(int)
        # Bilinear edges: a pixel more or less on each side.
        assert np.mean(fitted[..., 0] > 3 * fitted[..., 1]) == pytest.approx(red, abs=0.02)


def shown(page: AppTest) -> Any:
    """The pixels that the pages work on."""
    kept = page.session_state
    fitted = kept["_fitted"][1] if "_fitted" in kept else kept["_upload"]
    return (kept["_upload"] if kept["_fit"] == "square" else fitted).pixels


def test_a_square_upload_has_no_choice_of_fit(page: AppTest) -> None:
    file = ("square.png", encode(np.full((50, 50, 3), 9, np.uint8), "PNG"), "image/png")
    page.file_uploader(key="upload_widget").set_value(file).run()
    assert "fit" not in [each.key for each in page.selectbox]


def test_what_became_of_an_upload_is_said_until_another_comes(page: AppTest) -> None:
    ray = np.tile(np.linspace(0, 4095, 64).astype(np.uint16), (64, 1))
    page.file_uploader(key="upload_widget").set_value(
        ("ray.tif", encode(ray, "TIFF"), "image/tiff")
    ).run()
    assert chosen(page) == "your picture"
    assert [numbers_in(info.value) for info in page.info] == [["0", "4,095"]]
    grey = encode(np.full((40, 40, 3), 90, np.uint8), "JPEG")
    page.file_uploader(key="upload_widget").set_value(("a.jfif", grey, "image/jpeg")).run()
    assert list(page.info) == []
    assert list(page.error) == []


def test_a_refused_upload_says_why_and_leaves_the_picture(page: AppTest) -> None:
    page.selectbox(key="picture").set_value("star").run()
    page.file_uploader(key="upload_widget").set_value(("x.png", b"GIF89a...", "image/png")).run()
    (error,) = page.error
    assert "GIF" in error.value
    assert chosen(page) == "star"
    assert [error.message for error in page.exception] == []


def test_a_model_that_cannot_be_loaded_is_asked_for_once_and_the_page_goes_on(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = models.load_model

    def broken(name: str, **options: Any) -> Any:
        asked.append(name)
        if name == "densenet121":
            raise ModelUnavailable("The weights in DENSENET_VIZ_WEIGHTS cannot be used.")
        return real(name, **options)

    monkeypatch.setattr(models, "load_model", broken)
    monkeypatch.setattr(weights, "find", lambda _name: APP)
    page.selectbox(key="model").set_value("densenet121").run()
    page.session_state["layers"] = 3
    page.run()
    assert asked.count("densenet121") == 1
    (warning,) = page.warning
    assert warning.value.startswith("The weights in DENSENET_VIZ_WEIGHTS cannot be used.")
    assert [error.message for error in page.exception] == []


def test_two_sessions_share_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second session must not be shown, nor be broken by, the first one's progress bar."""
    asked: list[str] = []
    bundled = models.load_model("scenes")

    def fetched(name: str, *, on_progress: Any = None) -> Any:
        asked.append(name)
        if on_progress is not None:
            on_progress(0.5)
        return bundled

    monkeypatch.setattr(models, "load_model", fetched)
    monkeypatch.setattr("densenet_viz.ui.current.LOADED", {})
    monkeypatch.setattr(weights, "find", lambda _name: APP)
    for _session in range(2):
        app = AppTest.from_file(APP, default_timeout=120)
        app.switch_page("pages/dense_block.py").run()
        app.selectbox(key="model").set_value("densenet169").run()
        assert [error.message for error in app.exception] == []
    assert asked.count("densenet169") == 1


@pytest.mark.parametrize(
    ("page_path", "key", "given", "shown"),
    [
        ("pages/attributions.py", "method", "occlusion", "occlusion"),
        ("pages/attributions.py", "method", "nonsense", "grad-cam"),
        ("pages/dense_block.py", "picture", "star", "star"),
    ],
)
def test_a_link_may_name_a_choice_by_its_short_name(
    page_path: str, key: str, given: str, shown: str
) -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[key] = given
    app.switch_page(page_path).run()
    assert app.selectbox(key=key).value == shown
