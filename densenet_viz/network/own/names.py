"""Names of weights in a file: sorted, recognised, and made fit to be shown."""

from __future__ import annotations


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key that sorts names with their numbers as numbers.

    >>> sorted(["a.10", "a.9", "a.x"], key=natural)
    ['a.9', 'a.10', 'a.x']
    """
    return tuple(
        (not is_number(part), int(part) if is_number(part) else 0, part) for part in name.split(".")
    )


def is_number(part: str) -> bool:
    """Whether a part of a name is the number of a module."""
    return part.isascii() and part.isdecimal() and len(part) < 7


def printable(name: str) -> str:
    """A name of a file as a page may show it: letters, digits, dots, at most 60 of them."""
    return "".join(letter for letter in name if letter.isalnum() or letter in "._")[:60]
