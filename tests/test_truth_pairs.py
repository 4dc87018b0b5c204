"""Two objects: what is said of the answer, and how a map is shared out between them."""

from __future__ import annotations

import numpy as np
import pytest

from densenet_viz.attribution import METHODS
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.scenes.generator import PairScene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.truth import pairs, twins
from tests.facts import names_in

SIZE = 32


def scene() -> PairScene:
    """A ring of four pixels in one corner and an arrow of four in the other."""
    ring, arrow = (np.zeros((SIZE, SIZE), np.bool_) for _ in range(2))
    ring[2:4, 2:4] = True
    arrow[28:30, 28:30] = True
    labels = (CLASSES.index("ring"), CLASSES.index("arrow"))
    image = np.zeros((SIZE, SIZE, 3), np.uint8)
    return PairScene(image, (ring, arrow), labels, ((0.1, 0.1, 0.1), (0.9, 0.9, 0.1)))


def result(on_ring: float, on_arrow: float, method: str = "saliency") -> Attribution:
    """A map with so much on either object, as much between them, and something negative."""
    heat = np.zeros((1, SIZE, SIZE), np.float32)
    heat[0, 2, 2], heat[0, 28, 28] = on_ring, on_arrow
    heat[0, 16, 16], heat[0, 3, 3] = on_ring + on_arrow, -7.0
    return Attribution(method, heat, Prediction(0, "x", 0.5), (), 0.1, 1)


def test_shares_of_the_two_objects_add_up_and_leave_out_what_lies_between() -> None:
    shares = [pairs.share_on(result(3.0, 1.0), scene(), asked) for asked in (0, 1)]
    assert shares == [pytest.approx(0.75), pytest.approx(0.25)]


def test_what_lies_beside_an_object_counts_as_on_it() -> None:
    heat = np.zeros((1, SIZE, SIZE), np.float32)
    heat[0, 5, 3], heat[0, 29, 31] = 2.0, 1.0  # two pixels away, and the tolerance is 2.1
    beside = Attribution("saliency", heat, Prediction(0, "x", 0.5), (), 0.1, 1)
    assert pairs.share_on(beside, scene(), 0) == pytest.approx(2 / 3)


def test_the_table_has_a_row_a_method_and_a_column_an_object() -> None:
    maps = [
        result(3.0, 1.0, "grad-cam"),  # asked about the ring
        result(1.0, 4.0, "grad-cam"),  # asked about the arrow
        result(1.0, 1.0, "occlusion"),
        result(9.0, 1.0, "occlusion"),
    ]
    rows = pairs.shares_table(scene(), maps)
    _, on_ring, on_arrow = rows[0]
    assert ("ring" in on_ring, "arrow" in on_arrow) == (True, True)
    assert [list(row.values()) for row in rows] == [
        [METHODS["grad-cam"].title, "75%", "80%"],
        [METHODS["occlusion"].title, "50%", "10%"],
    ]


def test_maps_without_their_partner_make_no_table() -> None:
    with pytest.raises(ValueError, match="shorter"):
        pairs.shares_table(scene(), [result(1.0, 1.0)])


@pytest.mark.parametrize(
    ("labels", "facts"),
    [
        (("arrow", "ring"), ["arrow (52.0%)", "ring (47.0%)"]),
        (("arrow", "star"), ["arrow (52.0%)", "star (47.0%)", "ring"]),
        (("heart", "star"), ["heart (52.0%)", "star (47.0%)", "ring", "arrow"]),
    ],
)
def test_the_page_says_whether_both_were_named(labels: tuple[str, str], facts: list[str]) -> None:
    best = [
        Prediction(0, label, chance) for label, chance in zip(labels, (0.52, 0.47), strict=True)
    ]
    said = pairs.named_words(best, ("ring", "arrow"))
    for fact in facts:  # the two answers, and then the objects that are not among them
        assert fact in said
        said = said.replace(fact, "", 1)
    assert names_in(said, "ring", "arrow", "%") == []


@pytest.mark.parametrize("names", pairs.PAIRS, ids=" and ".join)
def test_every_scene_shows_what_its_title_says(names: tuple[str, str]) -> None:
    drawn = pairs.pair_of(" and ".join(names))
    assert drawn.names == names
    assert not (drawn.masks[0] & drawn.masks[1]).any()
    assert all(0 < twins.near(mask).mean() < 0.5 for mask in drawn.masks)
