"""The scene of `drop.js`: the file input that takes what is dropped or pasted."""

from __future__ import annotations

from typing import TypedDict


class DropScene(TypedDict):
    """What `drop.js` shows."""

    input: str
    """A CSS selector of the file input."""
    veil: str


def drop_scene(selector: str) -> DropScene:
    """The scene for the file input that the CSS selector finds in the page."""
    return {
        "input": selector,
        "veil": "Drop the picture here",
    }
