"""One scene through two twins as they were at every kept step of their training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.attribution import attribute
from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.metrics import share_near
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure.reuse import measure_reuse
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.watched import Watched
from densenet_viz.results.traces import Picture
from densenet_viz.results.watched import WatchedFrame, WatchedRun

METHOD = "integrated-gradients"
"""At its defaults. More of its maps is on what the network reads than of Grad-CAM's: on the tag for
the cheater, on the object for the honest network."""
Mask = NDArray[np.bool_]


def watch(
    twins: Sequence[Watched],
    picture: Picture,
    mask: Mask,
    tag: Mask | None,
    *,
    on_progress: Callable[[float], None] = lambda _part: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[WatchedRun, ...]:
    """What each twin says of a picture after each kept step, and what it says it by.

    Args:
        twins: of one recipe.
        picture: (S, S, 3) uint8, of the networks' size.
        mask: (S, S), where the object is.
        tag: (S, S), where the tag is; None if there is none.
        on_progress: gets the part that is done, 0 to 1.
        cancelled: asked before each network.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    count, done = sum(len(twin.models) for twin in twins), 0
    runs = []
    for twin in twins:
        frames = []
        for model in twin.models:
            if cancelled():
                raise Cancelled
            on_progress(done / count)
            frames.append(_frame(model, picture, mask, tag))
            done += 1
        runs.append(WatchedRun(twin.name, twin.steps, twin.shares, tuple(frames)))
    on_progress(1.0)
    return tuple(runs)


def _frame(model: LoadedModel, picture: Picture, mask: Mask, tag: Mask | None) -> WatchedFrame:
    logits, maps = _run(model, picture)
    heat = attribute(model, picture, method=METHOD, target=int(logits.argmax())).heat
    return WatchedFrame(
        chances=np.asarray(logits.softmax(0).numpy(), np.float32),
        kernels=np.asarray(_stem(model.network).detach().numpy(), np.float32),
        maps=maps,
        reuse=measure_reuse(model).blocks,
        heat=heat,
        on_object=share_near(heat, mask),
        on_tag=None if tag is None else share_near(heat, tag),
    )


@torch.no_grad()
def _run(model: LoadedModel, picture: Picture) -> tuple[Tensor, tuple[NDArray[np.float32], ...]]:
    """The (classes,) logits, and what the last layer of each block writes: (k, h, w)."""
    found: list[NDArray[np.float32]] = []

    def keep(_layer: nn.Module, _given: object, written: Tensor) -> None:
        found.append(np.asarray(written[0].numpy(), np.float32).copy())

    with model.lock:
        handles = [layer.register_forward_hook(keep) for layer in _last_layers(model)]
        try:
            logits = model.network(model.tensor(picture))[0]
        finally:
            for handle in handles:
                handle.remove()
    return logits, tuple(found)


def _last_layers(model: LoadedModel) -> list[nn.Module]:
    return [model.network.get_submodule(name) for name in last_layers(model.spec)]


def last_layers(spec: DenseNetSpec) -> list[str]:
    """The names of the convolutions that write the last maps of each block."""
    conv = "conv2" if spec.bottleneck else "conv1"
    return [
        f"features.denseblock{block}.denselayer{count}.{conv}"
        for block, count in enumerate(spec.block_config, 1)
    ]


def _stem(network: nn.Module) -> Tensor:
    weight = network.get_submodule("features.conv0").weight
    assert isinstance(weight, Tensor)
    return weight
