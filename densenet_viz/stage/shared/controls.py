"""Controls that stand in a stage: what a visitor chooses there, as JSON."""

from __future__ import annotations

from typing import TypedDict


class NumberControl(TypedDict):
    """A slider; `name` is that of the address, `default` leaves the address."""

    name: str
    label: str
    hint: str
    low: float
    high: float
    step: float
    default: float
    value: float


class SwitchControl(TypedDict):
    """A choice between yes and no."""

    name: str
    label: str
    hint: str
    default: bool
    value: bool


class ChoiceControl(TypedDict):
    """A choice of one of a few numbers."""

    name: str
    label: str
    hint: str
    options: list[int]
    default: int
    value: int


class ControlsScene(TypedDict):
    """What `Controls` in controls.js shows; `asked` counts the visitor's choices."""

    asked: int
    numbers: list[NumberControl]
    switches: list[SwitchControl]
    choices: list[ChoiceControl]
