"""The form for a visitor's own DenseNet: the guess, the choices, and what is said of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.network.own.conversions import WHOLE_MODEL
from densenet_viz.network.own.preparation import OWN_NUMBERS, PRESETS
from densenet_viz.ui.own import holding
from tests.own_layouts import LAYOUTS, grey, net
from tests.sessions import let_finish
from tests.small_models import saved

APP = str(Path(__file__).resolve().parent.parent / "app.py")


def given(content: Any, page: str = "attributions") -> AppTest:
    """A page of the app after a file was uploaded."""
    app = AppTest.from_file(APP, default_timeout=120).switch_page(f"pages/{page}.py").run()
    app.button(key="own_open").click().run()
    file = ("mine.ckpt", saved(content), "application/octet-stream")
    return app.file_uploader(key="own_weights_0").set_value(file).run()


def loaded(app: AppTest) -> AppTest:
    app.number_input(key="own_size").set_value(64)
    app.button(key="own_load").click().run()
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []
    assert app.selectbox(key="model").value == holding.OWN
    return app


def captions(app: AppTest) -> str:
    # What sets a label apart, and what keeps it from being Markdown.
    marks = str.maketrans("", "", "\u2068\u2069\\")
    return "\n".join(each.value for each in app.caption).translate(marks)


def model_of(app: AppTest) -> Any:
    return app.session_state["_own_model"].model


def test_findings_do_not_exclude_each_other() -> None:
    network, write = LAYOUTS["CheXNet"]
    app = given(write(dict(network.state_dict())))
    assert app.selectbox(key="own_preset").value == "CheXNet"
    assert app.selectbox(key="own_outputs").value == "independent"
    model = model_of(loaded(app))
    assert not model.exclusive
    assert (model.fit, model.input_size) == (PRESETS["CheXNet"].fit, 64)
    assert "100%" in captions(app)
    assert "5 highest of 14" in captions(app)
    app = let_finish(app, "attribution")
    findings = app.table[0].value  # all of them: the bars show five
    assert len(findings) == 14
    assert "Finding" in findings


def test_the_window_does_not_open_by_itself_on_another_page() -> None:
    """As after a browser's Back: the page changes, and nobody closed the window."""
    app = given(net().state_dict())
    assert has_window(app)
    for page in ("growth_rate", "attributions"):
        app.switch_page(f"pages/{page}.py").run()
        assert not has_window(app)
    app.button(key="own_open").click().run()
    assert has_window(app)


def has_window(app: AppTest) -> bool:
    return any(str(each.key).startswith("own_weights_") for each in app.file_uploader)


def test_a_preset_fills_the_controls_and_each_can_be_changed() -> None:
    app = given(net(14).state_dict())
    app.selectbox(key="own_preset").set_value("MONAI").run()
    assert app.selectbox(key="own_normalisation").value == "0 to 1"
    assert app.selectbox(key="own_outputs").value == "exclusive"
    app.selectbox(key="own_normalisation").set_value(OWN_NUMBERS).run()
    app.text_input(key="own_mean").set_value("grey").run()
    assert len(app.error) == 1
    assert "own_load" not in [button.key for button in app.button]
    app.text_input(key="own_mean").set_value("0.1, 0.2, 0.3")
    app.text_input(key="own_std").set_value("0.5").run()
    app.selectbox(key="own_fit").set_value("padded").run()
    model = model_of(loaded(app))
    assert (model.mean, model.std, model.fit) == ((0.1, 0.2, 0.3), (0.5,) * 3, "padded")


def test_labels_are_shown_before_they_are_used() -> None:
    app = given(net().state_dict())
    labels = ("l.csv", "0;Lungenödem\n1;Größe\n2;gesund".encode("cp1252"), "text/csv")
    app.file_uploader(key="own_labels_0").set_value(labels).run()
    assert "Lungenödem, Größe, gesund" in captions(app)
    assert "CP1252" in captions(app)


def test_labels_that_do_not_fit_are_said_at_once() -> None:
    app = given(net().state_dict())
    app.file_uploader(key="own_labels_0").set_value(("l.txt", b"a\nb", "text/plain")).run()
    (error,) = app.error
    assert [fact for fact in ("2", "3") if fact not in error.value] == []
    assert app.button(key="own_load").disabled


def test_one_score_asks_for_no_outputs() -> None:
    app = given(net(1).state_dict())
    assert "own_outputs" not in [each.key for each in app.selectbox]
    model = model_of(loaded(app))
    assert (model.exclusive, model.temperature, len(model.labels)) == (True, 2.0, 2)


def test_the_other_network_of_a_file_can_be_chosen() -> None:
    plain = dict(net().state_dict())
    other = {k: v * 2 if v.is_floating_point() else v for k, v in plain.items()}
    app = given({"state_dict": plain, "state_dict_ema": other})
    assert app.selectbox(key="own_network").value == "state_dict_ema"
    app.selectbox(key="own_network").set_value("state_dict").run()
    bias = model_of(loaded(app)).network.classifier.bias.detach()
    assert float(bias[0]) == float(plain["classifier.bias"][0])


def test_a_grey_network_is_said_to_be_grey_and_explains_a_grey_picture() -> None:
    app = loaded(given(grey(2).state_dict()))
    model = model_of(app)
    assert model.spec.input_channels == 1
    assert any(note in captions(app) for note in model.notes)
    app.switch_page("pages/growth_rate.py").run()
    assert [error.message for error in app.exception] == []


def test_a_file_that_cannot_open_comes_with_the_lines_that_convert_it() -> None:
    app = given(net())
    assert [error.value for error in app.exception] == []
    assert len(app.error) == 1
    assert WHOLE_MODEL in [block.value for block in app.code]
    assert app.selectbox(key="model").value == "scenes"


@pytest.mark.parametrize("layout", ["small inputs", "grey", "a hidden layer", "another bottleneck"])
def test_every_page_with_a_model_works_on_unusual_networks(layout: str) -> None:
    app = loaded(given(dict(LAYOUTS[layout][0].state_dict()), "dense_block"))
    for page in ("growth_rate", "dense_block", "transition", "attributions"):
        app.switch_page(f"pages/{page}.py").run().run()  # the browser asks twice, too
        assert [error.message for error in app.exception] == []
        assert [error.value for error in app.error] == []
