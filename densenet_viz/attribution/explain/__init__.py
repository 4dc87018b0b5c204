"""The functions of the rows in `methods.METHODS`, one file for each family.

Each takes an `Asking` and the method's settings, and returns an `Explanation`. The class's score is
its logit, the number before softmax.
"""
