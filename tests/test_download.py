"""A download over loopback: it continues, it can be stopped, and only a checked file arrives."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from densenet_viz.errors import Cancelled
from densenet_viz.network.download import DownloadError, Limits, download, is_file_with
from tests.file_server import Answer, dripping, resuming, serving, stalling, status, whole

DATA = b"weights" * 1000
HALF = len(DATA) // 2
SHA256 = hashlib.sha256(DATA).hexdigest()
SHORT = Limits(silence=0.1)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "net.pth"


def part_of(target: Path) -> Path:
    return target.with_name("net.pth.part")


def left(target: Path) -> list[str]:
    """What lies in the folder, without the lock that no download holds any more."""
    return sorted(file.name for file in target.parent.iterdir() if file.suffix != ".lock")


@pytest.mark.parametrize("answer", [whole(DATA), whole(DATA, announced=None)])
def test_a_good_file_arrives_whole(tmp_path: Path, answer: Answer) -> None:
    target, seen = tmp_path / "checkpoints" / "net.pth", []
    with serving(answer) as (url, _asked):
        download(url, target, sha256=SHA256[:8], on_progress=lambda *given: seen.append(given))
    assert target.read_bytes() == DATA
    assert left(target) == ["net.pth"]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == len(DATA)
    assert seen[-1][1] in (len(DATA), None)


def test_a_file_that_is_there_is_not_asked_for(target: Path) -> None:
    target.write_bytes(DATA)
    with serving(whole(DATA)) as (url, asked):
        download(url, target, sha256=SHA256)
    assert asked == []
    assert is_file_with(target, SHA256[:8])
    assert not is_file_with(target, "0" * 8)
    assert not is_file_with(target.parent / "other", "")


# -- what goes wrong ------------------------------------------------------------------------


def refused(target: Path, answer: Answer, limits: Limits | None = None) -> str:
    """What `download` says; no word of it names an address, a path or a key."""
    with serving(answer) as (url, asked), pytest.raises(DownloadError) as caught:
        download(url + "/secret-path?token=1", target, sha256=SHA256[:8], limits=limits)
    assert asked == ["/secret-path?token=1"]
    for leak in ("127.0.0.1", "secret-path", "token", str(target.parent)):
        assert leak not in str(caught.value)
    assert not target.exists()
    return str(caught.value)


@pytest.mark.parametrize("sent", [DATA[:-1] + b"!", b""], ids=["other bytes", "empty"])
def test_a_wrong_hash_removes_what_arrived(target: Path, sent: bytes) -> None:
    assert refused(target, whole(sent))
    assert left(target) == []


@pytest.mark.parametrize("code", [404, 403, 500])
def test_a_refusal_of_the_server_names_its_status(target: Path, code: int) -> None:
    assert str(code) in refused(target, status(code))
    assert left(target) == []


def test_a_refusal_keeps_what_had_arrived_before(target: Path) -> None:
    part_of(target).write_bytes(DATA[:HALF])
    refused(target, status(404))
    assert part_of(target).read_bytes() == DATA[:HALF]


@pytest.mark.parametrize("announced", [-1, None], ids=["announced", "unannounced"])
def test_a_file_too_large_is_not_kept(target: Path, announced: int | None) -> None:
    assert refused(target, whole(DATA, announced=announced), Limits(size=len(DATA) - 1))
    assert left(target) == []


def test_a_server_that_says_nothing(target: Path) -> None:
    stop = threading.Event()
    assert refused(target, dripping(1, 30, stop), SHORT)
    stop.set()


def test_a_server_that_drips(target: Path) -> None:
    stop = threading.Event()
    assert refused(target, dripping(100_000, 0.02, stop), Limits(seconds=0.2))
    stop.set()


def test_no_server_at_all(target: Path) -> None:
    with serving(whole(DATA)) as (url, _asked):
        pass
    with pytest.raises(DownloadError):
        download(url, target, sha256=SHA256)
    assert left(target) == []


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "net.pth"])
def test_only_web_addresses(target: Path, url: str) -> None:
    with pytest.raises(DownloadError):
        download(url, target, sha256="")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with serving(whole(DATA)) as (url, asked), pytest.raises(DownloadError):
        download(url, tmp_path / "taken" / "net.pth", sha256=SHA256)
    assert asked == []


def test_a_bad_download_leaves_the_file_that_was_there(target: Path) -> None:
    target.write_bytes(b"older")
    with serving(whole(b"bad")) as (url, _asked), pytest.raises(DownloadError):
        download(url, target, sha256=SHA256)
    assert target.read_bytes() == b"older"


# -- stopped and continued ------------------------------------------------------------------


def ended_early(url: str, target: Path) -> None:
    with pytest.raises(DownloadError):
        download(url, target, sha256=SHA256)


def cancelled(url: str, target: Path) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        download(
            url,
            target,
            sha256=SHA256,
            on_progress=lambda done, _total: seen.append(done),
            cancelled=lambda: seen[-1] > 0,
        )


def interrupted(url: str, target: Path) -> None:
    def stop(done: int, _total: int | None) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(url, target, sha256=SHA256, on_progress=stop)


@pytest.mark.parametrize("stop", [ended_early, cancelled, interrupted])
def test_it_continues_where_it_stopped(target: Path, stop: Callable[[str, Path], None]) -> None:
    ranges: list[str | None] = []
    seen: list[tuple[int, int | None]] = []
    with serving(resuming(DATA, ranges, stops_after=HALF)) as (url, _asked):
        stop(url, target)
        kept = part_of(target).stat().st_size
        assert 0 < kept <= HALF
        download(url, target, sha256=SHA256, on_progress=lambda *given: seen.append(given))
    assert ranges == [None, f"bytes={kept}-"]
    assert seen[0] == (kept, len(DATA))
    assert target.read_bytes() == DATA
    assert left(target) == ["net.pth"]


def test_it_continues_after_a_silence(target: Path) -> None:
    stop, ranges = threading.Event(), []
    with serving(stalling(DATA[:HALF], stop)) as (url, _asked), pytest.raises(DownloadError):
        download(url, target, sha256=SHA256, limits=Limits(silence=0.3))
    stop.set()
    assert part_of(target).read_bytes() == DATA[:HALF]
    with serving(resuming(DATA, ranges)) as (url, _asked):
        download(url, target, sha256=SHA256)
    assert ranges == [f"bytes={HALF}-"]


def elsewhere(handler: BaseHTTPRequestHandler) -> None:
    """A server that sends another part than the one that was asked for, or all of it."""
    if handler.headers.get("Range") is None:
        whole(DATA)(handler)
        return
    handler.send_response(206)
    handler.send_header("Content-Range", f"bytes 3-9/{len(DATA)}")
    handler.send_header("Content-Length", "7")
    handler.end_headers()
    handler.wfile.write(DATA[3:10])


@pytest.mark.parametrize("answer", [whole(DATA), elsewhere], ids=["no Range", "another part"])
def test_a_server_that_cannot_continue_begins_again(target: Path, answer: Answer) -> None:
    part_of(target).write_bytes(b"?" * 100)  # would spoil the file if it stayed
    with serving(answer) as (url, _asked):
        download(url, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_a_part_longer_than_the_file_is_thrown_away(target: Path) -> None:
    part_of(target).write_bytes(b"?" * (len(DATA) + 1))
    ranges: list[str | None] = []
    with serving(resuming(DATA, ranges)) as (url, _asked):
        download(url, target, sha256=SHA256)
    assert ranges == [f"bytes={len(DATA) + 1}-", None]
    assert target.read_bytes() == DATA


def test_a_part_that_is_whole_needs_no_server(target: Path) -> None:
    part_of(target).write_bytes(DATA)
    with serving(status(500)) as (url, asked):
        download(url, target, sha256=SHA256[:8])
    assert asked == []
    assert left(target) == ["net.pth"]


def test_a_wrong_beginning_is_removed_and_the_next_attempt_succeeds(target: Path) -> None:
    part_of(target).write_bytes(b"?" * HALF)
    ranges: list[str | None] = []
    with serving(resuming(DATA, ranges)) as (url, _asked):
        ended_early(url, target)  # its hash is wrong
        assert left(target) == []
        download(url, target, sha256=SHA256)
    assert target.read_bytes() == DATA


# -- two at once ----------------------------------------------------------------------------


@dataclass
class Held:
    """A server that answers only when it is told to, and a download that waits for it."""

    url: str
    asked: list[str]
    target: Path
    let_go: threading.Event
    running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        given = {"sha256": SHA256}
        self.running.append(
            threading.Thread(target=download, args=(self.url, self.target), kwargs=given)
        )
        self.running[-1].start()


@pytest.fixture
def held(target: Path) -> Iterator[Held]:
    """The first download has begun; at the end all have arrived, with one request."""
    let_go, begun = threading.Event(), threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        begun.set()
        let_go.wait()
        whole(DATA)(handler)

    with serving(slow) as (url, asked):
        holding = Held(url, asked, target, let_go)
        holding.start()
        begun.wait()
        yield holding
        let_go.set()
        for one in holding.running:
            one.join()
    assert len(asked) == 1
    assert target.read_bytes() == DATA


def test_two_at_once_are_one_download(held: Held) -> None:
    held.start()


def test_the_one_that_waits_can_be_cancelled(held: Held) -> None:
    with pytest.raises(Cancelled):
        download(held.url, held.target, sha256=SHA256, cancelled=lambda: True)
