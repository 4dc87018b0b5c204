"""Part of the bench: the same question to many pictures, a table, and an archive."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.attribution.logit_or_probability import possible_for
from densenet_viz.batch.files import ImageFile, list_images
from densenet_viz.batch.table import BatchRow
from densenet_viz.images.pictures import ENDINGS, MAX_BYTES
from densenet_viz.stage.shared.words import probability_words
from densenet_viz.ui.attribution.explaining import class_names
from densenet_viz.ui.attribution.methods import choose_method, choose_settings
from densenet_viz.ui.bench.batch_results import MOST_BYTES, MOST_PICTURES, Batch, Results
from densenet_viz.ui.bench.subject import Bench, say_only_logit
from densenet_viz.ui.plain_text import plain
from densenet_viz.ui.work.jobs import Desk
from densenet_viz.ui.work.jobs import desk as session_desk
from densenet_viz.ui.work.progress import Notice, redraw, show_bar

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from densenet_viz.batch.run import BatchWork

KEYS = ("batch_method", "batch_class", "batch_raw")
DESKS = (_DESK,) = ("bench-batch",)

EACH = "its most probable class"
FILE_MB = 100
"""The largest archive; for a picture the app's usual limit holds."""
UPLOAD_BYTES = 200 * 1024**2
"""The limit for all files together."""
SHOWN = 12
"""The most maps on the page, latest first; the others are in the archive."""
POLL = 1.0
"""Seconds between two checks of a batch: each one sends its maps again."""
_FILES, _RESULTS, BATCH = "_batch_files", "_batch_results", "_batch"
FAILED = "Computing the maps failed. Continue, or choose another method."


def show(bench: Bench) -> None:
    """Shows the whole part: pictures, the question, the results, and the archive."""
    st.header("The same question to many pictures", anchor=False)
    st.markdown(
        "Upload pictures, or a ZIP of them. Each gets its map, and a table says in numbers where "
        "the network looked. One map can mislead; a pattern over many maps is better evidence."
    )
    files = _choose_files()
    work, raw = _choose_work(bench)
    go = st.button(
        "Make the maps", type="primary", disabled=not files or work is None, key="batch_start"
    )
    if not files:
        st.caption("Upload at least one picture first.")
    if go and work:
        session_desk(_DESK).leave()
        st.session_state[BATCH] = Batch(work, files, _results(), raw)
    batch: Batch | None = st.session_state.get(BATCH)
    if batch is not None:
        _show_batch(batch, session_desk(_DESK))


# -- the question ---------------------------------------------------------------------------


def _choose_files() -> tuple[ImageFile, ...]:
    """The pictures; if there are too many, none, and a sentence says so."""
    brought = st.file_uploader(
        "Pictures, or a ZIP of pictures",
        type=[*ENDINGS, "zip"],
        accept_multiple_files=True,
        key="batch_upload",
        max_upload_size=FILE_MB,
        help=f"Up to {MOST_PICTURES} pictures of up to {MAX_BYTES >> 20} MB; "
        f"{UPLOAD_BYTES >> 20} MB in all. They and their maps stay in this session’s memory.",
    )
    if not brought:
        st.session_state.pop(_FILES, None)
        return ()
    if sum(file.size for file in brought) > UPLOAD_BYTES:
        st.error(f"These files have more than {UPLOAD_BYTES >> 20} MB. Upload fewer at once.")
        return ()
    files = _listed(brought)
    if len(files) > MOST_PICTURES:
        st.error(
            f"These are {len(files):,} pictures; up to {MOST_PICTURES} are allowed here. A shell "
            "has no limit: `python -m densenet_viz attribute FOLDER`."
        )
        return ()
    return files


def _listed(brought: Sequence[UploadedFile]) -> tuple[ImageFile, ...]:
    """The files; archives are opened once, not at each run of the page."""
    ids = tuple(file.file_id for file in brought)
    known = st.session_state.get(_FILES)
    if known is None or known[0] != ids:
        known = ids, list_images((file.name, file.getvalue()) for file in brought)
        st.session_state[_FILES] = known
    files: tuple[ImageFile, ...] = known[1]
    return files


def _choose_work(bench: Bench) -> tuple[BatchWork | None, bool]:
    """The question, or None if a setting is refused; and whether raw values are included."""
    from densenet_viz.batch.run import work_for

    names = class_names(bench.model.labels)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        method = choose_method("batch_method", width=260)
        asked = st.selectbox("Map for", [EACH, *names], key="batch_class", width=280)
        settings = choose_settings(bench.model, method, "batch-")
        raw = st.checkbox("Raw values too (NPZ)", key="batch_raw")
    target = names.index(asked) if asked in names else None
    try:
        checked = method.settings(bench.model.spec, settings)
        explains = possible_for(method, checked, bench.explains)
        if explains != bench.explains:
            say_only_logit(bench, f"maps by {method.title}")
        return work_for(bench.model, method.name, settings, target, explains), raw
    except AttributionError as error:
        st.error(str(error))
        return None, raw


