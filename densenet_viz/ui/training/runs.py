"""The trainings of this session side by side, and what can be done with each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from densenet_viz.figures.learning import Curve, curves_figure, gradients_figure
from densenet_viz.learning.settings import Settings
from densenet_viz.results.learning import FinishedRun, layer_title
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.own import holding
from densenet_viz.ui.suited import note_choice
from densenet_viz.ui.training import choices
from densenet_viz.ui.training.live import describe, offer_training
from densenet_viz.ui.training.session import MOST_RUNS, Entry, trainings
from densenet_viz.ui.uploads import hold_picture

KEYS = ("train_compared", "train_entry")
DESKS: tuple[str, ...] = ()
PAGE = "hands_on"
MOST_DRAWN = 6
"""Trainings in one chart."""
_TOLD = "_train_told"


def show_part() -> None:
    """The whole part: a table, curves, files, and one training."""
    entries = trainings().entries()
    if not entries:
        offer_training("No training is over yet. A trained network appears here.")
        return
    st.table(table(entries), hide_index=True, alt="The trainings of this session")
    st.caption(f"This session keeps its last {MOST_RUNS} trainings, until its page is closed.")
    _show_curves(entries)
    _offer_files(entries)
    st.header("One training", anchor=False)
    names = [entry.name for entry in reversed(entries)]
    if st.session_state.get("train_entry") not in names:
        st.session_state.pop("train_entry", None)
    name = st.selectbox("Training", names, key="train_entry", width=260)
    if (entry := trainings().find(name)) is not None:
        _show_entry(entry)


def table(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """The columns of the table of trainings."""
    return {
        "Training": [entry.name for entry in entries],
        "Network": [describe(entry.settings) for entry in entries],
        "Norm": [entry.settings.norm for entry in entries],
        "Pictures": [entry.settings.pictures.title for entry in entries],
        "Epochs": [
            f"{len(entry.run.losses)}{'' if entry.run.complete else ', stopped'}"
            for entry in entries
        ],
        "Parameters": [f"{entry.run.parameters:,}" for entry in entries],
        "Right, unseen": [f"{entry.run.accuracy:.1%}" for entry in entries],
        "Seconds": [f"{entry.run.seconds:.0f}" for entry in entries],
    }


def _show_curves(entries: Sequence[Entry]) -> None:
    names = [entry.name for entry in entries]
    kept = [name for name in st.session_state.get("train_compared", []) if name in names]
    st.session_state["train_compared"] = kept or names[-MOST_DRAWN:]
    drawn = st.pills(
        f"Draw up to {MOST_DRAWN}", names, selection_mode="multi", key="train_compared"
    )
    shown = [entry for entry in entries if entry.name in drawn][:MOST_DRAWN]
    if not shown:
        return
    curves = [curve_of(entry) for entry in shown]
    show_chart(
        curves_figure(curves, epochs=max(len(entry.run.losses) for entry in shown)),
        key="train_compared_curves",
        file="trainings",
        alt="Loss and accuracy of " + "; ".join(_said(entry) for entry in shown),
    )
    st.subheader("The gradient at each layer in the last epoch", anchor=False)
    longest = max((entry.run.layers for entry in shown), key=len)
    show_chart(
        gradients_figure(
            [layer_title(name) for name in longest],
            [(entry.name, entry.run.gradients[-1]) for entry in shown],
        ),
        key="train_compared_gradients",
        file="gradients",
        alt="The gradient’s mean norm at the stem: "
        + "; ".join(f"{entry.name} {entry.run.gradients[-1][0]:.2g}" for entry in shown),
    )


def _said(entry: Entry) -> str:
    return f"{entry.name} ({describe(entry.settings)}): {entry.run.accuracy:.1%}"


def curve_of(entry: Entry) -> Curve:
    """A training's means of each epoch."""
    run = entry.run
    return Curve(
        f"{entry.name}: {describe(entry.settings)}",
        tuple((float(epoch), loss) for epoch, loss in enumerate(run.losses, 1)),
        tuple((float(epoch), accuracy) for epoch, accuracy in enumerate(run.accuracies)),
    )


# -- files --------------------------------------------------------------------------------------


def _offer_files(entries: Sequence[Entry]) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "All as JSON",
            lambda: as_json(entries),
            "trainings.json",
            "application/json",
            on_click="ignore",
            key="train_json",
        )
        st.download_button(
            "All as CSV",
            lambda: as_csv(entries),
            "trainings.csv",
            "text/csv",
            on_click="ignore",
            key="train_csv",
        )


