"""The scoreboard: every method on held-out scenes, against the objects' true masks."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.engine import check_device
from densenet_viz.attribution.methods import method_named
from densenet_viz.evaluation.baselines import BASELINES
from densenet_viz.evaluation.perturbation import STEPS
from densenet_viz.evaluation.readings import readings_of
from densenet_viz.evaluation.statistics import interval
from densenet_viz.evaluation.tasks import Rows, Task, TaskWork
from densenet_viz.evaluation.workers import run_tasks
from densenet_viz.machine import describe
from densenet_viz.results.scores import MEASURES, Score, Scoreboard
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.recipe import TWINS
from densenet_viz.scenes.shapes import CLASSES

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

SEED = 4
"""Seed of the measured scenes by default; the models' own cards use other seeds."""

SCENES = 500
"""Default number of scenes of one object, and of scenes of two."""


class EvaluationError(ValueError):
    """A model or a count cannot be evaluated; the message says why."""


def evaluate(
    model: LoadedModel,
    *,
    methods: Sequence[str] = tuple(METHODS),
    scenes: int = SCENES,
    pairs: int | None = None,
    perturb: int | None = None,
    seed: int = SEED,
    device: str = "cpu",
    workers: int | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Scoreboard:
    """Measures methods and baselines on scenes of the test split.

    The honest twin gets scenes without tags, the cheater the same scenes with true tags. Each map
    explains the object's class; in scenes of two, each object is explained in turn.

    Args:
        model: "scenes" or "cheater", which were trained on drawn scenes.
        methods: keys of `METHODS`.
        scenes: of one object, 1 or more.
        pairs: scenes of two objects, 0 or more; by default as many as of one.
        perturb: how many of the `scenes` are used for deletion and insertion; by default all.
        seed: of the scenes; the same seed gives the same numbers with any count of workers.
        device: "cpu", "cuda", or "auto" for the fastest available.
        workers: processes, by default one per core.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called several times a second.

    Returns:
        The rows of the methods, then those of the baselines.

    Raises:
        AttributionError: there is no such method, or no such device.
        Cancelled: `cancelled` returned True.
        EvaluationError: there are no true masks for the model's classes, or a count is wrong.
    """
    check(model.name, model.labels, model.input_size)
    pairs = scenes if pairs is None else pairs
    perturb = scenes if perturb is None else perturb
    if min(scenes, workers or 1) < 1 or min(pairs, perturb) < 0:
        raise EvaluationError("At least one scene and one worker are needed.")
    place = check_device(device)
    readings = readings_of([method_named(name).name for name in methods])
    work = TaskWork(model, readings, seed, TWINS[model.name].tells, place, cancelled)
    tasks = [Task("scene", index, index < perturb) for index in range(scenes)]
    tasks += [Task("pair", index) for index in range(pairs)]
    report = on_progress or (lambda _part: None)
    report(0.0)
    results = run_tasks(
        work,
        tasks,
        min(workers or os.cpu_count() or 1, len(tasks)),
        lambda done: report(done / len(tasks)),
        cancelled or (lambda: False),
    )
    titles = {reading.name: (reading.title, reading.treatment) for reading in readings}
    titles |= {name: (title, "as it is") for name, (title, _) in BASELINES.items()}
    return Scoreboard(
        model=model.name,
        seed=seed,
        scenes=scenes,
        pairs=pairs,
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        versions=_versions(),
        machine=_machine(place),
        notes=_notes(work.tagged, min(perturb, scenes)),
        rows=tuple(_score(name, *told, results) for name, told in titles.items()),
    )


def check(name: str, labels: Sequence[str], input_size: int) -> None:
    """Refuses a model that was not trained on drawn scenes.

    Raises:
        EvaluationError: there are no true masks for its classes.
    """
    if name not in TWINS:
        raise EvaluationError(
            f"There are no true masks for the classes of {name[:40]!r}. "
            f"Only {' and '.join(TWINS)} can be evaluated."
        )
    if (tuple(labels), input_size) != (CLASSES, SIZE):
        raise EvaluationError(
            f"The weights of {name!r} do not fit the scenes: {len(labels)} classes at "
            f"{input_size} px were given, {len(CLASSES)} at {SIZE} px are expected."
        )


def _score(name: str, title: str, treatment: str, results: Iterable[Rows]) -> Score:
    rows = [result[name] for result in results]
    seen = {measure: [row[measure] for row in rows if measure in row] for measure in MEASURES}
    measures = {measure: interval(values) for measure, values in seen.items() if values}
    return Score(name, title, treatment, name in BASELINES, measures)


def _machine(device: str) -> dict[str, str]:
    about = describe(device)
    return {key: about[key] for key in ("processor", "cores", "device", "gpu") if key in about}


def _versions() -> dict[str, str]:
    packages = {name: version(name) for name in ("torch", "captum", "numpy")}
    return {"python": platform.python_version(), **packages}


def _notes(tagged: bool, perturb: int) -> tuple[str, ...]:
    return (
        "Scenes of the test split, which no training uses; "
        + ("each object's true tag is in a random corner." if tagged else "no picture has a tag."),
        "Each map explains the object's class; in scenes of two, each object is explained in turn.",
        "Yes-or-no measures have Wilson's 95% interval, the others a percentile bootstrap over "
        "scenes.",
        "Deletion paints pixels in the mean colour; insertion starts from a blurred picture. Both "
        f"use {STEPS} steps on the first {perturb:,} scenes of one object.",
    )
