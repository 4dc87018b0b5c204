"""Reads what a browser sends: small JSON objects with known fields; refuses everything else."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from densenet_viz.lecture.rooms import Refused

MOST_BYTES = 1024
_WORDS = {int: "a whole number", str: "text"}


async def fields(request: Request, **kinds: type) -> dict[str, Any]:
    """The fields of a request's JSON object: all of `kinds`, and no others.

    Raises:
        Refused: it is not JSON, is larger than `MOST_BYTES`, or has other fields.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Refused(415, "Only JSON is allowed (application/json).")
    found = _parsed(await _body(request))
    if not isinstance(found, dict) or found.keys() != kinds.keys():
        wanted = ", ".join(kinds) or "none"
        raise Refused(
            400, f"The wrong fields were sent; a JSON object must have exactly: {wanted}."
        )
    for name, kind in kinds.items():
        if type(found[name]) is not kind:  # for isinstance, a bool would be an int
            raise Refused(400, f"{name} must be {_WORDS[kind]}.")
        if kind is str and not _is_unicode(found[name]):
            raise Refused(400, f"{name} must be {_WORDS[kind]}.")
    return found


def _is_unicode(text: str) -> bool:
    """Whether it can be encoded as UTF-8: JSON may contain half a character, a lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The request is not valid JSON.") from None


async def _body(request: Request) -> bytes:
    """The body; stops reading when it is too large."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise Refused(413, f"The request is too large; {MOST_BYTES} bytes are allowed.")
    except ClientDisconnect:
        raise Refused(400, "The connection was lost before everything was sent.") from None
    return body


def bearer(request: Request) -> str:
    """The token of a request's `Authorization: Bearer` header; empty if there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind == "Bearer" else ""
