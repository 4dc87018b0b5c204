"""Which of many pictures excite the channels of a layer most, and where in the picture.

One pass for each picture, up to the layer, answers for all of the layer's channels at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from threading import get_ident

import numpy as np
import torch
from torch import Tensor, nn

from densenet_viz.attribution.twins import twin_of
from densenet_viz.errors import Cancelled
from densenet_viz.measure.inside import last_convolution
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.shares import alone, in_shares
from densenet_viz.results.inside import Excitement
from densenet_viz.results.traces import Picture

BATCH = 32
"""Pictures that run together."""


class _Reached(Exception):
    """The layer has written its maps; what follows it is not needed."""


@alone()
def find_exciting(
    model: LoadedModel,
    at: str,
    pictures: Iterable[Picture],
    count: int,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Excitement:
    """The largest value that each picture causes in each channel of a layer, and its place.

    The values are what the layer's last convolution writes, as in a channel's map.

    Args:
        model: any number of threads may use it at once.
        at: one of `places_of`.
        pictures: (H, W, 3) uint8 each, of any size.
        count: how many they are, for the progress.
        on_progress: called with the part that is done, 0 to 1.
        cancelled: called before each batch.

    Raises:
        NoSuchPlace: there is no such layer.
        ValueError: there is no picture.
        Cancelled: `cancelled` returned True.
    """
    if count < 1:
        raise ValueError(f"count={count} was given; at least one picture is expected.")
    network = twin_of(model)
    name = f"features.{last_convolution(model, at)}"
    report, rest = on_progress or (lambda _part: None), iter(pictures)
    values: list[Tensor] = []
    places: list[Tensor] = []
    side, done = 0, 0
    while some := list(islice(rest, BATCH)):
        if cancelled is not None and cancelled():
            raise Cancelled
        maps = _written(network, name, torch.cat([model.tensor(one) for one in some]))
        side, done = maps.shape[-1], done + len(some)
        best = maps.flatten(2).max(2)
        values.append(best.values)
        places.append(best.indices)
        report(done / count)
    return Excitement(
        at,
        side,
        torch.cat(values).float().numpy(),
        torch.cat(places).numpy().astype(np.int32),
    )


def _written(network: nn.Module, name: str, x: Tensor) -> Tensor:
    """(N, C, h, w), what a module of the network writes for pictures; nothing after it runs."""
    caught: dict[int, Tensor] = {}

    def hook(_module: nn.Module, _given: object, output: Tensor) -> None:
        caught[get_ident()] = output
        raise _Reached

    def share(start: int, stop: int) -> Tensor:
        with torch.no_grad(), suppress(_Reached):  # each thread has its own switch
            network(x[start:stop])
        return caught.pop(get_ident())

    handle = network.get_submodule(name).register_forward_hook(hook)
    try:
        return torch.cat(in_shares(share, len(x)))
    finally:
        handle.remove()
