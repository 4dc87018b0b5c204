"""Shapes and costs of networks as plain numbers: no room here loads a framework.

`tests` hold every number against networks that really run.
"""
