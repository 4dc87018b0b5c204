"""The followers of one room as open streams of server-sent events.

Nothing is queued: a stream remembers the version that it sent last, and sends the newest state if
that differs. A slow phone skips the states in between. If a phone accepts nothing for
`SEND_SECONDS`, its stream is closed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

HEARTBEAT_SECONDS = 15.0
SEND_SECONDS = 20.0
MOST_TABS = 3
"""The most streams of one follower: a duplicated tab, or a connection not yet known to be dead."""
HEARTBEAT = b"event: heartbeat\ndata: {}\n\n"
"""An event and not a comment, so a phone notices when it stops coming (`follow.js`)."""
CLOSED = b"event: closed\ndata: {}\n\n"


class Crowd:
    """The streams of a room, and the newest event, which is sent to all of them."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.streams: dict[str, list[EventStream]] = {}
        self.closed = False
        self.tell(state)

    def tell(self, state: Mapping[str, Any]) -> None:
        """Sends a new state to everybody; the event is made once."""
        self.version = int(state["version"])
        text = json.dumps(state, separators=(",", ":"))
        self.event = f"id: {self.version}\nevent: state\ndata: {text}\n\n".encode()
        self._wake()

    def close(self) -> None:
        """Tells everybody that the lecture has ended, and closes the streams."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for own in self.streams.values():
            for stream in own:
                stream.wake.set()

    def add(self, stream: EventStream) -> None:
        """Adds a stream; if a follower has more than `MOST_TABS`, closes the oldest."""
        own = self.streams.setdefault(stream.follower, [])
        own.append(stream)
        if len(own) > MOST_TABS:
            own.pop(0).leave()

    def remove(self, stream: EventStream) -> None:
        """Removes a stream that has ended; it may have been removed before."""
        own = self.streams.get(stream.follower, [])
        if stream in own:
            own.remove(stream)
        if not own:
            self.streams.pop(stream.follower, None)


class EventStream(Response):
    """The stream of one follower: the current state, then each newer one, then the end."""

    media_type = "text/event-stream"

    def __init__(self, crowd: Crowd, follower: str, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self.crowd = crowd
        self.follower = follower
        self.wake = asyncio.Event()
        self._gone = False

    def leave(self) -> None:
        self._gone = True
        self.wake.set()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        self.crowd.add(self)
        listening = asyncio.ensure_future(self._until_gone(receive))
        try:
            await _send(
                send,
                {"type": "http.response.start", "status": 200, "headers": self.raw_headers},
            )
            await self._tell(send)
            await _send(send, {"type": "http.response.body", "body": b""})
        except TimeoutError:
            return  # The phone accepts nothing; the server then closes the connection.
        finally:
            listening.cancel()
            self.crowd.remove(self)

    async def _tell(self, send: Send) -> None:
        told = 0
        while not self._gone and not self.crowd.closed:
            self.wake.clear()
            newer = self.crowd.version != told
            told = self.crowd.version
            await _send(send, _part(self.crowd.event if newer else HEARTBEAT))
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._until_news(told)
            except TimeoutError:
                continue
        if self.crowd.closed and not self._gone:
            await _send(send, _part(CLOSED))

    async def _until_news(self, told: int) -> None:
        while self.crowd.version == told and not self.crowd.closed and not self._gone:
            await self.wake.wait()
            self.wake.clear()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.leave()


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _send(send: Send, message: Message) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send(message)
