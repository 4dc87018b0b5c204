"""Results of measuring attribution methods against true masks: one row for each method. No torch.

`densenet_viz.evaluation` makes these values, a file in `assets/` stores them, a page shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """One measure, with a value in each row.

    `chance` is the value of a random map if it is the same number for all scenes; None if it
    depends on the objects' sizes: then see the row of the random map.
    """

    name: str
    title: str
    explanation: str
    higher_is_better: bool = True
    chance: float | None = None


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for measure in (
            Measure(
                "pointing_game",
                "Pointing game",
                "Share of scenes in which the map's highest point lies on the object.",
            ),
            Measure(
                "pointing_game_tolerant",
                "Pointing game, with tolerance",
                "The same, but a point up to 15 pixels beside the object also counts, in a "
                "picture of 224 pixels; in smaller pictures, proportionally fewer pixels.",
            ),
            Measure(
                "energy_inside",
                "Attribution on the object",
                "Share of the map's positive values that lies on the object.",
            ),
            Measure(
                "energy_near",
                "Attribution near the object",
                "Share of the map's positive values that lies on the object or beside it, within "
                "the tolerance of the pointing game.",
            ),
            Measure(
                "energy_on_asked",
                "On the object asked for",
                "In scenes of two objects: of the positive values near the two objects, the share "
                "near the one that was asked for.",
                chance=0.5,
            ),
            Measure(
                "average_precision",
                "Average precision",
                "Area under the curve of precision over recall as the map's threshold falls.",
            ),
            Measure(
                "deletion_auc",
                "Deletion",
                "The class's mean probability while pixels are covered, the map's highest first: "
                "a good map makes it fall early.",
                higher_is_better=False,
            ),
            Measure(
                "insertion_auc",
                "Insertion",
                "The class's mean probability while a blurred picture becomes sharp, the map's "
                "highest pixels first: a good map makes it rise early.",
            ),
            Measure(
                "energy_on_tag",
                "Attribution on the tag",
                "In scenes with a corner tag: share of the map's positive values that lies on the "
                "tag or beside it, within the tolerance.",
            ),
        )
    }
)
"""The measures by name. `energy_on_tag` is there for the model that learned from tags only."""


@dataclass(frozen=True)
class Interval:
    """A mean with the 95% interval around it, over `count` scenes.

    >>> print(Interval(0.5, 0.25, 0.75, 40))
    50.0% (25.0–75.0)
    """

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.1%} ({100 * self.low:.1f}–{100 * self.high:.1f})"


@dataclass(frozen=True)
class Score:
    """The results of one method with one treatment of signs, or of one baseline.

    `method` is unique in a scoreboard: a key of `METHODS`, if needed with its setting or treatment
    added ("grad-cam-block-3", "saliency-absolute"). `treatment` says which values of the map were
    measured. The keys of `measures` are names of `MEASURES`.
    """

    method: str
    title: str
    treatment: str
    is_baseline: bool
    measures: Mapping[str, Interval]


@dataclass(frozen=True)
class Scoreboard:
    """All rows for one model, and what is needed to measure them again.

    `scenes` counts scenes of one object, `pairs` scenes of two; `date` is in UTC; the keys of
    `versions` are packages; `machine` is where it ran, `notes` say how it was measured.
    """

    model: str
    seed: int
    scenes: int
    pairs: int
    date: str
    versions: Mapping[str, str]
    rows: tuple[Score, ...]
    machine: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def perturbed(self) -> int:
        """How many scenes of one object were used for deletion and insertion."""
        having = [row.measures for row in self.rows if "deletion_auc" in row.measures]
        return max((measures["deletion_auc"].count for measures in having), default=0)

    def with_rows_of(self, later: Scoreboard) -> Scoreboard:
        """This table, and the methods that only a later run on the same scenes measured.

        A note says which rows these are, when and where they were measured, and on how many scenes
        of one object deletion and insertion were: the later run may have used fewer.

        Raises:
            ValueError: the later run used another model, or other scenes.
        """
        ran, expected = (
            (board.model, board.seed, board.scenes, board.pairs) for board in (later, self)
        )
        if ran != expected:
            raise ValueError(f"Model, seed and counts {ran} were given; {expected} are allowed.")
        known = {row.method for row in self.rows}
        new = [row for row in later.rows if row.method not in known and not row.is_baseline]
        titles = ", ".join(dict.fromkeys(row.title for row in new))
        versions = ", ".join(f"{name} {version}" for name, version in later.versions.items())
        place = later.machine.get("processor", "another machine")
        note = f"Added later: {titles}; measured {later.date} with {versions} on {place}"
        if later.perturbed != self.perturbed:
            note += f", deletion and insertion on {later.perturbed or 'no'} scenes"
        measured = [row for row in self.rows if not row.is_baseline]
        baselines = [row for row in self.rows if row.is_baseline]
        rows = (*measured, *new, *baselines)
        return replace(self, rows=rows, notes=(*self.notes, f"{note}.")) if new else self

    @property
    def command(self) -> str:
        """The shell command that makes it, with every count, but without a choice of methods."""
        options = {
            "model": self.model,
            "scenes": self.scenes,
            "pairs": self.pairs,
            "perturb": self.perturbed,
            "seed": self.seed,
            "device": self.machine.get("device", "cpu"),
        }
        words = " ".join(f"--{name} {value}" for name, value in options.items())
        return f"python -m densenet_viz evaluate {words} --json"

    def measured(self) -> tuple[Measure, ...]:
        """The measures that any row has, in the order of `MEASURES`."""
        return tuple(
            measure
            for name, measure in MEASURES.items()
            if any(name in row.measures for row in self.rows)
        )

    def ranked(self, measure: str) -> tuple[Score, ...]:
        """The rows that have this measure, the best first; equal ones keep their order."""
        sign = -1 if MEASURES[measure].higher_is_better else 1
        having = (row for row in self.rows if measure in row.measures)
        return tuple(sorted(having, key=lambda row: sign * row.measures[measure].mean))

    def best(self, measure: str) -> Score | None:
        """The best row that is not a baseline, or None if no row has this measure."""
        return next((row for row in self.ranked(measure) if not row.is_baseline), None)


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """How well a map, cut at each of its values, finds the true mask.

    `thresholds` (n,) are in falling order; `precision` and `recall` (n,), 0 to 1, are of the pixels
    whose value is at least the threshold. `average_precision` is over all thresholds, also those
    that are not kept.
    """

    thresholds: Values
    precision: Values
    recall: Values
    average_precision: float
