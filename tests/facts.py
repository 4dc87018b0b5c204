"""The facts in a sentence, so that a test can hold them and leave the wording free."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[+−-]?\d+(?:[.,]\d+)*")


def numbers_in(text: str) -> list[str]:
    """The numbers in `text` as they are written there, in their order.

    >>> numbers_in("Block 2 adds −1.5 to 1,024 maps (62%).")
    ['2', '−1.5', '1,024', '62']
    """
    return NUMBER.findall(text)


def names_in(text: str, *names: str) -> list[str]:
    """Those of `names` that stand in `text`, in the order of their first places there.

    >>> names_in("A ring and a star.", "star", "heart", "ring")
    ['ring', 'star']
    """
    return sorted((name for name in names if name in text), key=text.index)


def as_groups(texts: dict[object, str]) -> list[set[object]]:
    """The keys whose texts are equal, together: cases that shall be told alike or apart.

    >>> as_groups({1: "small", 2: "large", 3: "large"})
    [{1}, {2, 3}]
    """
    groups: dict[str, set[object]] = {}
    for key, text in texts.items():
        groups.setdefault(text, set()).add(key)
    return list(groups.values())
