"""What a configuration may be, and how it is told that it may not."""

from __future__ import annotations


class SpecError(ValueError):
    """A configuration that no network can have; the message says what was given and allowed."""


def require(ok: bool, given: str, allowed: str) -> None:
    """Raises SpecError with both sentences unless `ok`."""
    if not ok:
        raise SpecError(f"{given} was given; {allowed}.")


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether a value is a whole number in the limits; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def require_whole(name: str, value: object, low: int, high: int) -> None:
    """Raises SpecError unless the value is a whole number in the limits."""
    require(
        is_whole(value, low, high),
        f"{name}={value!r}",
        f"a whole number from {low} to {high:,} is allowed",
    )
