"""The variants' strips, counter and table, against the paper's numbers and live networks."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec, SpecError
from densenet_viz.measure.inventory import take_inventory
from densenet_viz.network.build import build
from densenet_viz.network.models import UNTRAINED
from densenet_viz.stage.variants import scene as variants_module
from densenet_viz.stage.variants.costs import costs_scene
from densenet_viz.stage.variants.count import count_scene, count_stops
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from densenet_viz.stage.variants.table import table_lines, table_scene
from densenet_viz.ui.controls import BOTTLENECK, CONTROLS, growth_address, link_with
from densenet_viz.ui.current import MODEL_TITLES
from densenet_viz.ui.pages import PAGES
from densenet_viz.ui.variants.links import INSIDE, model_address
from densenet_viz.ui.variants.own import BASE, growth_link, own_spec, refusal
from tests.facts import as_groups, names_in, numbers_in

FIVE = variants_shown()
OWN = DenseNetSpec(24, (12, 12, 24, 16), 64, bottleneck=False)
SMALL = DenseNetSpec(4, (2, 3), 8, num_classes=5, input_size=64)
DEFAULTS = {**{key: control.default for key, control in CONTROLS.items()}, BOTTLENECK: True}


# -- strips ---------------------------------------------------------------------------------


def test_every_variant_has_its_strip_and_yours_stands_last() -> None:
    assert {variant.id for variant in FIVE} == set(VARIANTS)
    depths = [variant.spec.depth for variant in FIVE if variant.spec.growth_rate == 32]
    assert depths == [121, 169, 201, 265]
    assert [variant.title for variant in variants_shown(OWN)][-2:] == ["DenseNet-161", "Yours"]


def test_strips_show_the_papers_numbers() -> None:
    strips = {strip["id"]: strip for strip in variants_scene(FIVE, {})["variants"]}
    assert {
        name: (strip["parameters"], strip["multiplyAdds"]) for name, strip in strips.items()
    } == {
        "densenet121": ("7.98 M", "2.83 G"),
        "densenet161": ("28.7 M", "7.73 G"),
        "densenet169": ("14.1 M", "3.36 G"),
        "densenet201": ("20.0 M", "4.29 G"),
        "densenet264": ("33.3 M", "5.75 G"),
    }
    blocks = strips["densenet264"]["blocks"]
    assert [(block["layers"], block["pixels"]) for block in blocks] == [
        (6, 56),
        (12, 28),
        (64, 14),
        (48, 7),
    ]
    assert numbers_in(blocks[2]["channels"]) == ["256", "2,304"]
    assert strips["densenet121"]["parts"][0]["kind"] == "stem"


def test_words_compare_with_the_smallest() -> None:
    scene = variants_scene(FIVE, {})
    alike = scene["sentence"].partition(".")[0]
    assert numbers_in(alike) == ["1", "2", "6", "12"]  # the blocks that do not differ
    # What 264 has more in blocks 3 and 4, and 161's growth rate.
    assert {"40", "32", "3", "4", "48"} <= set(numbers_in(scene["sentence"]))
    largest = next(strip for strip in scene["variants"] if strip["id"] == "densenet264")
    facts = ["4.2", "DenseNet-121", "2.0"]
    assert names_in(largest["sentence"], *facts) == facts
    block = next(strip for strip in scene["variants"] if strip["id"] == "densenet121")["blocks"][2]
    facts = ["36%", "2.84 M", "7.98 M", "19%"]
    assert names_in(block["sentence"], *facts) == facts


@pytest.mark.parametrize(
    ("blocks", "differ", "alike"),
    [
        ((6, 8, 12, 10), ["2", "3", "4"], ["1", "6"]),
        ((4, 8, 12, 10), ["1", "2", "3", "4"], []),
    ],
)
def test_words_follow_from_what_the_variants_are(
    monkeypatch: pytest.MonkeyPatch, blocks: tuple[int, ...], differ: list[str], alike: list[str]
) -> None:
    more = MappingProxyType({**VARIANTS, "densenet77": DenseNetSpec(32, blocks)})
    monkeypatch.setattr(variants_module, "VARIANTS", more)
    scene = variants_scene(variants_shown(), {})
    assert len(scene["variants"]) == 6
    assert numbers_in(scene["title"])[: len(differ)] == differ
    assert numbers_in(scene["sentence"].partition(".")[0]) == alike


def test_a_colour_for_every_layer_of_the_deepest_block() -> None:
    assert len(variants_scene(FIVE, {})["colours"]) == 65


def test_badge_says_live_only_of_what_was_counted() -> None:
    counted = {variant.id: inventory_of(variant.spec) for variant in FIVE}
    some = {"densenet121": counted["densenet121"]}
    badges = {
        "none": variants_scene(FIVE, {})["badge"],
        "some": variants_scene(FIVE, some)["badge"],
        "all": variants_scene(FIVE, counted)["badge"],
    }
    assert as_groups(badges) == [{"none", "some"}, {"all"}]
    assert ["live" in badge for badge in badges.values()] == [False, False, True]
    assert variants_scene(FIVE, counted)["key"] == variants_scene(FIVE, {})["key"]


def test_numbers_are_those_that_were_counted() -> None:
    other = inventory_of(VARIANTS["densenet201"])
    strip = variants_scene(FIVE, {"densenet121": other})["variants"][0]
    assert (strip["name"], strip["parameters"]) == ("DenseNet-121", "20.0 M")


# -- the counter ----------------------------------------------------------------------------


def counted_by_the_name(stops: list[dict[str, object]]) -> int:
    """Weight layers that are no batch norms (paper, section 3)."""
    items = [item for stop in stops for item in stop["items"]]  # type: ignore[attr-defined]
    return sum(item not in ("batch norm", "pooling") for item in items)


def test_counter_walks_to_what_each_name_counts() -> None:
    scene = count_scene(variants_shown(OWN), {})
    walked = {row["short"]: counted_by_the_name(row["stops"]) for row in scene["variants"]}
    # yours: 1 + (12 + 12 + 24 + 16) + 3 + 1, a layer without bottleneck counting once
    assert walked == {"121": 121, "169": 169, "201": 201, "264": 265, "161": 161, "yours": 69}
    assert [row["called"] for row in scene["variants"]] == [121, 169, 201, 264, 161, 69]


@pytest.mark.parametrize("spec", [SMALL, replace(SMALL, bottleneck=False)], ids=["BC", "plain"])
def test_counter_walks_through_what_a_live_network_ran(spec: DenseNetSpec) -> None:
    network = build(spec, seed=0)
    ran: list[str] = []
    kinds = {"Conv2d": "", "BatchNorm2d": "batch norm", "Linear": "classifier"}
    for module in network.modules():
        name = type(module).__name__
        if name in kinds:
            module.register_forward_hook(
                lambda module, *_, name=name: ran.append(kinds[name] or kernel(module))
            )
    stops = count_stops(take_inventory(network, input_size=64))
    walked = [item for stop in stops for item in stop["items"] if item != "pooling"]
    assert [item.replace("transition", "1×1") for item in walked] == ran
    assert [(stop["kind"], stop["block"], stop["layer"]) for stop in stops] == [
        ("stem", 0, 0),
        ("layer", 1, 1),
        ("layer", 1, 2),
        ("transition", 1, 0),
        ("layer", 2, 1),
        ("layer", 2, 2),
        ("layer", 2, 3),
        ("classifier", 0, 0),
    ]
    # Max pool, the transition's average pool, and the global one before the classifier.
    assert [stop["items"].index("pooling") for stop in stops if "pooling" in stop["items"]] == [
        2,
        2,
        1,
    ]


def kernel(convolution: object) -> str:
    size = convolution.kernel_size[0]  # type: ignore[attr-defined]
    return f"{size}×{size}"


def test_counter_walks_through_what_was_counted_and_says_so() -> None:
    other = inventory_of(VARIANTS["densenet201"])
    first, second, *_ = count_scene(FIVE, {"densenet121": other})["variants"]
    assert (first["name"], counted_by_the_name(first["stops"])) == ("DenseNet-121", 201)
    assert "live" in first["badge"]
    assert "live" not in second["badge"]


# -- table 1 --------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [SMALL, replace(SMALL, bottleneck=False)], ids=["BC", "plain"])
def test_table_is_read_off_a_live_network(spec: DenseNetSpec) -> None:
    live = take_inventory(build(spec, seed=0), input_size=64)
    layer = "[1×1 conv, 3×3 conv]" if spec.bottleneck else "[3×3 conv]"
    # 64 px -> stem 32 -> pool 16; 8 + 2 * 4 = 16, halved to 8 at 8 px; 8 + 3 * 4 = 20.
    assert [tuple(line.values()) for line in table_lines(live)] == [
        ("Convolution", "32 × 32", "7×7 conv, stride 2", "3 → 8"),
        ("Pooling", "16 × 16", "3×3 max pool, stride 2", ""),
        ("Dense block 1", "16 × 16", f"{layer} × 2", "8 → 16"),
        ("Transition 1", "16 × 16", "1×1 conv", "16 → 8"),
        ("… its pooling", "8 × 8", "2×2 average pool, stride 2", ""),
        ("Dense block 2", "8 × 8", f"{layer} × 3", "8 → 20"),
        ("Classification", "1 × 1", "8×8 average pool, linear", "20 → 5"),
    ]


def test_table_of_all_has_the_papers_block_sizes() -> None:
    columns = table_scene({v.title: inventory_of(v.spec) for v in FIVE}, label="")["columns"]
    assert [column["title"] for column in columns] == [variant.title for variant in FIVE]
    sizes = [112, 56, 56, 56, 28, 28, 28, 14, 14, 14, 7, 7, 1]
    for column in columns:
        assert [line["output"] for line in column["lines"]] == [
            f"{size} × {size}" for size in sizes
        ]
        blocks = [line for line in column["lines"] if line["name"].startswith("Dense")]
        layers = VARIANTS[f"densenet{column['title'].removeprefix('DenseNet-')}"].block_config
        assert [line["layers"].split(" × ")[1] for line in blocks] == [str(n) for n in layers]


# -- costs ----------------------------------------------------------------------------------


def test_costs_of_a_live_network_by_hand() -> None:
    spec = DenseNetSpec(4, (1, 1), 8, num_classes=5, input_size=32)
    live = take_inventory(build(spec, seed=0), input_size=32)
    [network] = costs_scene({"small": live})["networks"]
    # Block 1 reads 8: norm 16, 1x1 8 * 16, norm 32, 3x3 9 * 16 * 4. Transition: 12 -> 6.
    # Block 2 reads 6: norm 12, 1x1 6 * 16, norm 32, 3x3 576. Head: 10 maps, 5 classes.
    assert {place["name"]: place["parameters"] for place in network["places"]} == {
        "Stem": {"7×7": 3 * 49 * 8, "batch norm": 16},
        "Block 1": {"1×1": 128, "3×3": 576, "batch norm": 48},
        "Transition 1": {"transition": 72, "batch norm": 24},
        "Block 2": {"1×1": 96, "3×3": 576, "batch norm": 44},
        "Classifier": {"batch norm": 20, "classifier": 55},
    }
    # 32 px -> stem 16 -> pool 8 -> transition 4.
    products = {place["name"]: place["multiplyAdds"] for place in network["places"]}
    assert products["Block 1"] == {"1×1": 128 * 64, "3×3": 576 * 64, "batch norm": 0}
    assert products["Transition 1"] == {"transition": 72 * 64, "batch norm": 0}
    assert products["Classifier"] == {"batch norm": 0, "classifier": 50}


# -- your own -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        {"k": "abc"},
        {"k": "1e9"},
        {"k": "9999999999999999999999"},
        {"k": "-4"},
        {"k": ""},
        {"layers": "0"},
        {"layers": "6.5"},
        {"block3": "65"},
        {"initial": "<script>alert(1)</script>"},
        {"compression": "nan"},
        {"compression": "inf"},
        {"compression": "0"},
        {"bottleneck": "maybe"},
        {"k": "24", "layers": "12", "initial": "x"},
    ],
    ids=str,
)
def test_an_address_that_cannot_be_drawn_is_one_sentence(address: dict[str, str]) -> None:
    why = refusal(address)
    assert why is not None
    assert not any(len(text) > 2 and text in why for text in address.values())
    assert refusal({"k": "24"}) is None


def values_of(address: dict[str, str]) -> dict[str, object]:
    """What the controls of the page make of an address."""
    assert refusal(address) is None
    values = {key: control.read(address[key]) for key, control in CONTROLS.items()}
    return {**values, BOTTLENECK: address[BOTTLENECK] == "true"}


@pytest.mark.parametrize("k", [None, 24])
@pytest.mark.parametrize("name", VARIANTS)
def test_the_growth_pages_address_carries_the_whole_network(name: str, k: int | None) -> None:
    spec = replace(VARIANTS[name], growth_rate=k or VARIANTS[name].growth_rate)
    assert own_spec(values_of(growth_address(spec))) == spec


def test_the_controls_stand_at_the_base() -> None:
    assert own_spec(DEFAULTS) == BASE


@pytest.mark.parametrize("name", VARIANTS)
def test_the_way_back_to_the_growth_page_names_the_model_with_its_blocks(name: str) -> None:
    spec = replace(VARIANTS[name], growth_rate=24, bottleneck=False)
    address = growth_link(replace(spec, block_config=(9, *spec.block_config[1:])))
    assert address is not None
    assert address["model"] == f"{name}{UNTRAINED}"
    assert (address["k"], address["layers"], address[BOTTLENECK]) == ("24", "9", "false")


def test_the_growth_page_cannot_show_blocks_that_no_variant_has() -> None:
    assert growth_link(replace(BASE, block_config=(6, 12, 24, 20))) is None


def test_every_position_of_the_controls_is_a_network_or_known_to_be_none() -> None:
    ends = [(control.low, control.high) for control in CONTROLS.values()]
    reasons = []
    for *numbers, bottleneck in product(*ends, (True, False)):
        try:
            own_spec({**dict(zip(CONTROLS, numbers, strict=True)), BOTTLENECK: bottleneck})
        except SpecError as error:
            reasons.append(str(error).partition("; ")[2])
    assert set(reasons) == {"a transition must keep at least one map."}  # what the page says


def opened(root: object, **address: str) -> AppTest:
    app = AppTest.from_file(f"{root}/app.py", default_timeout=120)
    app.switch_page("pages/architectures.py")
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def shows_own(app: AppTest) -> bool:
    """Whether the page has the visitor's network: among its links, or as one that has none."""
    return any("yours" in element.value.lower() for element in (*app.markdown, *app.caption))


