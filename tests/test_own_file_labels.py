"""Labels that a weight file has beside its weights: found, bounded, cleaned, and never forced."""

from __future__ import annotations

import argparse
import io
import json
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from streamlit.testing.v1 import AppTest

from densenet_viz.cli import main
from densenet_viz.network.own.loading import own_model, read_weight_file
from densenet_viz.network.own.preparation import Preparation
from densenet_viz.network.own.spec import MOST_CLASSES
from tests.facts import names_in
from tests.own_layouts import net, under
from tests.small_models import saved

NAMES = ("cat", "dog", "owl")
PREPARED = Preparation(64)


def beside(**more: object) -> dict[str, object]:
    """A checkpoint of a network with three classes, with more in it."""
    return {"state_dict": dict(net().state_dict()), "epoch": 3, **more}


class AttributeDict(dict[str, Any]):
    """As Lightning keeps what a module was made with."""


PLACES: dict[str, Callable[[], dict[str, object]]] = {
    "class_to_idx": lambda: beside(class_to_idx={"dog": 1, "owl": 2, "cat": 0}),
    "idx_to_class": lambda: beside(idx_to_class=dict(enumerate(NAMES))),
    "from one": lambda: beside(idx_to_class=dict(enumerate(NAMES, start=1))),
    "classes": lambda: beside(classes=list(NAMES)),
    "class_names": lambda: beside(class_names=NAMES),
    "labels": lambda: beside(labels=list(NAMES)),
    "pathologies": lambda: beside(pathologies=list(NAMES)),
    "id2label": lambda: beside(config={"id2label": {str(n): v for n, v in enumerate(NAMES)}}),
    "Lightning": lambda: beside(hyper_parameters={"lr": 0.1, "class_names": list(NAMES)}),
    "hparams": lambda: beside(hparams=AttributeDict(lr=0.1, classes=list(NAMES))),
    "argparse": lambda: beside(args=argparse.Namespace(lr=0.1, classes="cat, dog, owl")),
    "a namespace": lambda: beside(config=types.SimpleNamespace(data={"labels": list(NAMES)})),
    "np.unique": lambda: beside(class_names=list(np.unique(NAMES))),
    "an array": lambda: beside(classes=np.array(NAMES)),
    "LabelEncoder": lambda: beside(classes=np.array(NAMES, dtype=object)),
    "NumPy's numbers": lambda: beside(class_to_idx=dict(zip(NAMES, np.arange(3), strict=True))),
    "JSON": lambda: beside(classes=json.dumps(NAMES)),
    "ImageNet's pairs": lambda: beside(
        idx_to_class={n: [f"n{n:08}", name] for n, name in enumerate(NAMES)}
    ),
    "the outer one of two": lambda: beside(
        hyper_parameters={"classes": ["x", "y", "z"]}, class_names=list(NAMES)
    ),
    "the one that fits": lambda: beside(classes=["a", "b"], class_names=list(NAMES)),
    "beside bare weights": lambda: {**net().state_dict(), "classes": list(NAMES)},
}


@pytest.mark.parametrize("place", PLACES)
def test_labels_of_a_checkpoint_are_the_networks(place: str) -> None:
    file = read_weight_file(saved(PLACES[place]()))
    assert file.labels is not None
    assert file.labels.names == NAMES
    model = own_model(file, None, PREPARED)
    assert model.labels == NAMES
    assert any(file.labels.place in note for note in model.notes)


def test_the_place_is_said_with_the_names_around_it() -> None:
    file = read_weight_file(saved(PLACES["Lightning"]()))
    assert file.labels is not None
    assert file.labels.place == "hyper_parameters.class_names"


def test_older_files_and_safetensors_have_labels_too() -> None:
    legacy = io.BytesIO()
    content = PLACES["class_to_idx"]()
    torch.save(content, legacy, _use_new_zipfile_serialization=False)
    texts = {"class_names": json.dumps(NAMES), "format": "pt"}
    for data in (legacy.getvalue(), safetensors.torch.save(dict(net().state_dict()), texts)):
        file = read_weight_file(data)
        assert file.labels is not None
        assert file.labels.names == NAMES


def test_a_visitors_own_labels_win() -> None:
    file = read_weight_file(saved(PLACES["classes"]()))
    model = own_model(file, b"a\nb\nc", PREPARED)
    assert model.labels == ("a", "b", "c")
    assert model.name != own_model(file, None, PREPARED).name


