"""Statistics of seconds, one value for each round."""

from __future__ import annotations

from statistics import median, quantiles


class Timed:
    """Something that ran once in each round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def spread(self) -> float:
        """The interquartile range, in seconds."""
        return spread_of(self.seconds)


def spread_of(seconds: tuple[float, ...]) -> float:
    """The interquartile range, with the ends included; 0 for a single value.

    >>> spread_of((1.0, 2.0, 3.0, 4.0, 5.0))
    2.0
    """
    low, high = quartiles(seconds)
    return high - low


def quartiles(values: tuple[float, ...]) -> tuple[float, float]:
    """The first and third quartile; a single value is both.

    >>> quartiles((1.0, 2.0, 3.0, 4.0, 5.0))
    (2.0, 4.0)
    """
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high


def ratio_of(ours: tuple[float, ...], theirs: tuple[float, ...]) -> float:
    """The median of the ratios, round by round.

    >>> ratio_of((2.0, 9.0, 6.0), (1.0, 3.0, 3.0))  # the second round was slow for both
    2.0
    """
    return median(ratios_of(ours, theirs))


def ratios_of(ours: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, ...]:
    """The ratio in each round: in a slow round, both are slow."""
    return tuple(one / other for one, other in zip(ours, theirs, strict=True))
