"""Occlusion by patches against the plain module network with each window covered by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from densenet_viz.attribution.asking import Asking
from densenet_viz.attribution.ours.occlusion import occluded
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.fused.network import FusedDenseNet, fuse
from densenet_viz.network.fused.patches import patches_of
from tests.small_models import OWN_SPEC, SPEC, small_network

THREE = DenseNetSpec(
    growth_rate=4, block_config=(1, 2, 2), initial_channels=8, compression=1.0, num_classes=6
)


def windows(size: int, window: int, stride: int) -> np.ndarray:
    """All windows, those at the right and lower border cut; and three of other shapes."""
    starts = np.arange(0, size, stride)
    corner = np.stack(np.meshgrid(starts, starts, indexing="ij"), -1).reshape(-1, 2)
    odd = [[0, 5, 4, 9], [size - 2, size - 1, size, size], [7, 3, 8, 12]]
    return np.concatenate([np.hstack([corner, corner + window]).clip(max=size), odd])


class Asked:
    """What `occluded` uses of an `Asking`, with a network and batches of its own."""

    def __init__(self, fused: FusedDenseNet, x: Tensor, target: int, batch: int) -> None:
        self.fused, self.x, self.target, self.batch = fused, x, target, batch // 2
        self.watch, self.counts = self, list[int]()
        self.before: Callable[[int], None] = self.counts.append

    def of_logits(self, logits: Tensor) -> Tensor:
        return logits


def scores_of(asked: Asked, boxes: np.ndarray, cover: Tensor) -> Tensor:
    """The scores of all windows; the batches bring them in their order."""
    parts = list(occluded(cast(Asking, asked), boxes, cover))
    np.testing.assert_array_equal(np.concatenate([part for part, _ in parts]), boxes)
    return torch.cat([scores for _, scores in parts])


def pictures(size: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(8)
    x, cover = torch.randn(2, 1, 3, size, size, generator=generator).double()
    return x, cover


@torch.no_grad()
def by_hand(network: nn.Module, x: Tensor, boxes: np.ndarray, cover: Tensor, target: int) -> Tensor:
    rows, columns = torch.arange(x.shape[2])[:, None], torch.arange(x.shape[3])[None]
    covered = []
    for top, left, bottom, right in boxes:
        inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
        covered.append(torch.where(inside, cover, x))
    return torch.cat([network(some)[:, target] for some in torch.cat(covered).split(16)])


def assert_same(scores: Tensor, expected: Tensor) -> None:
    """Relative to what the windows change: little beside the score that they all share.

    In float64 that leaves nine digits. In float32 the scores' own rounding is a thousandth of it.
    """
    spread = float(expected.max() - expected.min())
    assert spread > 0
    within = 1e-9 if expected.dtype is torch.float64 else 1e-3
    torch.testing.assert_close(scores, expected, rtol=0, atol=within * spread)


@pytest.fixture
def only_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole pass is not there to help out."""
    monkeypatch.setattr(FusedDenseNet, "logits", None)


@pytest.mark.usefixtures("only_patches")
@pytest.mark.parametrize("size", [64, 61, 66, 67, 72, 75])
@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC, THREE], ids=("usual", "own", "three blocks"))
def test_patches_give_the_whole_pass(spec: DenseNetSpec, size: int) -> None:
    """The sizes leave every remainder of 4, and even and odd maps."""
    network = small_network(replace(spec, input_size=size)).double()
    x, cover = pictures(size)
    boxes = windows(size, window=9, stride=13)
    scores = scores_of(Asked(fuse(network), x, 3, 16), boxes, cover)
    assert_same(scores, by_hand(network, x, boxes, cover, 3))


@pytest.mark.slow
@pytest.mark.usefixtures("only_patches")
def test_densenet_121() -> None:
    network = build(DenseNetSpec(num_classes=10), seed=4)
    x = pictures(128)[0].float()
    cover = torch.tensor([0.3, -0.2, 0.1]).view(1, 3, 1, 1).expand_as(x)
    corners = [(0, 0), (0, 102), (102, 0), (102, 102), (51, 51), (13, 64), (90, 38)]
    boxes = np.array([(top, left, top + 26, left + 26) for top, left in corners])
    scores = scores_of(Asked(fuse(network), x, 7, 3), boxes, cover)
    assert_same(scores, by_hand(network, x, boxes, cover, 7))


@pytest.mark.parametrize(
    ("spec", "window"),
    [(SPEC, 40), (replace(SPEC, block_config=(2,)), 9)],
    ids=("large window", "one block"),
)
def test_where_patches_spare_nothing_all_is_computed(spec: DenseNetSpec, window: int) -> None:
    network = small_network(spec).double()
    x, cover = pictures(64)
    boxes = windows(64, window, 24)
    scores = scores_of(Asked(fuse(network), x, 3, 4), boxes, cover)
    assert_same(scores, by_hand(network, x, boxes, cover, 3))


def test_a_patch_is_as_small_as_may_be() -> None:
    # Rows 96 to 127 are seen by map pixels ceil(91/4) = 23 to 132 // 4 = 33; six layers and the
    # ring make 16 to 40, 25 pixels, of which an even number is taken.
    patches = patches_of(np.array([[96, 96, 128, 128]]), 224, 6)
    assert patches is not None
    assert patches.size == 26
    assert patches.offsets.tolist() == [[16, 16]]
    assert patches_of(np.array([[0, 0, 190, 8]]), 224, 6) is None


def test_progress_is_told_before_each_batch_and_can_stop() -> None:
    x, cover = pictures(64)
    boxes = windows(64, 16, 16)[:10]
    asked = Asked(fuse(small_network().double()), x, 0, batch=4)
    scores_of(asked, boxes, cover)
    assert asked.counts == [2, 4, 4]  # few at first: somebody waits
    asked.counts.clear()

    def stop_at_third(count: int) -> None:
        asked.counts.append(count)
        if len(asked.counts) == 3:
            raise KeyboardInterrupt

    asked.before = stop_at_third
    with pytest.raises(KeyboardInterrupt):
        scores_of(asked, boxes, cover)
    assert asked.counts == [2, 4, 4]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_windows_are_each_asked_once(count: int) -> None:
    x, cover = pictures(64)
    boxes = windows(64, 16, 16)[:count]
    asked = Asked(fuse(small_network().double()), x, 0, batch=4)
    assert len(scores_of(asked, boxes, cover)) == sum(asked.counts) == count
    assert 0 not in asked.counts
