"""The maps that Captum does not compute here, each for a measured reason (docs/attribution.md).

Each function takes an `Asking` and the method's settings, and returns an `Explanation`. The class's
score is its logit, the number before softmax.
"""
