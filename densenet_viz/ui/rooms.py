"""The room that a page keeps for each stage until it is drawn, so that nothing below it moves.

`assets/rooms.json` has the heights. `python -m scripts.rooms` measures them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

ROOMS: Final = Path(__file__).resolve().parents[2] / "assets" / "rooms.json"
"""Window widths in px, and for each page the heights in px of its stages at these widths."""
WORDS: Final = 150
"""A room of at least this many px says that the picture is loading."""
Heights = Sequence[int]


@cache
def room_style(page: str) -> str:
    """The style sheet that keeps room for the stages of a page.

    A stage that is drawn has the attribute `data-drawn` (`stage/streamlit.js`). Between two
    measured widths the height changes evenly.

    Args:
        page: its name in the page table.
    """
    told = json.loads(ROOMS.read_text(encoding="utf-8"))
    rooms: Mapping[str, Heights] = told["heights"].get(page, {})
    return "\n".join(_rules(told["widths"], rooms)) if rooms else ""


def _rules(widths: Sequence[int], rooms: Mapping[str, Heights]) -> Iterator[str]:
    every = _waiting(rooms)
    yield f"{every} {{ position: relative; }}"
    yield (
        f"{every}::before {{ content: ''; position: absolute; inset: 0; border-radius: 0.6rem; "
        "pointer-events: none; background: color-mix(in srgb, currentColor 7%, transparent); "
        "color: color-mix(in srgb, currentColor 66%, transparent); "
        "animation: stage-room 0.2s 0.2s both; }"
    )
    if large := [key for key, heights in rooms.items() if min(heights) >= WORDS]:
        yield (
            f"{_waiting(large)}::before {{ content: 'The picture is loading …'; padding: 1rem; }}"
        )
        yield from _none_yet(large)
    yield f"{every} [data-testid=stSkeleton] {{ visibility: hidden; }}"
    for key, heights in rooms.items():
        yield f"{_waiting([key])} {{ min-height: {heights[0]}px; }}"
    for number, (low, high) in enumerate(pairwise(widths)):
        between = " ".join(
            f"{_waiting([key])} {{ min-height: {_line(low, high, *pair)}; }}"
            for key, heights in rooms.items()
            for pair in (heights[number : number + 2],)
        )
        yield f"@media (min-width: {low}px) {{ {between} }}"
    last = " ".join(
        f"{_waiting([key])} {{ min-height: {heights[-1]}px; }}" for key, heights in rooms.items()
    )
    yield f"@media (min-width: {widths[-1]}px) {{ {last} }}"


def _none_yet(keys: Sequence[str]) -> Iterator[str]:
    """Says so while the page's script runs and there is no place of a stage at all."""
    places = ", ".join(f".st-key-{key}" for key in keys)
    yield (
        "[data-testid=stApp][data-test-script-state=running] "
        f"[data-testid=stMainBlockContainer]:has(h1):not(:has({places}))::after "
        "{ content: 'Loading …'; position: fixed; bottom: 2rem; padding: 0.4rem 1rem; "
        "border-radius: 2rem; background: color-mix(in srgb, currentColor 8%, transparent); "
        "animation: stage-room 0.2s 0.2s both; }"
    )


def _waiting(keys: Sequence[str] | Mapping[str, Heights]) -> str:
    """The selector of the places of stages that are not drawn."""
    return f":is({', '.join(f'.st-key-{key}' for key in keys)}):not(:has([data-drawn]))"


def _line(low: int, high: int, first: int, second: int) -> str:
    """A height between two widths of the window.

    >>> _line(400, 800, 600, 500)
    'calc(600px + (100vw - 400px) * -0.25)'
    """
    return f"calc({first}px + (100vw - {low}px) * {(second - first) / (high - low):.4g})"
