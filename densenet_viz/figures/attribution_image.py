"""A map as a picture file: PNG at any whole scale, and a figure in SVG with text and numbers.

Pixels are enlarged as squares, never smoothed: each square is one pixel of the network's input. A
smooth map would show more detail than was computed.
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from densenet_viz.figures.colours import SIGNED_SCALE, limit_of, overlay, signed_rgb
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Picture
from densenet_viz.stage.shared.words import number, probability_words

OPACITY = 0.6
"""The opacity of the map over the picture."""
SCALES = (1, 16)
"""Smallest and largest side of the square that one pixel becomes, in pixels."""
WIDTHS = (320, 4096)
"""Smallest and largest width of the SVG figure, in its own units."""

_BAR = 14
_INK, _FAINT, _PAPER = "#141518", "#5A5D66", "#FFFFFF"
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"


def map_png(
    picture: Picture,
    attribution: Attribution,
    *,
    scale: int = 1,
    alone: bool = False,
    legend: bool = False,
) -> bytes:
    """The map over the grey picture, or alone on white, as a PNG file.

    Args:
        picture: (S, S, 3) uint8, as the network was given it.
        attribution: the map of the same size.
        scale: side of the square that each pixel becomes, in pixels, 1 to 16.
        alone: without the picture behind it.
        legend: with a strip below that shows which colour is which number.

    Raises:
        ValueError: the scale is not a whole number from 1 to 16.
    """
    heat = attribution.heat
    limit = limit_of(heat)
    drawn = signed_rgb(heat, limit) if alone else overlay(picture, heat, OPACITY, limit)
    enlarged = _enlarged(drawn, scale)
    return _png(_with_legend(enlarged, limit if heat.any() else None) if legend else enlarged)


def picture_png(picture: Picture, *, scale: int = 1) -> bytes:
    """The picture (S, S, 3) alone, each pixel a square of `scale` (1 to 16) pixels."""
    return _png(_enlarged(picture, scale))


def _enlarged(pixels: Picture, scale: int) -> Picture:
    low, high = SCALES
    if type(scale) is not int or not low <= scale <= high:
        raise ValueError(f"scale={scale!r} was given, not a whole number from {low} to {high}.")
    return pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def _png(pixels: Picture) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def _with_legend(pixels: Picture, limit: float | None) -> Picture:
    """The pixels above a strip with the scale and its numbers; without a limit, it says "all 0".

    The numbers are in plain ASCII, because Pillow's own font has no real minus sign.
    """
    width = pixels.shape[1]
    size = max(8, min(24, width // 16))
    strip = Image.new("RGB", (width, 3 * size), _PAPER)
    if limit is None:
        font = ImageFont.load_default(size)
        middle = (width // 2, round(1.5 * size))
        ImageDraw.Draw(strip).text(middle, "all 0", fill=_INK, font=font, anchor="mm")
        return np.concatenate([pixels, np.asarray(strip, dtype=np.uint8)])
    ramp = signed_rgb(np.linspace(-1, 1, width)[None].repeat(size, axis=0), 1.0)
    strip.paste(Image.fromarray(ramp), (0, size // 4))
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(size)
    words = number(limit).replace("−", "-")
    top = round(1.5 * size)
    draw.text((1, top), f"-{words}", fill=_INK, font=font, anchor="la")
    draw.text((width // 2, top), "0", fill=_INK, font=font, anchor="ma")
    draw.text((width - 2, top), f"+{words}", fill=_INK, font=font, anchor="ra")
    return np.concatenate([pixels, np.asarray(strip, dtype=np.uint8)])


# -- the figure -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The figure's text; it may be any text, because it is escaped.

    `settings` are the method's, `unit` is what its values measure, `source` is the method's paper,
    `network` is the network that was used.
    """

    title: str
    method: str
    unit: str
    source: str
    network: str
    settings: Mapping[str, Any]


def figure_svg(
    picture: Picture, attribution: Attribution, words: Words, *, width: int = 960
) -> str:
    """Picture and map side by side, with title, class, colour bar, method, settings and source.

    Text stays text, pictures are embedded as PNG, and the file has no scripts and no links.

    Args:
        picture: (S, S, 3) uint8, as the network was given it.
        attribution: the map of the same size.
        words: the text.
        width: of the figure, 320 to 4,096 units; its height follows.

    Raises:
        ValueError: the width is not from 320 to 4,096.
    """
    low, high = WIDTHS
    if not low <= width <= high:
        raise ValueError(f"width={width!r} was given; {low} to {high} are allowed.")
    sheet = _Sheet(width)
    sheet.text(words.title, 22, bold=True)
    target = attribution.target
    sheet.text(f"Map for {target.label}, probability {probability_words(target.probability)}", 16)
    side = (width - 3 * sheet.margin) / 2
    limit = limit_of(attribution.heat)
    drawn = overlay(picture, attribution.heat, OPACITY, limit)
    sheet.pictures(side, [(picture, "The picture"), (drawn, f"{words.method} over it")])
    if attribution.heat.any():
        sheet.bar(limit, target.label)
    else:
        sheet.text("Every value of this map is zero: it has no colours and no scale.", 14)
    settings = ", ".join(f"{key} = {value}" for key, value in words.settings.items())
    sheet.text(f"{words.method}; {settings or 'it has no settings'}", 14)
    sheet.text(_numbers(attribution, words.unit), 14)
    sheet.text(f"Network: {words.network}", 14)
    sheet.text(f"Source: {words.source}", 12, faint=True)
    return sheet.finished(words.title, f"{words.method} map for {target.label}")


