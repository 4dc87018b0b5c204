"""What can stop an attribution."""

from __future__ import annotations


class AttributionError(ValueError):
    """A request that no method can fulfil; the message says what was given and what is allowed."""
