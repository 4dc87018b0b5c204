"""Looks into the classifier of a live network: what it reads, its weights, and its scores."""

from __future__ import annotations

import torch
from torch import nn

from densenet_viz.measure.inside import run_watched
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.inside import ClassifierInside
from densenet_viz.results.traces import Picture


def open_classifier(model: LoadedModel, picture: Picture) -> ClassifierInside:
    """How the last linear layer made the scores of a picture.

    Args:
        model: any number of threads may use it at once.
        picture: (H, W, 3) uint8 RGB of any size.
    """
    head = model.network.get_submodule("classifier")
    last = [one for one in head.modules() if isinstance(one, nn.Linear)][-1]
    given, made = run_watched(model, picture, [last])[last]
    bias = torch.zeros(last.out_features) if last.bias is None else last.bias.detach()
    return ClassifierInside(
        features=given[0].float().numpy().copy(),
        weights=last.weight.detach().float().numpy(),
        biases=bias.float().numpy(),
        logits=made[0].float().numpy().copy(),
        pooled=not model.spec.hidden,
    )
