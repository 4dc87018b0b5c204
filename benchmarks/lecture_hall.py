"""Measures how fast a hall of phones follows its presenter, and prints the result as Markdown.

    python -m benchmarks.lecture_hall [--followers N] [--moves N] [--json]

Starts the app's own server, opens a room on it, and lets N real HTTP clients on loopback join, load
the page with its files, the deck's words and the first pictures, and listen. Then the presenter
changes the slide many times, and each client loads the pictures that it lacks, while one more
client requests the tally and another the app's own health route. All of them share this machine
with the server; in a real hall, each phone has its own processor.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.app import in_words
from benchmarks.hall_server import Server, served
from benchmarks.machine import load_average
from benchmarks.tables import SPREAD, Table, percentile, spread
from densenet_viz.machine import processor

PAUSE_SECONDS = 0.5
"""Seconds between two moves; a presenter is seldom faster."""
PATIENCE_SECONDS = 30.0


@dataclass
class Phone:
    """One follower: its open line, and when it got each version (seconds, one clock)."""

    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: dict[int, float] = field(default_factory=dict)
    showed: dict[int, float] = field(default_factory=dict)
    """When it had the slide's pictures and the next slide's, by version."""
    loaded: dict[str, asyncio.Task[bytes]] = field(default_factory=dict)

    async def listen(self) -> None:
        """Notes each state as soon as its line is complete."""
        loading: set[asyncio.Task[None]] = set()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while line := await self.reader.readline():
                if line.startswith(b"data: ") and b'"version"' in line:
                    state = json.loads(line[6:])
                    self.heard[state["version"]] = time.perf_counter()
                    task = asyncio.create_task(self.show(state))
                    loading.add(task)
                    task.add_done_callback(loading.discard)

    async def show(self, state: Mapping[str, Any]) -> None:
        """Loads what it lacks of a slide's pictures and the next slide's."""
        await asyncio.gather(*map(self.load, self.server.near(state["slide"] - 1)))
        self.showed[state["version"]] = time.perf_counter()

    async def load(self, path: str) -> None:
        if path not in self.loaded:
            request = fetched(self.server.port, "GET", path)
            self.loaded[path] = asyncio.create_task(request)
        await asyncio.shield(self.loaded[path])


async def asked(
    port: int, method: str, path: str, content: object = None, token: str = ""
) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    """The head of an answer, and the connection that sends its body."""
    body = b"" if content is None else json.dumps(content).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        *(f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"),
        *(["Accept-Encoding: gzip"] if method == "GET" else []),
        *("Content-Type: application/json", f"Content-Length: {len(body)}"),
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return await reader.readuntil(b"\r\n\r\n"), reader, writer


async def fetched(
    port: int, method: str, path: str, content: object = None, token: str = ""
) -> bytes:
    """The body of an answer that has a length."""
    head, reader, writer = await asked(port, method, path, content, token)
    if not head.split(b" ", 2)[1].startswith(b"2"):
        raise RuntimeError(f"{method} {path} was answered with {head.splitlines()[0]!r}")
    length = next(
        int(line.split(b":")[1])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length")
    )
    body = await reader.readexactly(length)
    writer.close()
    return body


async def joined(server: Server, room: dict[str, Any]) -> Phone:
    """A phone that has loaded everything and receives each move from now on."""
    port, code = server.port, room["code"]
    await fetched(port, "GET", f"/follow/{code}")
    for path in server.files():
        await fetched(port, "GET", path)
    told = json.loads(await fetched(port, "POST", f"/hall/{code}/join", {"follower": ""}))
    await fetched(port, "GET", f"/hall/decks/{told['deck']}.json")
    path = f"/hall/{code}/events?follower={told['follower']}"
    _, reader, writer = await asked(port, "GET", path)
    return Phone(server, reader, writer)


async def timed(each: Callable[[], Awaitable[object]], times: list[float]) -> None:
    """Sends a request twice a second and records how many milliseconds each answer took."""
    while True:
        start = time.perf_counter()
        await each()
        times.append(1000 * (time.perf_counter() - start))
        await asyncio.sleep(PAUSE_SECONDS)


@dataclass
class Found:
    """What one run measured; milliseconds, but for `joining` (seconds) and `processor` (share)."""

    joining: float
    moves: list[float] = field(default_factory=list)
    reach_95: list[float] = field(default_factory=list)
    reach_all: list[float] = field(default_factory=list)
    pictures_95: list[float] = field(default_factory=list)
    tally: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    processor: float = 0.0
    joining_processor: float = 0.0


async def measure(server: Server, followers: int, moves: int) -> Found:
    port = server.port
    content = {"deck": server.deck, "origin": f"http://127.0.0.1:{port}"}
    room = json.loads(await fetched(port, "POST", "/hall/open", content))
    code, token = room["code"], room["token"]
    start, used = time.perf_counter(), server.processor_seconds()
    phones = await asyncio.gather(*(joined(server, room) for _ in range(followers)))
    listening = [asyncio.ensure_future(phone.listen()) for phone in phones]
    heard, showed = ([one.heard for one in phones], [one.showed for one in phones])
    await until(showed, 1)
    found = Found(joining=time.perf_counter() - start)
    found.joining_processor = server.processor_seconds() - used
    asking = [
        timed(lambda: fetched(port, "POST", f"/hall/{code}/tally", {}, token), found.tally),
        timed(lambda: fetched(port, "GET", "/_stcore/health"), found.health),
    ]
    others = [asyncio.ensure_future(each) for each in asking]
    start, used = time.perf_counter(), server.processor_seconds()
    for number in range(moves):
        before = time.perf_counter()
        place = {"slide": number % len(server.pictures) + 1, "step": 0}
        told = json.loads(await fetched(port, "POST", f"/hall/{code}/move", place, token))
        found.moves.append(1000 * (time.perf_counter() - before))
        times = await until(heard, told["version"])
        found.reach_95.append(1000 * (percentile(times, 95) - before))
        found.reach_all.append(1000 * (max(times) - before))
        times = await until(showed, told["version"])
        found.pictures_95.append(1000 * (percentile(times, 95) - before))
        await asyncio.sleep(PAUSE_SECONDS)
    used = server.processor_seconds() - used
    found.processor = used / (time.perf_counter() - start)
    for task in others:
        task.cancel()
    await fetched(port, "POST", f"/hall/{code}/close", {}, token)
    await asyncio.gather(*listening)
    for phone in phones:
        phone.writer.close()
    return found


async def until(phones: Sequence[Mapping[int, float]], version: int) -> list[float]:
    """When each phone got a version, after all have it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not all(version in phone for phone in phones):
            await asyncio.sleep(0.002)
    return [phone[version] for phone in phones]


