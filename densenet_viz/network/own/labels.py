"""Labels that a visitor brings for the classes of a network, as text or JSON."""

from __future__ import annotations

import ast
import codecs
import csv
import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.spec import MOST_CLASSES

LABEL_BYTES = 1_000_000
"""The size of the largest labels file that is read."""
LABEL_LENGTH = 60
"""A longer label is cut to this many characters."""

_FORMS = (
    "allowed are one label per line, a table with numbers and labels, a JSON list of labels, or a "
    "JSON object with the number of each class"
)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = (
    *("cp1252", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "cp1256", "cp1255"),
    *("cp1250", "cp1253", "cp1254"),
)
CERTAIN = ("UTF-8", "UTF-16", "UTF-32")
"""Encodings that are known from the bytes; others are guessed."""
_NUMBERED = re.compile(r"\s*(?:-\s+)?(\d{1,6})\s*(?:[:.)=]\s*|\s)(.*\S)\s*")
"""A line such as "0: cat", "1. cat", "2) cat" or "3 cat"."""
_HEADING = re.compile(r"\w+:\s*|sep=.")
"""A first line that is no label: a key of YAML, or what Excel writes for itself."""
_NUMBERS = ("id", "index", "idx", "class_id", "class_index", "label_id", "number")
"""Headers of a column of classes' numbers."""
_COLUMNS = ("label", "labels", "name", "class_name", "class name", "class", "category", "finding")
"""Headers of a column of labels, the surest first."""
INSIDE = (
    *("id2label", "class_to_idx", "idx_to_class", "label2id", "class_names", "classes"),
    *("label_names", "labels", "names", "categories", "pathologies", "class_labels", "label_map"),
    *("idx2class", "class2idx", "idx_to_label", "label_to_idx", "target_names"),
)
"""Names in a configuration under which its labels stand, the surest first."""
_PLAIN = str.maketrans("[]<>`$\\", "()‹›'＄/")
"""Replaces what Markdown would read as a link, a picture, a formula or HTML."""


def read_labels(data: bytes | None, classes: int, *, single: bool = False) -> tuple[str, ...]:
    """One label per class, in the order of the logits.

    Accepted are one label per line; CSV or TSV with a column of numbers or a header; a JSON list; a
    JSON or Python object from number to label, `{"0": "cat"}`, also with ImageNet's pairs,
    `{"0": ["n01440764", "tench"]}`; torchvision's `class_to_idx`, `{"cat": 0}`; a configuration
    with `id2label` or the like; and numbered lines, "0: cat". Numbers count from 0 or from 1. A
    label may occur twice; one without letters becomes "class 3". Without data: "class 0", "class 1"
    and so on, or "negative" and "positive" for one score.

    Each label is returned on one line, without control characters and Markdown's signs, at most
    60 characters long.

    Args:
        data: the file's bytes; `decode` finds their encoding.
        classes: outputs of the network.
        single: whether the network has one score; then one label is enough, for the positive class.

    Raises:
        OwnModelError: the data has none of these forms, or the number of labels is wrong.
    """
    if data is None:
        numbered = tuple(f"class {index}" for index in range(classes))
        return ("negative", "positive") if single else numbered
    text, _encoding = decode(data)
    return fitted(labels_of(text, classes), classes, single=single)


def fitted(found: list[str], classes: int, *, single: bool = False) -> tuple[str, ...]:
    """Labels as `read_labels` returns them.

    Raises:
        OwnModelError: they are too many, or not one for each class.
    """
    if len(found) > MOST_CLASSES:
        raise OwnModelError(f"There are more than {MOST_CLASSES:,} labels.")
    if single and len(found) == 1:
        found = [f"not {found[0]}", *found]
    if len(found) != classes:
        raise OwnModelError(
            f"{len(found):,} {'label was' if len(found) == 1 else 'labels were'} given; this "
            f"network needs {classes:,}, one per class."
        )
    return tuple(_cleaned(label, index) for index, label in enumerate(found))


def labels_of(text: str, classes: int) -> list[str]:
    """The labels of JSON, of a table or of lines."""
    if text[:1] not in ("[", "{"):
        return _split(labels_in(text), classes)
    try:
        return in_order(_from_json(text))
    except OwnModelError:
        lines = labels_in(text)
        if len(lines) == classes > 1:  # the first label begins with a bracket
            return lines
        raise


def _split(labels: list[str], classes: int) -> list[str]:
    """The labels of a single line that holds them all, with commas, semicolons or tabs between."""
    if len(labels) == 1 < classes:
        for delimiter in "\t;,":
            parts = [part.strip() for part in labels[0].split(delimiter)]
            if len(parts) == classes and all(parts):
                return parts
    return labels


