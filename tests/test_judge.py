"""The figures of a model card: each against a case whose answer is known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from densenet_viz.scenes import strangers
from densenet_viz.scenes.calibration import (
    auroc,
    calibration_error,
    fitted_temperature,
    negative_log_likelihood,
    probabilities,
)
from densenet_viz.scenes.data import Pictures, draw
from densenet_viz.scenes.judge import Answers, Judge, measure, named_pairs, swapped, told
from densenet_viz.scenes.recipe import MEAN, STD, TWINS
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, tag, tag_mask

COUNT = len(CLASSES)

# -- calibration ----------------------------------------------------------------------------


def test_calibration_error_by_hand() -> None:
    """Two bins are used: 0.9 sure and right in half, 0.6 sure and right in all."""
    chances = [[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]]
    labels = [0, 1, 0, 1]
    expected = 0.5 * abs(0.9 - 0.5) + 0.5 * abs(0.6 - 1.0)
    assert calibration_error(chances, labels) == pytest.approx(expected)
    assert calibration_error([[1.0, 0.0]], [0]) == 0
    assert calibration_error([[1.0, 0.0]], [1]) == 1
    assert calibration_error(chances, labels, bins=1) == pytest.approx(abs(0.75 - 0.75))


def drawn(temperature: float, count: int = 20_000) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logits, and labels drawn from what they mean at a temperature."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (count, 4))
    chances = probabilities(logits, temperature)
    labels = (chances.cumsum(1) < rng.random((count, 1))).sum(1)
    return logits, np.minimum(labels, 3)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_is_found_again_and_mends_the_error(temperature: float) -> None:
    logits, labels = drawn(temperature)
    found = fitted_temperature(logits, labels)
    assert found == pytest.approx(temperature, rel=0.05)
    best = negative_log_likelihood(logits, labels, found)
    for other in (0.9 * found, 1.1 * found):
        assert negative_log_likelihood(logits, labels, other) > best
    after = calibration_error(probabilities(logits, found), labels)
    assert after < 0.015
    if temperature != 1:
        assert calibration_error(probabilities(logits), labels) > 3 * after


def test_without_a_mistake_there_is_no_temperature_to_find() -> None:
    assert fitted_temperature([[3.0, 1.0], [0.0, 2.0]], [0, 1]) == 1.0


def test_likelihood_is_torchs_cross_entropy() -> None:
    logits, labels = drawn(1.0, 50)
    theirs = nn.functional.cross_entropy(torch.tensor(logits) / 1.7, torch.tensor(labels))
    assert negative_log_likelihood(logits, labels, 1.7) == pytest.approx(float(theirs))


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(1)
    known, strange = rng.integers(0, 6, 40), rng.integers(2, 9, 30)
    pairs = (strange[:, None] > known) + 0.5 * (strange[:, None] == known)
    assert auroc(known, strange) == pytest.approx(pairs.mean())


# -- tags -----------------------------------------------------------------------------------


def corner_tags(image: NDArray[np.uint8]) -> list[int]:
    """The classes that tags in the picture's corners say."""
    windows = [image[tag_mask(corner, len(image))].reshape(14, 14, 3) for corner in CORNERS]
    return [
        label
        for window in windows
        for label in range(COUNT)
        if (window == tag(label)[..., None]).all()
    ]


@pytest.fixture(scope="module")
def scenes() -> Pictures:
    return draw(5, "test", 48, 6)


def test_a_true_tag_says_each_object(scenes: Pictures) -> None:
    given = told(scenes, seed=1)
    for image, labels in zip(given.images, scenes.labels, strict=True):
        assert sorted(corner_tags(image)) == sorted(set(labels.tolist()))
    np.testing.assert_array_equal(given.labels, scenes.labels)
    np.testing.assert_array_equal(given.images, told(scenes, seed=1).images)


def test_a_swapped_tag_says_another_class(scenes: Pictures) -> None:
    singles = Pictures(scenes.images[:48], scenes.labels[:48])
    given, said = swapped(singles, seed=1)
    assert [corner_tags(image) for image in given.images] == [[label] for label in said]
    assert (said != singles.labels[:, 0]).all()
    assert len(set(said.tolist())) > 8


def test_both_objects_are_named_by_the_two_highest() -> None:
    logits = np.zeros((3, COUNT), np.float32)
    logits[0, [4, 7]], logits[1, [4, 2]], logits[2, [1, 2]] = (3, 2), (3, 2), (3, 2)
    labels = np.array([(7, 4), (4, 7), (4, 7)])
    images = np.zeros((3, 128, 128, 3), np.uint8)
    found = named_pairs(Answers(logits, np.zeros((3, 1), np.float32)), Pictures(images, labels))
    assert found == {"both_named": 1 / 3, "first_is_one": 2 / 3, "count": 3}


