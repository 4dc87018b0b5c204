"""The training that runs now: buttons, progress, curves, gradients, and maps epoch by epoch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from densenet_viz.facts.families import Family
from densenet_viz.figures.learning import Curve, curves_figure, gradients_figure
from densenet_viz.learning.settings import Settings
from densenet_viz.results.learning import StepRecord, layer_title
from densenet_viz.stage.training.scene import training_scene
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.narrow import controls_place
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.training import choices, session
from densenet_viz.ui.training.session import own_desk, trainings
from densenet_viz.ui.work.progress import redraw, seconds_words, standing_words

if TYPE_CHECKING:
    from densenet_viz.learning.training import Run

KEYS = ("train_watched",)
DESKS: tuple[str, ...] = ()
"""None: a training goes on while another part, or another page, is shown."""
EVERY = 0.8
"""Seconds between two looks at the training."""
PART, TRAIN = "hands", "train"
"""The choice of the page's parts, and this part."""
MOST_POINTS = 300
"""Of a curve of losses; of more steps, means are drawn."""


def show_part() -> None:
    """The whole part: choices, and what runs."""
    with controls_place("train"):
        st.markdown(
            "Choose a small network and let it learn here, on this machine, from random first "
            "weights to its last step. Its accuracy is measured on pictures that it **never sees** "
            "in training."
        )
        settings, trouble = choices.show_choices()
        if trouble:
            st.error(trouble)
        choices.show_size(settings)
    redraw(own_desk(), partial(_draw, settings, trouble), EVERY)


def _draw(settings: Settings, trouble: str) -> None:
    now, state = trainings().now, session.state()
    _show_buttons(settings, trouble, state)
    if now is None:
        st.caption(
            "Start the training, or make one step. It goes on while you look at other pages."
        )
        return
    _show_progress(now, state)
    if now.run is not None and now.run.epochs:
        _show_run(now.run, now.number)


def _show_buttons(settings: Settings, trouble: str, state: session.State) -> None:
    busy = state in ("waiting", "working")
    open_run = busy or state == "paused"
    with st.container(horizontal=True, gap="small", key="train_buttons"):
        st.button(
            "Start a new training" if open_run else "Start",
            type="secondary" if open_run else "primary",
            disabled=bool(trouble),
            on_click=session.start,
            args=(settings,),
            key="train_start",
        )
        if busy:
            st.button("Pause", on_click=session.pause, type="primary", key="train_pause")
        elif state == "paused":
            st.button("Continue", on_click=session.go_on, type="primary", key="train_continue")
        st.button(
            "One step",
            disabled=busy or bool(trouble and not open_run),
            on_click=_one_step,
            args=(settings, open_run),
            key="train_step",
        )
        st.button("Stop", disabled=not open_run, on_click=session.stop, key="train_stop")


def offer_training(words: str) -> None:
    """Says that something needs a trained network, and offers to train one on digits now."""
    st.info(words)
    st.button(
        "Train one now",
        on_click=_train_first,
        type="primary",
        key="train_first",
        help="With the settings that are chosen first, on handwritten digits.",
    )


def _train_first() -> None:
    session.start(Settings())
    st.session_state[PART] = TRAIN


def _one_step(settings: Settings, open_run: bool) -> None:
    if open_run:
        session.go_on(one_step=True)
    else:
        session.begin_with_a_step(settings)


def _show_progress(now: session.Training, state: session.State) -> None:
    run, job = now.run, own_desk().job
    if state == "failed":
        st.error(now.problem)
        return
    if run is None or not run.steps:
        standing = job.standing() if job is not None else None
        words = "It has not begun" if standing is None else standing_words(standing)
        if state == "working":
            words = "the pictures are prepared"
        st.progress(0.0, text=f"Run {now.number}: {words}")
        return
    last, left = run.steps[-1], job.remaining() if job is not None else None
    parts = [
        f"Run {now.number} ({describe(now.settings)}): "
        f"step {last.step:,} of {now.settings.steps:,}",
        f"epoch {last.epoch} of {now.settings.epochs}",
        f"loss {last.loss:.3f}",
        f"{run.epochs[-1].accuracy:.1%} right on unseen pictures",
    ]
    standing = job.standing() if job is not None else None
    if state == "paused":
        parts.append("paused")
    elif state == "done":
        parts.append(f"done in {seconds_words(last.seconds)}")
    elif standing is not None:
        parts.append(standing_words(standing))
    elif left is not None:
        parts.append(f"about {seconds_words(left)} left")
    st.progress(run.part, text=", ".join(parts))


