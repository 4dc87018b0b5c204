"""The functions behind the rows of `methods.METHODS`, a file a family.

Each takes an `Asking` and the method's settings, and gives back an `Explanation`. The class's score
is its logit, the number before softmax.
"""
