"""Computes only what a covered part of a picture changes in a DenseNet's first block.

Up to transition 1 a network uses only neighbouring pixels: the stem's convolution and max pool, and
one more pixel for each 3x3 layer. So a covered window changes only a patch of the maps; outside it
they are those of the uncovered picture, which are computed once. The patch is exact: in its
outermost ring, where neighbours are missing, it keeps the uncovered picture's values. They are
correct there, because the patch is one pixel larger than the part that the window can change. If a
patch ends at the picture's own border, there is no ring: the convolutions' zeros are correct.

Sizes are given in pixels of block 1's maps, a quarter of the picture's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # the field's name for it

from densenet_viz.facts.arithmetic.inventory import halved
from densenet_viz.network.fused.network import FusedDenseNet
from densenet_viz.network.fused.parts import FusedBlock, Stem, Transition

_STRIDE = 4
_REACH = 5
"""Map pixel j of the stem (7x7 of stride 2, pool 3x3 of stride 2) uses pixels 4j - 5 to 4j + 5."""

_BEFORE = 6
"""Picture rows before 4j in the crop for a patch at j: the reach, and one for an even step."""

Boxes = NDArray[np.int64]
"""(M, 4): top, left, bottom, right in pixels of the picture, the last two exclusive."""


@dataclass(frozen=True)
class Patches:
    """The positions of the patches of all windows.

    Args:
        size: height and width of each.
        offsets: (M, 2) top and left. They are even, so that transition 1 averages the same pixels
            as in the whole map; the rest after a patch at the end is even, too.
        side: height and width of the whole map.
    """

    size: int
    offsets: NDArray[np.int64]
    side: int


def patches_of(boxes: Boxes, picture_size: int, layers: int) -> Patches | None:
    """Patches that contain everything that covering these boxes changes in a block of this depth.

    None if they would be as large as the whole map.
    """
    side = halved(halved(picture_size))
    around = layers + 1  # one for each 3x3, and the ring
    first = -((_REACH - boxes[:, :2]) // _STRIDE) - around
    last = (boxes[:, 2:] - 1 + _REACH) // _STRIDE + around
    start = np.maximum(first, 0) // 2 * 2
    size = int((np.minimum(last, side - 1) + 1 - start).max())
    size += (side - size) % 2
    if size >= side:
        return None
    return Patches(size, np.minimum(start, side - size), side)


class PatchedStart:
    """Transition 1's maps of a picture with one window covered, for many windows.

    Args:
        fused: the network.
        x: (1, 3, S, S) float32 normalised picture.
        cover: (1, 3, S, S) float32, the content of a window.
        boxes: (M, 4), not empty and within the picture.
        patches: from `patches_of`.
    """

    def __init__(
        self,
        fused: FusedDenseNet,
        first: tuple[FusedBlock, Transition],
        x: Tensor,
        cover: Tensor,
        boxes: Boxes,
        patches: Patches,
    ) -> None:
        self._stem, (self._block, self._transition) = fused.stem, first
        self._boxes, self._patches = boxes, patches
        self._picture_size = x.shape[-1]
        self._crop = _STRIDE * patches.size + _BEFORE + 2
        after = _STRIDE * patches.side + 2 - self._picture_size
        # Zeros around, as the convolution has.
        self._picture, self._cover = F.pad(x, (_BEFORE, after) * 2), cover
        with torch.no_grad():
            self._maps = self._block.forward(self._stem.forward(x, None), None)
            self._whole = self._transition.forward(self._maps, None)

    def maps(self, start: int, stop: int) -> Tensor:
        """(stop - start, C, h, w) float32 maps after transition 1 for these windows."""
        size = self._patches.size
        offsets = self._patches.offsets[start:stop]
        buffer = torch.cat([_cut(self._maps, place, size) for place in offsets])
        inside = self._inside(offsets)
        buffer.mul_(1 - inside)  # the ring
        buffer[..., : self._block.reads] = self._stem_patches(start, stop)
        self._block.fill(buffer, None, inside)
        made = self._transition.forward(buffer, None)
        after = self._whole.repeat(len(offsets), 1, 1, 1)
        for one, patch, place in zip(after, made, offsets // 2, strict=True):
            _cut(one[None], place, made.shape[1]).copy_(patch[None])
        return after.permute(0, 3, 1, 2)

    def _inside(self, offsets: NDArray[np.int64]) -> Tensor:
        """(N, R, R, 1): 0 on the ring, 1 within and at the picture's border."""
        size = self._patches.size
        free = np.ones((len(offsets), 2, size), np.float32)
        free[..., 0] = offsets == 0
        free[..., -1] = offsets == self._patches.side - size
        return self._on_device(free[:, 0, :, None] * free[:, 1, None, :])

    def _on_device(self, values: NDArray[np.float32]) -> Tensor:
        """(N, R, R) as (N, R, R, 1)."""
        return torch.from_numpy(values).to(self._maps)[..., None]

    def _stem_patches(self, start: int, stop: int) -> Tensor:
        """(N, R, R, k0): the stem, and the max pool's border by hand."""
        offsets = self._patches.offsets[start:stop]
        assert isinstance(self._stem, Stem)
        wide = self._stem.convolution(self._covered(start, stop).permute(0, 2, 3, 1))
        wide = wide[:, 2:-1, 2:-1]  # the rest saw the crop's border
        # The pool uses nothing outside. After a ReLU, zeros give the same result: some pixel of
        # its window is inside, and none is below zero.
        places = 2 * offsets[:, :, None] - 1 + np.arange(wide.shape[1])
        there = ((places >= 0) & (places < halved(self._picture_size))).astype(np.float32)
        wide = wide * self._on_device(there[:, 0, :, None] * there[:, 1, None, :])
        return F.max_pool2d(wide.permute(0, 3, 1, 2), 3, 2).permute(0, 2, 3, 1)

    def _covered(self, start: int, stop: int) -> Tensor:
        """(N, 3, h, w): the part of the covered picture that a patch needs."""
        crops = []
        chosen = slice(start, stop)
        for box, place in zip(self._boxes[chosen], self._patches.offsets[chosen], strict=True):
            top, left = (int(offset) * _STRIDE for offset in place)
            crop = self._picture[:, :, top : top + self._crop, left : left + self._crop].clone()
            rows, columns = slice(*map(int, box[::2])), slice(*map(int, box[1::2]))
            shown = self._cover[:, :, rows, columns]
            top, left = int(box[0]) + _BEFORE - top, int(box[1]) + _BEFORE - left
            crop[:, :, top : top + shown.shape[2], left : left + shown.shape[3]] = shown
            crops.append(crop)
        return torch.cat(crops)


def _cut(maps: Tensor, place: NDArray[np.int64], size: int) -> Tensor:
    """(N, size, size, C) of (N, H, W, C), as a view."""
    top, left = map(int, place)
    return maps[:, top : top + size, left : left + size]
