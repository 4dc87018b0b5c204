"""The nine systems' times on this machine: the controls and the results."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any

import streamlit as st

from densenet_viz.facts.memory import needed_for_passes
from densenet_viz.facts.systems import REFERENCE, SYSTEMS
from densenet_viz.results.timings.passes import Benchmark, cited_ratio, rows_of
from densenet_viz.ui.work.jobs import Report
from densenet_viz.ui.work.turns import Measurement, ensure_memory

BATCHES = (1, 8, 32)
DEFAULT_BATCHES = (1, 8)
DEVICES = {"cpu": "CPU", "cuda": "GPU (CUDA)"}
HOW = (
    "All networks are in memory at once (1.2 GB). Their weights are random, which takes as long as "
    "trained ones. After two warm-up passes, each round runs all nine in a new random order."
)
CITED = (
    "The cited ratios are Keras's own: steps of 32 pictures, on an AMD EPYC processor with 92 "
    "cores and on a Tesla A100. Its ResNets halve a stage's picture one convolution earlier than "
    "torchvision's, so ours compute a little more."
)
ADVICE = "choose smaller batches, or measure on a machine with more memory"
RESTLESS = 0.25
"""A larger interquartile range than this part of the median gives a warning."""
MEASUREMENT: Measurement[Benchmark] = Measurement("benchmark")


def latest_benchmarks() -> tuple[Benchmark, ...]:
    """The process's last benchmark on each device that was measured."""
    return tuple(MEASUREMENT.latest.values())


