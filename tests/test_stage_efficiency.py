"""The efficiency charts carry counted costs and cited errors, and their words follow from them."""

from __future__ import annotations

from typing import Any

import pytest

from densenet_viz.facts.cited.cifar import DATA_SETS, TABLE_2
from densenet_viz.facts.cited.imagenet import FIGURE_3, MEASURES, PUBLISHED_ERRORS
from densenet_viz.facts.efficiency import (
    COSTS,
    Entry,
    Match,
    best_rival_match,
    cifar_entries,
    imagenet_entries,
    match_for,
    nearest_matches,
)
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.figures.published import published_figure
from densenet_viz.stage.scatter.efficiency import (
    cifar_scene,
    cifar_title,
    imagenet_scene,
    imagenet_title,
    match_words,
)
from tests.facts import names_in


def points(scene: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (panel,) = scene["panels"]
    return {point["id"]: point for point in panel["points"]}


def cells(scene: dict[str, Any], title: str) -> dict[str, str]:
    (row,) = (row for row in scene["rows"] if row["id"] == title)
    return {
        column["key"]: cell for column, cell in zip(scene["columns"], row["cells"], strict=True)
    }


# -- ImageNet ---------------------------------------------------------------------------------

# Known counts: torchvision's parameters, and its multiply-adds in billions.
KNOWN = {
    "DenseNet-121": (7_978_856, 2.834),
    "DenseNet-169": (14_149_480, 3.360),
    "DenseNet-201": (20_013_928, 4.291),
    "ResNet-34": (21_797_672, 3.664),
    "ResNet-50": (25_557_032, 4.089),
    "ResNet-101": (44_549_160, 7.801),
    "ResNet-152": (60_192_808, 11.514),
}


def test_costs_on_the_axis_are_the_architectures_own() -> None:
    parameters = points(imagenet_scene("parameters", "top-1"))
    products = points(imagenet_scene("multiply-adds", "top-1"))
    assert set(parameters) == set(products) == {*KNOWN, "DenseNet-264"}
    for title, (count, billions) in KNOWN.items():
        assert parameters[title]["x"] == count / 1e6
        assert round(products[title]["x"], 3) == billions
    assert parameters["DenseNet-264"]["x"] == VARIANTS["densenet264"].parameters / 1e6


@pytest.mark.parametrize("measure", MEASURES)
def test_errors_on_the_axis_are_the_cited_ones(measure: Any) -> None:
    shown = points(imagenet_scene("parameters", measure))
    assert {title: point["y"] for title, point in shown.items()} == {
        row.title: row.errors[measure] for row in FIGURE_3
    }
    assert all("error: " in point["source"] for point in shown.values())


def test_before_the_guess_nothing_of_the_densenets_is_told() -> None:
    scene = imagenet_scene("parameters", "top-1", revealed=False)
    (panel,) = scene["panels"]
    assert set(points(scene)) == {row["id"] for row in scene["rows"]}
    assert [group["name"] for group in scene["groups"]] == ["ResNet"]
    assert panel["lines"] == [["ResNet-34", "ResNet-50", "ResNet-101", "ResNet-152"]]
    assert "DenseNet-" not in str(scene)


def test_the_answer_is_lit() -> None:
    scene = imagenet_scene("parameters", "top-1", lit=("ResNet-101", "DenseNet-201"))
    assert scene["lit"] == ["ResNet-101", "DenseNet-201"]


def test_the_table_says_what_is_counted_and_what_cited() -> None:
    scene = imagenet_scene("multiply-adds", "top-5")
    assert cells(scene, "DenseNet-169") == {
        "parameters": "14,149,480",
        "products": "3.36 G",
        "top-1": "23.80",
        "top-5": "6.85",
        "top-1, ten crops": "22.08",
        "top-5, ten crops": "5.92",
        "source": "paper, table 3",
    }
    cited = {column["key"]: column["cited"] for column in scene["columns"]}
    assert cited == {
        "parameters": False,
        "products": False,
        **dict.fromkeys((*MEASURES, "source"), True),
    }


def test_each_resnet_and_its_nearest_densenet() -> None:
    matches = nearest_matches(imagenet_entries("top-1"))
    assert [(one.rival.title, one.densenet.title, one.away) for one in matches] == [
        ("ResNet-34", "DenseNet-121", -1.71),
        ("ResNet-50", "DenseNet-169", -0.21),
        ("ResNet-101", "DenseNet-201", 0.14),
        ("ResNet-152", "DenseNet-264", -0.01),
    ]
    shares = [round(one.share("parameters"), 2) for one in matches]
    assert shares == [0.37, 0.55, 0.45, 0.55]
    assert [round(one.share("multiply-adds"), 2) for one in matches] == [0.77, 0.82, 0.55, 0.50]


def test_the_chart_titles_say_the_lesson() -> None:
    for kind, measure, facts in (
        ("parameters", "top-1", ["DenseNet-201", "ResNet-101", "0.14", "45%", "parameters"]),
        ("multiply-adds", "top-5", ["DenseNet-264", "ResNet-101", "0.09", "74%", "multiply-adds"]),
    ):
        assert names_in(imagenet_title(kind, measure), *facts) == facts  # type: ignore[arg-type]


def test_who_is_not_there_has_no_match() -> None:
    with pytest.raises(KeyError, match="ResNet-18"):
        match_for(imagenet_entries("top-1"), "ResNet-18")


# -- CIFAR and SVHN -----------------------------------------------------------------------------


def test_all_of_table_2_stands_in_the_table() -> None:
    scene = cifar_scene("parameters", "C10+")
    assert [row["id"] for row in scene["rows"]] == [row.title for row in TABLE_2]
    assert cells(scene, "Pre-activation ResNet-1001") == {
        "parameters": "10,327,706",
        "products": "1.49 G",
        "printed": "10.2 M",
        "depth": "1,001",
        "C10": "10.56 *",
        "C10+": "4.62",
        "C100": "33.47 *",
        "C100+": "22.71",
        "SVHN": "–",
    }
    assert cells(scene, "All-CNN")["printed"] == "–"


@pytest.mark.parametrize("data_set", DATA_SETS)
def test_a_point_for_every_error_whose_cost_is_known(data_set: Any) -> None:
    with_parameters = {row.title for row in TABLE_2 if data_set in row.errors and row.millions}
    shown = points(cifar_scene("parameters", data_set))
    assert set(shown) == with_parameters
    for row in TABLE_2:
        if row.title in shown:
            assert shown[row.title]["y"] == row.errors[data_set]
    counted = {row.title for row in TABLE_2 if row.network and data_set in row.errors}
    assert set(points(cifar_scene("multiply-adds", data_set))) == counted


def test_only_fractalnets_place_is_wholly_cited() -> None:
    shown = points(cifar_scene("parameters", "C10"))
    cited = {title: point["x"] for title, point in shown.items() if not point["measured"]}
    assert cited == {"FractalNet": 38.6, "FractalNet with drop-path": 38.6}


def test_a_hundred_classes_cost_a_larger_classifier() -> None:
    ten, hundred = (points(cifar_scene("parameters", name)) for name in ("C10", "C100"))
    title = "DenseNet-BC-100 (k = 12)"
    assert ten[title]["x"] == 0.769162
    # 342 maps reach the classifier: 90 more classes of 342 weights and a bias
    assert round(1e6 * (hundred[title]["x"] - ten[title]["x"])) == 90 * (342 + 1)


def test_the_papers_example() -> None:
    entries = {one.title: one for one in cifar_entries("C10+")}
    match = Match(entries["Pre-activation ResNet-1001"], entries["DenseNet-BC-100 (k = 12)"])
    assert match.away == -0.11
    assert match.share("parameters") < 0.1  # "90% fewer parameters", section 4.3
    facts = [match.densenet.title, match.rival.title, "0.11", "7%", "parameters"]
    assert names_in(match_words(match, "parameters"), *facts) == facts


def test_titles_own_up_to_where_it_costs_more() -> None:
    for data_set, facts in (
        ("C10+", ["DenseNet-100 (k = 12)", "Wide ResNet-28-10", "0.07", "19%"]),
        ("SVHN", ["DenseNet-100 (k = 24)", "Wide ResNet-16-4 with dropout", "0.05", "10 times"]),
    ):
        assert names_in(cifar_title("parameters", data_set), *facts) == facts  # type: ignore[arg-type]


def entry(title: str, family: str, error: float, parameters: int) -> Entry:
    return Entry(title, family, error, parameters, None, counted=True)


def test_matching_takes_the_cheapest_that_is_good_enough() -> None:
    rival, poor = entry("R", "ResNet", 5.0, 100), entry("P", "ResNet", 6.0, 1)
    cheap, dear = entry("A", "DenseNet", 5.0, 30), entry("B", "DenseNet-BC", 4.0, 60)
    weak = entry("C", "DenseNet", 5.1, 10)
    match = best_rival_match([poor, dear, weak, rival, cheap], "parameters")
    assert match == Match(rival, cheap)
    assert names_in(match_words(match, "parameters"), "A ", "R,", "30%") == ["A ", "R,", "30%"]
    with pytest.raises(ValueError, match="multiply-adds of R"):
        match.share("multiply-adds")


@pytest.mark.parametrize("kind", COSTS)
def test_log_axis_only_where_costs_span_decades(kind: Any) -> None:
    (wide,) = cifar_scene(kind, "C100+")["panels"]
    (narrow,) = imagenet_scene(kind, "top-1")["panels"]
    assert wide["x"]["log"]
    assert narrow["x"] == {**narrow["x"], "log": False, "from_zero": True, "better": "lower"}


# -- several errors of one network --------------------------------------------------------------


def test_every_published_error_is_one_mark() -> None:
    titles = {
        name: name.upper() for name in dict.fromkeys(error.name for error in PUBLISHED_ERRORS)
    }
    figure = published_figure(PUBLISHED_ERRORS, titles)
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert sorted(x for trace in marks for x in trace.x) == sorted(
        error.top1 for error in PUBLISHED_ERRORS
    )
    assert len({trace.marker.symbol for trace in marks}) == len(marks) == 5
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    row = list(titles).index("densenet169")
    assert (tuple(lines[row].x), tuple(lines[row].y)) == ((23.6, 24.4), (row, row))
    assert tuple(figure.layout.yaxis.ticktext) == tuple(titles.values())