def test_page_puts_your_own_beside_the_five(root: object) -> None:
    app = opened(root, k="24", layers="12", bottleneck="false")
    assert not app.exception
    assert shows_own(app)
    assert dict(app.query_params) == {"k": "24", "layers": "12", "bottleneck": "false"}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The stages' scenes by name, as the page's last run made them."""
    scenes: dict[str, dict[str, Any]] = {}

    def keep(name: str, scene: dict[str, Any], **_: object) -> None:
        scenes[name] = scene

    monkeypatch.setattr("densenet_viz.ui.stages.show_stage", keep)
    return scenes


def test_page_refuses_a_wrong_address_until_a_control_is_moved(
    root: object, shown: dict[str, dict[str, Any]]
) -> None:
    app = opened(root, k="4000", layers="12")
    assert not app.exception
    assert shown["variants"]["explore"]["refused"] == refusal({"k": "4000"})
    assert not shows_own(app)
    app.run()
    assert shown["variants"]["explore"]["refused"] != ""
    app.session_state["block4"] = 20
    app.run()
    assert shown["variants"]["explore"]["refused"] == ""
    assert shows_own(app)


@pytest.mark.parametrize(
    "address",
    [
        {"k": "4", "initial": "16", "compression": "0.1", "block2": "1"},  # a transition keeps none
        link_with(growth_address(VARIANTS["densenet201"])),
    ],
    ids=["impossible", "one of the five"],
)
def test_page_shows_only_the_five_if_yours_is_none_or_one_of_them(
    root: object, address: dict[str, str]
) -> None:
    app = opened(root, **address)
    assert not app.exception
    assert not shows_own(app)


def test_what_the_stage_chose_is_the_page_s_network() -> None:
    choice = {"asked": 3, "values": {"k": 24, "block4": 65, "layers": 12, BOTTLENECK: False}}

    def page(choice: dict[str, object]) -> None:
        import streamlit as st

        from densenet_viz.ui.staged import take_choice
        from densenet_viz.ui.variants.own import OWN_CONTROLS, own_network

        st.session_state["stage"] = {"chosen": choice}
        take_choice("stage", OWN_CONTROLS)()
        own, explore = own_network("stage")
        assert own is not None
        st.json([own.growth_rate, own.block_config, own.bottleneck, explore["controls"]["asked"]])

    app = AppTest.from_function(page, kwargs={"choice": choice}).run()
    assert not app.exception
    assert json.loads(app.json[0].value) == [24, [12, 12, 24, 16], False, 3]  # 65 is not allowed


# -- ways in --------------------------------------------------------------------------------


def test_every_variant_opens_in_every_page_that_shows_one() -> None:
    assert {row.name for row in PAGES} >= set(INSIDE)
    assert {f"{name}{UNTRAINED}" for name in VARIANTS} <= set(MODEL_TITLES)
    assert set(VARIANTS) - set(MODEL_TITLES) == {"densenet264"}


@pytest.mark.parametrize("name", ["densenet161", "densenet201"])
def test_a_link_opens_a_variant_as_it_is(root: object, name: str) -> None:
    """Also where the controls were elsewhere, and another model was chosen before."""
    app = AppTest.from_file(f"{root}/app.py", default_timeout=120)
    app.switch_page("pages/growth_rate.py")
    app.session_state["k"] = 24
    app.session_state["model"] = "densenet121-untrained"
    for key, value in link_with(model_address(f"{name}{UNTRAINED}")).items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert app.selectbox(key="model").value == f"{name}{UNTRAINED}"
    assert app.session_state["k"] == VARIANTS[name].growth_rate
    assert app.session_state["initial"] == VARIANTS[name].initial_channels


def test_a_link_with_nonsense_changes_nothing(root: object) -> None:
    app = opened(root, **link_with({"k": "4000", "block2": "x", "model": "<b>", "page": "1"}))
    assert not app.exception
    assert app.session_state["k"] == 32
    assert not shows_own(app)
