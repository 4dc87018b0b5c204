"""Who owns a computed value: all visitors, or the one who uploaded the picture or the model.

Values from bundled pictures and models are kept for all visitors. Values from an upload are kept
with the upload, which only its session holds. When the session ends, or another file replaces the
upload, everything that was computed from it is deleted too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import streamlit as st

from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import MODELS
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.keeping import Kept

Owner = LoadedModel | CurrentPicture


@dataclass(frozen=True)
class Kind:
    """A kind of value, and how many are kept: for all visitors, and for each upload."""

    name: str
    shared: int
    own: int


class _Room:
    """The values of the same owners, by kind; and a room inside for each further owner."""

    def __init__(self) -> None:
        self.kept: dict[Kind, Kept] = {}
        self.inner: WeakKeyDictionary[Owner, _Room] = WeakKeyDictionary()


_LOCK = threading.Lock()


@st.cache_resource(show_spinner=False)
def _shared() -> _Room:
    return _Room()


def kept_for(kind: Kind, *sources: Owner) -> Kept:
    """The cache for values of a kind that were computed from these models and pictures.

    The values must not refer to a source, or its memory would never be freed.
    """
    own = [source for source in sources if is_own(source)]
    room = _shared()
    with _LOCK:
        for source in own:
            room = room.inner.setdefault(source, _Room())
        return room.kept.setdefault(kind, Kept(kind.own if own else kind.shared))


def is_own(source: Owner) -> bool:
    """Whether its values are kept with it: a visitor's upload, which only its session holds.

    Sample photographs, too; all sessions hold the same ones (`current.sample`).
    """
    if isinstance(source, LoadedModel):
        return source.name not in MODELS
    return source.truth is None
