"""Every colour and size that figures and stages share.

One colour per source layer, the same in every picture: grey for the block input, then Okabe
and Ito's colour-blind safe set, then the same hues lighter and darker for deeper layers.
"""

from __future__ import annotations

import base64
import colorsys

import numpy as np

from densenet_viz.figures.colours import cividis_rgb

ENTERING = "#8C8F98"
"""The block input: the stem's or the transition's maps."""

OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#F0E442")
_SHADES = (0.0, -0.16, 0.18)

CIVIDIS = base64.b64encode(cividis_rgb(np.linspace(0, 1, 256, dtype=np.float32)).tobytes()).decode()
"""The colours of magnitudes as 256 RGB triples, for the stage."""


def layer_colour(layer: int) -> str:
    """The colour of the maps that dense layer `layer` of a block wrote; 0 is the block input.

    >>> layer_colour(0), layer_colour(1), layer_colour(2)
    ('#8C8F98', '#E69F00', '#56B4E9')
    """
    if layer == 0:
        return ENTERING
    turn, hue = divmod(layer - 1, len(OKABE_ITO))
    base = OKABE_ITO[hue]
    red, green, blue = (int(base[place : place + 2], 16) / 255 for place in (1, 3, 5))
    tone, light, strength = colorsys.rgb_to_hls(red, green, blue)
    light = min(0.85, max(0.2, light + _SHADES[turn % len(_SHADES)]))
    parts = colorsys.hls_to_rgb(tone, light, strength)
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts) if turn else base


FAMILY_COLOURS = {"DenseNet": "#D55E00", "ResNet": "#0072B2", "ResNetV2": "#009E73"}
FAMILY_MARKS = {"DenseNet": "circle", "ResNet": "square", "ResNetV2": "diamond"}
"""A family of networks also has a shape, so that colour is never the only difference."""

KIND_COLOURS = {
    "7×7": "#8C8F98",
    "1×1": "#56B4E9",
    "3×3": "#0072B2",
    "transition": "#E69F00",
    "batch norm": "#CC79A7",
    "classifier": "#009E73",
}
"""The kinds of weight layer of `inventory.KINDS`."""

FOUND_COLOURS = {"hit": OKABE_ITO[6], "extra": OKABE_ITO[3]}
"""Colours of the pixels that a threshold keeps on the object, and beside it (also hatched): they
differ in brightness, and neither is a colour of the signed scale."""
