"""The pictures that a visitor uploads, and how one that is no square becomes one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import streamlit as st

from densenet_viz.images.fitting import FITS, WHOLE, cut_share, make_square
from densenet_viz.images.pictures import MAX_BYTES, ImageError, open_picture
from densenet_viz.results.traces import Picture
from densenet_viz.ui.suited import suit_model
from densenet_viz.ui.work.jobs import leave

UPLOADED = "your picture"
SECOND = "your second picture"
"""A second uploaded picture, which is compared with the current one."""
_UPLOADS = {UPLOADED: "upload", SECOND: "second_upload"}
"""The start of the session's keys for each uploaded picture, by its name."""
_UNKNOWN_TO_BROWSERS = ("heic", "heif", "dcm", "dicom")
"""Endings of pictures that a browser may not take for images."""
_FIT, _FITTED = "_fit", "_fitted"


@dataclass(frozen=True, eq=False)
class CurrentPicture:
    """The picture that every page works on; `key` is the SHA-256 of its pixels."""

    name: str
    pixels: Picture
    key: str
    truth: str | None
    """The object's class if the picture is a drawn scene; None of a photograph or an upload."""
    notes: tuple[str, ...] = ()
    """What became of an uploaded picture when it was opened, a sentence each."""

    @property
    def caption(self) -> str:
        if self.truth is not None:
            return f"a drawn {self.truth}"
        height, width = self.pixels.shape[:2]
        return self.name if height == width else f"the middle square of {self.name}"


def take_picture(label: str, name: str, choice: str) -> None:
    """The control that uploads a picture; why a file was refused, or what became of it.

    Args:
        label: of the control.
        name: of the picture, `UPLOADED` or `SECOND`; the session has one of each.
        choice: the key of the choice of pictures, which is then set to the name.
    """
    st.file_uploader(
        label,
        type=["image", *_UNKNOWN_TO_BROWSERS],  # "image": phones offer the camera, too
        key=f"{_UPLOADS[name]}_widget",
        on_change=_take_upload,
        args=(name, choice),
        max_upload_size=MAX_BYTES >> 20,
        help=f"PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, HEIC or DICOM up to {MAX_BYTES >> 20} MB. It "
        "stays in this session's memory.",
    )
    if refused := st.session_state.get(f"_{_UPLOADS[name]}_refused"):
        st.error(refused)
    elif (picture := uploaded(name)) and picture.notes:
        st.info(" ".join(picture.notes))
    if name == UPLOADED and (upload := uploaded(name)) and (share := cut_share(upload.pixels)):
        _choose_fit(upload.pixels, share)


def _choose_fit(pixels: Picture, share: float) -> None:
    """How a picture that is no square becomes one, and what is cut off."""
    way = st.session_state.get(_FIT, "square")
    st.selectbox(
        "Fit",
        list(WHOLE),
        index=WHOLE.index(way),
        key="fit",
        on_change=_take_fit,
        format_func=FITS.__getitem__,
    )
    if way == "square":
        height, width = pixels.shape[:2]
        sides = "left and right" if width > height else "at the top and the bottom"
        st.caption(
            f"{share:.0%} of your picture is cut off, {sides}. Choose another fit to keep it."
        )


def _take_fit() -> None:
    st.session_state[_FIT] = st.session_state["fit"]  # also for pages without this control


def fitted(upload: CurrentPicture) -> CurrentPicture:
    """The upload as its visitor wants it fitted."""
    way = st.session_state.get(_FIT, "square")
    if way == "square" or not cut_share(upload.pixels):
        return upload
    kept: tuple[object, CurrentPicture] = st.session_state.get(_FITTED, (None, upload))
    if kept[0] == (upload.key, way):
        return kept[1]
    pixels = make_square(upload.pixels, way)
    made = replace(upload, pixels=pixels, key=key_of(pixels))
    st.session_state[_FITTED] = (upload.key, way), made
    return made


def uploaded(name: str) -> CurrentPicture | None:
    """The session's uploaded picture of that name, or None."""
    upload: CurrentPicture | None = st.session_state.get(f"_{_UPLOADS[name]}")
    return upload


def _take_upload(name: str, choice: str) -> None:
    """Checks an uploaded file; if it is refused, the current picture stays."""
    place = _UPLOADS[name]
    file = st.session_state.get(f"{place}_widget")
    st.session_state.pop(f"_{place}_refused", None)
    if file is None:
        return
    try:
        opened = open_picture(file.getvalue())
    except ImageError as error:
        st.session_state[f"_{place}_refused"] = str(error)
        return
    if name == UPLOADED:
        leave(("attribution",))  # the old picture's map: the new one must not wait for it
    key = key_of(opened.pixels)
    st.session_state[f"_{place}"] = CurrentPicture(name, opened.pixels, key, None, opened.notes)
    st.session_state[choice] = name
    if name == UPLOADED:
        suit_model()


def hold_picture(pixels: Picture) -> None:
    """Makes (H, W, 3) uint8 the session's picture, as if it were uploaded."""
    leave(("attribution",))
    kept = CurrentPicture(UPLOADED, pixels, key_of(pixels), None)
    st.session_state[f"_{_UPLOADS[UPLOADED]}"] = kept
    st.session_state["picture"] = UPLOADED


def key_of(pixels: Picture) -> str:
    """The SHA-256 of a picture: its size and its pixels."""
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(pixels.tobytes())
    return digest.hexdigest()