def decode(data: bytes) -> tuple[str, str]:
    """The text of a labels file, and the name of its encoding.

    UTF-8 and, by their first bytes or their zeros, UTF-16 and UTF-32 are certain; another encoding
    (Windows-1252, GBK) is guessed by charset-normalizer, so show the labels before they are used.

    Raises:
        OwnModelError: the file is too large, or it is no text.
    """
    if len(data) > LABEL_BYTES:
        raise OwnModelError(f"The labels are larger than {LABEL_BYTES // 1_000_000} MB.")
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), _unmarked(data))
    try:
        return data.decode(marked).strip(), "UTF-8" if marked == "utf-8-sig" else marked.upper()[:6]
    except UnicodeDecodeError:
        pass
    if marked == "utf-8-sig" and b"\0" not in data:
        from charset_normalizer import from_bytes

        # Labels are short: the usual encodings are tried before rare ones.
        guessed = from_bytes(data, cp_isolation=list(_ENCODINGS)).best()
        if guessed is not None:
            same = guessed.could_be_from_charset  # encodings that give the same text
            usual = next((name for name in _ENCODINGS if name in same), guessed.encoding)
            return str(guessed).strip(), usual.upper()
    raise OwnModelError("The labels are not text. Save them as UTF-8.")


def _unmarked(data: bytes) -> str:
    """UTF-16 if every second byte is zero, as in a text of Latin letters; otherwise UTF-8."""
    half = len(data) // 2
    for name, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if half and 2 * zeros.count(0) > half and len(data) % 2 == 0:
            return name
    return "utf-8-sig"


def labels_in(text: str) -> list[str]:
    r"""The labels of lines, or of a table with a column of numbers or a header.

    >>> labels_in("tench, Tinca tinca\ngoldfish"), labels_in("1;cat\n2;dog")
    (['tench, Tinca tinca', 'goldfish'], ['cat', 'dog'])
    >>> labels_in("1: dog\n0: cat"), labels_in("names:\n  - cat\n  - dog")
    (['cat', 'dog'], ['cat', 'dog'])
    """
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if len(lines) > 1 and _HEADING.fullmatch(lines[0]):
        lines = lines[1:]
    for delimiter in "\t;,":
        try:
            rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
        except csv.Error:  # a field of more than 131,072 characters
            continue
        if rows and min(map(len, rows)) > 1 and (labels := _from_table(rows)):
            return labels
    found = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [each[1] for each in found if each is not None]
    order = _order(numbers) if len(numbers) == len(lines) > 1 else None
    if order is not None:
        return [found[place][2] for place in order]  # type: ignore[index]
    bullet = all(line.lstrip().startswith("- ") for line in lines)
    return [line.lstrip()[2:] for line in lines] if bullet else lines


def _from_table(rows: list[list[str]]) -> list[str] | None:
    """The labels of a table's rows, by the numbers in one of its columns; None for no table."""
    width = min(map(len, rows))
    header = [cell.strip().casefold() for cell in rows[0][:width]]
    columns = sorted(range(width), key=lambda place: header[place] not in _NUMBERS)
    named = next(
        (place for name in _COLUMNS for place in range(width) if header[place] == name), -1
    )
    for body in (rows, rows[1:]):
        for place in columns:
            numbers = [row[place].strip() for row in body]
            order = _order(numbers)
            if order is not None:
                label = named if body is not rows and named >= 0 else (1 if place == 0 else 0)
                return [body[index][label] for index in order]
    return [row[named] for row in rows[1:]] if named >= 0 else None


def _order(numbers: list[str]) -> list[int] | None:
    """The places of 0, 1, 2, ... or of 1, 2, 3, ... in a column, or None."""
    if not numbers or not all(number.isdecimal() and len(number) < 7 for number in numbers):
        return None
    values = list(map(int, numbers))
    order = sorted(range(len(values)), key=values.__getitem__)
    first = values[order[0]]
    whole = first in (0, 1) and [values[place] for place in order] == list(
        range(first, first + len(values))
    )
    return order if whole else None


def _from_json(text: str) -> list[object] | Mapping[object, object]:
    for read in (json.loads, ast.literal_eval):  # Python's own way to write them comes second
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            found = read(text)
            if isinstance(found, (list, Mapping)):
                return found
    raise OwnModelError(f"The labels are not valid JSON; {_FORMS}.")


def in_order(raw: list[object] | Mapping[object, object]) -> list[str]:
    """The labels of a list or a mapping, by the number of their class.

    Raises:
        OwnModelError: a class has no label, or one that is not a text.
    """
    if isinstance(raw, Mapping):
        named = (raw.get(name) for name in INSIDE)
        raw = next((inside for inside in named if isinstance(inside, (list, Mapping))), raw)
    if len(raw) > MOST_CLASSES:
        raise OwnModelError(f"There are more than {MOST_CLASSES:,} labels.")
    if isinstance(raw, list):
        return [_label(value, str(index)) for index, value in enumerate(raw)]
    turned = {str(value): key for key, value in raw.items() if type(value) is int}
    entries = turned if turned else {str(key): value for key, value in raw.items()}
    first = 0 if "0" in entries or "1" not in entries else 1
    numbers = [str(index) for index in range(first, first + len(raw))]
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
    if not line:  # torchxrayvision names findings that it was not trained on so
        return f"class {index}"
    return line if len(line) <= LABEL_LENGTH else f"{line[: LABEL_LENGTH - 1]}…"
