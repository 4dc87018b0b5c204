"""`attribute` for several pictures: a map for each, one table, and nothing computed twice."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz.batch.files import (
    ImageFile,
    entries_of,
    hidden_files,
    is_archive,
    is_hidden,
)
from densenet_viz.batch.table import TABLE, BatchRow, from_csv, to_csv, to_line
from densenet_viz.cli.common import Complaint, as_json, progress_bar
from densenet_viz.images.pictures import read_file

if TYPE_CHECKING:
    from densenet_viz.batch.run import BatchWork, Made, Tally

ARCHIVE_BYTES = 512 * 1024 * 1024
NOT_WRITTEN = "The folder of --out cannot be written to. Choose another one."


def is_one_picture(arguments: Sequence[str]) -> bool:
    """Whether the arguments name one file, not a pattern, a folder or an archive."""
    if len(arguments) != 1:
        return False
    path = Path(arguments[0])
    return not (path.is_dir() or path.suffix.lower() == ".zip" or _is_pattern(arguments[0]))


def _is_pattern(argument: str) -> bool:
    return glob.has_magic(argument) and not Path(argument).exists()


def image_files(arguments: Sequence[str]) -> list[ImageFile]:
    """The files of the arguments: files, patterns, folders (no subfolders), ZIP archives.

    Every file of a folder is there, whatever its ending: what is no picture says so when it is
    read. Hidden files of a folder are one entry together.

    Windows' shells do not expand patterns; `**` matches any folders.

    Raises:
        Complaint: a pattern or a folder has no files.
    """
    files: list[ImageFile] = []
    for argument in arguments:
        found = [one for path in _paths(argument) for one in _in_path(path)]
        if not found:
            raise Complaint(f"No files were found in {argument[:60]!r}.")
        files += found
    return files


def _paths(argument: str) -> list[Path]:
    if not _is_pattern(argument):
        return [Path(argument)]
    # pathlib's own glob takes no pattern that begins with a folder or a drive.
    return [Path(found) for found in sorted(glob.glob(argument, recursive=True))]  # noqa: PTH207


def _in_path(path: Path) -> list[ImageFile]:
    if path.is_dir():
        inside = sorted(path.iterdir())
        shown = [one for one in inside if not is_hidden(one.name)]
        return [*map(_file, shown), *hidden_files(_shown(path), len(inside) - len(shown))]
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
        raise Complaint(f"The archive is larger than {ARCHIVE_BYTES >> 20} MB.")
    return entries_of(path.name, data) if is_archive(data) else [_file(path)]


def _file(path: Path) -> ImageFile:
    return ImageFile(_shown(path), partial(read_file, path))


def _shown(path: Path) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in path.name)


class Folder:
    """Where maps and the table are written.

    A map's file is either complete or missing. The table gets a line for each map. A stop may cut
    its last line short; reading the table skips such a line, and its map is made again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_checked = self._has_doubles = False
        before = self._read()
        self._has_old_errors = any(row.error for row in before)
        self._skipped: list[BatchRow] = []
        self.rows = {row.key: row for row in before if self._has(row)}
        """Rows of the maps that exist, by `BatchRow.key`."""

    def _read(self) -> tuple[BatchRow, ...]:
        try:
            # A line may end within a letter: the letter is replaced, and the line is skipped.
            return from_csv((self._folder / TABLE).read_text("utf-8-sig", errors="replace"))
        except OSError:
            return ()

    def _has(self, row: BatchRow) -> bool:
        # Anyone may have written the table: a name in it must not leave the folder.
        is_name = bool(row.map) and Path(row.map).name == row.map
        return is_name and all(Path(file).is_file() for file in self.files(row))

    def files(self, row: BatchRow) -> list[str]:
        """The map's files; empty if there is no map."""
        return [str(self._folder / f"{row.map}{ending}") for ending in (".png", ".npz") if row.map]

    def keep(self, row: BatchRow, contents: Sequence[bytes]) -> None:
        """Writes a map's files, and then its row at the end of the table.

        Raises:
            Complaint: the folder cannot be written to.
        """
        for file, data in zip(self.files(row), contents, strict=True):
            write_whole(Path(file), data)
        if not self._is_checked:  # a line may be cut short, or its map may be missing
            self._write_table()
            self._is_checked = True
        try:
            with (self._folder / TABLE).open("ab") as table:
                table.write(to_line(row).encode())
        except OSError:
            raise Complaint(NOT_WRITTEN) from None
        self._has_doubles |= row.key in self.rows
        self.rows[row.key] = row

    def skip(self, row: BatchRow) -> None:
        """Remembers a file without a map, for the end of the table."""
        self._skipped.append(row)

    def finish(self) -> None:
        """Writes the skipped files of this run, and removes lines that a later line replaced.

        Raises:
            Complaint: the folder cannot be written to.
        """
        if self._has_doubles or self._skipped or self._has_old_errors:
            self._write_table()

    def _write_table(self) -> None:
        write_whole(
            self._folder / TABLE, to_csv([*self.rows.values(), *self._skipped]).encode("utf-8-sig")
        )


def write_whole(path: Path, data: bytes) -> None:
    """Writes under another name first, so that a stop leaves the old file or the whole new one.

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
        Path(name).chmod(0o644)  # only the owner may read what mkstemp makes
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
    """Maps all files; prints a line for each, or one object. Returns the exit code, 0 or 1."""
    from densenet_viz.batch.run import run_batch

    told: list[dict[str, Any]] = []

    def take(outcome: Made) -> None:
        row = outcome.row
        if row.error:
            folder.skip(row)
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
    return 0 if tally.is_complete else 1


def _line(row: BatchRow, known: bool, folder: Folder) -> str:
    if row.error:
        return f"{row.file}: {row.error}"
    picture = folder.files(row)[0]
    if known:
        return f"{row.file}: exists already, {picture}"
    says = f"{row.file}: {row.named} {row.probability:.1%}, map for {row.target}, wrote {picture}"
    return f"{says} ({row.note})" if row.note else says


def _summary(tally: Tally) -> str:
    from densenet_viz.batch.run import tally_words

    again = " --again makes the maps again that existed already." if tally.known else ""
    return f"{tally_words(tally)}{again}"


def _report(work: BatchWork, tally: Tally, told: list[dict[str, Any]]) -> dict[str, Any]:
    model = work.model
    return {
        "model": model.name,
        "title": model.title,
        "knows": model.knows,
        "made": tally.made,
        "known": tally.known,
        "failed": tally.failed,
        "skipped": dict(tally.skipped),
        "results": told,
    }
