"""Shapes and costs of networks as plain numbers: no module here loads a framework.

The tests compare every number with networks that really run.
"""
