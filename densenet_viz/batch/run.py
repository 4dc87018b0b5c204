"""Maps of many pictures with the same settings, one after the other; it can stop and continue.

Each finished map goes to the caller immediately. It is identified by the picture's content and the
settings, so a second run with the finished maps computes only the missing ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from densenet_viz.attribution.logit_or_probability import check_explains
from densenet_viz.attribution.methods import method_named
from densenet_viz.batch.files import ImageFile, unique_stems
from densenet_viz.batch.table import BatchRow, map_name
from densenet_viz.errors import Cancelled
from densenet_viz.images.pictures import ImageError, Reason, open_picture
from densenet_viz.results.attributions import Attribution, Explains
from densenet_viz.results.regions import strongest_regions
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

MOST_PROBABLE = "most probable"
"""The table's entry if no class was chosen: each picture's most probable class is explained."""


@dataclass(frozen=True, eq=False)
class BatchWork:
    """The settings that are the same for every picture.

    `settings` are all of the method's, checked; `target` is a class's index, or None for the most
    probable class of each picture.
    """

    model: LoadedModel
    method: str
    settings: Mapping[str, Any]
    target: int | None = None
    explains: Explains = "logit"

    @property
    def asked(self) -> str:
        return MOST_PROBABLE if self.target is None else str(self.target)

    @property
    def row(self) -> BatchRow:
        """The part that is the same in every row of this work."""
        settings = json.dumps(dict(sorted(self.settings.items())), ensure_ascii=False)
        return BatchRow(
            model=self.model.name,
            weights=self.model.digest,
            method=self.method,
            settings=settings,
            asked=self.asked,
            explains=self.explains,
        )


def work_for(
    model: LoadedModel,
    method: str,
    settings: Mapping[str, object],
    target: int | None = None,
    explains: Explains = "logit",
) -> BatchWork:
    """The work, with the method's defaults for settings that are not given.

    Raises:
        AttributionError: the method, a setting, the class or what is explained is not allowed.
    """
    from densenet_viz.attribution.engine import check_target

    row = method_named(method)
    checked = row.settings(model.spec, settings)
    wanted = None if target is None else check_target(model, target)
    return BatchWork(model, method, checked, wanted, check_explains(row, checked, explains))


@dataclass(frozen=True, eq=False)
class Made:
    """The result for one file.

    `attribution` and `picture` (S, S, 3), the network's input, are set if a map was computed now.
    They are None if the file has an error or its map existed already.
    """

    row: BatchRow
    attribution: Attribution | None = None
    picture: Picture | None = None


PASSED_OVER = (Reason.OTHER_KIND, Reason.FOLDER, Reason.HIDDEN)
"""Reasons of files that nobody expects a map of."""


@dataclass(frozen=True)
class Tally:
    """How many files got a map now, had one already, or were skipped, by the reason."""

    made: int = 0
    known: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """How many files have no map."""
        return sum(self.skipped.values())

    @property
    def is_complete(self) -> bool:
        """Whether there are maps, and each picture that was found has one."""
        return self.made + self.known > 0 and self.skipped.keys() <= set(PASSED_OVER)

    def with_one(self, outcome: Made, count: int) -> Tally:
        """With the result for a file, or for `count` files that are skipped together."""
        row = outcome.row
        if row.error:
            more = {row.reason: self.skipped.get(row.reason, 0) + count}
            return replace(self, skipped={**self.skipped, **more})
        if outcome.attribution is None:
            return replace(self, known=self.known + 1)
        return replace(self, made=self.made + 1)


def tally_words(tally: Tally) -> str:
    """What was made, what was skipped, and why.

    >>> tally_words(Tally(2, 0, {"damaged or incomplete": 1, "hidden": 3}))
    '2 maps made. 4 files skipped: 1 damaged or incomplete, 3 hidden.'
    """
    words = [f"{_counted(tally.made, 'map')} made"]
    words += [f"{tally.known} existed already"] * bool(tally.known)
    told = f"{', '.join(words)}."
    if not tally.failed:
        return told
    reasons = ", ".join(f"{count} {reason}" for reason, count in tally.skipped.items())
    return f"{told} {_counted(tally.failed, 'file')} skipped: {reasons}."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def run_batch(
    work: BatchWork,
    files: Sequence[ImageFile],
    *,
    writer: Callable[[Made], None],
    done: Mapping[str, BatchRow],
    on_progress: Callable[[float], None] = lambda _part: None,
    cancelled: Callable[[], bool] = lambda: False,
    again: bool = False,
    device: str = "auto",
) -> Tally:
    """A map for every file.

    Args:
        work: the settings.
        files: read one at a time, in this order.
        writer: called with each file's result as soon as it is ready.
        done: rows of maps that exist already, by `BatchRow.key`; they are not computed again. It
            may grow during the run, so that a picture that comes twice is computed once. A new map
            gets a name that none of these has.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each file and before each pass.
        again: also compute existing maps again.
        device: as in `attribute`.

    Raises:
        Cancelled: `cancelled` returned True; finished maps have been given to `writer`.
    """
    stems = unique_stems(file.name for file in files)
    owners = {row.map.casefold(): key for key, row in done.items()}
    tally = Tally()
    for place, (file, stem) in enumerate(zip(files, stems, strict=True)):

        def report(part: float, place: int = place) -> None:
            if part < 1:  # the next file begins where this one ends
                on_progress((place + part) / len(files))

        if cancelled():
            raise Cancelled("The batch was cancelled.")
        report(0.0)
        row, data = _opened(work, file)
        known = None if again else done.get(row.key)
        if known is not None and not row.error:
            outcome = Made(replace(known, file=file.name))
        else:
            outcome = _made(work, row, data, report, cancelled, device)
            outcome = replace(outcome, row=_named(outcome.row, stem, owners))
        tally = tally.with_one(outcome, file.count)
        writer(outcome)
    on_progress(1.0)
    return tally


def _opened(work: BatchWork, file: ImageFile) -> tuple[BatchRow, bytes]:
    """The part of the row that is known before the picture is decoded, and the file's bytes."""
    row = replace(work.row, file=file.name)
    try:
        data = file.read()
    except ImageError as error:
        return replace(row, error=str(error), reason=error.reason.value), b""
    return replace(row, sha256=hashlib.sha256(data).hexdigest()), data


