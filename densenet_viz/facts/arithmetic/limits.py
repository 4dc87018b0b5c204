"""The limits of a configuration, and the error for values outside them."""

from __future__ import annotations


class SpecError(ValueError):
    """An impossible configuration; the message says what was given and what is allowed."""


def require(ok: bool, given: str, allowed: str) -> None:
    """Raises SpecError with both texts unless `ok`."""
    if not ok:
        raise SpecError(f"{given} was given; {allowed}.")


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether a value is a whole number in the limits; True and False do not count."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def require_whole(name: str, value: object, low: int, high: int) -> None:
    """Raises SpecError unless the value is a whole number in the limits."""
    require(
        is_whole(value, low, high),
        f"{name}={value!r}",
        f"a whole number from {low} to {high:,} is allowed",
    )
