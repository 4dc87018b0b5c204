"""Many picture files, some of them in ZIP archives, as a list that is read one at a time.

An archive may be hostile: its unpacked size, its number of entries and their names are only what
its maker claims. Nothing is unpacked to disk, and each entry only when it is read.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from densenet_viz.images.pictures import MAX_BYTES, ImageError, Reason

MOST_FILES = 500
"""Pictures in one archive."""
MOST_UNPACKED = 500 * 1024 * 1024
"""Bytes of all of an archive's entries together, unpacked."""
MOST_RATIO = 100
"""How many times larger an entry may be when unpacked; pictures hardly shrink when packed."""
_DIRECTORY = 1024 * 1024
"""Bytes of an archive's list of entries; each entry takes at least 46 plus its name."""

_END = b"PK\x05\x06"
_END_LENGTH = 22
_LOCATOR = b"PK\x06\x07"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, eq=False)
class ImageFile:
    """A file that may be a picture.

    `name` is for people, on one line; `read` returns its bytes or raises `ImageError`. `count` is
    the number of files that it stands for, if they are skipped together.
    """

    name: str
    read: Callable[[], bytes] = field(repr=False)
    count: int = 1


def list_images(files: Iterable[tuple[str, bytes]]) -> tuple[ImageFile, ...]:
    """The files by name; an archive is replaced by its entries.

    An archive that cannot be used is one entry, whose `read` raises the reason.
    """
    found: list[ImageFile] = []
    for name, data in files:
        found += entries_of(name, data) if is_archive(data) else [_ready(name, data)]
    return tuple(found)


def is_archive(data: bytes) -> bool:
    """Whether the first bytes are those of a ZIP."""
    return data[:4] in (b"PK\x03\x04", _END)


def entries_of(name: str, data: bytes) -> list[ImageFile]:
    """The files in an archive, without its folders; hidden files are one entry together."""
    try:
        _check_directory(data)
        archive = zipfile.ZipFile(io.BytesIO(data))
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        entries = [entry for entry in files if not is_hidden(entry.filename)]
        _check_entries(entries)
    except ImageError as error:
        return [_refused(name, str(error), error.reason)]
    except Exception:  # zipfile raises many kinds for hostile bytes
        sentence = "This archive is damaged or incomplete. Please pack it again."
        return [_refused(name, sentence, Reason.DAMAGED)]
    found = [_entry(f"{name}/{entry.filename}", archive, entry) for entry in entries]
    return [*found, *hidden_files(name, len(files) - len(entries))]


def is_hidden(name: str) -> bool:
    """Whether a file is one that a system keeps for itself, by its path.

    >>> [is_hidden(name) for name in ("a/.DS_Store", "__MACOSX/a.png", "Thumbs.db", "../a.png")]
    [True, True, True, False]
    """
    parts = PurePosixPath(name).parts
    dotted = any(part.startswith(".") and part.strip(".") for part in parts)
    return dotted or parts[:1] == ("__MACOSX",) or parts[-1:] in (("Thumbs.db",), ("desktop.ini",))


def hidden_files(place: str, count: int) -> list[ImageFile]:
    """One entry for the hidden files of an archive or a folder; none if there are none."""
    sentence = f"{count:,} hidden file{'s' * (count != 1)} of the system: not looked at."
    return [_refused(f"{place}/.*", sentence, Reason.HIDDEN, count)] if count else []


def _ready(name: str, data: bytes) -> ImageFile:
    return ImageFile(_printable(name), lambda: data)


def _refused(name: str, sentence: str, reason: Reason, count: int = 1) -> ImageFile:
    def read() -> bytes:
        raise ImageError(sentence, reason)

    return ImageFile(_printable(name), read, count)


def _entry(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ImageFile:
    return ImageFile(_printable(name), lambda: _unpacked(archive, entry))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    for is_wrong, sentence, reason in (
        (
            entry.flag_bits & 1,
            "This file is encrypted. Please pack it without a password.",
            Reason.ARCHIVE,
        ),
        (
            entry.compress_type not in _PACKED,
            "This file uses an uncommon compression. Please pack it as a plain ZIP.",
            Reason.ARCHIVE,
        ),
        (
            entry.file_size > MAX_BYTES,
            f"This file is larger than {MAX_BYTES >> 20} MB. Please choose a smaller one.",
            Reason.TOO_LARGE,
        ),
        (
            entry.file_size > MOST_RATIO * max(1, entry.compress_size),
            f"This file unpacks to more than {MOST_RATIO} times its size. Please bring it without "
            "the archive.",
            Reason.ARCHIVE,
        ),
    ):
        if is_wrong:
            raise ImageError(sentence, reason)
    try:
        with archive.open(entry) as file:
            return file.read(MAX_BYTES + 1)
    except Exception:  # zipfile and zlib raise many kinds for hostile bytes
        raise ImageError(
            "This file is damaged in its archive. Please pack it again.", Reason.DAMAGED
        ) from None


def _check_directory(data: bytes) -> None:
    """Refuses a list of entries that would take too much memory, before it is read.

    It looks for the end record in the same place as zipfile.
    """
    place = len(data) - _END_LENGTH
    if not (data[place : place + 4] == _END and data.endswith(b"\0\0")):
        place = data.rfind(_END, max(0, place - 65535))
    if place < 0:
        return  # zipfile will say that this is no archive
    length = int.from_bytes(data[place + 12 : place + 16], "little")
    if length > _DIRECTORY or data[max(0, place - 20) : place].startswith(_LOCATOR):
        raise ImageError(_TOO_MANY, Reason.TOO_LARGE)


_TOO_MANY = f"This archive has more than {MOST_FILES} files. Please pack fewer."


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise ImageError(_TOO_MANY, Reason.TOO_LARGE)
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise ImageError(
            f"This archive unpacks to more than {MOST_UNPACKED >> 20} MB. Please pack fewer files.",
            Reason.TOO_LARGE,
        )
    if not entries:
        raise ImageError("This archive has no files.", Reason.ARCHIVE)


def _printable(name: str) -> str:
    r"""An uploaded name on one line, safe for a terminal or a table.

    >>> _printable("a\x1b[31m\nb")
    'a?[31m?b'
    """
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return shown if len(shown) <= 200 else f"{shown[:197]}..."


def safe_stem(name: str) -> str:
    r"""A safe name for our file, made from theirs: no folders, no leading dots, no spaces.

    >>> safe_stem("../../etc/passwd.png"), safe_stem("C:\\a <star> & more.png"), safe_stem("...")
    ('passwd', 'a_star_more', 'picture')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = re.sub(r"\.[A-Za-z]{2,4}$", "", last)
    return re.sub(r"[^\w.-]+", "_", stem).lstrip("._-")[:80] or "picture"


def unique_stems(names: Iterable[str]) -> tuple[str, ...]:
    """A safe stem for each name; equal stems (upper or lower case) get numbers.

    >>> unique_stems(["a/cat.png", "b/Cat.jpg", "cat-2.png"])
    ('cat', 'Cat-2', 'cat-2-2')
    """
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    stems = []
    for name in names:
        stem = wanted = safe_stem(name)
        while stem.casefold() in taken:
            counts[wanted.casefold()] += 1
            stem = f"{wanted}-{counts[wanted.casefold()] + 1}"
        taken.add(stem.casefold())
        stems.append(stem)
    return tuple(stems)