def test_labels_that_do_not_fit_are_not_used_and_said() -> None:
    file = read_weight_file(saved(beside(classes=["x"] * 1234)))
    assert file.labels is None
    assert any("classes" in note and "1,234" in note and "3" in note for note in file.notes)
    assert own_model(file, None, PREPARED).labels == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(
    "given",
    [
        {"classes": 3},
        {"classes": {"cat": 0, "dog": 5, "owl": 6}},
        {"labels": torch.zeros(3)},
        {"labels": [1, 2, 3]},
        {"labels": np.array([[0.5, 1.0, 2.0]])},
        {"labels": np.arange(3)},
        {"classes": np.array(["a", "b", 3.0], dtype=object)},
        {"classes": np.zeros((2, 3), "U4")},
        {"classes": [np.float64(0.5), np.bool_(True), np.datetime64("2020")]},
        {"names": {"project": "x"}},
        {"classes": "everything"},
        {"idx_to_class": {10**30: "a", -1: "b", 2: "c"}},
        {"class_to_idx": {"a": 10**5000, "b": 1, "c": 2}},
        {10**5000: {"classes": {}}},
        {"classes": None, "hparams": {"a": {"b": {"c": {"d": {"classes": list(NAMES)}}}}}},
    ],
)
def test_what_is_no_list_of_labels_is_left_alone(given: dict[Any, object]) -> None:
    file = read_weight_file(saved({"state_dict": dict(net().state_dict()), **given}))
    assert file.labels is None
    assert file.notes == ()


@pytest.mark.parametrize("write", [list, dict], ids=["a list", "a mapping"])
def test_more_labels_than_are_read_get_a_sentence(write: Callable[[Any], Any]) -> None:
    many = [f"name {each}" for each in range(MOST_CLASSES + 9)]
    given = many if write is list else {name: each for each, name in enumerate(many)}
    file = read_weight_file(saved(beside(class_to_idx=given)))
    assert file.labels is None
    (note,) = file.notes
    assert names_in(note, "10,000", "class_to_idx") == ["10,000", "class_to_idx"]


def test_hostile_labels_are_cleaned_as_those_of_a_label_file() -> None:
    hostile = ["<img src=x>\n# **b**", "a" * 10**6, "\u202e[x](y)\0"]
    model = own_model(saved(beside(classes=hostile)), None, PREPARED)
    assert not set("<>[]\n\0\u202e") & set("".join(model.labels))
    assert max(map(len, model.labels)) <= 60


def test_one_score_takes_two_labels_or_that_of_a_yes() -> None:
    for given in (["healthy", "ill"], ["ill"]):
        content = {"state_dict": dict(net(1).state_dict()), "classes": given}
        labels = own_model(saved(content), None, PREPARED).labels
        assert labels[1] == "ill"
        assert len(labels) == 2


class Trap:
    def __reduce__(self) -> Any:
        return argparse.Namespace, (), [1, 2]


def test_settings_of_another_shape_are_empty() -> None:
    file = read_weight_file(saved(beside(args=Trap(), classes=list(NAMES))))
    assert file.labels is not None


# -- in the form, and from a shell --------------------------------------------------------------

APP = str(Path(__file__).resolve().parent.parent / "app.py")


def given(content: object) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120).switch_page("pages/dense_block.py").run()
    app.button(key="own_open").click().run()
    file = ("mine.ckpt", saved(content), "application/octet-stream")
    app.file_uploader(key="own_weights_0").set_value(file).run()
    app.number_input(key="own_size").set_value(64)
    return app


def loaded(app: AppTest) -> tuple[str, ...]:
    app.button(key="own_load").click().run()
    assert [error.value for error in (*app.exception, *app.error)] == []
    labels: tuple[str, ...] = app.session_state["_own_model"].model.labels
    return labels


def captions(app: AppTest) -> str:
    marks = str.maketrans("", "", "\u2068\u2069\\")
    return "\n".join(each.value for each in app.caption).translate(marks)


def offered(app: AppTest) -> list[Any]:
    return [each for each in app.checkbox if str(each.key).startswith("own_inside_")]


def test_the_form_shows_them_first_and_takes_them() -> None:
    app = given(PLACES["Lightning"]())
    assert "cat, dog, owl" in captions(app)
    (inside,) = offered(app)
    assert inside.value
    assert "hyper_parameters.class_names" in captions(app)
    assert loaded(app) == NAMES


def test_the_form_can_leave_them() -> None:
    app = given(PLACES["classes"]())
    (inside,) = offered(app)
    inside.uncheck().run()
    assert "cat, dog, owl" not in captions(app)
    assert loaded(app) == ("class 0", "class 1", "class 2")


def test_in_the_form_a_file_of_labels_wins() -> None:
    app = given(PLACES["classes"]())
    app.file_uploader(key="own_labels_0").set_value(("l.txt", b"a\nb\nc", "text/plain")).run()
    assert offered(app) == []
    assert loaded(app) == ("a", "b", "c")


def test_from_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from densenet_viz.images.pictures import to_png
    from tests.small_models import picture

    weights, drawn = tmp_path / "mine.ckpt", tmp_path / "x.png"
    weights.write_bytes(saved(under("", PLACES["classes"]())))  # type: ignore[arg-type]
    drawn.write_bytes(to_png(picture(64)))
    words = ["--weights", str(weights), "--input-size", "64", "--json"]
    assert main(["describe", *words]) == 0
    assert "classes" in capsys.readouterr().out
    assert main(["predict", str(drawn), *words]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {each["label"] for each in report["predictions"]} == set(NAMES)
    assert any("classes" in note for note in report["notes"])
