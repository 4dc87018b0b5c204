"""The names of the classes that a weight file has beside its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.labels import INSIDE, LABEL_BYTES, fitted, in_order, labels_of
from densenet_viz.network.own.names import printable
from densenet_viz.network.own.numpy_values import NumpyArray, NumpyScalar
from densenet_viz.network.own.spec import MOST_CLASSES

_DEPTH = 4
"""How many mappings inside each other are looked into."""
_MOST = 50
"""The most places that are looked at."""


@dataclass(frozen=True)
class FileLabels:
    """Labels of a weight file, one for each class; `place` is their name in the file."""

    place: str
    names: tuple[str, ...]


def labels_inside(content: object, outputs: int) -> tuple[FileLabels | None, str]:
    """The labels of a file that fit its network, or a sentence about labels that do not.

    Training code saves them beside the weights (`class_to_idx`) or among its settings
    (`hyper_parameters.class_names`).

    Args:
        content: as `read_content` gives it.
        outputs: how many numbers the network gives; one number needs two
            labels, or that of the positive class.
    """
    refused = ""
    places = sorted(_places(content, (), _DEPTH), key=lambda each: (len(each[0]), _rank(each[0])))
    for path, value in places[:_MOST]:
        place = ".".join(printable(str(part)) for part in path)
        if isinstance(value, Mapping) and len(value) > MOST_CLASSES:
            refused = refused or (
                f"The file has more than {MOST_CLASSES:,} labels ({place}): they are not used."
            )
            continue
        labels = _labels(value, outputs)
        if not labels:
            continue
        try:
            names = fitted(labels, max(outputs, 2), single=outputs == 1)
        except OwnModelError:
            counted = f"{len(labels):,} label{'s' if len(labels) > 1 else ''}"
            gives = f"{outputs:,} output{'s' if outputs > 1 else ''}"
            refused = refused or (
                f"The file has {counted} ({place}), and the network has {gives}: they are not used."
            )
        else:
            return FileLabels(place, names), ""
    return None, refused


def _places(
    content: object, path: tuple[str | int, ...], depth: int
) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """What stands under a name of labels, by the names around it."""
    if not isinstance(content, Mapping) or depth == 0:
        return
    for key, value in content.items():
        if _name(key) in INSIDE:
            yield (*path, key), value
        else:
            yield from _places(value, (*path, key), depth - 1)


def _name(key: object) -> str:
    return key.casefold() if isinstance(key, str) else ""


def _rank(path: tuple[str | int, ...]) -> int:
    return INSIDE.index(_name(path[-1]))


def _labels(value: object, outputs: int) -> list[str]:
    """The labels of a mapping (a list is one, with numbers), or of a text with several."""
    try:
        if isinstance(value, NumpyArray):
            return value.texts()
        if isinstance(value, Mapping):
            return in_order({key: _pair(inside) for key, inside in value.items()})
        if isinstance(value, str) and len(value) <= LABEL_BYTES:
            labels = labels_of(value.strip(), max(outputs, 2))
            return labels if len(labels) > 1 else []
    except OwnModelError:
        pass
    return []


def _pair(value: object) -> object:
    """A label or number; ImageNet's pairs of a synset and a label were lists of two."""
    if isinstance(value, NumpyScalar):
        return value.value()
    return list(value.values()) if isinstance(value, Mapping) and set(value) == {0, 1} else value
