"""A training step's memory and time on this machine: the controls and the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from densenet_viz.facts.cited.checkpointing import PUBLISHED_STEP
from densenet_viz.facts.memory import needed_for_steps
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.figures.step_memory import Bar, steps_figure
from densenet_viz.results.timings.training import TrainingRun, TrainingStep, step_rows
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.measuring import (
    choose_device,
    measured_words,
    restless_words,
    show_downloads,
)
from densenet_viz.ui.work.jobs import Report
from densenet_viz.ui.work.turns import Measurement, ensure_memory

DEFAULT = ("resnet50", "densenet121", "densenet201")
BATCHES = (1, 2, 4, 8, 16)
ROUNDS = 5
ADVICE = "choose a smaller batch or fewer systems"
MEASUREMENT: Measurement[TrainingRun] = Measurement("training")


def training_panel() -> None:
    """Shows controls, button, progress, and the last run on each device with its downloads."""
    names = st.multiselect(
        "Systems",
        list(SYSTEMS),
        default=DEFAULT,
        format_func=lambda name: SYSTEMS[name].title,
        key="step_systems",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        batch = st.select_slider("Batch size", BATCHES, value=4, key="step_batch", width=240)
        device = choose_device("step_device")
        trouble = _trouble(names, batch, device)
        pressed = MEASUREMENT.button("Measure a training step", trouble, key="step_start")
    if trouble is not None:
        st.warning(trouble)
    if pressed:
        MEASUREMENT.ask(device, (*names, batch), partial(_measure, device, tuple(names), batch))
        st.rerun()
    MEASUREMENT.show_state("Measuring training steps")
    for measured_on, run in MEASUREMENT.latest.items():
        _show(run, measured_on)


def _trouble(names: Sequence[str], batch: int, device: str) -> str | None:
    if not names:
        return "Choose at least one system to measure."
    return MEASUREMENT.shortage(needed_for_steps(names, batch), device, ADVICE)


def _measure(
    device: str,
    names: Sequence[str],
    batch: int,
    report: Report,
    cancelled: Callable[[], bool],
) -> TrainingRun:
    ensure_memory(needed_for_steps(names, batch), device, ADVICE)
    from densenet_viz.measure.training_step import measure_steps

    return measure_steps(
        names,
        batch=batch,
        rounds=ROUNDS,
        device=device,
        on_progress=report,
        cancelled=cancelled,
    )


# -- results ---------------------------------------------------------------------------------


def _show(run: TrainingRun, device: str) -> None:
    st.markdown(f"**{measured_words(run.machine)}**")
    if words := restless_words([step.spread / step.median for step in run.steps]):
        st.warning(words)
    for sentence in lessons(run):
        st.markdown(sentence)
    memory, time = st.columns(2)
    batch = run.steps[0].batch
    pictures = "1 picture" if batch == 1 else f"{batch} pictures"
    for column, title, figure, words in (
        (memory, "Peak memory", steps_figure(memory_bars(run), "MB", 0), memory_words(run)),
        (time, "Time", steps_figure(time_bars(run), "s", 2), time_words(run)),
    ):
        with column:
            st.subheader(f"{title} of a step of {pictures}", anchor=False)
            show_chart(
                figure,
                key=f"step_{device}_{title}",
                alt=words,
                file=f"step-{title.split()[-1].lower()}",
            )
    st.caption(
        "Peak: all tensors that exist at the same time, counted one by one (on a GPU, the most "
        "that torch's allocator gave out): maps kept for the backward pass, gradients of maps and "
        "weights. Not included: the weights themselves, the pictures, an optimiser's state, and "
        "temporary memory inside an operation. Time: the median of "
        f"{run.machine['rounds']} interleaved rounds without memory tracking; the ratio is the "
        f"median of the rounds' ratios. A step is {run.machine['step']}."
    )
    with st.expander("The numbers as a table"):
        st.table(table_of(run), hide_index=True, alt="Peak memory and time of a training step")
    show_downloads(step_rows(run), run.machine, f"training-step-{device}")


def lessons(run: TrainingRun) -> list[str]:
    """What checkpointing saves and costs here, and what its authors published."""
    sentences = []
    for name in dict.fromkeys(step.model for step in run.steps):
        memory, time = run.memory_ratio(name), run.time_ratio(name)
        if memory is not None and time is not None:
            sentences.append(
                f"- {SYSTEMS[name].title}: checkpointing needs **{memory:.2f}×** the memory and "
                f"**{time:.2f}×** the time."
            )
    if sentences:
        cited = PUBLISHED_STEP
        sentences.append(
            f"- Cited: {cited.memory_ratio:.2f}× the memory, {cited.time_ratio:.2f}× the time "
            f"({cited.network}, batch {cited.batch}, {cited.machine})."
        )
    return sentences


def memory_bars(run: TrainingRun) -> list[Bar]:
    """Megabytes at the peak."""
    return _bars(run, lambda step: step.peak_bytes / 1e6)


def time_bars(run: TrainingRun) -> list[Bar]:
    """Seconds of a step, the median."""
    return _bars(run, lambda step: step.median)


def _bars(run: TrainingRun, value: Callable[[TrainingStep], float]) -> list[Bar]:
    found = {(step.model, step.memory_efficient): value(step) for step in run.steps}
    return [
        Bar(SYSTEMS[name].title, plain, found.get((name, True)))
        for (name, efficient), plain in found.items()
        if not efficient
    ]


def memory_words(run: TrainingRun) -> str:
    """The memory chart in words, for screen readers."""
    return "Bars of peak memory: " + _words(memory_bars(run), "MB", 0)


def time_words(run: TrainingRun) -> str:
    """The time chart in words, for screen readers."""
    return "Bars of a step's time: " + _words(time_bars(run), "s", 2)


def _words(bars: Sequence[Bar], unit: str, digits: int) -> str:
    return "; ".join(
        f"{bar.title} {bar.plain:.{digits}f} {unit}"
        + (
            ""
            if bar.efficient is None
            else f", with checkpointing {bar.efficient:.{digits}f} {unit}"
        )
        for bar in bars
    )


def table_of(run: TrainingRun) -> list[dict[str, str]]:
    """A row for each step."""
    return [
        {
            "System": SYSTEMS[step.model].title,
            "Checkpointing": "yes" if step.memory_efficient else "no",
            "Peak": f"{step.peak_bytes / 1e6:,.1f} MB",
            "Weights (extra)": f"{run.weight_bytes[step.model] / 1e6:,.1f} MB",
            "Time": f"{step.median:.2f} ± {step.spread:.2f} s",
        }
        for step in run.steps
    ]