def _numbers(attribution: Attribution, unit: str) -> str:
    total = float(attribution.values.sum(dtype=np.float64))
    delta = attribution.convergence_delta
    rest = "" if delta is None else f", convergence delta {number(delta)}"
    if attribution.unscaled_delta is not None:
        rest += f", {number(attribution.unscaled_delta)} before scaling"
    return f"Sum of the map: {number(total)}{rest}. Unit: {unit}"


class _Sheet:
    """An SVG to which parts are added below each other; all lengths are in its own units."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.margin = 24
        self._y = 16.0
        self._parts: list[str] = []

    def text(self, words: str, size: int, *, bold: bool = False, faint: bool = False) -> None:
        """A paragraph; lines are broken by the usual width of letters."""
        room = max(16, int((self.width - 2 * self.margin) / (0.56 * size)))
        for line in textwrap.wrap(_clean(words), room):
            self._y += 1.4 * size
            weight = ' font-weight="700"' if bold else ""
            colour = _FAINT if faint else _INK
            self._line(self.margin, line, f'font-size="{size}" fill="{colour}"{weight}')
        self._y += 6

    def pictures(self, side: float, pictures: list[tuple[Picture, str]]) -> None:
        """Square pictures side by side, each with its name below."""
        self._y += 8
        top, lowest = self._y, self._y
        for place, (pixels, name) in enumerate(pictures):
            left = self.margin + place * (side + self.margin)
            data = base64.b64encode(_png(pixels)).decode()
            self._parts.append(
                f'<image x="{left:g}" y="{top:g}" width="{side:g}" height="{side:g}" '
                f'style="image-rendering: pixelated" preserveAspectRatio="none" '
                f'href="data:image/png;base64,{data}"><title>{_escaped(name)}</title></image>'
            )
            self._y = top + side + 2
            for line in textwrap.wrap(_clean(name), max(10, int(side / 8))):
                self._y += 18
                self._line(left, line, f'font-size="14" fill="{_INK}"')
            lowest = max(lowest, self._y)
        self._y = lowest + 12

    def bar(self, limit: float, label: str) -> None:
        """The signed scale with its numbers, and the meaning of its ends."""
        stops = "".join(
            f'<stop offset="{(place + 1) / 2:g}" stop-color="{colour}"/>'
            for place, colour in SIGNED_SCALE
        )
        length, left = self.width - 2 * self.margin, self.margin
        self._parts.append(
            f'<linearGradient id="scale">{stops}</linearGradient>'
            f'<rect x="{left}" y="{self._y:g}" width="{length}" height="{_BAR}" '
            f'fill="url(#scale)" stroke="{_FAINT}" stroke-width="0.5"/>'
        )
        self._y += _BAR + 18
        ink = f'font-size="14" fill="{_INK}"'
        self._line(left, f"−{number(limit)}", ink)
        self._line(left + length / 2, "0", f'{ink} text-anchor="middle"')
        self._line(left + length, f"+{number(limit)}", f'{ink} text-anchor="end"')
        self._y += 18
        name = textwrap.shorten(_clean(label), max(10, length // 17), placeholder="…")
        self._line(left, f"lowers {name}", ink)
        self._line(left + length, f"raises {name}", f'{ink} text-anchor="end"')
        self._y += 10

    def _line(self, x: float, words: str, style: str) -> None:
        self._parts.append(f'<text x="{x:g}" y="{self._y:g}" {style}>{_escaped(words)}</text>')

    def finished(self, title: str, description: str) -> str:
        height = round(self._y + 16)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{height}" '
            f'viewBox="0 0 {self.width} {height}" role="img" font-family="{_FONTS}">\n'
            f"<title>{_escaped(title)}</title>\n<desc>{_escaped(description)}</desc>\n"
            f'<rect width="100%" height="100%" fill="{_PAPER}"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )


def _escaped(words: str) -> str:
    return escape(_clean(words), quote=True)


def _clean(words: str) -> str:
    """The text in one line, without the characters that XML does not allow."""
    kept = (letter if letter.isprintable() else " " for letter in words)
    return "".join(kept).encode("utf-8", "replace").decode()
