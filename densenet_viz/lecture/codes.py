"""The short codes of rooms, to read aloud and to type on a phone, and a room's secrets."""

from __future__ import annotations

import re
import secrets
from collections.abc import Container

ALPHABET = "CDFGHJKMNPQRTWXY3479"
"""No characters that look alike (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and no vowels: no words."""
LENGTH = 10
"""20^10 codes, about 10^13. So wrong codes need no limit, and they cannot lock out a right code.

Suppose that 10,000 guesses come per second, from one address or many: several times what one
Python process answers. If 20 rooms are open all the time, the first of them is found after
10^13 / 21 guesses on average: 1.5 years. One given room is found after 16 years on average. No
room is open longer than 8 hours: the chance that it is found in that time is 1 in 35,000.
"""
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code(taken: Container[str] = ()) -> str:
    """A code that is not taken; all are equally probable."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if code not in taken:
            return code


def tidy(text: str) -> str | None:
    """The code in a typed text, or None if it cannot be a code.

    >>> tidy(" cdf34-7hkmn "), tidy("CDF30O7HKM")
    ('CDF347HKMN', None)
    """
    code = re.sub(r"[\s-]", "", text[:40]).upper()
    return code if _CODE.fullmatch(code) else None


def new_token() -> str:
    """The token, which only the presenter's window has: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_follower() -> str:
    """A follower's name in one room: 128 random bits that say nothing about the person."""
    return secrets.token_urlsafe(16)


def same(given: str, secret: str) -> bool:
    """Whether they are equal; the time does not depend on where they differ."""
    return secrets.compare_digest(given.encode(), secret.encode())
