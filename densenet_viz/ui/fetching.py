"""Downloads the weights of a network for a page: one job for all visitors who want the same ones.

A page does not wait for it. It shows the bundled network, and how far the download is. Where a page
shows two networks, each has a desk of its own, with its own Cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from densenet_viz.network.models import MODELS
from densenet_viz.ui.work.jobs import Desk, Reporter, leave
from densenet_viz.ui.work.jobs import desk as session_desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import NOTHING, Declined
from densenet_viz.ui.work.progress import Notice, redraw, show_bar

DESK = "weights"
"""The desk of the page's network."""
_NOTHING_KEPT = Kept(0)
"""The result of the job is a file."""
_GLANCE = 0.25
"""Seconds that a download gets before the page shows its progress."""


def is_absent(name: str) -> bool:
    """Whether the weights of a model have to be downloaded before it can be loaded."""
    row = MODELS.get(name)
    if row is None or row.megabytes is None:
        return False
    from densenet_viz.network.weights import WeightsError, find

    try:
        return find(name) is None
    except WeightsError:
        return False  # loading the model says what is wrong


def is_here(name: str) -> bool:
    """Whether the weights of an ImageNet network are on this machine."""
    from densenet_viz.network.weights import WeightsError, find

    try:
        return find(name) is not None
    except WeightsError:
        return False


def arrives(name: str, at: str = DESK) -> bool:
    """Starts or joins the download of a model's weights; whether it is complete now.

    `at` names the desk that follows it.
    """
    desk = session_desk(at)
    if desk.state == "done":
        desk.again()  # the file was removed since
    job = desk.ask((DESK, name), partial(_fetch, name), _NOTHING_KEPT, NOTHING)
    job.finished.wait(_GLANCE)
    return desk.state == "done"


def again() -> None:
    """Lets a download that failed or was cancelled start again."""
    session_desk(DESK).again()


def stop(at: str = DESK) -> None:
    """Drops this session's download at a desk; another visitor's continues."""
    leave((at,))


def _fetch(name: str, report: Reporter, cancelled: Callable[[], bool]) -> None:
    """The job.

    Raises:
        Declined: the download failed; the message says why and what to do.
        Cancelled: `cancelled` returned True.
    """
    from densenet_viz.network.download import DownloadError
    from densenet_viz.network.weights import published

    row = MODELS[name]
    size = round((row.megabytes or 0) * 1e6)

    def tell(done: int, total: int | None) -> None:
        whole = total or max(size, done)
        report(done / whole)
        report.preview((done, whole))

    try:
        published(name).fetch(tell, cancelled)
    except DownloadError as error:
        raise Declined(
            f"{row.title} was not downloaded: {error}. Try again, or run `make weights` on a "
            "machine with internet and copy its file to this one."
        ) from None


def show_download(name: str, at: str = DESK) -> None:
    """The progress of the download, with Cancel; or one sentence why it ended, and a button."""
    desk = session_desk(at)
    notice = Notice(
        f"Downloading {MODELS[name].title}", cancel_key=f"cancel_{at}", again_key=f"again_{at}"
    )
    redraw(desk, lambda: _draw(desk, notice))


def _bytes_words(desk: Desk) -> str:
    """How much has arrived; "" before the server answers."""
    if desk.job is None or desk.job.preview is None:
        return ""
    done, whole = desk.job.preview
    return f"{done / 1e6:.1f} of {whole / 1e6:.1f} MB"


def _draw(desk: Desk, notice: Notice) -> None:
    if desk.state == "working":
        show_bar(desk, replace(notice, note=_bytes_words(desk)))
    elif desk.state == "failed":
        error = desk.job.error if desk.job else None
        st.info(str(error) if isinstance(error, Declined) else "The download failed.")
        st.button("Try again", on_click=desk.again, key=notice.again_key)
    elif desk.state == "cancelled":
        st.info("The download was cancelled. What has arrived is kept.")
        st.button("Continue the download", on_click=desk.again, key=notice.again_key)
