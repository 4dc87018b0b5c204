"""A real server of the following routes on loopback, a deck to follow, and plain HTTP clients."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import uvicorn
from starlette.applications import Starlette

from densenet_viz.lecture.hall import Hall
from densenet_viz.lecture.server import routes
from tests.waiting import until

ORIGIN = "http://192.0.2.7:8501"


def slide(title: str, *, steps: int = 0, question: dict[str, Any] | None = None) -> dict[str, Any]:
    """One slide of a `DeckScene`: words, and a note that only the speaker may see."""
    words = {"kind": "p", "step": 0, "spans": [{"text": f"Words of {title}."}]}
    return {
        "id": title.lower(),
        "title": title,
        "minutes": 1,
        "layout": "words",
        "steps": steps,
        "blocks": [words],
        "notes": [{**words, "spans": [{"text": "a secret note"}]}],
        "picture": None,
        "question": question,
    }


def deck() -> dict[str, Any]:
    """Three slides; the second asks at step 1 and tells the answer at step 2."""
    told = {"text": "How many?", "options": ["64", "96", "128"], "right": 1, "step": 1, "reveal": 2}
    asked = {"text": "Why?", "options": ["so", "or so"], "right": None}
    return {
        "title": "Dense",
        "author": "",
        "minutes": 3,
        "scenes": {},
        "modules": {"growth": "data:text/javascript;base64,QQ=="},
        "styles": {"stage": ""},
        "slides": [
            slide("One"),
            slide("Two", steps=2, question=told),
            slide("Three", steps=1, question=asked),
        ],
    }


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Events:
    """What a follower hears, one event after the other."""

    answer: HTTPResponse
    connection: HTTPConnection

    def next(self) -> tuple[str, Any]:
        """The next event's name and data."""
        fields: dict[str, str] = {}
        while line := self.answer.readline().decode():
            if line == "\n":
                return fields.get("event", ""), json.loads(fields.get("data", "null"))
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        raise EOFError("the stream has ended")

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@dataclass
class Client:
    """Asks one server, as presenter and as any number of followers."""

    port: int
    hall: Hall
    clock: Clock
    open_events: list[Events] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers (by their lower-case names)."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        found = answer.status, answer.read(), {n.lower(): v for n, v in answer.getheaders()}
        connection.close()
        return found

    def post(self, path: str, token: str = "", **content: object) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = json.dumps(content).encode()
        status, text, _ = self.ask("POST", path, body, content_type="application/json", **headers)
        return status, json.loads(text)

    def open(self) -> tuple[str, str]:
        """A new room: its code and its token."""
        status, told = self.post("/hall/open", deck=self.hall.publish(deck()), origin=ORIGIN)
        assert status == 201, told
        return told["code"], told["token"]

    def join(self, code: str, follower: str = "") -> str:
        status, told = self.post(f"/hall/{code}/join", follower=follower)
        assert status == 200, told
        name: str = told["follower"]
        return name

    def listen(self, code: str, follower: str) -> Events:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", f"/hall/{code}/events?follower={follower}")
        events = Events(connection.getresponse(), connection)
        assert events.answer.status == 200
        self.open_events.append(events)
        return events


@contextmanager
def served(base: str = "") -> Iterator[Client]:
    """A server of its own hall under a base path, ended afterwards."""
    clock = Clock()
    hall = Hall(clock)
    app = Starlette(routes=routes(hall, base))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    client = Client(port, hall, clock)
    try:
        yield client
    finally:
        for events in client.open_events:
            events.close()
        hall.end()
        server.should_exit = True
        thread.join()
