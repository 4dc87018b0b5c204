"""Copies of a network that share only its weights.

Hooks, changed modules and gradients of one explanation stay in its own copy, so two simultaneous
explanations of one model do not affect each other.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import torch
from torch import nn

from densenet_viz.network.copies import sharing
from densenet_viz.network.fused.convolution import backward_dtype
from densenet_viz.network.fused.network import FusedDenseNet, fuse

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

_LOCK = RLock()
_TEMPLATES: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()
_FUSED: WeakKeyDictionary[nn.Module, dict[tuple[str, torch.dtype], FusedDenseNet]] = (
    WeakKeyDictionary()
)


def twin_of(model: LoadedModel, device: str = "cpu") -> nn.Module:
    """A copy of the model's network in evaluation mode, without hooks, with frozen weights.

    On the CPU the weights are the model's own, not copies; on another device they are copies.
    """
    with _LOCK:
        template = _TEMPLATES.get(model.network)
        if template is None:
            template = _TEMPLATES[model.network] = sharing(model.network, frozen=True)
    # Moving a module moves its weights, also for those who share them.
    return sharing(template) if device == "cpu" else sharing(template, frozen=True).to(device)


def fused_of(
    model: LoadedModel, device: str = "cpu", forward: torch.dtype | None = None
) -> FusedDenseNet:
    """The model's fast evaluation on a device, made once; `forward` is as in `fuse`."""
    wanted = forward or _dtype(model)
    with _LOCK:
        known = _FUSED.setdefault(model.network, {})
        if (device, wanted) not in known:
            with model.lock:
                known[device, wanted] = fuse(twin_of(model, device), forward=wanted)
        return known[device, wanted]


def rounded_of(model: LoadedModel, device: str = "cpu") -> FusedDenseNet:
    """The fast evaluation for sums of many: its forward pass is rounded like its backward pass."""
    return fused_of(model, device, backward_dtype(_dtype(model), torch.device(device)))


def _dtype(model: LoadedModel) -> torch.dtype:
    return next(model.network.parameters()).dtype
