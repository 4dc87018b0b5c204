"""Tasks for somebody who trains networks; the page checks them itself."""

from __future__ import annotations

import streamlit as st

from densenet_viz.learning.challenges import CHALLENGES, judge
from densenet_viz.ui.training.session import trainings

KEYS: tuple[str, ...] = ()
DESKS: tuple[str, ...] = ()


def show_part() -> None:
    """All tasks, and what the trainings of this session show so far."""
    runs = [entry.run for entry in trainings().entries()]
    outcomes = {name: judge(challenge, runs) for name, challenge in CHALLENGES.items()}
    done = sum(outcome.done for outcome in outcomes.values())
    st.markdown(
        f"**{done} of {len(outcomes)} done.** Only trainings on digits that made all their steps "
        "count. The page looks at all trainings of this session."
    )
    for name, challenge in CHALLENGES.items():
        outcome = outcomes[name]
        with st.container(border=True):
            mark = "✓ done" if outcome.done else "○ open"
            st.subheader(f"{challenge.title}: {mark}", anchor=False)
            st.markdown(challenge.task)
            st.caption(outcome.words)
