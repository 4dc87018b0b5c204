"""A server with the lecture's deck, for the benchmark, and what a phone has to load from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from densenet_viz.lecture.page import STYLES
from densenet_viz.stage.modules import FILES, files_of, version
from scripts.browser import ROOT, free_port, wait_until_healthy

PAGE_FILES: Final = (*STYLES, *files_of("follow/page.js"))
"""What the follower's page loads besides itself: style sheets and modules."""


@dataclass(frozen=True)
class Server:
    """A running server: its port and process, its deck, and each slide's pictures."""

    port: int
    pid: int
    deck: str
    pictures: tuple[tuple[str, ...], ...]

    def files(self) -> tuple[str, ...]:
        """The addresses of the files that the follower's page loads."""
        return tuple(f"{FILES.format(version=version())}{name}" for name in PAGE_FILES)

    def near(self, slide: int) -> tuple[str, ...]:
        """The addresses of the pictures of a slide, from 0, and of the next: a phone loads both."""
        keys = dict.fromkeys(key for slide in self.pictures[slide : slide + 2] for key in slide)
        return tuple(f"/hall/decks/{self.deck}/{key}.json" for key in keys)

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
        line = next(line for line in process.stdout if line.startswith("deck "))
        told = json.loads(line.partition(" ")[2])
        wait_until_healthy(process, f"http://127.0.0.1:{port}")
        yield Server(port, process.pid, told["key"], tuple(map(tuple, told["pictures"])))
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
