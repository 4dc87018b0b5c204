"""The room that pages keep for stages until they are drawn."""

from __future__ import annotations

import json
import re

import pytest

from densenet_viz.ui.pages import PAGES, PageRow
from densenet_viz.ui.rooms import ROOMS, room_style

TOLD = json.loads(ROOMS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_every_page_keeps_room_at_every_width(row: PageRow) -> None:
    rooms, widths = TOLD["heights"][row.name], TOLD["widths"]
    assert widths == sorted(widths)
    style = room_style(row.name)
    for key, heights in rooms.items():
        assert len(heights) == len(widths)
        kept = re.findall(rf"\.st-key-{key}\):not\S+ {{ min-height: (.*?); }}", style)
        assert (kept[0], kept[-1]) == (f"{heights[0]}px", f"{heights[-1]}px")
        starts = [int(re.match(r"calc\((\d+)px", line)[1]) for line in kept[1:-1]]
        assert starts == heights[:-1]


def test_a_page_without_stages_has_no_style() -> None:
    assert room_style("no such page") == ""
