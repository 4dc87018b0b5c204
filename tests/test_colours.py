"""The two colour scales, and a map over a picture."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.figures.colours import (
    SIGNED_SCALE,
    cividis_rgb,
    limit_of,
    overlay,
    signed_rgb,
)


def lightness(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIE L* of sRGB, 0 to 100."""
    parts = colours / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(116 * np.cbrt(np.maximum(luminance, 1e-9)) - 16)


def test_the_signed_scale_is_white_at_zero_and_alike_on_both_sides() -> None:
    strengths = np.linspace(0, 1, 41)
    against = lightness(signed_rgb(-strengths[None], 1.0)[0])
    speaking = lightness(signed_rgb(strengths[None], 1.0)[0])
    assert against[0] == speaking[0] == pytest.approx(100, abs=0.1)
    np.testing.assert_allclose(against, speaking, atol=1.5)
    assert (np.diff(against) < 0).all()
    assert (np.diff(speaking) < 0).all()


def test_the_signed_scale_is_blue_below_and_orange_above() -> None:
    (low, high), *_ = [signed_rgb(np.array([[-1.0, 1.0]]), 1.0)[0].astype(int)]
    assert low[2] > low[0] + 100
    assert high[0] > high[2] + 100
    assert [place for place, _ in SIGNED_SCALE] == sorted(-place for place, _ in SIGNED_SCALE)


def test_the_limit_scales_and_clips() -> None:
    values = np.array([[-9.0, -3.0, 0.0, 1.5, 3.0, 9.0]])
    np.testing.assert_array_equal(signed_rgb(values, 3.0), signed_rgb(values / 3, 1.0))
    colours = signed_rgb(values, 3.0)[0]
    np.testing.assert_array_equal(colours[0], colours[1])
    np.testing.assert_array_equal(colours[4], colours[5])
    assert tuple(colours[3]) == (0xF3, 0xA5, 0x51)


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_without_a_limit_all_is_white(limit: float) -> None:
    assert (signed_rgb(np.ones((2, 3), np.float32), limit) == 255).all()


def test_what_is_no_number_is_white() -> None:
    assert (signed_rgb(np.full((2, 2), np.nan, np.float32), 1.0) == 255).all()


def test_cividis_is_matplotlibs() -> None:
    values = np.linspace(0, 1, 256, dtype=np.float32)
    theirs = 255 * mpl.colormaps["cividis"](np.arange(256))[:, :3]
    np.testing.assert_allclose(cividis_rgb(values), theirs, atol=0.51)
    assert cividis_rgb(np.array([[-1.0, 2.0, np.nan]])).tolist() == [
        [[0, 34, 78], [254, 232, 56], [0, 34, 78]]
    ]
    assert cividis_rgb(np.zeros((4, 5, 6))).shape == (4, 5, 6, 3)


def test_a_limit_is_not_set_by_one_pixel() -> None:
    values = np.ones((100, 100), np.float32)
    values[0, 0] = -1000
    assert limit_of(values) == 1.0
    assert limit_of(np.zeros((3, 3), np.float32)) == 1.0
    lonely = np.zeros((100, 100), np.float32)
    lonely[5, 5] = -7
    assert limit_of(lonely) == 7.0


def test_an_overlay_goes_from_the_picture_to_the_map() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    heat = np.linspace(-1, 1, 30, dtype=np.float32).reshape(5, 6)
    np.testing.assert_array_equal(overlay(picture, heat, 0.0, 1.0), picture)
    np.testing.assert_array_equal(overlay(picture, heat, 1.0, 1.0), signed_rgb(heat, 1.0))
    np.testing.assert_array_equal(overlay(picture, heat, 7.0, 1.0), signed_rgb(heat, 1.0))


def test_half_an_overlay_by_hand() -> None:
    red = np.array([[[255, 0, 0]]], dtype=np.uint8)
    blend = overlay(red, np.array([[1.0]]), 0.5, 1.0)
    grey = (0.2126 * 255 + 255) / 2
    expected = [(grey + part) / 2 for part in (0xB0, 0x52, 0x00)]
    np.testing.assert_allclose(blend[0, 0], expected, atol=0.51)
    assert blend.dtype == np.uint8
