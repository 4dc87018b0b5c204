"""Corner tags: a code for each class, and nothing of an object hidden."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from densenet_viz.scenes.generator import SIZE, draw_pair, draw_scene
from densenet_viz.scenes.placing import CORNER
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, INSET, TAG, draw_tag, tag, tag_mask


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [tag(label) for label in range(len(CLASSES))]
    for first, second in combinations(codes, 2):
        assert (first != second).sum() >= 25  # one whole cell at least


def test_the_code_is_the_number_in_binary_from_the_upper_left() -> None:
    cells = tag(0b0110)[4:-4:5, 4:-4:5]
    assert (cells < 128).tolist() == [[False, True], [True, False]]
    assert tag(0).shape == (TAG, TAG)
    assert (tag(0)[0] < 128).all()  # the rim


def test_a_tag_changes_its_corner_and_nothing_else() -> None:
    image = draw_scene(0, "sample", 2).image
    before = image.copy()
    for corner in CORNERS:
        result, mask = draw_tag(image, 5, corner), tag_mask(corner, SIZE)
        np.testing.assert_array_equal(result[~mask], image[~mask])
        for channel in range(3):
            np.testing.assert_array_equal(result[mask][:, channel], tag(5).ravel())
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(
    ("corner", "rows", "columns"),
    [
        ("upper left", (2, 16), (2, 16)),
        ("upper right", (2, 16), (112, 126)),
        ("lower left", (112, 126), (2, 16)),
        ("lower right", (112, 126), (112, 126)),
    ],
)
def test_corners_lie_where_their_names_say(
    corner: str, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    found = np.nonzero(tag_mask(corner, SIZE))  # type: ignore[arg-type]
    assert [(int(axis.min()), int(axis.max()) + 1) for axis in found] == [rows, columns]
    assert len(found[0]) == TAG * TAG


def test_a_tag_hides_nothing_of_an_object() -> None:
    """By the rule, and on drawn scenes: tags lie inside the corners that objects keep clear of."""
    assert INSET + TAG < CORNER * SIZE
    tags = np.any([tag_mask(corner, SIZE) for corner in CORNERS], axis=0)
    for index in range(64):
        assert not (draw_scene(1, "test", index).mask & tags).any()
    for index in range(32):
        assert not (np.any(draw_pair(1, "test", index).masks, axis=0) & tags).any()


def test_wrong_arguments_are_refused() -> None:
    image = np.zeros((SIZE, SIZE, 3), np.uint8)
    with pytest.raises(ValueError, match=r"label=16\b.*\b0\b.*\b15\b"):
        draw_tag(image, 16, "upper left")
    with pytest.raises(ValueError, match="upper left, upper right, lower left, lower right"):
        draw_tag(image, 0, "middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="corner='top'"):
        tag_mask("top", SIZE)  # type: ignore[arg-type]
