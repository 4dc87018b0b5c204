"""Who owns what was computed: all visitors, or the one who brought the picture or the model.

What comes from bundled pictures and models is kept for everybody. What comes from an upload is kept
with the upload, which only its session holds: when the session ends, or another file takes its
place, all that was computed from it is gone, too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import streamlit as st

from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import MODELS
from densenet_viz.ui.current import CurrentPicture
from densenet_viz.ui.work.keeping import Kept

Owner = LoadedModel | CurrentPicture


@dataclass(frozen=True)
class Kind:
    """A kind of value, and how many are kept: for everybody, and of each upload."""

    name: str
    shared: int
    own: int


class _Room:
    """What is kept of the same owners, by kind; and rooms of those who own a part of it."""

    def __init__(self) -> None:
        self.kept: dict[Kind, Kept] = {}
        self.inner: WeakKeyDictionary[Owner, _Room] = WeakKeyDictionary()


_LOCK = threading.Lock()


@st.cache_resource(show_spinner=False)
def _shared() -> _Room:
    return _Room()


def kept_for(kind: Kind, *sources: Owner) -> Kept:
    """Where values of a kind are kept that were computed from these models and pictures.

    The values must not hold a source themselves, or it would never go.
    """
    own = [source for source in sources if is_own(source)]
    room = _shared()
    with _LOCK:
        for source in own:
            room = room.inner.setdefault(source, _Room())
        return room.kept.setdefault(kind, Kept(kind.own if own else kind.shared))


def is_own(source: Owner) -> bool:
    """Whether a visitor brought it; else it comes with the app, and is the same for everybody."""
    if isinstance(source, LoadedModel):
        return source.name not in MODELS
    return source.truth is None