def describe(settings: Settings) -> str:
    """A training in a few words."""
    family: Family = settings.family
    title = choices.FAMILY_TITLES[family]
    return f"{title}, k = {settings.growth_rate}, depth {settings.depth}"


# -- what it does -------------------------------------------------------------------------------


def _show_run(run: Run, number: int) -> None:
    steps, epochs = list(run.steps), list(run.epochs)
    per_epoch = run.settings.steps_per_epoch
    curve = Curve(
        f"Run {number}",
        losses_of(steps, per_epoch),
        tuple((float(record.epoch), record.accuracy) for record in epochs),
    )
    show_chart(
        curves_figure([curve], epochs=run.settings.epochs),
        key="train_curves",
        file="training",
        alt=f"Loss and accuracy of {len(steps):,} steps: the loss is now "
        f"{steps[-1].loss:.3f}, {epochs[-1].accuracy:.1%} of unseen pictures are right"
        if steps
        else "No step yet",
    )
    if steps:
        _show_gradients(run, steps)
    samples = run.samples
    scene = training_scene(
        f"Run {number}",
        run.shown,
        epochs,
        labels=samples.labels,
        pictures=samples.unseen,
        truths=samples.unseen_labels,
        watched=run.watched,
    )
    show_stage("training", scene, key="training")


def losses_of(steps: list[StepRecord], per_epoch: int) -> tuple[tuple[float, float], ...]:
    """(epoch, loss) of the steps; of many steps, means of equal parts."""
    size = -(-len(steps) // MOST_POINTS) if steps else 1
    parts = [steps[start : start + size] for start in range(0, len(steps), size)]
    return tuple(
        (part[-1].step / per_epoch, sum(record.loss for record in part) / len(part))
        for part in parts
    )


def _show_gradients(run: Run, steps: list[StepRecord]) -> None:
    st.subheader("The gradient at each layer", anchor=False)
    first, last = steps[0], steps[-1]
    sets = [(f"step {first.step:,}", first.gradients)]
    if last.step > first.step:
        sets.append((f"step {last.step:,}", last.gradients))
    layers = [layer_title(name) for name in run.layers]
    weakest = min(range(len(layers)), key=last.gradients.__getitem__)
    show_chart(
        gradients_figure(layers, sets),
        key="train_gradients",
        file="gradients",
        alt=f"The gradient’s norm at {len(layers)} layers at step {last.step:,}: "
        f"{last.gradients[0]:.2g} at the stem, {last.gradients[-1]:.2g} at the classifier",
    )
    st.caption(
        "The chart shows how large the loss’s gradient of each layer’s weights is. At step "
        f"{last.step:,} it is {last.gradients[0]:.2g} at the stem, and smallest at "
        f"{layers[weakest]}: {last.gradients[weakest]:.2g}."
    )
    with st.expander("The numbers as tables"):
        left, right = st.columns(2)
        left.table(
            {
                "Epoch": [str(record.epoch) for record in run.epochs],
                "Loss": [
                    "" if record.loss is None else f"{record.loss:.4f}" for record in run.epochs
                ],
                "Right, unseen": [f"{record.accuracy:.1%}" for record in run.epochs],
            },
            hide_index=True,
            alt="Loss and accuracy of each epoch",
        )
        right.table(
            {
                "Layer": layers,
                f"Gradient, step {last.step:,}": [f"{norm:.3g}" for norm in last.gradients],
            },
            hide_index=True,
            alt="The gradient’s norm at each layer",
        )
