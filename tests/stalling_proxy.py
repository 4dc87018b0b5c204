"""A proxy on loopback whose lines can die without being closed, as a sleeping phone's do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """A connection through the proxy, both ways."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.ends = near, far
        self.dead = False
        for source, goal in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(source, goal), daemon=True).start()

    def _pump(self, source: socket.socket, goal: socket.socket) -> None:
        """Passes on what comes, until an end is closed; a dead line swallows it, and its end."""
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if not self.dead:
                    goal.sendall(data)
            if not self.dead:
                goal.shutdown(socket.SHUT_WR)


class Proxy:
    """Passes connections on to `port` on loopback; `stall` kills those that are open."""

    def __init__(self, port: int) -> None:
        self._goal = port
        self._lines: list[Line] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """From now on nothing passes on the lines that are open, and nobody is told."""
        for line in self._lines:
            line.dead = True

    def close(self) -> None:
        for end in (self._door, *(end for line in self._lines for end in line.ends)):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._goal))
                self._lines.append(Line(near, far))


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """A proxy before `port`, closed afterwards."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