def measuring_panel() -> None:
    """Controls, button, progress, results and downloads."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        batches = st.segmented_control(
            "Batch size",
            BATCHES,
            selection_mode="multi",
            default=DEFAULT_BATCHES,
            key="measure_batches",
        )
        rounds = st.slider("Rounds", 3, 15, 5, key="measure_rounds", width=160)
        device = choose_device("measure_device")
        sizes = tuple(sorted(batches))
        trouble = _trouble(sizes, device)
        pressed = MEASUREMENT.button("Measure on this machine", trouble, key="measure_start")
    if trouble is not None:
        st.warning(trouble)
    if pressed:
        MEASUREMENT.ask(device, (sizes, rounds), partial(_measure, device, sizes, rounds))
        st.rerun()
    MEASUREMENT.show_state("Measuring nine systems")
    st.caption(HOW)
    for measured_on, benchmark in MEASUREMENT.latest.items():
        _show(benchmark, measured_on)


def _trouble(batches: Sequence[int], device: str) -> str | None:
    if not batches:
        return "Choose at least one batch size."
    return MEASUREMENT.shortage(needed_for_passes(tuple(SYSTEMS), batches), device, ADVICE)


def choose_device(key: str) -> str:
    """Where to measure: only devices that exist, and no control if there is only one."""
    names = known_devices()
    if len(names) == 1:
        return names[0]
    chosen: str = st.segmented_control(
        "Device", names, default=names[0], required=True, format_func=DEVICES.__getitem__, key=key
    )
    return chosen


def known_devices() -> tuple[str, ...]:
    """The devices, once torch is loaded; before, only the CPU, as loading would delay the page."""
    torch = sys.modules.get("torch")
    if torch is None or getattr(torch.__spec__, "_initializing", False):
        return ("cpu",)
    from densenet_viz.machine import devices

    return devices()


def _measure(
    device: str,
    batches: Sequence[int],
    rounds: int,
    report: Report,
    cancelled: Callable[[], bool],
) -> Benchmark:
    ensure_memory(needed_for_passes(tuple(SYSTEMS), batches), device, ADVICE)
    from densenet_viz.measure.latency import benchmark

    return benchmark(
        device=device, batches=batches, rounds=rounds, on_progress=report, cancelled=cancelled
    )


# -- results ---------------------------------------------------------------------------------


def _show(benchmark: Benchmark, device: str) -> None:
    st.markdown(f"**{measured_words(benchmark.machine)}**")
    if words := restless_words([one.spread / one.median for one in benchmark.timings]):
        st.warning(words)
    st.table(table_of(benchmark), hide_index=True, alt="Times as multiples of ResNet50's")
    st.caption(
        "Multiples of ResNet50's time in the same round: the median, and in brackets the "
        "interquartile range. ResNet50's own time is the median ± the interquartile range. "
        f"The files contain every time. {CITED} {passes_words(benchmark.machine)}"
    )
    show_downloads(rows_of(benchmark), benchmark.machine, f"benchmark-{device}")


def table_of(benchmark: Benchmark) -> list[dict[str, str]]:
    """A row for each system: its times here for each batch size, and the cited ratio."""
    cases = list(dict.fromkeys((one.batch, one.device) for one in benchmark.timings))
    names = dict.fromkeys(one.model for one in benchmark.timings)
    return [
        {
            "System": SYSTEMS[name].title,
            **{
                f"Here, {batch} picture{'s' * (batch > 1)}": _cell(benchmark, name, batch, device)
                for batch, device in cases
            },
            "Keras, cited": f"{cited_ratio(name, cases[0][1]):.2f} ×",
        }
        for name in names
    ]


def _cell(benchmark: Benchmark, name: str, batch: int, device: str) -> str:
    if name == REFERENCE:
        timing = benchmark.timing(name, batch, device)
        return f"1 × = {1000 * timing.median:,.0f} ms ± {1000 * timing.spread:,.0f}"
    low, high = benchmark.ratio_range(name, batch, device)
    return f"{benchmark.ratio(name, batch, device):.2f} × ({low:.2f} to {high:.2f})"


def measured_words(machine: Mapping[str, str]) -> str:
    """Where and when something was measured.

    >>> measured_words({"date": "2026-01-02 03:04 UTC", "processor": "Acme 9", "cores": "2",
    ...     "threads": "2", "torch": "2.13.0", "device": "cpu"})
    'Measured on this machine at 2026-01-02 03:04 UTC: Acme 9, 2 cores, 2 threads, torch 2.13.0.'
    """
    gpu = f"{machine['gpu']}; " if "gpu" in machine else ""
    return (
        f"Measured on this machine at {machine['date']}: {gpu}{machine['processor']}, "
        f"{machine['cores']} cores, {machine['threads']} threads, torch {machine['torch']}."
    )


def restless_words(spreads: Sequence[float]) -> str | None:
    """A warning if times differ much from round to round; spreads are parts of the median.

    >>> restless_words([0.02, 0.05, 0.08])
    >>> restless_words([0.1, 0.5, 0.9])
    'The machine was busy: for half of the times, the interquartile range is over 50% of the
    median. Measure again when the machine is idle.'
    """
    typical = median(spreads)
    if typical <= RESTLESS:
        return None
    return (
        "The machine was busy: for half of the times, the interquartile range is over "
        f"{typical:.0%} of the median. Measure again when the machine is idle."
    )


def passes_words(machine: Mapping[str, str]) -> str:
    """How many rounds ran, and what a pass is."""
    return f"{machine['rounds']} rounds; {machine['passes']}."


def show_downloads(rows: list[dict[str, Any]], machine: Mapping[str, str], name: str) -> None:
    """The rows as CSV, and with the machine as JSON; each file is made on click."""
    with st.container(horizontal=True):
        st.download_button(
            "Download as CSV",
            lambda: as_csv(rows, machine),
            f"{name}.csv",
            "text/csv",
            key=f"{name}_csv",
            on_click="ignore",
        )
        st.download_button(
            "Download as JSON",
            lambda: json.dumps({"machine": dict(machine), "rows": rows}, indent=2),
            f"{name}.json",
            "application/json",
            key=f"{name}_json",
            on_click="ignore",
        )


def as_csv(rows: list[dict[str, Any]], machine: Mapping[str, str]) -> str:
    """One table: each row with the machine that it was measured on.

    >>> as_csv([{"model": "a", "ms": 1.5}], {"processor": "Acme, 9"}).splitlines()
    ['model,ms,processor', 'a,1.5,"Acme, 9"']
    """
    lines = [{**machine, **row} for row in rows]
    titles = [*rows[0], *(name for name in machine if name not in rows[0])]
    text = io.StringIO()
    writer = csv.DictWriter(text, titles)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
