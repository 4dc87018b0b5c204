"""Whatever a stranger sends to a route, the answer is never the server's own failure (5xx).

The routes are called as a server calls them (ASGI), so that an error in one fails the test, and so
that lines can be sent that no HTTP library would write.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from densenet_viz.lecture.bodies import MOST_BYTES
from densenet_viz.lecture.hall import Hall
from densenet_viz.lecture.server import routes
from densenet_viz.stage.modules import version
from tests.lecture_server import ORIGIN, deck

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "X" * 300)
JSON = (b"content-type", b"application/json")
LONE = "\ud800"


class Asked(NamedTuple):
    """One request; {code}, {follower} and {token} stand for those of the open room."""

    method: str = "POST"
    path: str = "/hall/open"
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = (JSON,)
    body: bytes = b"{}"
    ends: bool = True
    """Whether the body comes whole; else the line breaks in it."""


class Server:
    """The routes with one open room that one phone follows."""

    def __init__(self) -> None:
        self.hall = Hall()
        self.key = self.hall.publish(deck())
        self.room = self.hall.open(self.key)
        self.room.move(2, 1)
        self.follower = self.room.join()
        self.app = Starlette(routes=routes(self.hall))

    def filled(self, text: str) -> str:
        names = {"code": self.room.code, "follower": self.follower, "token": self.room.token}
        for name, value in (names | {"key": self.key, "version": version()}).items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def filled_bytes(self, line: bytes) -> bytes:
        return self.filled(line.decode("latin-1")).encode("latin-1")

    def status(self, asked: Asked, meanwhile: Callable[[], None] = lambda: None) -> int:
        """The answer's status; what a route raises is raised here.

        `meanwhile` happens before the body comes.
        """
        return asyncio.run(self._status(asked, meanwhile))

    async def _status(self, asked: Asked, meanwhile: Callable[[], None]) -> int:
        path, told = self.filled(asked.path), list[dict[str, Any]]()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "http",
            "path": path,
            "root_path": "",
            "raw_path": path.encode(errors="replace"),
            "query_string": self.filled_bytes(asked.query),
            "headers": [(name, self.filled_bytes(value)) for name, value in asked.headers],
            "client": ("192.0.2.7", 1),
            "server": ("192.0.2.1", 80),
            "state": {},
        }
        body = self.filled_bytes(asked.body)
        incoming = [{"type": "http.request", "body": body, "more_body": not asked.ends}]

        async def receive() -> dict[str, Any]:
            if incoming:
                meanwhile()
            return incoming.pop() if incoming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        # A stream of events goes on until its phone leaves, which `receive` says at once.
        await asyncio.wait_for(self.app(scope, receive, send), 60)
        return int(told[0]["status"])


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


def body_of(**fields: object) -> bytes:
    return json.dumps(fields).encode()


texts = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ("", "{code}", "{follower}", "{token}", "{key}", LONE, "\0", "a" * 5000, "../x", "%", "//[")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.just(10**900),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
names = st.sampled_from(("deck", "origin", "follower", "slide", "option", "step")) | texts
bodies = (
    st.dictionaries(names, values, max_size=4).map(lambda fields: body_of(**fields))
    | st.builds(body_of, follower=values, slide=values, option=values)
    | st.builds(body_of, deck=st.just("{key}"), origin=st.sampled_from((ORIGIN, LONE, "")))
    | st.builds(body_of, slide=values, step=values)
    | st.builds(body_of, follower=values)
    | st.binary(max_size=60)
    | st.sampled_from((b"[" * MOST_BYTES, b'"' * 2000, b"\xef\xbb\xbf{}", b"1e999", b"NaN"))
)
parts = texts.map(lambda text: text.encode(errors="replace").decode())
paths = st.one_of(
    st.builds("/hall/{}/{}".format, st.just("{code}") | parts, parts),
    st.builds(
        "/hall/{{code}}/{}".format,
        st.sampled_from(("join", "events", "answer", "move", "reveal", "tally")),
    ),
    st.builds("/hall/files/{{version}}/{}".format, parts | st.just("dom.js")),
    st.builds("/hall/files/{}/{}".format, parts, parts),
    st.builds("/hall/decks/{}.json".format, parts | st.just("{key}")),
    st.builds("/follow/{}".format, parts),
    st.sampled_from(("/hall/open", "/hall/open/", "/follow", "/hall//join")),
)
lines = st.sampled_from(
    (
        JSON,
        (b"content-type", b"application/json; charset=utf-16"),
        (b"content-type", b"\xff"),
        (b"authorization", b"Bearer {token}"),
        (b"authorization", b"Bearer \xff\x00"),
        (b"accept-encoding", b"gzip\xff"),
        (b"accept-encoding", b"gzip"),
        (b"host", b"["),
        (b"host", b"\xff/?#"),
        (b"content-length", b"-1"),
        (b"cookie", b"\xff=\xff"),
        (b"transfer-encoding", b"\xff"),
    )
) | st.tuples(st.just(b"host"), st.binary(max_size=20))
requests = st.builds(
    Asked,
    st.sampled_from(METHODS) | st.sampled_from(("POST", "GET")),
    paths,
    st.binary(max_size=30) | st.sampled_from((b"follower={follower}", b"follower=%ff%00")),
    st.lists(lines, max_size=4).map(tuple) | st.just((JSON,)),
    bodies,
    st.booleans() | st.just(True),
)


def check(server: Server, asked: Asked) -> None:
    server.hall.openings._spent.clear()
    status = server.status(asked)
    # A server that is full says so (503); nothing here opens so many rooms or joins so often.
    assert 200 <= status < 500, asked
    for room in [*server.hall.rooms._rooms.values()]:
        if room is not server.room:
            server.hall.close(room)
    server.room.followers = {server.follower}


FOUND = (
    Asked(path="/hall/{code}/join", body=body_of(follower=LONE)),
    Asked(path="/hall/{code}/answer", body=body_of(follower=LONE, slide=2, option=0)),
    Asked(body=body_of(deck=LONE, origin=ORIGIN)),
    Asked("GET", f"/hall/files/{{version}}/{'a' * 300}.js"),
    Asked("GET", "/hall/files/{version}/\0.js"),
    Asked(headers=(JSON, (b"host", b"[")), body=body_of(deck="{key}", origin=ORIGIN)),
    Asked(path="/hall/{code}/join", body=b'{"foll', ends=False),
    Asked("HEAD", "/hall/{code}/events", b"follower={follower}"),
    Asked("POST", "/hall/open/", b"\x80"),
    Asked("GET", "/follow/", b"\x80"),
)
"""Each was answered with a 500, or never ended, once."""


@pytest.mark.parametrize("asked", FOUND, ids=lambda asked: asked.path[:24])
def test_what_failed_once_is_refused(server: Server, asked: Asked) -> None:
    check(server, asked)


@pytest.mark.parametrize(
    ("what", "content"),
    [
        *(("move", {"slide": 1, "step": 0}), ("reveal", {"slide": 2}), ("tally", {})),
        *(("close", {}), ("join", {"follower": ""})),
        ("answer", {"follower": "{follower}", "slide": 2, "option": 0}),
    ],
)
def test_a_room_may_end_while_a_request_comes(what: str, content: dict[str, Any]) -> None:
    server = Server()
    headers = (JSON, (b"authorization", f"Bearer {server.room.token}".encode()))
    asked = Asked(path=f"/hall/{{code}}/{what}", headers=headers, body=body_of(**content))
    assert server.status(asked, lambda: server.hall.close(server.room)) == 404


@given(requests)
@settings(max_examples=60)
@example(FOUND[0])
def test_no_request_makes_the_server_fail(server: Server, asked: Asked) -> None:
    check(server, asked)


@pytest.mark.slow
@given(requests)
@settings(max_examples=1000)
def test_no_request_of_many_makes_the_server_fail(server: Server, asked: Asked) -> None:
    check(server, asked)
