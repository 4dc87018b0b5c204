"""Which of a test's parameters wait for the second tier (docs/testing.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def in_tiers(values: Iterable[Any], first: Collection[Any]) -> list[Any]:
    """The parameters of a test: those that are not in `first` are slow.

    Raises:
        ValueError: something in `first` is no parameter.
    """
    values = list(values)
    unknown = [one for one in first if one not in values]
    if unknown:
        raise ValueError(f"not among the parameters: {unknown}")
    return [pytest.param(one, marks=() if one in first else pytest.mark.slow) for one in values]
