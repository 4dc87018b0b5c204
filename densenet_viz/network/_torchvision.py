"""The one place that imports torchvision.

Some installations pair a CPU torch with a torchvision whose compiled operators do not load, and
its import then stops at an operator that this project never calls. Declaring the two operators
first lets models and transforms work.
"""

from __future__ import annotations

import contextlib

import torch

_OPERATORS = {
    "torchvision::nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "torchvision::qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

try:
    import torchvision
except RuntimeError as error:
    if "does not exist" not in str(error):
        raise
    for name, schema in _OPERATORS.items():
        with contextlib.suppress(RuntimeError):  # already declared
            torch.library.define(name, schema)
    import torchvision
import torchvision.models.densenet as densenet
import torchvision.models.resnet as resnet

__all__ = ["densenet", "resnet", "torchvision"]
