"""Measures in one run how long a visitor waits, and prints the result as Markdown.

    python -m benchmarks.app [--rounds N] [--part NAME ...] [--json | --write FILE]

Starts the app itself, controls it in headless Chromium, and measures all times inside the page.
Ratios are the main results; a time is only valid for the machine that is named with it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.browsing import first_paint, frame_times, page_switch
from benchmarks.controls import control_to_picture
from benchmarks.explaining import attribution_costs
from benchmarks.inside import inside
from benchmarks.lecturing import slides
from benchmarks.machine import describe, load_average
from benchmarks.queueing import bench_maps, visitors_at_once
from benchmarks.tables import Table, markdown
from benchmarks.uploading import cancelled, first_map
from benchmarks.visiting import first_visit, lecture_start, shifts
from scripts.browser import chromium, serve, settle

ON_A_WARM_SERVER: dict[str, Callable[..., Table]] = {
    "control": control_to_picture,
    "switch": page_switch,
    "shifts": shifts,
    "frames": frame_times,
    "upload": first_map,
    "cancel": cancelled,
    "lecture": slides,
    "bench": bench_maps,
    "inside": inside,
    "visitors": visitors_at_once,
}
ON_NEW_SERVERS: dict[str, Callable[[Browser, int], Table]] = {
    "paint": first_paint,
    "visit": first_visit,
    "start": lecture_start,
}
MARK = "<!-- Below: written by the benchmark, not by hand. -->"
PARTS = (*ON_NEW_SERVERS, *ON_A_WARM_SERVER, "attribution")


def measure(parts: Sequence[str], rounds: int, about: dict[str, str]) -> Iterator[Table]:
    """Yields each part's table when it is measured; fills `about` with facts about the machine."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        about.update(describe(browser.version))
        for part in ON_NEW_SERVERS:
            if part in parts:
                yield ON_NEW_SERVERS[part](browser, rounds)
        warm = [part for part in ON_A_WARM_SERVER if part in parts]
        if warm:
            url = stack.enter_context(serve())
            page = stack.enter_context(browser.new_context()).new_page()
            page.goto(f"{url}/attributions")  # loads all that any page needs
            settle(page)
            page.context.close()
            for part in warm:
                yield ON_A_WARM_SERVER[part](browser, url, rounds)
    if "attribution" in parts:
        yield attribution_costs(rounds)
    about["load average at the end"] = load_average()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of each (default 5)")
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
    if args.rounds < 1:
        parser.error(f"--rounds {args.rounds} was given; 1 or more is allowed.")
    about: dict[str, str] = {}
    tables = []
    for table in measure(args.part or PARTS, args.rounds, about):
        print(f"measured: {table.title}", file=sys.stderr)
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
