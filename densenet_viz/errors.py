"""The error that every room raises when a computation is told to stop."""

from __future__ import annotations


class Cancelled(Exception):
    """The caller asked to stop; models and results are as they were before."""
