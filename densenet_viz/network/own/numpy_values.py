"""NumPy's texts and numbers in a pickle, which may be labels: kept as they are, read when asked.

Training code often keeps labels as NumPy gives them: `list(np.unique(names))`, or `classes_` of
scikit-learn. Nothing is decoded while a pickle is read, because few bytes of it can name the same
text very often.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from densenet_viz.network.own.inert import Inert
from densenet_viz.network.own.spec import MOST_CLASSES

_LONGEST = 1000
"""The most bytes of a number or text."""


class Encoded(Inert):
    """Bytes that a pickle of protocol 2 keeps as a text: `_codecs.encode(text, "latin1")`."""

    called = "_codecs.encode"

    def __init__(self, text: Any = "", *_more: Any) -> None:
        self.text = text


class NumpyKind(Inert):
    """A dtype: its letter and size, as in "U3" or "i8"."""

    called = "numpy.dtype"

    def __init__(self, code: Any = "", *_more: Any) -> None:
        self.code = code if isinstance(code, str) else ""
        self.order = "<"

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and len(state) > 1:
            self.order = state[1]


class NumpyScalar(Inert):
    """One text or number."""

    called = "numpy.scalar"

    def __init__(self, kind: Any = None, data: Any = None, *_more: Any) -> None:
        self._kind, self._data = kind, data

    def value(self) -> str | int | None:
        """It, or None if it is neither a text nor a whole number."""
        data = _bytes(self._data, _LONGEST)
        code = _code(self._kind)
        if code.startswith("U"):
            return _text(data)
        whole = code[:1] in ("i", "u") and 0 < len(data) <= 8
        return int.from_bytes(data, "little", signed=code[0] == "i") if whole else None


class NumpyArray(Inert):
    """An array; only one of texts is ever read."""

    called = "numpy._core.multiarray._reconstruct"

    def __init__(self, *_more: Any) -> None:
        self._state: Any = None

    def __setstate__(self, state: Any) -> None:
        self._state = state

    def texts(self) -> list[str]:
        """Its texts, if it is a row of them."""
        with suppress(TypeError, ValueError):
            _version, (count,), kind, _order, data = self._state
            code = _code(kind)
            if isinstance(data, list) and len(data) <= MOST_CLASSES:
                return list(data) if all(isinstance(each, str) for each in data) else []
            size = 4 * int(code[1:]) if code.startswith("U") else 0
            if 0 < size <= _LONGEST and 0 < count <= MOST_CLASSES:
                whole = _bytes(data, count * size)
                return [_text(whole[place : place + size]) for place in range(0, len(whole), size)]
        return []


def _code(kind: Any) -> str:
    return kind.code if isinstance(kind, NumpyKind) and kind.order in ("<", "|") else ""


def _bytes(data: Any, most: int) -> bytes:
    if isinstance(data, Encoded):
        data = data.text
    if isinstance(data, str) and len(data) <= most:
        return data.encode("latin-1", "replace")
    return data if isinstance(data, bytes) and len(data) <= most else b""


def _text(data: bytes) -> str:
    return data.decode("utf-32-le", "replace").rstrip("\0")


NUMPY_VALUES = {"scalar": NumpyScalar, "dtype": NumpyKind, "_reconstruct": NumpyArray}
"""What stands for NumPy's names."""
