"""DenseNet Viz: a live DenseNet, drawn and explained."""

__version__ = "0.1.0"
