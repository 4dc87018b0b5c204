"""A live network becomes results."""

from densenet_viz.measure.capture import capture

__all__ = ["capture"]