def _results() -> Results:
    results: Results = st.session_state.setdefault(_RESULTS, Results())
    return results


# -- results --------------------------------------------------------------------------------


def _show_batch(batch: Batch, mine: Desk) -> None:
    if mine.job is not None and mine.job.key == batch.name and mine.state == "cancelled":
        batch.paused = True
    if batch.tally is None and not batch.paused:
        mine.ask(batch.name, batch.compute, need=batch.need)
    working = mine.state == "working"
    # Always a fragment, so that nothing below moves when the last map is finished.
    redraw(mine, partial(_draw, batch, mine, working), POLL)
    if not working:
        _show_end(batch, mine)


def _draw(batch: Batch, mine: Desk, working: bool) -> None:
    """Shows the results so far."""
    if working and mine.state != "working":
        st.info("Cancelled. Finished maps stay.")
    elif working:
        notice = Notice(f"Maps of {_pictures(batch.count)}", cancel_key="batch_cancel")
        show_bar(mine, notice)
    _show_latest(batch)
    if batch.rows:
        st.dataframe(
            batch.table(),
            hide_index=True,
            column_config={
                "Probability": st.column_config.NumberColumn(format="percent"),
                "Sum of the map": st.column_config.NumberColumn(format="%.3g"),
                "Seconds": st.column_config.NumberColumn(format="%.2f"),
            },
            alt="Each picture's answer and map, in numbers",
        )


def _show_latest(batch: Batch) -> None:
    there = [row for row in batch.rows if batch.results.files_of(row)]
    latest = there[-SHOWN:][::-1]
    if not latest:
        return
    st.image(
        [batch.results.files_of(row)[".png"] for row in latest],
        caption=[plain(_caption(row)) for row in latest],
        width=150,
        alt=[f"{METHODS[row.method].title} map for {row.target}: {row.file}" for row in latest],
    )
    hidden = len(there) > len(latest)
    others = f" These are the latest {len(latest)}; the archive has all." if hidden else ""
    st.caption(
        "Orange pixels raise the score of the map's class, blue ones lower it. Each map has its "
        f"own scale.{others}"
    )


def _caption(row: BatchRow) -> str:
    name = row.file.rpartition("/")[2]
    short = name if len(name) <= 24 else f"{name[:21]}..."
    return f"{short}: {row.named} {probability_words(row.probability or 0.0)}"


def _show_end(batch: Batch, mine: Desk) -> None:
    """Shows why the batch stopped, how to continue, and the downloads."""
    from densenet_viz.batch.run import tally_words

    if batch.tally is not None:
        st.success(f"Done. {tally_words(batch.tally)}")
    elif batch.paused:
        st.info(f"Stopped after {len(batch.rows)} of {_pictures(batch.count)}.")
    elif mine.state == "failed":
        error = mine.job.error if mine.job else None
        st.error(str(error) if isinstance(error, AttributionError) else FAILED)
    with st.container(horizontal=True, gap="small"):
        if batch.tally is None:
            st.button(
                "Continue", type="primary", on_click=_go_on, args=(batch, mine), key="batch_go_on"
            )
        if any(row.map for row in batch.rows):
            st.download_button(
                "Download as ZIP",
                batch.archive,
                "maps.zip",
                "application/zip",
                key="batch_zip",
                on_click="ignore",
            )
        if batch.rows:
            st.button(
                "Delete these maps",
                on_click=_forget,
                key="batch_forget",
                args=(batch, mine),
                help=f"A session keeps up to {MOST_PICTURES} maps or {MOST_BYTES >> 20} MB.",
            )


def _pictures(count: int) -> str:
    return f"{count:,} picture{'s' * (count != 1)}"


def _go_on(batch: Batch, mine: Desk) -> None:
    batch.paused = False
    mine.again()


def _forget(batch: Batch, mine: Desk) -> None:
    """Deletes the maps; an unfinished batch keeps the pictures that have no map yet."""
    batch.results.forget()
    mine.leave()
    left = batch.files[len(batch.rows) :]
    if batch.tally is None and left:
        st.session_state[BATCH] = Batch(batch.work, left, batch.results, batch.raw, paused=True)
    else:
        st.session_state.pop(BATCH, None)
