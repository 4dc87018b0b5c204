"""Measures in one run how long a visitor waits, and prints the result as Markdown.

    python -m benchmarks.app [--rounds N] [--part NAME ...] [--json | --write FILE]

Starts the app itself, controls it in headless Chromium, and measures all times inside the page.
Ratios are the main results; a time is only valid for the machine that is named with it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.browsing import frame_times
from benchmarks.controls import control_to_picture
from benchmarks.explaining import attribution_costs
from benchmarks.inside import inside
from benchmarks.lecturing import slides
from benchmarks.machine import describe, load_average
from benchmarks.queueing import bench_maps, visitors_at_once
from benchmarks.tables import Table, markdown
from benchmarks.uploading import cancelled, first_map
from benchmarks.visiting import first_visit, lecture_start, page_switch
from scripts.browser import chromium, serve, settle

OnServer = Callable[[Browser, str, int], Table]
ON_NEW_SERVERS: dict[str, tuple[Callable[[Browser, int], Table], int]] = {
    "visit": (first_visit, 3),
    "start": (lecture_start, 1),
}
"""What is measured, and how often: all of it must end within twelve minutes on two quiet cores."""
ON_A_WARM_SERVER: dict[str, tuple[OnServer, int]] = {
    "control": (control_to_picture, 2),
    "switch": (page_switch, 2),
    "frames": (frame_times, 1),
    "upload": (first_map, 2),
    "cancel": (cancelled, 2),
    "lecture": (slides, 1),
    "bench": (bench_maps, 2),
    "inside": (inside, 1),
    "visitors": (visitors_at_once, 1),
}
ATTRIBUTION_ROUNDS = 2
MARK = "<!-- Below: written by the benchmark, not by hand. -->"
PARTS = (*ON_NEW_SERVERS, *ON_A_WARM_SERVER, "attribution")


def measure(parts: Sequence[str], rounds: int | None, about: dict[str, str]) -> Iterator[Table]:
    """Yields each part's table when it is measured; fills `about` with facts about the machine."""
    began = time.monotonic()
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        about.update(describe(browser.version))
        for part in ON_NEW_SERVERS:
            if part in parts:
                run_new, usual = ON_NEW_SERVERS[part]
                yield run_new(browser, rounds or usual)
        warm = [part for part in ON_A_WARM_SERVER if part in parts]
        if warm:
            url = stack.enter_context(serve())
            page = stack.enter_context(browser.new_context()).new_page()
            page.goto(f"{url}/attributions")  # loads all that any page needs
            settle(page)
            page.context.close()
            for part in warm:
                run_warm, usual = ON_A_WARM_SERVER[part]
                yield run_warm(browser, url, rounds or usual)
    if "attribution" in parts:
        yield attribution_costs(rounds or ATTRIBUTION_ROUNDS)
    about["load average at the end"] = load_average()
    about["time of the whole run"] = f"{(time.monotonic() - began) / 60:.1f} min"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, metavar="N", help="of each (default: as many as twelve minutes allow)"
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="may be given again")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="machine and rows as JSON")
    form.add_argument(
        "--write", type=Path, metavar="FILE", help="replace all below the mark in this report"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.rounds is not None and args.rounds < 1:
        parser.error(f"--rounds {args.rounds} was given; 1 or more is allowed.")
    about: dict[str, str] = {}
    tables = []
    for table in measure(args.part or PARTS, args.rounds, about):
        print(markdown(table), end="\n\n", file=sys.stderr, flush=True)
        tables.append(table)
    if args.json:
        rows = [record for table in tables for record in table.as_records()]
        print(json.dumps({"machine": about, "rows": rows}, indent=1, ensure_ascii=False))
        return 0
    report = in_words(about, tables)
    if args.write:
        args.write.write_text(replaced(args.write.read_text("utf-8"), report), "utf-8")
    else:
        print(report)
    return 0


def in_words(about: Mapping[str, str], tables: Sequence[Table]) -> str:
    """The machine as a list, then every table."""
    machine = "\n".join(f"- {name}: {words}" for name, words in about.items())
    return "\n\n".join([machine, *map(markdown, tables)])


def replaced(text: str, report: str) -> str:
    """The text of a report with new figures below its mark.

    Raises:
        ValueError: there is no mark.
    """
    words, mark, _ = text.partition(MARK)
    if not mark:
        raise ValueError(f"the file has no line {MARK}, below which the figures belong")
    return f"{words}{mark}\n\n{report}\n"


if __name__ == "__main__":
    sys.exit(main())
