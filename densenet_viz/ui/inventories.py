"""Live inventories that pages share: each network is built and counted once in a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from densenet_viz.errors import Cancelled
from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import show_unfinished

FAILED = "Counting the networks failed. Try again."
_DESK = "inventories"
_SHORT = "_inventories_short"
_SEED = 0
COUNTED: dict[str, tuple[Inventory, int]] = {}
"""By name: what was counted, and the bytes of the file with the weights. It is small and never
changes, so it is never deleted."""


def show_or_get(names: Sequence[str]) -> Mapping[str, Inventory]:
    """The inventories that are counted so far; the others are counted in the background.

    Args:
        names: keys of `SYSTEMS` or of `VARIANTS`.

    Returns:
        Those that exist, in the order of `names`. Empty on the first call of a process.
    """
    if _missing(names):
        need = Need(cores=1, kind=_DESK, work=len(names))
        desk(_DESK).ask(("inventories", *names), partial(_count_all, tuple(names)), need=need)
    counted = {name: COUNTED[name][0] for name in names if name in COUNTED}
    st.session_state[_SHORT] = len(counted) < len(set(names))
    return counted


def file_sizes(names: Sequence[str]) -> Mapping[str, int]:
    """Bytes of the file that torch writes, for each network that is counted so far."""
    return {name: COUNTED[name][1] for name in names if name in COUNTED}


def show_progress_line(names: Sequence[str]) -> None:
    """The progress of the counting; the page runs again when it has ended.

    Call it after `show_or_get`, with the same names.
    """
    if not _missing(names):
        if st.session_state.get(_SHORT):  # the last one was counted since the page asked
            st.rerun()
        return
    notice = Notice(
        f"Building and counting {len(names)} networks",
        cancelled="Counting was cancelled.",
        failed=FAILED,
        resume="Count the networks",
        cancel_key="cancel_inventories",
        again_key="count_again",
        waiting=lambda: "loading torch",
    )
    show_unfinished(desk(_DESK), notice)


def _missing(names: Sequence[str]) -> bool:
    return any(name not in COUNTED for name in names)


def _count_all(names: Sequence[str], report: Report, cancelled: Callable[[], bool]) -> bool:
    """Counts the networks that are not counted yet, one after the other.

    Raises:
        Cancelled: it was cancelled; what was counted until then stays.
    """
    import densenet_viz.measure.inventory  # noqa: F401  # loads torch before the estimate begins

    for done, name in enumerate(names):
        if cancelled():
            raise Cancelled
        report(done / len(names))
        if name not in COUNTED:
            COUNTED[name] = count_system(name)
    report(1.0)
    return True


def count_system(name: str) -> tuple[Inventory, int]:
    from densenet_viz.measure.inventory import file_bytes, take_inventory
    from densenet_viz.network.systems import build_system

    network = build_system(name, seed=_SEED)
    return take_inventory(network), file_bytes(network)