def table(found: Found, followers: int) -> Table:
    """The figures of a run."""
    rows = {
        "from the presenter's move to 95% of the phones": found.reach_95,
        "from the presenter's move to the last phone": found.reach_all,
        "to the slide's and the next slide's pictures, on 95% of the phones": found.pictures_95,
        "the answer to the presenter's move": found.moves,
        "the answer to the presenter's tally meanwhile": found.tally,
        "the app's own health route meanwhile": found.health,
    }
    return Table(
        f"{followers} phones follow, {len(found.moves)} moves",
        ("milliseconds", *SPREAD, "95th percentile"),
        tuple((name, *spread(times), percentile(times, 95)) for name, times in rows.items()),
        f"All {followers} joined at once, each with the page, its files, the deck's words and the "
        f"first pictures, in {found.joining:.1f} s ({found.joining_processor:.1f} s of the "
        "server's processor time). With a move every half second the server used "
        f"{100 * found.processor:.0f}% of one core. The clients shared the same cores.",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lecture_hall", description=__doc__)
    parser.add_argument("--followers", type=int, default=300, metavar="N", help="(default 300)")
    parser.add_argument("--moves", type=int, default=40, metavar="N", help="(default 40)")
    parser.add_argument("--json", action="store_true", help="rows as JSON")
    args = parser.parse_args(arguments)
    if not 1 <= args.followers <= 600 or args.moves < 1:
        parser.error("--followers takes 1 to 600, and --moves 1 or more.")
    about = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "load average at the start": load_average(),
    }
    with served() as server:
        found = asyncio.run(measure(server, args.followers, args.moves))
    shown = table(found, args.followers)
    if args.json:
        print(json.dumps(shown.as_records(), indent=1))
    else:
        print(in_words(about, [shown]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
