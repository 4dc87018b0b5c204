"""A method's parameters as data, from which forms are drawn and values are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from densenet_viz.attribution.errors import AttributionError

Settings = Mapping[str, Any]
"""Each parameter's value, checked: a whole number for a `Number`, a word for a `Choice`."""


@dataclass(frozen=True)
class Number:
    """A whole number from `low` to `high`."""

    name: str
    title: str
    default: int
    low: int
    high: int
    unit: str = ""

    def checked(self, value: object) -> int:
        """The value itself, if it is allowed; else `AttributionError`."""
        if type(value) is int and self.low <= value <= self.high:
            return value
        unit = f" {self.unit}" if self.unit else ""
        raise AttributionError(
            f"{self.name}={show_value(value)} was given; a whole number from {self.low} to "
            f"{self.high}{unit} is allowed."
        )


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    name: str
    title: str
    default: str
    choices: tuple[str, ...]

    def checked(self, value: object) -> str:
        """The value itself, if it is allowed; else `AttributionError`."""
        if isinstance(value, str) and value in self.choices:
            return value
        raise AttributionError(
            f"{self.name}={show_value(value)} was given; allowed: {', '.join(self.choices)}."
        )


Parameter = Number | Choice


def seed_number(title: str) -> Number:
    """The seed of a method's random numbers."""
    return Number("seed", title, 0, 0, 9999)


def check_settings(parameters: tuple[Parameter, ...], given: Mapping[str, object]) -> Settings:
    """Every parameter with its given value, checked, or its default.

    Raises:
        AttributionError: a name is unknown or a value is not allowed.
    """
    names = [parameter.name for parameter in parameters]
    for name in given:
        if name not in names:
            allowed = ", ".join(names) or "none"
            raise AttributionError(
                f"The parameter {show_value(name)} was given; this method's parameters: {allowed}."
            )
    return {
        parameter.name: parameter.checked(given.get(parameter.name, parameter.default))
        for parameter in parameters
    }


def show_value(value: object) -> str:
    """A value as an error message shows it: on one line and not too long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
