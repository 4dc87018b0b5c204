"""The names that the classes of a visitor's network get: a file of labels, or the weight file's."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.labels import CERTAIN, LABEL_BYTES, decode, read_labels
from densenet_viz.network.own.loading import WeightFile
from densenet_viz.ui.plain_text import plain

_SHOWN = 5
"""The most labels that are shown."""


@dataclass(frozen=True, eq=False)
class ChosenLabels:
    """A file of labels, and why it does not fit, if so; `inside` takes those of the weight file."""

    data: bytes | None = None
    key: str = ""
    error: OwnModelError | None = None
    inside: bool = False


def choose_labels(file: WeightFile, turn: int) -> ChosenLabels:
    """Shows the choice of labels, and the first of those that are chosen.

    Args:
        file: the weight file.
        turn: a new number empties the choice.
    """
    one_is_enough = " The name of the positive class is enough." if file.outputs == 1 else ""
    chosen = st.file_uploader(
        "Labels (optional)",
        key=f"own_labels_{turn}",
        max_upload_size=LABEL_BYTES // 1_000_000,
        help='One per line, CSV, or JSON: ["cat", "dog"], {"0": "cat"} or id2label.'
        + one_is_enough,
    )
    if chosen is None:
        return _offer_inside(file)
    data = chosen.getvalue()
    try:
        names = read_labels(data, file.spec.num_classes, single=file.outputs == 1)
        encoding = decode(data)[1]
    except OwnModelError as error:
        st.error(str(error))
        return ChosenLabels(data, chosen.file_id, error)
    doubt = "" if encoding in CERTAIN else " If they look wrong, save the file as UTF-8."
    st.caption(f"{len(names):,} labels, read as {encoding}: {_first(names)}{doubt}")
    return ChosenLabels(data, chosen.file_id)


def _offer_inside(file: WeightFile) -> ChosenLabels:
    """The labels of the weight file, if it has some that fit."""
    if file.labels is None:
        return ChosenLabels()
    key = f"own_inside_{file.digest[:12]}"  # each file begins with a yes
    taken = st.checkbox("Use the labels in the weight file", True, key=key)
    if taken:
        count, place = f"{len(file.labels.names):,} labels", plain(file.labels.place)
        st.caption(f"{count} ({place}): {_first(file.labels.names)}")
    return ChosenLabels(key="inside" if taken else "", inside=taken)


def _first(names: tuple[str, ...]) -> str:
    """The first labels, each set apart: one from right to left does not turn the others round."""
    shown = ", ".join(f"\u2068{name}\u2069" for name in names[:_SHOWN])
    return plain(shown) + (", …" if len(names) > _SHOWN else "")
