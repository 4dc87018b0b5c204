"""Labels that a visitor brings for the classes of a network, as text or JSON."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.spec import MOST_CLASSES

LABEL_BYTES = 1_000_000
"""The size of the largest labels file that is read."""
LABEL_LENGTH = 60
"""A longer label is cut to this many characters."""

_FORMS = (
    "allowed are one label per line, a JSON list of labels, or a JSON object with the number of "
    "each class"
)
_PLAIN = str.maketrans("[]<>`$\\", "()‹›'＄/")
"""Replaces what Markdown would read as a link, a picture, a formula or HTML."""


def read_labels(data: bytes | None, classes: int, *, single: bool = False) -> tuple[str, ...]:
    """One label per class, in the order of the logits.

    Accepted are one label per line; a JSON list; a JSON object from number to label,
    `{"0": "cat"}`, also with ImageNet's pairs, `{"0": ["n01440764", "tench"]}`; and torchvision's
    `class_to_idx`, `{"cat": 0}`. A label may occur twice. Without data: "class 0", "class 1" and
    so on.

    Each label is returned on one line, without control characters and Markdown's signs, at most
    60 characters long.

    Args:
        data: the file's bytes, UTF-8.
        classes: outputs of the network.
        single: whether the network has one score; then one label is enough, for a yes.

    Raises:
        OwnModelError: the data has none of these forms, or the number of labels is wrong.
    """
    if data is None:
        return tuple(f"class {index}" for index in range(classes))
    if len(data) > LABEL_BYTES:
        raise OwnModelError(f"The labels are larger than {LABEL_BYTES // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise OwnModelError("The labels are not UTF-8 text.") from None
    found = _in_order(_from_json(text) if text[:1] in ("[", "{") else _lines(text))
    if single and len(found) == 1:
        found = [f"not {found[0]}", *found]
    if len(found) != classes:
        raise OwnModelError(
            f"{len(found):,} {'label was' if len(found) == 1 else 'labels were'} given; this "
            f"network needs {classes:,}, one per class."
        )
    return tuple(_cleaned(label, index) for index, label in enumerate(found))


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\r", "\n").split("\n") if line.strip()]


def _from_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise OwnModelError(f"The labels are not valid JSON; {_FORMS}.") from None


def _in_order(raw: object) -> list[str]:
    """The labels by the number of their class."""
    assert isinstance(raw, (list, Mapping))  # JSON that begins with [ or { is nothing else
    if len(raw) > MOST_CLASSES:
        raise OwnModelError(f"There are more than {MOST_CLASSES:,} labels.")
    if isinstance(raw, list):
        return [_label(value, str(index)) for index, value in enumerate(raw)]
    turned = {str(value): key for key, value in raw.items() if type(value) is int}
    entries = turned if turned else dict(raw)
    numbers = [str(index) for index in range(len(raw))]
    if absent := next((number for number in numbers if number not in entries), None):
        raise OwnModelError(f"Class {absent} has no label; {_FORMS}.")
    return [_label(entries[number], number) for number in numbers]


def _label(value: object, number: str) -> str:
    """A label, or the last of ImageNet's pair of a synset and a label."""
    if isinstance(value, list) and len(value) == 2:
        value = value[1]
    if not isinstance(value, str):
        raise OwnModelError(f"The label of class {number} is not a text; {_FORMS}.")
    return value


def _cleaned(label: str, index: int) -> str:
    """On one line, with visible characters that mean nothing to Markdown, and not too long."""
    seen = "".join(
        " " if character.isspace() else character
        for character in label[: 10 * LABEL_LENGTH]
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    line = " ".join(seen.translate(_PLAIN).split())
    if not line:
        raise OwnModelError(f"The label of class {index} is empty.")
    return line if len(line) <= LABEL_LENGTH else f"{line[: LABEL_LENGTH - 1]}…"
