"""The one place that imports torchvision.

In some installations, torchvision's compiled operators do not load with a CPU torch. Its import
then fails at an operator that this project never calls. If the two operators are declared first,
models and transforms work.
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
