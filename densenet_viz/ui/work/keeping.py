"""A cache of computed values, limited to the last used ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")


class Kept:
    """The last used values by key; threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def find(self, key: Hashable, absent: Any = None) -> Any:
        """The value of `key`, or `absent`."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key, absent)

    def put(self, key: Hashable, value: Any) -> None:
        """Keeps a value; if there are too many, the least recently used one is dropped."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made if it is missing; other threads that want it wait."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                found = self.find(key, absent=self)
                if found is self:
                    found = make()
                    self.put(key, found)
        finally:
            with self._lock:
                self._making.pop(key, None)
        value: Value = found
        return value
