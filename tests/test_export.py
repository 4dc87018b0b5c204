"""What a map is taken away as: PNG, SVG, NPZ, JSON, against the numbers that it was made of."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest

from densenet_viz.export.maps import SCHEMA, about, to_json, to_npz
from densenet_viz.figures.attribution_image import Words, figure_svg, map_png, picture_png
from densenet_viz.figures.colours import limit_of, overlay, signed_rgb
from densenet_viz.results.attributions import Attribution, Prediction
from tests.small_models import picture, small_model

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = picture(32)
HEAT = np.random.default_rng(2).normal(size=(3, 32, 32)).astype(np.float32)
RING = Prediction(1, "ring", 0.9731)
WORDS = Words(
    title="What speaks for it",
    method="Integrated gradients",
    unit="share of the score",
    source="Sundararajan, Taly, Yan, ICML 2017",
    network="Small. Random weights.",
    settings={"n_steps": 8, "baseline": "black"},
)


def attribution(**changes: Any) -> Attribution:
    made = Attribution("integrated-gradients", HEAT, RING, (RING,), 0.5, 9, 8, 0.25)
    return replace(made, parameters={"n_steps": 8}, nodes=(0.0, 1.0), **changes)


def pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


# -- numbers --------------------------------------------------------------------------------


def test_npz_and_json_say_the_same() -> None:
    model, made = small_model(), attribution()
    file = to_npz(made, PICTURE, about(model))
    with np.load(io.BytesIO(file), allow_pickle=False) as archive:
        assert set(archive) == {"values", "picture", "metadata"}
        np.testing.assert_array_equal(archive["values"], HEAT)
        np.testing.assert_array_equal(archive["picture"], PICTURE)
        metadata = json.loads(str(archive["metadata"]))
    whole = json.loads(to_json(made, PICTURE, about(model)))
    packed = whole.pop("values")
    assert whole == metadata
    values = np.frombuffer(base64.b64decode(packed["data"]), packed["dtype"])
    np.testing.assert_array_equal(values.reshape(packed["shape"]), HEAT)
    assert metadata["schema"] == SCHEMA
    assert metadata["sum"] == pytest.approx(HEAT.sum(dtype=np.float64))
    assert metadata["picture_sha256"] == hashlib.sha256(PICTURE.tobytes()).hexdigest()
    assert metadata["target"] == {"index": 1, "label": "ring", "probability": 0.9731}
    assert (metadata["forward_passes"], metadata["backward_passes"]) == (9, 8)
    assert (metadata["nodes"], metadata["parameters"]) == ([0.0, 1.0], {"n_steps": 8})
    assert (metadata["model"], metadata["mean"]) == ("small", [0.5, 0.4, 0.3])


# -- PNG ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 3, 16])
def test_each_pixel_becomes_a_square(scale: int) -> None:
    made = attribution()
    heat = HEAT.sum(0)
    for alone, expected in (
        (False, overlay(PICTURE, heat, 0.6, limit_of(heat))),
        (True, signed_rgb(heat, limit_of(heat))),
    ):
        drawn = pixels(map_png(PICTURE, made, scale=scale, alone=alone))
        assert drawn.shape == (32 * scale, 32 * scale, 3)
        squares = drawn.reshape(32, scale, 32, scale, 3)
        assert (squares == expected[:, None, :, None]).all()
    np.testing.assert_array_equal(
        pixels(picture_png(PICTURE, scale=scale))[::scale, ::scale], PICTURE
    )


def test_the_legend_stands_below_and_goes_from_blue_to_orange() -> None:
    plain = pixels(map_png(PICTURE, attribution(), scale=8))
    with_legend = pixels(map_png(PICTURE, attribution(), scale=8, legend=True))
    np.testing.assert_array_equal(with_legend[: len(plain)], plain)
    strip = with_legend[len(plain) :]
    ramp = strip[len(strip) // 6]
    assert ramp[0].tolist() == [27, 111, 188]
    assert ramp[-1].tolist() == [176, 82, 0]
    assert ramp[len(ramp) // 2].min() > 250
    numbers = strip[len(strip) // 2 :]
    for part in np.array_split(numbers, 3, axis=1):
        assert part.min() < 60  # ink of a number on the left, in the middle, on the right
    assert limit_of(HEAT.sum(0)) > 0


@pytest.mark.parametrize("scale", [0, 17, -1, 1.5, True])
def test_another_scale_is_refused(scale: Any) -> None:
    with pytest.raises(ValueError, match="from 1 to 16"):
        map_png(PICTURE, attribution(), scale=scale)


# -- SVG ------------------------------------------------------------------------------------


def texts(root: ET.Element) -> str:
    return "\n".join(one.text or "" for one in root.iter(f"{SVG}text"))


def test_the_figure_holds_both_pictures_and_says_what_they_are() -> None:
    root = ET.fromstring(figure_svg(PICTURE, attribution(), WORDS))  # noqa: S314
    images = [
        pixels(base64.b64decode(one.attrib["href"].split(",")[1]))
        for one in root.iter(f"{SVG}image")
    ]
    np.testing.assert_array_equal(images[0], PICTURE)
    heat = HEAT.sum(0)
    np.testing.assert_array_equal(images[1], overlay(PICTURE, heat, 0.6, limit_of(heat)))
    said = texts(root)
    for words in (
        "What speaks for it",
        "97.3%",
        "Integrated gradients",
        "n_steps = 8",
        "baseline = black",
        "0.250",  # the convergence delta
        "share of the score",
        "Small",
        "Sundararajan",
    ):
        assert words in said
    limit = f"{limit_of(heat):#.3g}"
    for words in (f"−{limit}", f"+{limit}"):
        assert f"\n{words}\n" in said
    assert said.count("ring") >= 3  # what the map is for, and both ends of its scale
    stops = [one.attrib["stop-color"] for one in root.iter(f"{SVG}stop")]
    assert (stops[0], stops[3], stops[-1]) == ("#1B6FBC", "#FFFFFF", "#B05200")


def test_a_map_of_zeros_has_no_scale_in_either_file() -> None:
    zeros = attribution(values=np.zeros((1, *PICTURE.shape[:2]), np.float32))
    strip = pixels(map_png(PICTURE, zeros, scale=8, legend=True))[8 * len(PICTURE) :]
    assert (np.ptp(strip.astype(int), axis=-1) <= 4).all()  # dark letters, no colours
    assert strip.min() < 128
    root = ET.fromstring(figure_svg(PICTURE, zeros, WORDS))  # noqa: S314
    assert root.find(f"{SVG}linearGradient") is None
    assert any("zero" in (node.text or "") for node in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("width", [320, 960, 4096])
def test_everything_stands_inside_the_figure(width: int) -> None:
    root = ET.fromstring(figure_svg(PICTURE, attribution(), WORDS, width=width))  # noqa: S314
    _, _, right, bottom = map(float, root.attrib["viewBox"].split())
    assert right == width
    for one in root.iter(f"{SVG}image"):
        place = {name: float(one.attrib[name]) for name in ("x", "y", "width", "height")}
        assert place["x"] + place["width"] <= right
        assert place["y"] + place["height"] <= bottom
    rows = [float(one.attrib["y"]) for one in root.iter(f"{SVG}text")]
    assert max(rows) < bottom


def test_a_stranger_s_text_stays_text() -> None:
    hostile = "</text><script>alert(1)</script>\"'&\x00\x1b]]>\ud800\n" + "long " * 80
    label = Prediction(1, hostile, 0.5)
    words = Words(hostile, hostile, hostile, hostile, hostile, {hostile: hostile})
    svg = figure_svg(PICTURE, attribution(target=label), words, width=320)
    root = ET.fromstring(svg)  # noqa: S314
    names = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert names == {*("svg", "title", "desc", "rect", "text", "image", "linearGradient", "stop")}
    assert "<script" not in svg
    assert all(not name.startswith("on") for one in root.iter() for name in one.attrib)
    assert all(one.attrib["href"].startswith("data:image/png;") for one in root.iter(f"{SVG}image"))


@pytest.mark.parametrize("width", [319, 4097])
def test_another_width_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="320 to 4096"):
        figure_svg(PICTURE, attribution(), WORDS, width=width)


# -- the page -------------------------------------------------------------------------------

PAGE = """
from densenet_viz.attribution import attribute
from densenet_viz.ui.attribution import map_files
from densenet_viz.ui.uploads import (CurrentPicture)
from tests.small_models import picture, small_model

model, pixels = small_model(), picture()
made = attribute(model, pixels, method={method!r}, device="cpu")
map_files.show_files(model, CurrentPicture("p", pixels, "k", None), made, key="here")
"""


def test_the_row_of_files() -> None:
    app = AppTest.from_string(PAGE.format(method="saliency"), default_timeout=60).run()
    assert [error.message for error in app.exception] == []
    labels = [one.proto.label for one in app.get("download_button")]
    assert labels == ["PNG", "SVG", "NPZ", "JSON"]
    app.number_input(key="here_scale").set_value(4).run()
    assert [error.message for error in app.exception] == []
    assert (app.number_input(key="here_scale").min, app.number_input(key="here_scale").max) == (
        1,
        16,
    )


def test_every_file_s_name_is_plain() -> None:
    from densenet_viz.attribution import METHODS

    assert all(Path(name).name == name for name in METHODS)