def _made(
    work: BatchWork,
    row: BatchRow,
    data: bytes,
    report: Callable[[float], None],
    cancelled: Callable[[], bool],
    device: str,
) -> Made:
    from densenet_viz.attribution.engine import attribute

    if row.error:
        return Made(row)
    try:
        opened = open_picture(data)
    except ImageError as error:
        return Made(replace(row, error=str(error), reason=error.reason.value))
    attribution = attribute(
        work.model,
        opened.pixels,
        method=work.method,
        target=work.target,
        explains=work.explains,
        device=device,
        on_progress=report,
        cancelled=cancelled,
        **work.settings,
    )
    row = replace(_filled(row, attribution), note=" ".join(opened.notes))
    return Made(row, attribution, work.model.picture(opened.pixels))


def _named(row: BatchRow, stem: str, owners: dict[str, str]) -> BatchRow:
    """The row with a name for its map that no other existing map has.

    `owners` maps each name to its row's key; the new name is added.
    """
    if row.error:
        return row
    name = map_name(stem, row.method, row.target_index, row.explains)
    if owners.get(name.casefold(), row.key) != row.key:
        name = f"{name}-{row.key[:6]}"
    owners[name.casefold()] = row.key
    return replace(row, map=name)


def _filled(row: BatchRow, attribution: Attribution) -> BatchRow:
    best, region = attribution.predictions[0], strongest_regions(attribution.heat)[0]
    return replace(
        row,
        named=best.label,
        probability=best.probability,
        target=attribution.target.label,
        target_index=attribution.target.index,
        sum=float(attribution.values.sum(dtype=np.float64)),
        delta=attribution.convergence_delta,
        unscaled_delta=attribution.unscaled_delta,
        strongest_region=region.name if region.share > 0 else "",
        seconds=round(attribution.seconds, 4),
    )
