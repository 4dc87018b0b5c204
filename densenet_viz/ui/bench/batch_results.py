"""A session's batch results so far: rows and files in memory, limited, deleted with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from densenet_viz.attribution import AttributionError
from densenet_viz.batch.table import BatchRow, pack_archive
from densenet_viz.figures.attribution_image import map_png
from densenet_viz.ui.attribution.expecting import need_of
from densenet_viz.ui.work.jobs import Report
from densenet_viz.ui.work.line import Need

if TYPE_CHECKING:
    from densenet_viz.batch.files import ImageFile
    from densenet_viz.batch.run import BatchWork, Made, Tally

MOST_PICTURES = 200
"""The most pictures of a batch, and the most maps that a session keeps."""
MOST_BYTES = 200 * 1024**2
"""The most bytes of all maps that a session keeps."""
SCALE = 2
"""Each pixel of a map becomes a square with this side in its PNG."""

FULL = (
    f"These maps reach a session's limit: {MOST_PICTURES} maps or {MOST_BYTES >> 20} MB. Download "
    "them, delete them, and continue with the rest."
)


@dataclass(frozen=True)
class KeptMap:
    """One map: its row, and its files by file ending."""

    row: BatchRow
    files: Mapping[str, bytes]


class Results:
    """Maps by what they depend on; shared by the page and the thread that makes them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, KeptMap] = {}
        self._bytes = 0

    def known(self, raw: bool) -> Mapping[str, BatchRow]:
        """Rows, by key, of the maps that exist; if `raw`, only those with their NPZ."""
        with self._lock:
            kept = dict(self._kept)
        return {key: one.row for key, one in kept.items() if not raw or ".npz" in one.files}

    def keep(self, row: BatchRow, files: Mapping[str, bytes]) -> None:
        """Keeps a map.

        Raises:
            AttributionError: the session's limit is reached.
        """
        size = sum(map(len, files.values()))
        with self._lock:
            before = self._kept.get(row.key)
            size -= sum(map(len, before.files.values())) if before else 0
            places = len(self._kept) + (before is None)
            if self._bytes + size > MOST_BYTES or places > MOST_PICTURES:
                raise AttributionError(FULL)
            self._kept[row.key] = KeptMap(row, files)
            self._bytes += size

    def files_of(self, row: BatchRow) -> Mapping[str, bytes]:
        """A map's files by ending; empty if there is no map, or it was deleted."""
        with self._lock:
            kept = self._kept.get(row.key)
        return kept.files if kept else {}

    def forget(self) -> None:
        with self._lock:
            self._kept, self._bytes = {}, 0


@dataclass(eq=False)
class Batch:
    """A batch of pictures and its question; `rows` grows while maps are made."""

    work: BatchWork
    files: Sequence[ImageFile]
    results: Results
    raw: bool
    """Whether the raw values are kept as NPZ."""
    name: str = field(default_factory=lambda: uuid4().hex)
    rows: tuple[BatchRow, ...] = ()
    tally: Tally | None = None
    """Set when all files are done."""
    paused: bool = False
    """Whether the visitor has stopped it."""
    count: int = field(init=False)

    def __post_init__(self) -> None:
        self.count = len(self.files)

    @property
    def need(self) -> Need:
        """What the job takes while it runs: one map after the other."""
        work = self.work
        one = need_of([(work.model, work.method, work.settings)])
        return replace(one, seconds=(one.seconds or 0) * len(self.files))

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> None:
        """Makes the missing maps, as a job of a desk."""
        from densenet_viz.batch.run import run_batch

        done = dict(self.results.known(self.raw))
        rows: list[BatchRow] = []

        def take(made: Made) -> None:
            if made.attribution is not None:
                self.results.keep(made.row, self._files(made))
                done[made.row.key] = made.row
            rows.append(made.row)
            self.rows = (*rows, *self.rows[len(rows) :])

        self.tally = run_batch(
            self.work,
            self.files,
            writer=take,
            done=done,
            on_progress=report,
            cancelled=cancelled,
        )
        self.files = ()  # the uploaded files are not needed any more

    def _files(self, made: Made) -> dict[str, bytes]:
        assert made.attribution is not None
        assert made.picture is not None
        files = {".png": map_png(made.picture, made.attribution, scale=SCALE)}
        if self.raw:
            from densenet_viz.export.maps import about, to_npz

            about_model = about(self.work.model)
            files[".npz"] = to_npz(made.attribution, made.picture, about_model)
        return files

    def archive(self) -> bytes:
        """A ZIP of the maps and the table so far."""
        maps = {
            f"{row.map}{ending}": data
            for row in self.rows
            if row.map
            for ending, data in self.results.files_of(row).items()
            if ending == ".png" or self.raw
        }
        return pack_archive(self.rows, maps)

    def table(self) -> list[dict[str, Any]]:
        """The rows for people, with columns for errors and notes if there are any."""
        wrong = any(row.error for row in self.rows)
        noted = any(row.note for row in self.rows)
        return [
            {
                "File": row.file,
                **({"What was wrong": row.error} if wrong else {}),
                "It says": row.named,
                "Probability": row.probability,
                "Map for": row.target,
                "Strongest region (px)": row.strongest_region,
                "Sum of the map": row.sum,
                "Seconds": row.seconds,
                **({"Note": row.note} if noted else {}),
            }
            for row in self.rows
        ]
