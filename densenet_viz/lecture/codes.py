"""The short codes of rooms, for reading aloud and typing on a phone, and the secrets of one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Container

ALPHABET = "CDFGHJKMNPQRTWXY3479"
"""No two that look alike (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and no vowels that make words."""
LENGTH = 10
"""20^10 codes, about 10^13. So wrong codes need no limit, and none can lock a right one out.

Say that guesses come at 10,000 a second: several times what one process of Python answers, whether
they come from one address or from many. While 20 rooms are open all the time, the first of them is
found after 10^13 / 21 guesses on average: 1.5 years. One room is found after 16 years on average.
No room is open longer than 8 hours: the chance that it is found in that time is 1 in 35,000.
"""
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code(taken: Container[str] = ()) -> str:
    """A code that is not taken, each equally probable."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if code not in taken:
            return code


def tidy(text: str) -> str | None:
    """The code that somebody typed, or None where it cannot be one.

    >>> tidy(" cdf34-7hkmn "), tidy("CDF30O7HKM")
    ('CDF347HKMN', None)
    """
    code = re.sub(r"[\s-]", "", text[:40]).upper()
    return code if _CODE.fullmatch(code) else None


def new_token() -> str:
    """What only the presenter's window holds: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_follower() -> str:
    """Who a follower is within one room: 128 random bits that say nothing of a person."""
    return secrets.token_urlsafe(16)


def same(given: str, secret: str) -> bool:
    """Whether they are equal, in a time that does not tell where they differ."""
    return secrets.compare_digest(given.encode(), secret.encode())
