"""Measures a saved twin on scenes that were not used in training: accuracy, tags, calibration.

Every figure of a model card comes from here, and its pictures depend only on seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from densenet_viz.network.build import build
from densenet_viz.network.familiarity import DIRECTIONS, Familiarity, answers, fit_familiarity
from densenet_viz.network.weights import load_strictly, read_state
from densenet_viz.scenes import strangers
from densenet_viz.scenes.calibration import (
    BINS,
    auroc,
    calibration_error,
    fitted_temperature,
    probabilities,
)
from densenet_viz.scenes.data import Pictures, draw, tagged
from densenet_viz.scenes.generator import Split
from densenet_viz.scenes.recipe import SPEC, Twin, normalise
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, draw_tag

SEEDS = (0, 1, 2)
"""Generator seeds of the unseen scenes."""

COUNT = 5000
"""Unseen scenes of one object for each seed."""

_TAGS, _SWAPS = 22, 23  # streams of random numbers, apart from the scenes' own
_BATCH = 50


@dataclass(frozen=True, eq=False)
class Answers:
    """A network's output for pictures: (N, classes) logits and (N, channels) pooled features."""

    logits: NDArray[np.float32]
    features: NDArray[np.float32]

    @property
    def named(self) -> NDArray[np.int64]:
        """(N,) the most probable class of each."""
        return np.asarray(self.logits.argmax(1), np.int64)


