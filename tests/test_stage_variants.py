"""The variants' strips, counter and table, against the paper's numbers and live networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.arithmetic.counting import inventory_of
from densenet_viz.measure.inventory import take_inventory
from densenet_viz.network.build import build
from densenet_viz.network.models import UNTRAINED
from densenet_viz.spec import VARIANTS, DenseNetSpec
from densenet_viz.stage.variants import count_scene, variants_scene, variants_shown
from densenet_viz.stage.variants_table import table_parts, table_scene
from densenet_viz.ui.current import MODEL_TITLES
from densenet_viz.ui.own_variant import BASE, BOTTLENECK, CONTROLS, growth_link, own_spec, refusal
from densenet_viz.ui.pages import PAGES
from densenet_viz.ui.variant_links import INSIDE

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
    assert blocks[2]["channels"] == "256 → 2,304 maps"
    assert strips["densenet121"]["parts"][0]["id"] == "stem"


def test_words_compare_with_the_smallest() -> None:
    scene = variants_scene(FIVE, {})
    assert "6 and 12 layers in all five" in scene["sentence"]
    assert "40 more layers in block 3 and 32 more in block 4" in scene["sentence"]
    assert "k = 48 in place of 32" in scene["sentence"]
    largest = next(strip for strip in scene["variants"] if strip["id"] == "densenet264")
    assert "4.2 times the parameters of DenseNet-121, 2.0 times" in largest["sentence"]
    block = next(strip for strip in scene["variants"] if strip["id"] == "densenet121")["blocks"][2]
    assert "holds 36% of the parameters (2.84 M of 7.98 M) and does 19%" in block["sentence"]


def test_a_colour_for_every_layer_of_the_deepest_block() -> None:
    assert len(variants_scene(FIVE, {})["colours"]) == 65


def test_badge_says_live_only_of_what_was_counted() -> None:
    counted = {variant.id: inventory_of(variant.spec) for variant in FIVE}
    some = {"densenet121": counted["densenet121"]}
    own = variants_shown(OWN)
    assert variants_scene(FIVE, {})["badge"] == "computed from the architecture"
    assert variants_scene(FIVE, some)["badge"] == "computed from the architecture"
    assert variants_scene(FIVE, counted)["badge"] == "live: counted on these networks"
    assert variants_scene(own, counted)["badge"] == "live: counted; yours computed"
    assert variants_scene(FIVE, counted)["key"] == variants_scene(FIVE, {})["key"]


def test_numbers_are_those_that_were_counted() -> None:
    other = inventory_of(VARIANTS["densenet201"])
    strip = variants_scene(FIVE, {"densenet121": other})["variants"][0]
    assert (strip["name"], strip["parameters"]) == ("DenseNet-121", "20.0 M")


# -- the counter ----------------------------------------------------------------------------


def test_counter_knows_each_name_and_what_it_comes_to() -> None:
    counted = {row["short"]: (row["called"], row["depth"]) for row in count_scene(FIVE)["variants"]}
    assert counted == {
        "121": (121, 121),
        "169": (169, 169),
        "201": (201, 201),
        "264": (264, 265),
        "161": (161, 161),
    }
    yours = count_scene(variants_shown(OWN))["variants"][-1]
    # 1 + (12 + 12 + 24 + 16) + 3 + 1, a layer without bottleneck counting once
    assert (yours["short"], yours["depth"], yours["bottleneck"]) == ("yours", 69, False)


# -- table 1 --------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [SMALL, replace(SMALL, bottleneck=False)], ids=["BC", "plain"])
def test_table_is_read_off_a_live_network(spec: DenseNetSpec) -> None:
    live = take_inventory(build(spec, seed=0), input_size=64)
    layer = "[1×1 conv, 3×3 conv]" if spec.bottleneck else "[3×3 conv]"
    # 64 px -> stem 32 -> pool 16; 8 + 2 * 4 = 16, halved to 8 at 8 px; 8 + 3 * 4 = 20.
    assert [(part.name, part.pixels, part.layers, part.maps) for part in table_parts(live)] == [
        ("Convolution", 32, "7×7 conv, stride 2", "3 → 8"),
        ("Pooling", 16, "3×3 max pool, stride 2", ""),
        ("Dense block 1", 16, f"{layer} × 2", "8 → 16"),
        ("Transition 1", 16, "1×1 conv", "16 → 8"),
        ("… its pooling", 8, "2×2 average pool, stride 2", ""),
        ("Dense block 2", 8, f"{layer} × 3", "8 → 20"),
        ("Classification", 1, "8×8 average pool, linear", "20 → 5"),
    ]


def test_table_of_all_has_the_papers_block_sizes() -> None:
    scene = table_scene({v.title: inventory_of(v.spec) for v in FIVE}, label="Table 1")
    assert scene["titles"] == [variant.title for variant in FIVE]
    sizes = [112, 56, 56, 56, 28, 28, 28, 14, 14, 14, 7, 7, 1]
    assert [row["output"] for row in scene["rows"]] == [f"{size} × {size}" for size in sizes]
    assert all(sum(cell["span"] for cell in row["cells"]) == 5 for row in scene["rows"])
    blocks = [row for row in scene["rows"] if row["name"].startswith("Dense")]
    layers = [[cell["layers"].split(" × ")[1] for cell in row["cells"]] for row in blocks]
    # 161's first blocks have other widths: a cell of their own.
    assert layers == [
        ["6"] * 2,
        ["12"] * 2,
        ["24", "32", "48", "64", "36"],
        ["16", "32", "32", "48", "24"],
    ]
    assert [cell["span"] for cell in blocks[0]["cells"]] == [4, 1]


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
    assert why.startswith("The address asks for a network that cannot be drawn here: ")
    assert why.count("The five stand without it") == 1
    assert not any(len(text) > 2 and text in why for text in address.values())


def test_the_growth_pages_address_is_taken() -> None:
    address = {"k": "24", "layers": "12", "initial": "64", "bottleneck": "false"}
    assert refusal({**address, "compression": "0.5"}) is None
    assert own_spec({**DEFAULTS, "k": 24, "layers": 12, BOTTLENECK: False}) == OWN
    assert own_spec(DEFAULTS) is None


def test_the_way_back_to_the_growth_page_knows_what_that_can_show() -> None:
    assert growth_link(OWN) == {
        "k": "24",
        "layers": "12",
        "initial": "64",
        "bottleneck": "false",
        "compression": "0.5",
    }
    assert growth_link(replace(BASE, block_config=(6, 12, 24, 20))) is None


def opened(root: object, **address: str) -> AppTest:
    app = AppTest.from_file(f"{root}/app.py", default_timeout=120)
    app.switch_page("pages/architectures.py")
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def networks(app: AppTest) -> list[str]:
    """Those whose costs can be chosen."""
    return list(app.selectbox(key="of").options)[1:]


def test_page_puts_your_own_beside_the_five(root: object) -> None:
    app = opened(root, k="24", layers="12", bottleneck="false")
    assert not app.exception
    assert networks(app) == [*(variant.title for variant in FIVE), "Yours"]


def test_page_refuses_a_wrong_address_until_a_control_is_moved(root: object) -> None:
    app = opened(root, k="4000", layers="12")
    assert not app.exception
    assert [warning.value for warning in app.warning] == [refusal({"k": "4000"})]
    assert networks(app) == [variant.title for variant in FIVE]
    app.run()
    assert len(app.warning) == 1
    app.slider(key="block4").set_value(20).run()
    assert len(app.warning) == 0
    assert networks(app)[-1] == "Yours"


# -- ways in --------------------------------------------------------------------------------


def test_every_variant_opens_in_every_page_that_shows_one() -> None:
    assert {row.name for row in PAGES} >= set(INSIDE)
    assert {f"{name}{UNTRAINED}" for name in VARIANTS} <= set(MODEL_TITLES)
    assert set(VARIANTS) - set(MODEL_TITLES) == {"densenet264"}
