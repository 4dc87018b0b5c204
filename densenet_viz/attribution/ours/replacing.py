"""Replaces modules of a twin, so that a rule changes the backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from torch import nn

Kind = TypeVar("Kind", bound=nn.Module)


def replace_each(network: nn.Module, kind: type[Kind], make: Callable[[Kind], nn.Module]) -> None:
    """Replaces each module of a kind by `make(module)`, at any depth."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind):
                setattr(parent, name, make(child))
