"""`attribute` for several pictures: a map each, a table of all, and nothing computed twice."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz.attribution.batch_files import ImageFile, entries_of, is_archive
from densenet_viz.attribution.batch_rows import TABLE, BatchRow, from_csv, to_csv, to_line
from densenet_viz.cli.common import Complaint, as_json, progress_bar
from densenet_viz.images.pictures import read_file

if TYPE_CHECKING:
    from densenet_viz.attribution.batch import BatchWork, Made, Tally

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
"""Files in a folder that are taken for pictures."""
ARCHIVE_BYTES = 512 * 1024 * 1024
NOT_WRITTEN = "The folder of --out cannot be written to; give another one."


def is_one_picture(arguments: Sequence[str]) -> bool:
    """Whether a single file is asked for, which is no pattern, no folder and no archive."""
    if len(arguments) != 1:
        return False
    path = Path(arguments[0])
    return not (path.is_dir() or path.suffix.lower() == ".zip" or _is_pattern(arguments[0]))


def _is_pattern(argument: str) -> bool:
    return glob.has_magic(argument) and not Path(argument).exists()


def image_files(arguments: Sequence[str]) -> list[ImageFile]:
    """The pictures that arguments name: files, patterns, folders (not those below), ZIP archives.

    Windows' shells hand patterns over as they are; `**` stands for any folders.

    Raises:
        Complaint: a pattern or a folder has no pictures.
    """
    files: list[ImageFile] = []
    for argument in arguments:
        found = [one for path in _paths(argument) for one in _in_path(path)]
        if not found:
            raise Complaint(f"{argument[:60]!r} was given, and has no pictures.")
        files += found
    return files


def _paths(argument: str) -> list[Path]:
    if not _is_pattern(argument):
        return [Path(argument)]
    # pathlib's own takes no pattern with a folder or a drive in front.
    return [Path(found) for found in sorted(glob.glob(argument, recursive=True))]  # noqa: PTH207


def _in_path(path: Path) -> list[ImageFile]:
    if path.is_dir():
        inside = sorted(path.iterdir())
        return [_file(one) for one in inside if one.suffix.lower() in ENDINGS and one.is_file()]
    if path.suffix.lower() == ".zip" and path.is_file():
        return _in_archive(path)
    return [_file(path)]


def _in_archive(path: Path) -> list[ImageFile]:
    try:
        with path.open("rb") as file:
            data = file.read(ARCHIVE_BYTES + 1)
    except OSError:
        return [_file(path)]
    if len(data) > ARCHIVE_BYTES:
        raise Complaint(f"An archive of up to {ARCHIVE_BYTES >> 20} MB is allowed.")
    return entries_of(path.name, data) if is_archive(data) else [_file(path)]


def _file(path: Path) -> ImageFile:
    shown = "".join(letter if letter.isprintable() else "?" for letter in path.name)
    return ImageFile(shown, partial(read_file, path))


class Folder:
    """Where maps and the table are written.

    A map's file is there whole or not at all. The table gets a line for each map. A stop may cut
    its last line short; such a line is left out when the table is read, and its map is made again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_checked = self._has_doubles = False
        self.rows = {row.key: row for row in self._read() if self._has(row)}
        """Rows of the maps that are there, by `Row.key`."""

    def _read(self) -> tuple[BatchRow, ...]:
        try:
            # A line may end within a letter: the letter is replaced, and the line left out.
            return from_csv((self._folder / TABLE).read_text("utf-8-sig", errors="replace"))
        except OSError:
            return ()

    def _has(self, row: BatchRow) -> bool:
        # The table may be anyone's: a name in it is no way out of the folder.
        is_name = bool(row.map) and Path(row.map).name == row.map
        return is_name and all(Path(file).is_file() for file in self.files(row))

    def files(self, row: BatchRow) -> list[str]:
        """The map's files; none where there is no map."""
        return [str(self._folder / f"{row.map}{ending}") for ending in (".png", ".npz") if row.map]

    def keep(self, row: BatchRow, contents: Sequence[bytes]) -> None:
        """Writes a map's files, and then its row at the end of the table.

        Raises:
            Complaint: the folder cannot be written to.
        """
        for file, data in zip(self.files(row), contents, strict=True):
            write_whole(Path(file), data)
        if not self._is_checked:  # a line may have been cut short, or its map may be gone
            self._write_table()
            self._is_checked = True
        try:
            with (self._folder / TABLE).open("ab") as table:
                table.write(to_line(row).encode())
        except OSError:
            raise Complaint(NOT_WRITTEN) from None
        self._has_doubles |= row.key in self.rows
        self.rows[row.key] = row

    def finish(self) -> None:
        """Takes out of the table what a later line replaced.

        Raises:
            Complaint: the folder cannot be written to.
        """
        if self._has_doubles:
            self._write_table()

    def _write_table(self) -> None:
        write_whole(self._folder / TABLE, to_csv(self.rows.values()).encode("utf-8-sig"))


def write_whole(path: Path, data: bytes) -> None:
    """Writes under another name first, so that a stop leaves the file whole, or as it was.

    Raises:
        Complaint: the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    except OSError:
        raise Complaint(NOT_WRITTEN) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)  # mkstemp's are for their owner alone
        Path(name).replace(path)
    except OSError:
        raise Complaint(NOT_WRITTEN) from None
    finally:
        Path(name).unlink(missing_ok=True)


def run_many(
    work: BatchWork,
    files: Sequence[ImageFile],
    folder: Folder,
    contents: Callable[[Made], Sequence[bytes]],
    *,
    again: bool,
    json: bool,
) -> int:
    """Maps of all files; prints a line each, or one object. Returns the exit code, 0 or 1."""
    from densenet_viz.attribution.batch import run_batch

    told: list[dict[str, Any]] = []

    def take(outcome: Made) -> None:
        row = outcome.row
        if outcome.attribution is not None:
            folder.keep(row, contents(outcome))
        known = outcome.attribution is None and not row.error
        told.append({**row.as_dict(), "known": known, "files": folder.files(row)})
        if not json:
            if sys.stderr.isatty():
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)  # the bar's line
            print(
                _line(row, known, folder), file=sys.stderr if row.error else sys.stdout, flush=True
            )

    tally = run_batch(
        work,
        files,
        writer=take,
        done=folder.rows,
        on_progress=progress_bar(work.method) or (lambda _part: None),
        again=again,
    )
    folder.finish()
    print(as_json(_report(work, tally, told)) if json else _summary(tally))
    return 1 if tally.failed else 0


def _line(row: BatchRow, known: bool, folder: Folder) -> str:
    if row.error:
        return f"{row.file}: {row.error}"
    picture = folder.files(row)[0]
    if known:
        return f"{row.file}: was there already, {picture}"
    return f"{row.file}: {row.named} {row.probability:.1%}, map for {row.target}, wrote {picture}"


def _summary(tally: Tally) -> str:
    words = [f"{tally.made} made"]
    words += [f"{tally.known} there already (--again makes them anew)"] * bool(tally.known)
    words += [f"{tally.failed} without a map"] * bool(tally.failed)
    return ", ".join(words)


def _report(work: BatchWork, tally: Tally, told: list[dict[str, Any]]) -> dict[str, Any]:
    model = work.model
    return {
        "model": model.name,
        "title": model.title,
        "knows": model.knows,
        "made": tally.made,
        "known": tally.known,
        "failed": tally.failed,
        "results": told,
    }
