"""A server with the lecture's deck, for the benchmark, and what a phone has to load from it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from scripts.browser import ROOT, free_port

TRIES = 300
_IMPORT = re.compile(r'^(?:import|export) .*?from "\./([\w-]+\.js)"', re.MULTILINE)


@dataclass(frozen=True)
class Server:
    """A running server: its port and process, its deck, and the files of the follower's page."""

    port: int
    pid: int
    deck: str
    slides: int
    deck_bytes: int
    folder: str
    files: tuple[str, ...]

    def processor_seconds(self) -> float:
        """The server's processor time so far, in its process and in the system."""
        _, _, after = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")
        return sum(map(int, after.split()[11:13])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served() -> Iterator[Server]:
    """A separate server, which is stopped afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "benchmarks/hall_app.py"]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = next(line.split() for line in process.stdout if line.startswith("deck "))
        folder, files = _files(port)
        yield Server(port, process.pid, told[1], int(told[2]), int(told[3]), folder, files)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _files(port: int) -> tuple[str, tuple[str, ...]]:
    """The address of the page's files, and everything that it links to and imports."""
    page = _text(port, "/follow")
    waiting = re.findall(r'(?:src|href)="(/hall/files/[^"]+)"', page)
    folder = waiting[0].rpartition("/")[0]
    names: list[str] = []
    waiting = [path.rpartition("/")[2] for path in waiting]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.append(name)
            waiting += _IMPORT.findall(_text(port, f"{folder}/{name}"))
    return folder, tuple(names)


def _text(port: int, path: str) -> str:
    address = f"http://127.0.0.1:{port}{path}"
    for _ in range(TRIES):
        with suppress(URLError), urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {TRIES / 10:.0f} seconds")
