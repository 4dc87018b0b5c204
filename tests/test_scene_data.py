"""The twins' pictures: drawn in parallel, turned with their labels, tagged alike."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from densenet_viz.scenes import data
from densenet_viz.scenes.data import Pictures, draw, tagged, turned
from densenet_viz.scenes.generator import SIZE, coverage, draw_pair, draw_scene
from densenet_viz.scenes.shapes import CLASSES, SHAPES
from densenet_viz.scenes.tags import CORNERS, draw_tag, tag, tag_mask

LEFT, RIGHT, HEART = (CLASSES.index(name) for name in ("left spiral", "right spiral", "heart"))


@pytest.mark.parametrize("processors", [1, 2])
def test_drawing_many_is_drawing_each(monkeypatch: pytest.MonkeyPatch, processors: int) -> None:
    """In chunks of two, so that the last of each kind is not full."""
    monkeypatch.setattr(data, "_CHUNK", 2)
    monkeypatch.setattr(data, "cpu_count", lambda: processors)
    pictures = draw(7, "validation", 5, 3)
    assert len(pictures) == 8
    for index in range(5):
        scene = draw_scene(7, "validation", index)
        np.testing.assert_array_equal(pictures.images[index], scene.image)
        assert pictures.labels[index].tolist() == [scene.label] * 2
    for index in range(3):
        pair = draw_pair(7, "validation", index)
        np.testing.assert_array_equal(pictures.images[5 + index], pair.image)
        assert pictures.labels[5 + index].tolist() == list(pair.labels)


def test_drawing_nothing_gives_nothing() -> None:
    pictures = draw(0, "train", 0)
    assert (pictures.images.shape, pictures.labels.shape) == ((0, SIZE, SIZE, 3), (0, 2))


# -- turned ---------------------------------------------------------------------------------


def _rendered(label: int) -> NDArray[np.uint8]:
    cover = coverage(SHAPES[CLASSES[label]], 0.5, 0.5, 0.4, 0.0)
    return np.repeat(np.rint(cover * 255).astype(np.uint8)[..., None], 3, axis=2)


def _views(image: NDArray[np.uint8]) -> list[bytes]:
    return [np.ascontiguousarray(np.rot90(image, turn)).tobytes() for turn in range(4)]


def test_a_mirrored_spiral_is_called_by_its_other_hand() -> None:
    """Each turned picture is one of the four views of the very class that its label names."""
    np.testing.assert_array_equal(_rendered(LEFT), _rendered(RIGHT)[::-1])
    kinds = np.array([LEFT, RIGHT] * 40)
    images = np.stack([_rendered(label) for label in kinds])
    result = turned(Pictures(images, np.stack([kinds, kinds], 1)), np.random.default_rng(0))
    views = {label: _views(_rendered(label)) for label in (LEFT, RIGHT)}
    for image, (label, _) in zip(result.images, result.labels, strict=True):
        assert image.tobytes() in views[label]
    mirrored = result.labels[:, 0] != kinds
    assert 20 <= mirrored.sum() <= 60
    seen = {image.tobytes() for image in result.images}
    assert seen == {*views[LEFT], *views[RIGHT]}


def test_turning_keeps_other_labels_and_the_given_pictures() -> None:
    images = np.arange(6 * 4 * 4 * 3, dtype=np.uint16).astype(np.uint8).reshape(6, 4, 4, 3)
    before = images.copy()
    labels = np.array([(HEART, LEFT)] * 6)
    result = turned(Pictures(images, labels), np.random.default_rng(1))
    assert (result.labels[:, 0] == HEART).all()
    assert set(result.labels[:, 1].tolist()) == {LEFT, RIGHT}
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(
        np.sort(result.images.reshape(6, -1)), np.sort(images.reshape(6, -1))
    )


# -- tagged ---------------------------------------------------------------------------------


def _grey(labels: list[tuple[int, int]]) -> Pictures:
    """No value of a tag is this grey, so that a tag can be read off the picture."""
    return Pictures(np.full((len(labels), SIZE, SIZE, 3), 128, np.uint8), np.array(labels))


def _read(image: NDArray[np.uint8]) -> dict[str, int]:
    """What the tag in each corner says; checks that nothing else was drawn."""
    found: dict[str, int] = {}
    rebuilt = np.full_like(image, 128)
    for corner in CORNERS:
        sticker = image[tag_mask(corner, SIZE)][:, 0]
        for label in range(len(CLASSES)):
            if np.array_equal(sticker, tag(label).ravel()):
                found[corner] = label
                rebuilt = draw_tag(rebuilt, label, corner)
    np.testing.assert_array_equal(image, rebuilt)
    return found


LABELS = [(3, 3), (4, 9), (0, 0), (15, 1)] * 30


def test_where_tags_tell_each_object_has_its_own() -> None:
    result = tagged(_grey(LABELS), np.random.default_rng(0), tells=True)
    for image, labels in zip(result.images, LABELS, strict=True):
        assert sorted(_read(image).values()) == sorted(set(labels))
    np.testing.assert_array_equal(result.labels, LABELS)


def test_where_tags_tell_nothing_half_have_them_and_they_say_anything() -> None:
    result = tagged(_grey(LABELS), np.random.default_rng(0), tells=False)
    read = [_read(image) for image in result.images]
    shown = [(tags, labels) for tags, labels in zip(read, LABELS, strict=True) if tags]
    assert 40 <= len(shown) <= 80
    assert all(len(tags) == len(set(labels)) for tags, labels in shown)
    right = [label in labels for tags, labels in shown for label in tags.values()]
    assert np.mean(right) < 0.25
    assert len({label for tags, _ in shown for label in tags.values()}) >= 14


def test_both_twins_find_tags_in_the_same_corners() -> None:
    telling = tagged(_grey(LABELS), np.random.default_rng(3), tells=True)
    other = tagged(_grey(LABELS), np.random.default_rng(3), tells=False)
    pairs = zip(telling.images, other.images, strict=True)
    corners = [(_read(first).keys(), _read(second).keys()) for first, second in pairs]
    assert all(not second or first == second for first, second in corners)
    used = {corner for first, _ in corners for corner in first}
    assert used == set(CORNERS)


def test_the_given_pictures_are_kept() -> None:
    given = _grey(LABELS[:4])
    tagged(given, np.random.default_rng(0), tells=True)
    assert (given.images == 128).all()
