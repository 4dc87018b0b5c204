"""Foreign text on a page: the names of a visitor's files and classes, shown as they are."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    r"""Foreign text, escaped so that Markdown shows it unchanged.

    >>> print(plain("![a](b) :red[c]"))
    \!\[a\]\(b\) \:red\[c\]
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