def as_json(entries: Sequence[Entry]) -> str:
    """All trainings with their curves."""
    return json.dumps([_row(entry.name, entry.run) for entry in entries], indent=2)


def _row(name: str, run: FinishedRun) -> dict[str, Any]:
    return {
        "name": name,
        "settings": run.settings,
        "complete": run.complete,
        "parameters": run.parameters,
        "accuracy": run.accuracy,
        "seconds": round(run.seconds, 2),
        "losses": list(run.losses),
        "accuracies": list(run.accuracies),
        "layers": list(run.layers),
        "gradients": [list(epoch) for epoch in run.gradients],
    }


def as_csv(entries: Sequence[Entry]) -> str:
    """A row for each epoch of each training."""
    text = io.StringIO()
    names = list(Settings().to_dict())
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["training", *names, "parameters", "epoch", "loss", "accuracy"])
    for entry in entries:
        run = entry.run
        fixed = [entry.name, *(run.settings[name] for name in names), run.parameters]
        writer.writerow([*fixed, 0, "", run.accuracies[0]])
        for epoch, (loss, accuracy) in enumerate(
            zip(run.losses, run.accuracies[1:], strict=True), 1
        ):
            writer.writerow([*fixed, epoch, loss, accuracy])
    return text.getvalue()


# -- one training -------------------------------------------------------------------------------


def link_of(settings: Settings) -> str:
    """The address, from the app's root, that restores these settings."""
    parameters = urlencode(settings.to_address())
    return f"/{PAGE}?{parameters}" if parameters else f"/{PAGE}"


def _show_entry(entry: Entry) -> None:
    settings = entry.settings
    st.markdown(f"**{_said(entry)}** of the unseen pictures are right.")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Train with these settings again",
            on_click=_choose_again,
            args=(settings,),
            key="train_reuse",
        )
        _offer_script(settings)
    st.caption("A link with these settings, to put after the address of this app:")
    st.code(link_of(settings), language=None)
    _offer_network(entry)


def _choose_again(settings: Settings) -> None:
    choices.choose_again(settings)
    st.session_state["hands"] = "train"


def _offer_script(settings: Settings) -> None:
    from densenet_viz.learning.script import notebook_of, script_of

    known = settings.data == "digits"
    why = None if known else "Only trainings on digits: the drawn scenes need this project."
    st.download_button(
        "Script (.py)",
        lambda: script_of(settings),
        "train_digits.py",
        "text/x-python",
        on_click="ignore",
        disabled=not known,
        help=why,
        key="train_script",
    )
    st.download_button(
        "Notebook (.ipynb)",
        lambda: notebook_of(settings),
        "train_digits.ipynb",
        "application/x-ipynb+json",
        on_click="ignore",
        disabled=not known,
        help=why,
        key="train_notebook",
    )


def _offer_network(entry: Entry) -> None:
    from densenet_viz.learning.model import is_densenet, labels_file, weights_file

    network, settings = entry.network, entry.settings
    if network is None:
        st.caption("Its weights were dropped: this session has newer networks.")
        return
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Weights (.safetensors)",
            lambda: weights_file(network),
            f"{settings.family}-{settings.data}.safetensors",
            on_click="ignore",
            key="train_weights",
        )
        st.download_button(
            "Class names (.txt)",
            lambda: labels_file(settings),
            f"{settings.data}.txt",
            "text/plain",
            on_click="ignore",
            key="train_labels",
        )
        st.button(
            "Use on the other pages",
            disabled=not is_densenet(settings),
            help=None
            if is_densenet(settings)
            else "The other pages show dense networks with batch norm.",
            on_click=use_elsewhere,
            args=(entry,),
            key="train_use",
        )
    if told := st.session_state.pop(_TOLD, ""):
        st.info(told)
    st.caption(
        "With *Upload your own DenseNet*, on any page with a choice of model, the two files bring "
        "a dense network with batch norm back: choose the preset *Hands on*."
    )


def use_elsewhere(entry: Entry) -> None:
    """Makes a trained network, and an unseen picture that it knows, the current ones."""
    from densenet_viz.learning.model import model_of
    from densenet_viz.learning.samples import samples_of
    from densenet_viz.network.own.errors import OwnModelError

    if entry.network is None:
        return
    try:
        holding.hold_model(model_of(entry.settings, entry.network))
    except OwnModelError as error:
        st.session_state[_TOLD] = str(error)
        return
    note_choice()
    hold_picture(samples_of(entry.settings.data).unseen[0])
    st.session_state[_TOLD] = (
        f"{entry.name} is now “your model” on the pages Growth rate, Dense block, Transition, "
        "Inside, Attributions and Bench, with an unseen picture as the current one."
    )
