"""Two networks along their training: one picture, and how many unseen scenes they name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.theme import CIVIDIS, OKABE_ITO
from densenet_viz.results.traces import Picture
from densenet_viz.results.watched import TagShares, WatchedFrame, WatchedRun, tag_wins
from densenet_viz.stage.maps.signed_scale import PackedSigned, pack_palette, pack_signed
from densenet_viz.stage.shared.outline import outline
from densenet_viz.stage.shared.packing import PackedMaps, pack_maps, picture_address
from densenet_viz.stage.shared.reuse import reuse_picture

Mask = NDArray[np.bool_]

KERNELS_A_ROW = 8
_HEAT_SIDE = 64
_LOOKS = ((OKABE_ITO[5], 0), (OKABE_ITO[4], 1))
"""Colour and mark of the first and the second network."""


class WatchedShares(TypedDict):
    """`TagShares`; its `false` is `wrong` here."""

    true: float
    none: float
    wrong: float
    follows: float


class WatchedLook(TypedDict):
    """A network after some steps, and what it does with the picture.

    `kernels` and `reuse` are pictures; `kernels` has the first layer's, eight in a row, `reuse` one
    for each block.
    """

    chances: list[float]
    kernels: str
    maps: list[PackedMaps]
    reuse: list[str]
    heat: PackedSigned
    on_object: float
    on_tag: float | None


class WatchedNetwork(TypedDict):
    """One of the two networks; `shares` and `looks` go with the scene's steps."""

    title: str
    colour: str
    mark: int
    wins: int | None
    shares: list[WatchedShares]
    looks: list[WatchedLook]


class WatchedOutline(TypedDict):
    """Where the object or the tag is, as an SVG path in pixels."""

    name: str
    path: str


class WatchedScene(TypedDict):
    """What `watched.js` shows; `tag` is "" where the picture has none."""

    picture: str
    size: int
    truth: str
    tag: str
    labels: list[str]
    steps: list[int]
    judged: int
    method: str
    networks: list[WatchedNetwork]
    outlines: list[WatchedOutline]
    palette: str
    magnitudes: str


def watched_scene(
    runs: Sequence[WatchedRun],
    titles: Sequence[str],
    *,
    picture: Picture,
    mask: Mask,
    tag_mask: Mask | None,
    truth: str,
    tag: str,
    labels: Sequence[str],
    judged: int,
    method: str,
) -> WatchedScene:
    """The scene of `watched.js`.

    Args:
        runs: the honest network and the cheater, of the same steps.
        titles: their names.
        picture: (S, S, 3) uint8, with its tag.
        mask: (S, S), where the object is.
        tag_mask: (S, S), where the tag is; None if there is none.
        truth: the object's class.
        tag: the class that the tag names, or "".
        labels: of the classes.
        judged: how many unseen scenes the shares are of.
        method: the title of the method of the maps.
    """
    outlines = (("object", mask), ("tag", tag_mask))
    return {
        "picture": picture_address(picture),
        "size": len(picture),
        "truth": truth,
        "tag": tag,
        "labels": list(labels),
        "steps": list(runs[0].steps),
        "judged": judged,
        "method": method,
        "networks": [
            {
                "title": title,
                "colour": colour,
                "mark": mark,
                "wins": tag_wins(run.steps, run.shares),
                "shares": [_shares(share) for share in run.shares],
                "looks": [_look(frame) for frame in run.frames],
            }
            for run, title, (colour, mark) in zip(runs, titles, _LOOKS, strict=True)
        ],
        "outlines": [
            {"name": name, "path": outline(part)} for name, part in outlines if part is not None
        ],
        "palette": pack_palette(),
        "magnitudes": CIVIDIS,
    }


def _shares(share: TagShares) -> WatchedShares:
    return {
        "true": share.true,
        "none": share.none,
        "wrong": share.false,
        "follows": share.follows,
    }


def _look(frame: WatchedFrame) -> WatchedLook:
    return {
        "chances": [round(float(chance), 4) for chance in frame.chances],
        "kernels": picture_address(kernel_picture(frame.kernels)),
        "maps": [pack_maps(maps) for maps in frame.maps],
        "reuse": [picture_address(reuse_picture(block)) for block in frame.reuse],
        "heat": pack_signed(frame.heat, _HEAT_SIDE),
        "on_object": round(frame.on_object, 4),
        "on_tag": None if frame.on_tag is None else round(frame.on_tag, 4),
    }


def kernel_picture(kernels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Kernels (C, 3, h, w) as one picture (H, W, 4): eight in a row, a clear pixel between them.

    Red, green and blue are the weights of these colours: grey is zero, and each kernel's strongest
    weight is 0 or 255.
    """
    count, _, height, width = kernels.shape
    rows = -(-count // KERNELS_A_ROW)
    made = np.zeros((rows * (height + 1) - 1, KERNELS_A_ROW * (width + 1) - 1, 4), np.uint8)
    for place, kernel in enumerate(kernels):
        row, column = divmod(place, KERNELS_A_ROW)
        strongest = float(np.abs(kernel).max()) or 1.0
        tile = made[row * (height + 1) :, column * (width + 1) :][:height, :width]
        tile[..., :3] = np.rint(127.5 * (1 + kernel.transpose(1, 2, 0) / strongest))
        tile[..., 3] = 255
    return made
