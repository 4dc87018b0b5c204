"""Downloads one file: it continues where it stopped, and arrives checked or not at all.

What has arrived is kept beside the target in `NAME.part`. Two that want the same file, in one
process or in two, wait for each other: the second one finds the file complete. Errors name no
address, path or hash.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from densenet_viz.errors import Cancelled

if TYPE_CHECKING:
    from hashlib import _Hash

SIZE_LIMIT = 512 * 1024**2
"""Bytes of the largest file that is downloaded; DenseNet-161's weights have 110 MB."""
CHUNK = 1024**2

_LOOK = 0.2
"""Seconds between two checks whether another download of the same file has ended."""
_RANGE = re.compile(r"bytes (\d+)-.*")
_TOO_LARGE = "the server's file is larger than any of these weights"

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have arrived, and with all bytes or None."""


class DownloadError(OSError):
    """A download failed; the message is a clause that says why."""


@dataclass(frozen=True)
class Limits:
    """The most bytes, the seconds that the server may be silent, and those for everything."""

    size: int = SIZE_LIMIT
    silence: float = 20.0
    seconds: float = 1800.0


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    on_progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    limits: Limits | None = None,
) -> None:
    """Downloads `url` to `target`, which appears complete and checked, or not at all.

    What has arrived stays in `target`.part when the connection breaks, when the server is silent
    or slow, and when the caller stops; the next call asks only for the rest (HTTP Range), or for
    all of it if the server cannot send a part. It is deleted if its hash is wrong or it is too
    large.

    Args:
        url: http or https address.
        target: final name; its folder is made.
        sha256: hex digits with which the file's SHA-256 must begin.
        on_progress: an exception from it stops the download.
        cancelled: says whether to stop; asked for each piece, and while another one downloads.
        limits: of size and time.

    Raises:
        DownloadError: it was not reachable, too large, too slow, damaged, or cannot be saved.
        Cancelled: `cancelled` returned True.
    """
    limits = limits or Limits()
    part = target.with_name(f"{target.name}.part")
    with _plain_errors():
        if urlsplit(url).scheme not in ("http", "https"):
            raise DownloadError("the address is not a web address")
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target, cancelled, limits):
            if is_file_with(target, sha256):
                return  # another one has downloaded it meanwhile
            digest = _Download(url, part, limits, on_progress, cancelled).finish(sha256)
            if not digest.startswith(sha256):
                part.unlink()
                raise DownloadError("the downloaded file was damaged, and was removed")
            part.replace(target)


def is_file_with(path: Path, sha256: str) -> bool:
    """Whether a file is there and its SHA-256 begins with these hex digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(sha256)
    except OSError:
        return False


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turns errors of the network and the disk into clauses without an address or a path."""
    try:
        yield
    except DownloadError:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError(f"the server did not send the file (status {error.code})") from None
    except TimeoutError:
        raise DownloadError("the server stopped sending") from None
    except urllib.error.URLError as error:
        silent = isinstance(error.reason, TimeoutError)
        raise DownloadError(
            "the server did not answer" if silent else "the server cannot be reached"
        ) from None
    except (ConnectionError, ssl.SSLError, http.client.HTTPException):
        raise DownloadError("the connection was lost") from None
    except OSError:
        raise DownloadError("the file cannot be saved here") from None


@contextmanager
def _alone(target: Path, cancelled: Callable[[], bool], limits: Limits) -> Iterator[None]:
    """Waits until nobody else downloads this file, in this process or in another one."""
    lock = FileLock(target.with_name(f"{target.name}.lock"), thread_local=False)
    try:
        lock.acquire(timeout=limits.seconds, poll_interval=_LOOK, cancel_check=cancelled)
    except Timeout:
        if cancelled():
            raise Cancelled from None
        raise DownloadError("another program is downloading it, too slowly") from None
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True)
class _Download:
    """One attempt to complete the file `part`."""

    url: str
    part: Path
    limits: Limits
    on_progress: Progress
    cancelled: Callable[[], bool]

    def finish(self, sha256: str) -> str:
        """Asks for what is missing, and returns the SHA-256 of the whole file in hex digits."""
        until = time.monotonic() + self.limits.seconds
        start, digest = self._kept()
        if start and digest.hexdigest().startswith(sha256):
            return digest.hexdigest()
        response, start = self._ask_from(start)
        with response, self.part.open("ab") as file:
            if not start:
                file.truncate(0)
                digest = hashlib.sha256()
            done, total = start, _total(response, start)
            self._check_size(total or 0)
            self._go_on(done, total, until)
            while chunk := response.read1(CHUNK):
                done += len(chunk)
                self._check_size(done)
                digest.update(chunk)
                file.write(chunk)
                self._go_on(done, total, until)
        if total is not None and done < total:
            raise DownloadError("the connection ended early")
        return digest.hexdigest()

    def _kept(self) -> tuple[int, _Hash]:
        """How many bytes the last attempts have left, and their SHA-256."""
        digest = hashlib.sha256()
        if not self.part.is_file() or self.part.stat().st_size > self.limits.size:
            return 0, digest
        with self.part.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
            return file.tell(), digest

    def _ask_from(self, start: int) -> tuple[http.client.HTTPResponse, int]:
        """The server's answer, and the byte with which it begins: `start`, or else 0."""
        headers = {"User-Agent": "densenet-viz"} | ({"Range": f"bytes={start}-"} if start else {})
        request = urllib.request.Request(self.url, headers=headers)  # noqa: S310
        try:
            response = urllib.request.urlopen(request, timeout=self.limits.silence)  # noqa: S310
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not start:
                raise
            error.close()
            return self._ask_from(0)
        if start and response.status == HTTPStatus.PARTIAL_CONTENT:
            if _first_byte(response) == start:
                return response, start
            response.close()  # neither the rest nor the whole
            return self._ask_from(0)
        return response, 0

    def _go_on(self, done: int, total: int | None, until: float) -> None:
        """Tells the progress, and stops if it has to."""
        self.on_progress(done, total)
        if self.cancelled():
            raise Cancelled
        if time.monotonic() > until:
            raise DownloadError("the download took too long")

    def _check_size(self, size: int) -> None:
        if size > self.limits.size:
            self.part.unlink(missing_ok=True)
            raise DownloadError(_TOO_LARGE)


def _first_byte(response: http.client.HTTPResponse) -> int | None:
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _total(response: http.client.HTTPResponse, start: int) -> int | None:
    """The bytes of the whole file, if the server says so."""
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdecimal() else None
