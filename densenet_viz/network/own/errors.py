"""What is wrong with a visitor's model, in one sentence, and what to do."""

from __future__ import annotations


class OwnModelError(ValueError):
    """A model or labels cannot be used; the message is one sentence or two that say why.

    `lines` is Python that makes a file which opens, or "" if there is none.
    """

    def __init__(self, message: str, lines: str = "") -> None:
        super().__init__(message)
        self.lines = lines
