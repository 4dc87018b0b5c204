"""Other modules in the place of a twin's own: what a rule changes of the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from torch import nn

Kind = TypeVar("Kind", bound=nn.Module)


def replace_each(network: nn.Module, kind: type[Kind], make: Callable[[Kind], nn.Module]) -> None:
    """Puts `make(module)` in the place of each module of a kind, at any depth."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind):
                setattr(parent, name, make(child))
