"""Costs as numbers that are easy to read; `shared/amounts.js` writes them alike."""

from __future__ import annotations


def in_millions(count: int) -> str:
    """A count of multiply-adds.

    >>> in_millions(339_738_624), in_millions(5_247_074_304)
    ('340 M', '5.25 G')
    """
    return f"{count / 1e9:.2f} G" if count >= 1e9 else f"{count / 1e6:.0f} M"


def in_megabytes(count: int) -> str:
    """A number of bytes, in MB of 1,000,000.

    >>> in_megabytes(21_889_024)
    '21.9 MB'
    """
    return f"{count / 1e6:.1f} MB"
