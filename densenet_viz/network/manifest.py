"""The manifest beside bundled weights: read field by field, trusted in none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from densenet_viz.facts.spec import DenseNetSpec, SpecError

SIZE_LIMIT = 1_000_000
"""Bytes that are read of a manifest."""


class ManifestError(ValueError):
    """A manifest that cannot be used; the message is a clause that says why."""


@dataclass(frozen=True)
class FamiliarityFile:
    """What is stated of NAME.familiarity.safetensors: its hash, and the limit that goes with it."""

    sha256: str
    limit: float


@dataclass(frozen=True)
class Manifest:
    """What bundled weights are of: the network, its classes, its input, the file's hash."""

    labels: tuple[str, ...]
    spec: DenseNetSpec
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    sha256: str
    provenance: str
    temperature: float = 1.0
    familiarity: FamiliarityFile | None = None


def read_manifest(path: Path) -> Manifest:
    """The manifest, field by field.

    Raises:
        ManifestError: it is missing, or a field is not what it has to be.
    """
    try:
        with path.open("rb") as file:
            raw = json.loads(file.read(SIZE_LIMIT))
    except OSError:
        raise ManifestError("its manifest is missing") from None
    except ValueError:
        raise ManifestError("its manifest is not JSON") from None
    fields: dict[str, Any] = raw if isinstance(raw, dict) else {}
    for name, good in _FIELDS.items():
        if not good(fields.get(name)):
            raise ManifestError(f"the field {name!r} of its manifest is missing or wrong")
    for name, good in _OPTIONAL.items():
        if name in fields and not good(fields[name]):
            raise ManifestError(f"the field {name!r} of its manifest is wrong")
    labels = tuple(fields["labels"])
    return Manifest(
        labels=labels,
        spec=_manifest_spec(fields["spec"], len(labels), fields["input_size"]),
        mean=tuple(fields["mean"]),
        std=tuple(fields["std"]),
        sha256=fields["sha256"],
        provenance=_provenance(fields),
        temperature=float(fields.get("temperature", 1.0)),
        familiarity=_familiarity(fields.get("familiarity")),
    )


def _three_numbers(value: object, low: float, high: float) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(v, (int, float)) and low <= v <= high for v in value)
    )


def _good_labels(value: object) -> bool:
    return (
        isinstance(value, list)
        and 2 <= len(value) <= 1000
        and all(isinstance(v, str) and re.fullmatch(r"[\w ,'-]{1,60}", v) for v in value)
        and len(set(value)) == len(value)
    )


def _good_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _number(value: object, low: float, high: float) -> bool:
    return type(value) in (int, float) and low <= value <= high  # type: ignore[operator]


def _good_familiarity(value: object) -> bool:
    return (
        isinstance(value, dict)
        and _good_hash(value.get("sha256"))
        and _number(value.get("limit"), 1e-6, 1e6)
    )


_OPTIONAL: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {"temperature": lambda v: _number(v, 0.05, 20), "familiarity": _good_familiarity}
)

_FIELDS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "labels": _good_labels,
        "input_size": lambda v: type(v) is int and 29 <= v <= 512,
        "mean": lambda v: _three_numbers(v, 0.0, 1.0),
        "std": lambda v: _three_numbers(v, 0.01, 1.0),
        "sha256": _good_hash,
        "spec": lambda v: (
            isinstance(v, dict) and {"growth_rate", "block_config", "initial_channels"} <= v.keys()
        ),
    }
)


def _manifest_spec(given: dict[str, Any], classes: int, input_size: int) -> DenseNetSpec:
    blocks = given.get("block_config")
    stated = {**given, "block_config": tuple(blocks) if isinstance(blocks, list) else blocks}
    try:
        spec = DenseNetSpec(**{"num_classes": classes, "input_size": input_size, **stated})
    except (SpecError, TypeError):
        raise ManifestError("the field 'spec' of its manifest is missing or wrong") from None
    if (spec.num_classes, spec.input_size) != (classes, input_size):
        raise ManifestError("the field 'spec' of its manifest contradicts the other fields")
    return spec


def _familiarity(given: Mapping[str, Any] | None) -> FamiliarityFile | None:
    return None if given is None else FamiliarityFile(given["sha256"], float(given["limit"]))


def _provenance(fields: Mapping[str, Any]) -> str:
    """One sentence out of what the manifest states about training and held-out accuracy."""
    training, held_out = fields.get("training"), fields.get("held_out")
    counts = (
        [training.get(key, 0) for key in ("scenes", "pairs")] if isinstance(training, dict) else []
    )
    drawn = sum(counts) if all(type(count) is int for count in counts) else 0
    scenes = f"{drawn:,} scenes" if drawn > 0 else "scenes"
    sentence = f"Trained by this project on {scenes} that it drew itself"
    top1, count = (
        (held_out.get("top1"), held_out.get("count"))
        if isinstance(held_out, dict)
        else (None, None)
    )
    if type(top1) is float and type(count) is int and 0 <= top1 <= 1:
        sentence += f"; it names {top1:.1%} of {count:,} unseen ones right"
    return f"{sentence}."
