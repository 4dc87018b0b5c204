"""What can stop an attribution."""

from __future__ import annotations


class AttributionError(ValueError):
    """A request that cannot be met; the message says what was given and what is allowed."""
