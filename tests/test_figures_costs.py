"""The cost charts show an inventory's own numbers."""

from __future__ import annotations

import pytest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import KINDS
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.figures.costs import (
    cost_bars,
    cost_bars_of_all,
    costs_figure,
    costs_rows,
    costs_sentence,
    costs_sentence_of_all,
)
from densenet_viz.figures.theme import KIND_COLOURS
from densenet_viz.measure.inventory import take_inventory
from densenet_viz.network.build import build
from tests.facts import names_in

SMALL = DenseNetSpec(4, (1, 1), 8, num_classes=5, input_size=32)
LIVE = take_inventory(build(SMALL, seed=0), input_size=32)


def test_bars_of_a_live_network_by_hand() -> None:
    # Block 1 reads 8: norm 16, 1x1 8 * 16, norm 32, 3x3 9 * 16 * 4. Transition: 12 -> 6.
    # Block 2 reads 6: norm 12, 1x1 6 * 16, norm 32, 3x3 576. Head: 10 maps, 5 classes.
    assert cost_bars(LIVE, "parameters") == {
        "Stem": {"7×7": 3 * 49 * 8, "batch norm": 16},
        "Block 1": {"1×1": 128, "3×3": 576, "batch norm": 48},
        "Transition 1": {"transition": 72, "batch norm": 24},
        "Block 2": {"1×1": 96, "3×3": 576, "batch norm": 44},
        "Classifier": {"batch norm": 20, "classifier": 55},
    }
    # 32 px -> stem 16 -> pool 8 -> transition 4.
    products = cost_bars(LIVE, "multiply_adds")
    assert products["Block 1"] == {"1×1": 128 * 64, "3×3": 576 * 64, "batch norm": 0}
    assert products["Transition 1"] == {"transition": 72 * 64, "batch norm": 0}
    assert products["Classifier"] == {"batch norm": 0, "classifier": 50}


def test_bars_of_all_sum_to_the_whole() -> None:
    inventories = {name: inventory_of(spec) for name, spec in VARIANTS.items()}
    for name, bar in cost_bars_of_all(inventories, "parameters").items():
        assert sum(bar.values()) == VARIANTS[name].parameters


def test_figure_stacks_millions_in_the_kinds_colours_and_hatchings() -> None:
    figure = costs_figure(cost_bars(LIVE, "parameters"), "parameters")
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == list(KINDS)
    assert all(bar.marker.color == KIND_COLOURS[bar.name] for bar in bars)
    assert len({bar.marker.pattern.shape for bar in bars}) == len(KINDS)
    three = next(bar for bar in bars if bar.name == "3×3")
    assert list(three.x) == pytest.approx([0, 576e-6, 0, 576e-6, 0])


def test_shares_fill_every_bar() -> None:
    figure = costs_figure(cost_bars(LIVE, "multiply_adds"), "multiply_adds", share=True)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    # Batch norms do no multiply-adds: they have no bar, and no line in the legend.
    assert "batch norm" not in {bar.name for bar in bars}
    for place in range(5):
        assert sum(bar.x[place] for bar in bars) == pytest.approx(100)


def test_table_adds_up() -> None:
    rows = costs_rows(cost_bars(LIVE, "parameters"))
    assert rows[1] == {
        "": "Block 1",
        "7×7": "0",
        "1×1": "128",
        "3×3": "576",
        "transition": "0",
        "batch norm": "48",
        "classifier": "0",
        "together": "752",
    }
    assert sum(int(row["together"].replace(",", "")) for row in rows) == LIVE.parameters


def test_sentences_are_computed_from_the_numbers() -> None:
    said = {name: costs_sentence(name, inventory_of(spec)) for name, spec in VARIANTS.items()}
    # Block 3 of 121: 2,837,760 of 7,978,856; block 1: 1,040,449,536 of 2,834,161,664 products.
    facts = ["Block 3", "36%", "Block 1", "37%", "4%"]
    assert names_in(said["densenet121"], *facts) == facts
    assert names_in(said["densenet201"], "densenet201", "Block 3", "40%") == [
        *("densenet201", "Block 3", "40%")
    ]
    everyone = {name: inventory_of(spec) for name, spec in VARIANTS.items()}
    assert "in densenet264" in costs_sentence_of_all(everyone)


def test_a_network_without_bottleneck_beside_the_others_has_no_share_of_1x1() -> None:
    plain = inventory_of(DenseNetSpec(bottleneck=False))
    both = {"plain": plain, "121": inventory_of(DenseNetSpec())}
    assert "plain" not in costs_sentence_of_all(both)
