"""The manifest beside bundled weights: what the project's own training wrote about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from densenet_viz.facts.spec import DenseNetSpec


class ManifestError(ValueError):
    """A manifest cannot be used; the message is a clause that says why."""


@dataclass(frozen=True)
class FamiliarityFile:
    """The hash of NAME.familiarity.safetensors, and its limit."""

    sha256: str
    limit: float


@dataclass(frozen=True)
class Manifest:
    """What bundled weights belong to: the network, its classes, its input, the file's hash."""

    labels: tuple[str, ...]
    spec: DenseNetSpec
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    sha256: str
    provenance: str
    temperature: float = 1.0
    familiarity: FamiliarityFile | None = None


def read_manifest(path: Path) -> Manifest:
    """The manifest of a bundled model.

    Raises:
        ManifestError: it is missing, damaged, or of another form.
    """
    try:
        given = json.loads(path.read_bytes())
        spec = given["spec"]
        stated = spec | {
            "block_config": tuple(spec["block_config"]),
            "hidden": tuple(spec.get("hidden", ())),
        }
        familiarity = given.get("familiarity")
        return Manifest(
            labels=tuple(given["labels"]),
            spec=DenseNetSpec(**stated),
            mean=tuple(given["mean"]),
            std=tuple(given["std"]),
            sha256=given["sha256"],
            provenance=_provenance(given),
            temperature=given.get("temperature", 1.0),
            familiarity=familiarity
            and FamiliarityFile(familiarity["sha256"], familiarity["limit"]),
        )
    except OSError:
        raise ManifestError("its manifest is missing") from None
    except (ValueError, KeyError, TypeError):
        raise ManifestError("its manifest is damaged") from None


def _provenance(given: Mapping[str, Any]) -> str:
    """One sentence about the training and the held-out accuracy in the manifest."""
    training, held_out = given["training"], given["held_out"]
    return (
        f"Trained by this project on {training['scenes'] + training['pairs']:,} scenes that it "
        f"drew. It classifies {held_out['top1']:.1%} of {held_out['count']:,} unseen ones "
        "correctly."
    )
