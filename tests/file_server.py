"""A web server on loopback that serves what a test hands it, well or badly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """The server's address, and the paths that were asked for so far."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer(self)

        def log_message(self, *_given: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def whole(data: bytes, *, announced: int | None = -1) -> Answer:
    """Sends `data`, announcing its length, another length, or (None) no length."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        if announced is not None:
            handler.send_header("Content-Length", str(len(data) if announced == -1 else announced))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(code: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def dripping(count: int, pause: float, stop: threading.Event) -> Answer:
    """Announces `count` bytes and sends one each `pause` seconds, until `stop`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(count))
        handler.end_headers()
        for _ in range(count):
            if stop.wait(pause):
                return
            try:
                handler.wfile.write(b"x")
            except OSError:  # the client went away, as it should
                return

    return answer


def resuming(data: bytes, ranges: list[str | None], *, stops_after: int | None = None) -> Answer:
    """Sends `data` from the byte that is asked for, and notes each Range header in `ranges`.

    Args:
        data: the whole file.
        ranges: gets each Range header, or None.
        stops_after: bytes after which the first answer ends, though it announces all of them.
    """

    def answer(handler: BaseHTTPRequestHandler) -> None:
        ranges.append(asked := handler.headers.get("Range"))
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if start >= len(data):
            status(416)(handler)
            return
        handler.send_response(206 if asked else 200)
        if asked:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        first = stops_after if len(ranges) == 1 else None
        handler.wfile.write(data[start:][:first])

    return answer


def stalling(data: bytes, stop: threading.Event) -> Answer:
    """Announces one byte more than `data`, sends `data`, and then nothing until `stop`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data) + 1))
        handler.end_headers()
        handler.wfile.write(data)
        handler.wfile.flush()
        stop.wait()

    return answer
