"""The kinds of controls: a number, a choice between yes and no, one of a few numbers.

Each knows which values it can have, as texts of an address and as values that a browser sends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Control:
    """A number of the configuration: its name in the address, its limits and its default."""

    key: str
    label: str
    low: float
    high: float
    step: float
    default: float
    help: str

    @property
    def allowed(self) -> str:
        return f"{self.label} from {self.low:g} to {self.high:g}"

    def accepts(self, text: str) -> bool:
        """Whether a text from an address is a number that the control can show."""
        try:
            value = self.read(text)
        except ValueError:
            return False
        return math.isfinite(value) and self.low <= value <= self.high

    def allows(self, value: object) -> bool:
        """Whether a browser's value is a number that the control can show."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return isinstance(value, type(self.default) | int) and self.low <= value <= self.high

    def read(self, text: str) -> float:
        """The number in a text.

        Raises:
            ValueError: the text is not a number.
        """
        return float(text) if isinstance(self.default, float) else int(text)

    def around(self, default: float) -> Control:
        """The control for a network whose number may be outside the limits, or between steps.

        >>> row = Control("k", "Growth rate k", 4, 48, 4, 32, "")
        >>> [(c.low, c.high, c.step, c.default) for c in map(row.around, (12, 10, 2, 64))]
        [(4, 48, 4, 12), (4, 48, 1, 10), (2, 48, 1, 2), (4, 64, 4, 64)]
        """
        steps = (default - self.low) / self.step
        fits = steps > -1e-6 and abs(steps - round(steps)) < 1e-6
        finest = 0.01 if isinstance(self.default, float) else 1
        return replace(
            self,
            low=min(self.low, default),
            high=max(self.high, default),
            step=self.step if fits else finest,
            default=default,
        )


@dataclass(frozen=True)
class Switch:
    """A choice between yes and no: its name in the address and its default."""

    key: str
    label: str
    default: bool
    help: str

    def accepts(self, text: str) -> bool:
        """Whether a text from an address is one of the two values."""
        return text in ("true", "false")

    def read(self, text: str) -> bool:
        """The value in a text that it accepts."""
        return text == "true"

    def allows(self, value: object) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Choice:
    """A choice of one of a few numbers: its name in the address, and its default."""

    key: str
    label: str
    options: tuple[int, ...]
    default: int
    help: str

    def accepts(self, text: str) -> bool:
        """Whether a text from an address is one of the numbers."""
        return text in map(str, self.options)

    def read(self, text: str) -> int:
        """The number in a text that it accepts."""
        return int(text)

    def allows(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value in self.options
