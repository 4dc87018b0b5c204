"""What a worker process runs: it compares every row's map of one scene with the true mask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz import attribution
from densenet_viz.attribution.twins import fused_of
from densenet_viz.evaluation import metrics
from densenet_viz.evaluation.baselines import BASELINES, Heat
from densenet_viz.evaluation.perturbation import perturb
from densenet_viz.evaluation.readings import Reading
from densenet_viz.scenes.generator import PairScene, Scene, draw_pair, draw_scene
from densenet_viz.scenes.tags import CORNERS, Corner, draw_tag, tag_mask

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.traces import Picture

Measures = dict[str, float | bool]
Rows = dict[str, Measures]
Kind = Literal["scene", "pair"]
_KINDS: Mapping[Kind, int] = {"scene": 31, "pair": 32}


@dataclass(frozen=True)
class Task:
    """A scene to measure: one object or two, its number, and whether pixels are replaced too."""

    kind: Kind
    index: int
    perturb: bool = False


@dataclass(frozen=True, eq=False)
class TaskWork:
    """What all scenes of an evaluation share. `cancelled` is called before each forward pass."""

    model: LoadedModel
    readings: tuple[Reading, ...]
    seed: int
    tagged: bool
    """Whether every object's tag is in a corner."""
    device: str = "cpu"
    cancelled: Callable[[], bool] | None = field(default=None)

    def rng(self, task: Task) -> np.random.Generator:
        """For the corners, the random map and ties; the same in every process."""
        return np.random.default_rng((self.seed, _KINDS[task.kind], task.index))


def pack_work(work: TaskWork) -> dict[str, Any]:
    """The work in a form for another process: a lock cannot be sent, so the model goes in parts."""
    model = {part.name: getattr(work.model, part.name) for part in fields(work.model)}
    del model["lock"]
    shared = {part.name: getattr(work, part.name) for part in fields(work)}
    return {**shared, "model": model, "cancelled": None}


def unpack_work(sent: Mapping[str, Any], cancelled: Callable[[], bool]) -> TaskWork:
    """The work from what `pack_work` made, in the other process."""
    from densenet_viz.network.loaded import LoadedModel

    work = TaskWork(**sent)
    return replace(work, model=LoadedModel(**sent["model"]), cancelled=cancelled)


def measure_scene(work: TaskWork, task: Task) -> Rows:
    """Every row's measures of one scene, by the rows' names."""
    if task.kind == "scene":
        return _scene_measured(work, task)
    return _pair_measured(work, task)


def one_object(work: TaskWork, index: int, rng: np.random.Generator) -> tuple[Scene, Corner]:
    """A scene of the test split, with its object's tag where the work asks for tags.

    The corner is drawn in both cases, so that `rng` gives the same numbers afterwards.
    """
    scene = draw_scene(work.seed, "test", index)
    corner = CORNERS[int(rng.integers(len(CORNERS)))]
    if work.tagged:
        scene = replace(scene, image=draw_tag(scene.image, scene.label, corner))
    return scene, corner


def two_objects(work: TaskWork, index: int, rng: np.random.Generator) -> PairScene:
    """A scene of two objects, with a tag for each in two corners where the work asks for tags."""
    scene = draw_pair(work.seed, "test", index)
    corners = rng.permutation(len(CORNERS))
    if work.tagged:
        image = scene.image
        for label, corner in zip(scene.labels, corners, strict=False):
            image = draw_tag(image, label, CORNERS[corner])
        scene = replace(scene, image=image)
    return scene


def _scene_measured(work: TaskWork, task: Task) -> Rows:
    rng = work.rng(task)
    scene, corner = one_object(work, task.index, rng)
    heats = dict(_heats(work, scene.image, scene.label, rng))
    rows = {name: _against_mask(heat, scene.mask) for name, heat in heats.items()}
    if work.tagged:
        size = len(scene.mask)
        near_tag = metrics.near(tag_mask(corner, size))
        for name, heat in heats.items():
            rows[name]["energy_on_tag"] = metrics.energy(heat, near_tag)
    if task.perturb:
        fused = fused_of(work.model, work.device)
        curves = perturb(
            work.model,
            work.model.picture(scene.image),
            scene.label,
            heats,
            rng,
            cancelled=work.cancelled,
            ask=lambda pictures: fused.logits(pictures.to(work.device)),
        )
        for name, both in curves.items():
            rows[name]["deletion_auc"] = both.deletion_auc
            rows[name]["insertion_auc"] = both.insertion_auc
    return rows


def _against_mask(heat: Heat, mask: NDArray[np.bool_]) -> Measures:
    near = metrics.tolerance(len(mask))
    return {
        "pointing_game": metrics.pointing(heat, mask),
        "pointing_game_tolerant": metrics.pointing(heat, mask, near),
        "energy_inside": metrics.energy(heat, mask),
        "energy_near": metrics.share_near(heat, mask),
        "average_precision": metrics.precision_recall(heat, mask).average_precision,
    }


def _pair_measured(work: TaskWork, task: Task) -> Rows:
    """Explains both objects in turn; the mean of the two results is the scene's value."""
    rng = work.rng(task)
    scene = two_objects(work, task.index, rng)
    state = rng.bit_generator.state
    near = [metrics.near(mask) for mask in scene.masks]
    shares: dict[str, list[float]] = {}
    for asked, label in enumerate(scene.labels):
        rng.bit_generator.state = state  # a baseline cannot hear what is asked
        for name, heat in _heats(work, scene.image, label, rng):
            share = metrics.share_on_asked(heat, near[asked], near[1 - asked])
            shares.setdefault(name, []).append(share)
    return {name: {"energy_on_asked": sum(both) / 2} for name, both in shares.items()}


def _heats(
    work: TaskWork, picture: Picture, target: int, rng: np.random.Generator
) -> Iterator[tuple[str, Heat]]:
    """Each row's name and map; a method runs once for all its rows with the same settings."""
    results: dict[str, Any] = {}
    for reading in work.readings:
        key = f"{reading.method} {reading.settings}"
        if key not in results:
            results[key] = attribution.attribute(
                work.model,
                picture,
                method=reading.method,
                target=target,
                device=work.device,
                cancelled=work.cancelled,
                **reading.settings,
            )
        yield reading.name, reading.heat(results[key])
    for name, (_title, baseline) in BASELINES.items():
        yield name, baseline(picture, rng)
