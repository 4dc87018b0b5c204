"""What stands for the objects that a pickle names: nothing of a file is imported or run."""

from __future__ import annotations

from typing import Any


class Dictionary(dict[Any, Any]):
    """A dictionary of a file: plain, whatever its class was there."""

    __slots__ = ()

    def __init__(self, *_args: Any, **_named: Any) -> None:
        super().__init__()

    def __setstate__(self, _state: Any) -> None:
        pass


class Settings(Dictionary):
    """What training code keeps its settings in: a dictionary, or an object with attributes."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self.update(state)


class Inert:
    """Stands for an object that a pickle names; it takes anything, keeps nothing, does nothing."""

    called = ""
    """The full name of what it stands for."""

    def __new__(cls, *_args: Any, **_named: Any) -> Inert:
        return object.__new__(cls)

    def __init__(self, *_args: Any, **_named: Any) -> None:
        pass

    def _nothing(self, *_args: Any) -> None:
        pass

    __setstate__ = __setitem__ = append = extend = add = _nothing