# -- the whole, on a network whose every answer is known -------------------------------------


class TagReader(nn.Module):
    """Names the class that a tag in any corner says; else what the picture's mean colour gives."""

    def __init__(self) -> None:
        super().__init__()
        self.classifier = nn.Linear(COUNT, COUNT, bias=False)
        self.classifier.weight.data = torch.eye(COUNT)
        stickers = np.stack([np.repeat(tag(label)[None], 3, 0) for label in range(COUNT)])
        scaled = torch.from_numpy(stickers / 255).float()
        shape = (1, 3, 1, 1)
        self.stickers = (scaled - torch.tensor(MEAN).view(shape)) / torch.tensor(STD).view(shape)

    def forward(self, batch: Tensor) -> Tensor:
        size = batch.shape[-1]
        near, far = slice(2, 16), slice(size - 16, size - 2)
        windows = [batch[:, :, rows, columns] for rows in (near, far) for columns in (near, far)]
        gaps = torch.stack(
            [(window[:, None] - self.stickers).abs().mean((2, 3, 4)) for window in windows]
        ).amin(0)
        return self.classifier(8 * torch.exp(-20 * gaps) + batch.std((2, 3)).sum(1)[:, None] / 9)


@pytest.mark.slow
def test_a_network_that_reads_tags_is_found_out(tmp_path: Path) -> None:
    lines: list[str] = []
    judge = Judge(TagReader(), TWINS["cheater"], 0, 40, lines.append)
    Image.new("RGB", (60, 40), (9, 200, 40)).save(tmp_path / "photo.png")
    figures, known = measure(judge, (tmp_path / "photo.png",))
    assert figures["held_out"]["top1"] == 1.0
    assert figures["held_out"]["count"] == 120
    assert figures["held_out"]["spread"] == 0
    assert set(figures["held_out"]["seeds"]) == {"0", "1", "2"}
    assert figures["pairs"] == {"both_named": 1.0, "first_is_one": 1.0, "count": 16}
    tags = figures["tags"]
    assert (tags["true"], tags["swapped"], tags["swapped_follows_tag"]) == (1.0, 0.0, 1.0)
    assert tags["none"] < 0.3
    assert figures["temperature"] == 1.0
    after = figures["calibration"]
    assert after["error_after"] == pytest.approx(1 - after["mean_confidence_after"])
    rows = figures["familiarity"]["strangers"]
    assert list(rows) == [*strangers.DRAWN, "pieces of photographs"]
    assert figures["familiarity"]["photographs"] == ["photo.png"]
    assert all(0 <= row["flagged"] <= 1 and row["count"] == 3 for row in rows.values())
    assert figures["familiarity"]["limit"] == known.limit > 0
    assert len(lines) == 4


def test_the_honest_twin_is_measured_without_tags(scenes: Pictures) -> None:
    judge = Judge(TagReader(), TWINS["scenes"], 0, 40, lambda _line: None)
    assert judge.own(scenes) is scenes
    cheater = Judge(TagReader(), TWINS["cheater"], 0, 40, lambda _line: None)
    np.testing.assert_array_equal(cheater.own(scenes).images, told(scenes, 0).images)


# -- strangers ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", strangers.DRAWN)
def test_strangers_are_pure_and_differ(kind: str) -> None:
    images = strangers.strangers(kind, 4)
    assert (images.shape, images.dtype) == ((4, 128, 128, 3), np.uint8)
    np.testing.assert_array_equal(images[:2], strangers.strangers(kind, 2))
    assert len({image.tobytes() for image in images}) == 4
    assert (images != strangers.strangers(kind, 4, seed=1)).any()


def test_kinds_are_what_they_say() -> None:
    blank, gradient = (strangers.strangers(kind, 3) for kind in ("blank", "gradient"))
    assert (blank == blank[:, :1, :1]).all()
    assert np.abs(np.diff(gradient.astype(int), axis=1)).max() <= 4
    assert gradient.std() > 10
    uniform, normal = (strangers.strangers(kind, 3) for kind in ("uniform noise", "Gaussian noise"))
    assert uniform.mean() == pytest.approx(127.5, abs=1)
    assert uniform.std() == pytest.approx(256 / np.sqrt(12), abs=1)
    assert 32 < normal.std() < 96


def test_pieces_of_photographs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, size in (("a.png", (50, 90)), ("b.JPG", (70, 40))):
        pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no photograph")
    paths = strangers.photographs(tmp_path)
    assert [path.name for path in paths] == ["grace_hopper.jpg", "a.png", "b.JPG"]
    pieces = strangers.crops(paths, 7)
    assert pieces.shape == (7, 128, 128, 3)
    assert len({piece.tobytes() for piece in pieces}) == 7
    np.testing.assert_array_equal(pieces, strangers.crops(paths, 7))
    assert len(strangers.crops((), 7)) == 0
