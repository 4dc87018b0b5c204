"""Following a lecture on a phone: the routes besides the app's own (docs/lecture.md).

A follower does not open a page of the app. Only the window with a room's token can move the
lecture; a follower can change only its own answer.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import io
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from densenet_viz.lecture.bodies import bearer, fields
from densenet_viz.lecture.crowd import EventStream
from densenet_viz.lecture.deck import PAGE
from densenet_viz.lecture.hall import Hall
from densenet_viz.lecture.limits import counted_as
from densenet_viz.lecture.page import POLICY, pack_files, page
from densenet_viz.lecture.rooms import Refused, Room
from densenet_viz.stage.modules import FILES, PAINTED, version

HALL: Final = Hall()
"""The hall of this process: pages publish decks in it, and the server's routes use it."""

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FRESH = {**SAFE, "Cache-Control": "no-store"}
STREAMED = {**FRESH, "X-Accel-Buffering": "no"}
KEPT = {**SAFE, "Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
CHECKED = {**SAFE, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")

Handler = Callable[[Hall, Request], Awaitable[Response]]
RouteRow = tuple[str, str, Handler]
"""Method, path, and handler."""


def routes(hall: Hall, base: str = "") -> list[BaseRoute]:
    """The routes for `st.App(routes=)`; `base` is the path under which the app is served."""
    hall.served = True
    start = f"/{base.strip('/')}" if base.strip("/") else ""
    shown = HTMLResponse(
        page(html.escape(start)),
        headers={**SAFE, "Cache-Control": "no-cache", "Content-Security-Policy": POLICY},
    )

    async def follow(_hall: Hall, _request: Request) -> Response:
        return shown

    pages: tuple[RouteRow, ...] = (("GET", "/follow", follow), ("GET", "/follow/{code}", follow))
    # Each path without and with a slash at the end: otherwise Starlette redirects, and that fails
    # if a query is not UTF-8.
    return [
        Route(f"{start}{path}{slash}", partial(_answered, handler, hall), methods=[method])
        for method, path, handler in (*pages, *_HALL)
        for slash in ("", "/")
    ]


async def _answered(handler: Handler, hall: Hall, request: Request) -> Response:
    try:
        return await handler(hall, request)
    except Refused as refusal:
        return _json({"error": str(refusal)}, refusal.status)


def _json(content: Mapping[str, object], status: int = 200) -> Response:
    return JSONResponse(content, status, headers=FRESH)


def _address(request: Request) -> str:
    return counted_as(request.client.host if request.client else "")


# -- the presenter ---------------------------------------------------------------------------


async def _open(hall: Hall, request: Request) -> Response:
    given = await fields(request, deck=str, origin=str)
    if not _ORIGIN.fullmatch(given["origin"]) or len(given["origin"]) > 200:
        raise Refused(400, "The origin must be an address such as http://192.0.2.7:8501.")
    if wait := hall.openings.spend(_address(request)):
        again = f"try again in {wait + 1:.0f} s"
        raise Refused(429, f"Too many lectures were opened from this address: {again}.")
    room = hall.open(given["deck"], _address(request))
    hall.sweep_later()
    # The route's own path gives the part before it, wherever the app is mounted. `request.url` is
    # not used: it comes from the browser's Host header, which may be anything.
    before = str(request.scope["path"]).rstrip("/").removesuffix("/hall/open")
    address = f"{given['origin']}{before}/follow/{room.code}"
    told = {"code": room.code, "token": room.token, "address": address, "qr": _qr(address)}
    return _json(told, 201)


def _qr(address: str) -> str:
    """A QR code as a data address of an image; the text appears only as squares."""
    return str(_code_of(address).svg_data_uri(border=4, scale=8))


def _code_of(address: str) -> Any:
    import segno

    return segno.make(address, error="m", micro=False)


async def _page_code(_hall: Hall, request: Request) -> Response:
    """The QR code of a page of the app, as a picture."""
    origin, name = request.query_params.get("origin", ""), request.path_params["name"]
    if not _ORIGIN.fullmatch(origin) or len(origin) > 200 or not PAGE.fullmatch(name):
        raise Refused(400, "An origin such as http://192.0.2.7:8501 and a page are needed.")
    before = str(request.scope["path"]).partition("/hall/pages/")[0]
    drawn = io.BytesIO()
    _code_of(f"{origin}{before}/{name}").save(drawn, kind="svg", border=4, scale=8)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=FRESH)


def _authorize(hall: Hall, request: Request) -> Room:
    """The room that the request may control.

    Call it after the whole request was read: the room may end while the request still arrives.
    """
    return hall.rooms.authorize(request.path_params["code"], bearer(request))


async def _move(hall: Hall, request: Request) -> Response:
    given = await fields(request, slide=int, step=int)
    room = _authorize(hall, request)
    room.move(given["slide"], given["step"])
    hall.broadcast(room)
    return _json({"version": room.version})


async def _reveal(hall: Hall, request: Request) -> Response:
    given = await fields(request, slide=int)
    room = _authorize(hall, request)
    room.reveal(given["slide"])
    hall.broadcast(room)
    return _json({"version": room.version})


async def _tally(hall: Hall, request: Request) -> Response:
    await fields(request)
    room = _authorize(hall, request)
    hall.note_pictures(room)
    return _json({"followers": len(hall.crowds[room.code].streams), **room.tally()})


async def _close(hall: Hall, request: Request) -> Response:
    await fields(request)
    hall.close(_authorize(hall, request))
    return _json({})


# -- a follower ------------------------------------------------------------------------------


async def _join(hall: Hall, request: Request) -> Response:
    follower = (await fields(request, follower=str))["follower"]
    room, follower = hall.join(request.path_params["code"], follower)
    told = {"follower": follower, "deck": room.outline.key, "code": room.code}
    return _json({**told, "state": room.state()})


async def _events(hall: Hall, request: Request) -> Response:
    if request.method == "HEAD":  # Starlette allows HEAD wherever GET is allowed
        raise Refused(405, "A stream of events is only available with GET.")
    follower = request.query_params.get("follower", "")
    room = hall.rooms.find(request.path_params["code"])
    if follower not in room.followers:
        raise Refused(403, "This phone has not joined the lecture: reload the page.")
    return EventStream(hall.crowds[room.code], follower, STREAMED)


async def _answer(hall: Hall, request: Request) -> Response:
    given = await fields(request, follower=str, slide=int, option=int)
    room = hall.rooms.find(request.path_params["code"])
    room.answer(given["follower"], given["slide"], given["option"])
    return _json({})


# -- what browsers cache ---------------------------------------------------------------------


async def _deck(hall: Hall, request: Request) -> Response:
    return _kept(request, hall.deck(request.path_params["key"]).packed, "application/json")


async def _picture(hall: Hall, request: Request) -> Response:
    """A picture of a deck; the status 202 if it is not made yet."""
    deck, name = hall.deck(request.path_params["key"]), request.path_params["name"]
    if name not in deck.outline.pictures:
        raise Refused(404, "This lecture has no such picture.")
    if name not in deck.pictures:
        return _json({}, 202)
    return _checked(request, deck.pictures[name], "application/json")


async def _painted(hall: Hall, _request: Request) -> Response:
    """A browser has drawn a picture; the answer names the files that other pages need."""
    hall.painted.set()
    return _json({"files": hall.ahead})


async def _file(_hall: Hall, request: Request) -> Response:
    found = pack_files().get(request.path_params["name"])
    if found is None or request.path_params["version"] != version():
        raise Refused(404, "There is no such file: reload the page.")
    return _kept(request, *found)


def _kept(
    request: Request, packed: bytes, media_type: str, headers: Mapping[str, str] = KEPT
) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=media_type, headers=headers)
    headers = {**headers, "Content-Encoding": "gzip"}
    return Response(packed, media_type=media_type, headers=headers)


def _checked(request: Request, packed: bytes, media_type: str) -> Response:
    """For what the same address may not give after a restart: browsers keep it, but ask first."""
    headers = {**CHECKED, "ETag": f'"{hashlib.sha256(packed).hexdigest()[:32]}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return _kept(request, packed, media_type, headers)


_HALL: Final[tuple[RouteRow, ...]] = (
    ("GET", f"{FILES}{{name:path}}", _file),
    ("GET", "/hall/pages/{name}.svg", _page_code),
    ("GET", "/hall/decks/{key}.json", _deck),
    ("GET", "/hall/decks/{key}/{name}.json", _picture),
    ("POST", PAINTED, _painted),
    ("POST", "/hall/open", _open),
    ("GET", "/hall/{code}/events", _events),
    ("POST", "/hall/{code}/join", _join),
    ("POST", "/hall/{code}/answer", _answer),
    ("POST", "/hall/{code}/move", _move),
    ("POST", "/hall/{code}/reveal", _reveal),
    ("POST", "/hall/{code}/tally", _tally),
    ("POST", "/hall/{code}/close", _close),
)
