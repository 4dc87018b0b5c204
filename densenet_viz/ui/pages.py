"""The page table: the pages of the navigation, the tests and the screenshots.

One row is one page. A page file is in `pages/`; its stem is its name and its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class PageRow:
    """One page of the app.

    `path` is relative to the app's root; `icon` is a Material symbol that Streamlit ships.
    The first row is the page at the root address, so its `url_path` is empty.
    """

    path: str
    title: str
    url_path: str
    section: str
    icon: str

    @property
    def name(self) -> str:
        """The page file's stem, as used in file names.

        >>> PAGES[1].name
        'growth_rate'
        """
        return PurePosixPath(self.path).stem


PAGES: tuple[PageRow, ...] = (
    PageRow("pages/overview.py", "Overview", "", "Learn", ":material/explore:"),
    PageRow("pages/growth_rate.py", "Growth rate", "growth_rate", "Learn", ":material/stacks:"),
    PageRow("pages/dense_block.py", "Dense block", "dense_block", "Learn", ":material/hub:"),
    PageRow("pages/transition.py", "Transition", "transition", "Learn", ":material/compress:"),
    PageRow("pages/inside.py", "Inside", "inside", "Learn", ":material/zoom_in:"),
    PageRow(
        "pages/why_it_works.py",
        "Why it works",
        "why_it_works",
        "Learn",
        ":material/conversion_path:",
    ),
    PageRow(
        "pages/architectures.py",
        "Architectures",
        "architectures",
        "Compare",
        ":material/view_column:",
    ),
    PageRow(
        "pages/nine_systems.py",
        "Nine systems",
        "nine_systems",
        "Compare",
        ":material/scatter_plot:",
    ),
    PageRow(
        "pages/efficiency.py", "Few parameters", "efficiency", "Compare", ":material/trending_down:"
    ),
    PageRow("pages/memory.py", "Much memory", "memory", "Compare", ":material/memory:"),
    PageRow(
        "pages/attributions.py", "Attributions", "attributions", "Explain", ":material/visibility:"
    ),
    PageRow("pages/bench.py", "Bench", "bench", "Explain", ":material/grid_view:"),
    PageRow(
        "pages/ground_truth.py",
        "Ground truth",
        "ground_truth",
        "Explain",
        ":material/frame_inspect:",
    ),
    PageRow("pages/hands_on.py", "Hands on", "hands_on", "Teach", ":material/model_training:"),
    PageRow("pages/lecture.py", "Lecture", "lecture", "Teach", ":material/co_present:"),
)


def sections() -> dict[str, list[PageRow]]:
    """The rows under their headings, both in the table's order.

    >>> [(heading, len(rows)) for heading, rows in sections().items()]
    [('Learn', 6), ('Compare', 4), ('Explain', 3), ('Teach', 2)]
    """
    grouped: dict[str, list[PageRow]] = {}
    for row in PAGES:
        grouped.setdefault(row.section, []).append(row)
    return grouped
