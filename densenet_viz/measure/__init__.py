"""Measures live networks and returns results."""

from densenet_viz.measure.capture import capture

__all__ = ["capture"]