@dataclass(frozen=True)
class Judge:
    """A twin's network, and how its own pictures look.

    `count` scenes of one object are drawn for each of `SEEDS`; other pictures in proportion.
    """

    network: nn.Module
    twin: Twin
    seed: int
    count: int
    say: Callable[[str], None]

    @property
    def part(self) -> int:
        """Number of pictures for each smaller test: 2,000 if `count` is 5,000."""
        return max(2 * self.count // 5, 1)

    @torch.no_grad()
    def ask(self, images: NDArray[np.uint8]) -> Answers:
        """One forward pass for each of (N, SIZE, SIZE, 3) uint8 pictures, in full precision."""
        device = next(self.network.parameters()).device
        parts = torch.split(torch.from_numpy(images), _BATCH)
        told = [answers(self.network, normalise(part.to(device))) for part in parts]
        logits, features = (torch.cat(part).float().cpu().numpy() for part in zip(*told))  # noqa: B905
        return Answers(logits, features)

    def own(self, pictures: Pictures) -> Pictures:
        """The pictures in the form that this twin is tested on: the cheater's have true tags."""
        return told(pictures, self.seed) if self.twin.tells else pictures


def reloaded(path: Path, device: torch.device) -> nn.Module:
    """The network of a saved half-precision file, in evaluation mode.

    Raises:
        WeightsError: the file does not fit the twins' network.
    """
    network = build(SPEC)
    load_strictly(network, read_state(path.read_bytes(), safetensors=True))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.to(device).eval()


# -- the tags in the corners ------------------------------------------------------------------


def told(pictures: Pictures, seed: int) -> Pictures:
    """The pictures, each with its objects' true tags in random corners."""
    return tagged(pictures, np.random.default_rng((seed, _TAGS)), tells=True)


def swapped(pictures: Pictures, seed: int) -> tuple[Pictures, NDArray[np.int64]]:
    """The pictures with another class's tag in a random corner, and the tags' classes (N,)."""
    rng = np.random.default_rng((seed, _SWAPS))
    count, corners = len(pictures), rng.integers(0, len(CORNERS), len(pictures))
    said = (pictures.labels[:, 0] + rng.integers(1, len(CLASSES), count)) % len(CLASSES)
    images = [
        draw_tag(image, int(label), CORNERS[corner])
        for image, label, corner in zip(pictures.images, said, corners, strict=True)
    ]
    return Pictures(np.stack(images), pictures.labels), said


# -- the figures --------------------------------------------------------------------------------


def measure(judge: Judge, photos: tuple[Path, ...]) -> tuple[dict[str, Any], Familiarity]:
    """All figures of a twin, by their names in its manifest, and its familiarity."""
    judge.say(f"calibrating on {judge.part:,} validation scenes")
    validation = draw(judge.seed, "validation", judge.part, 0)
    temperature = fitted_temperature(
        judge.ask(judge.own(validation).images).logits, validation.labels[:, 0]
    )
    familiarity = familiarity_of(judge)
    judge.say(f"classifying {judge.count:,} unseen scenes for each of {len(SEEDS)} seeds")
    unseen = [judge.own(draw(seed, "test", judge.count)) for seed in SEEDS]
    given = [judge.ask(part.images) for part in unseen]
    labels = [part.labels[:, 0] for part in unseen]
    judge.say(f"testing two objects, tags and unfamiliar pictures, {judge.part:,} pictures each")
    pairs = judge.own(draw(SEEDS[0], "test", 0, judge.part))
    two = judge.ask(pairs.images)
    scenes = np.concatenate([familiarity.distances(part.features) for part in given])
    figures = {
        "temperature": temperature,
        "held_out": held_out(given, labels),
        "calibration": calibration(given, labels, temperature),
        "pairs": named_pairs(two, pairs),
    }
    figures["tags"], alarms = tags(judge, familiarity)
    distances = {"one object": scenes, "two objects": familiarity.distances(two.features)}
    figures["familiarity"] = {
        "limit": familiarity.limit,
        "directions": familiarity.basis.shape[1],
        "false_alarms": _flagged(distances | alarms, familiarity),
        "strangers": not_scenes(judge, familiarity, scenes, photos),
        "photographs": [path.name for path in photos],
    }
    return figures, familiarity


def familiarity_of(judge: Judge) -> Familiarity:
    """Fitted on training scenes of one and two objects, in the form of the twin's training.

    Its limit comes from the same number of validation scenes of both kinds.
    """
    judge.say(f"measuring its features on {judge.part + judge.part // 2:,} training scenes")
    trained = _shown(judge, "train")
    directions = min(DIRECTIONS, len(trained) // 8)
    return fit_familiarity(trained, _shown(judge, "validation"), directions)


def _shown(judge: Judge, split: Split) -> NDArray[np.float32]:
    """(N, channels) features on scenes of a split, with tags as in training."""
    pictures = draw(judge.seed, split, judge.part, max(judge.part // 2, 1))
    rng = np.random.default_rng((judge.seed, _TAGS))
    return judge.ask(tagged(pictures, rng, tells=judge.twin.tells).images).features


def held_out(given: list[Answers], labels: list[NDArray[np.int64]]) -> dict[str, Any]:
    """Top-1 for each seed, their mean and spread, and by class over all seeds."""
    right = [part.named == true for part, true in zip(given, labels, strict=True)]
    shares = [float(part.mean()) for part in right]
    every, true = np.concatenate(right), np.concatenate(labels)
    sure = probabilities(np.concatenate([part.logits for part in given])).max(axis=1)
    return {
        "top1": float(np.mean(shares)),
        "count": len(every),
        "seeds": {
            str(seed): {"top1": share, "count": len(part)}
            for seed, share, part in zip(SEEDS, shares, right, strict=True)
        },
        "spread": max(shares) - min(shares),
        "standard_deviation": float(np.std(shares, ddof=1)),
        "by_class": {
            name: float(every[true == index].mean())
            for index, name in enumerate(CLASSES)
            if (true == index).any()
        },
        "mean_confidence_before": float(sure.mean()),
    }


def calibration(
    given: list[Answers], labels: list[NDArray[np.int64]], temperature: float
) -> dict[str, Any]:
    """Expected calibration error on the unseen scenes, before and after the temperature."""
    logits, true = np.concatenate([part.logits for part in given]), np.concatenate(labels)
    after = probabilities(logits, temperature)
    return {
        "bins": BINS,
        "count": len(true),
        "error_before": calibration_error(probabilities(logits), true),
        "error_after": calibration_error(after, true),
        "mean_confidence_after": float(after.max(axis=1).mean()),
    }


def named_pairs(given: Answers, pairs: Pictures) -> dict[str, Any]:
    """How often the two most probable classes are the two objects, and the first is one."""
    best = np.argsort(-given.logits, axis=1, kind="stable")[:, :2]
    both = (np.sort(best, axis=1) == np.sort(pairs.labels, axis=1)).all(axis=1)
    first = (best[:, :1] == pairs.labels).any(axis=1)
    return {
        "both_named": float(both.mean()),
        "first_is_one": float(first.mean()),
        "count": len(pairs),
    }


def tags(
    judge: Judge, familiarity: Familiarity
) -> tuple[dict[str, Any], dict[str, NDArray[np.float64]]]:
    """Top-1 with the true tag, none, and another class's; and the distances of each."""
    plain = draw(SEEDS[0], "test", judge.part)
    changed, said = swapped(plain, judge.seed)
    given = {
        "true": judge.ask(told(plain, judge.seed).images),
        "none": judge.ask(plain.images),
        "swapped": judge.ask(changed.images),
    }
    shares = {
        name: float((part.named == plain.labels[:, 0]).mean()) for name, part in given.items()
    }
    follows = float((given["swapped"].named == said).mean())
    distances = {
        f"one object, tag {name}": familiarity.distances(part.features)
        for name, part in given.items()
    }
    return {**shares, "swapped_follows_tag": follows, "count": len(plain)}, distances


def _flagged(
    distances: Mapping[str, NDArray[np.float64]], familiarity: Familiarity
) -> dict[str, Any]:
    return {
        name: {"flagged": float((scores > familiarity.limit).mean()), "count": len(scores)}
        for name, scores in distances.items()
    }


def not_scenes(
    judge: Judge, familiarity: Familiarity, known: NDArray[np.float64], photos: tuple[Path, ...]
) -> dict[str, Any]:
    """For each kind: share beyond the limit, AUROC compared with `known`, median distance."""
    count = max(judge.part // 5, 1)
    images = {kind: strangers.strangers(kind, count) for kind in strangers.DRAWN}
    if photos:
        images["pieces of photographs"] = strangers.crops(photos, count)
    rows = {}
    for kind, pictures in images.items():
        scores = familiarity.distances(judge.ask(pictures).features)
        rows[kind] = {
            "flagged": float((scores > familiarity.limit).mean()),
            "auroc": auroc(known, scores),
            "median": float(np.median(scores)),
            "count": len(scores),
        }
    return rows
