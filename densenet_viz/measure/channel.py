"""One channel of a layer: what made its map, who reads it, and what the answer is without it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from densenet_viz.facts.connections import Connection, reader_norm, source_channels
from densenet_viz.facts.places import NoSuchPlace, Place
from densenet_viz.measure.reuse import strength_by_channel
from densenet_viz.network.densenet import GreyConvolution
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.inside import ChannelInside, LayerInside, Reader, SourceShare, Step
from densenet_viz.results.traces import Picture

MOST_BYTES = 1 << 25
"""Of the copies of a layer's input that run together, each with another source at zero."""


def split_channel(model: LoadedModel, layer: LayerInside, channel: int) -> ChannelInside:
    """What each map that a layer's last convolution reads adds to one map that it writes.

    Args:
        model: the network that `layer` was captured in.
        layer: from `look_inside`.
        channel: of the maps that the convolution writes, from 0.

    Raises:
        NoSuchPlace: there is no such channel.
    """
    place = max(at for at, step in enumerate(layer.steps) if step.name.startswith("conv"))
    step = layer.steps[place]
    if not 0 <= channel < len(step.maps):
        raise NoSuchPlace(f"channel={channel} was given; 0 to {len(step.maps) - 1} are allowed.")
    convolution = _module(model, layer.at).get_submodule(step.name)
    assert isinstance(convolution, nn.Conv2d)
    read = layer.steps[place - 1].maps if place else layer.entering
    if isinstance(convolution, GreyConvolution):
        read = read.mean(0, keepdims=True)
    kernel = convolution.weight.detach()[channel].double()
    stride, padding = int(convolution.stride[0]), int(convolution.padding[0])
    with alone(), torch.inference_mode():
        parts = nn.functional.conv2d(
            torch.from_numpy(read).double()[None],
            kernel[:, None],
            stride=stride,
            padding=padding,
            groups=len(read),
        )
    return ChannelInside(
        at=layer.at,
        channel=channel,
        step=step.name,
        read=read,
        kernel=kernel.numpy().copy(),
        stride=stride,
        padding=padding,
        contributions=parts[0].numpy(),
        made=step.maps[channel],
        after=tuple(
            Step(one.name, one.maps[channel : channel + 1]) for one in layer.steps[place + 1 :]
        ),
    )


def shares_of(model: LoadedModel, layer: LayerInside, channel: int) -> tuple[SourceShare, ...]:
    """How much each source of a dense layer matters to one map of it, measured.

    The layer runs again on its captured input, once for each source with the source's maps zero.
    Outside a block, in a stem or a transition, nothing is measured.

    Args:
        model: the network that `layer` was captured in; any number of threads may use it at once.
        layer: from `look_inside`.
        channel: of the maps that the layer writes, from 0.
    """
    place = Place(layer.at)
    if not place.layer:
        return ()
    made = torch.from_numpy(layer.steps[-1].maps[channel])
    size = max(float(made.abs().mean()), 1e-12)
    changes = [
        float((without - made).abs().mean()) / size
        for without in _without_sources(model, layer, place, channel)
    ]
    return tuple(SourceShare(source, change) for source, change in enumerate(changes))


def _without_sources(
    model: LoadedModel, layer: LayerInside, place: Place, channel: int
) -> Iterator[Tensor]:
    """The channel's map (H, W) without each source."""
    module = _module(model, layer.at)
    given = torch.from_numpy(layer.entering)[None]
    together = max(1, MOST_BYTES // layer.entering.nbytes)
    for first in range(0, place.layer, together):
        sources = range(first, min(first + together, place.layer))
        copies = given.repeat(len(sources), 1, 1, 1)
        for row, source in enumerate(sources):
            cut = source_channels(model.spec, place.block, source)
            copies[row, cut.start : cut.stop] = 0
        with model.lock, alone(), torch.inference_mode():
            yield from module(copies)[:, channel]


def readers_of(model: LoadedModel, place: Place) -> tuple[Reader, ...]:
    """Who reads a channel in its block, or in the block that it enters; in their order.

    Args:
        model: any DenseNet.
        place: a channel of a layer.
    """
    spec = model.spec
    block, source = _written_into(place)
    channel = source_channels(spec, block, source)[place.channel or 0]
    readers = []
    for reader in range(source + 1, spec.block_config[block - 1] + 2):
        norm = model.network.get_submodule(reader_norm(spec, block, reader))
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        strengths = strength_by_channel(model.network, spec, block, reader, "norm-aware")
        readers.append(
            Reader(
                Connection(block, source, reader),
                gamma=float(norm.weight[channel].detach()),
                beta=float(norm.bias[channel].detach()),
                mean=float(norm.running_mean[channel]),
                spread=float((norm.running_var[channel].double() + norm.eps).sqrt()),
                strength=float(strengths[channel]),
            )
        )
    return tuple(readers)


def answer_without(model: LoadedModel, picture: Picture, place: Place) -> NDArray[np.float32]:
    """The (classes,) logits of a picture if a channel is zero wherever it is read.

    Args:
        model: any number of threads may use it at once.
        picture: (H, W, 3) uint8 RGB of any size.
        place: a channel of a layer.
    """

    def hook(_module: nn.Module, _given: object, output: Tensor) -> Tensor:
        cut = output.clone()
        cut[:, place.channel] = 0
        return cut

    with model.lock, alone(), torch.inference_mode():
        handle = _module(model, place.at, last=True).register_forward_hook(hook)
        try:
            logits = model.network(model.tensor(picture))
        finally:
            handle.remove()
    return np.asarray(logits[0].float().numpy())


def _written_into(place: Place) -> tuple[int, int]:
    """The block whose layers read a layer's maps, and which of the block's sources they are."""
    if place.layer:
        return place.block, place.layer
    return (1 if place.at == "stem" else int(place.at.removeprefix("transition")) + 1), 0


def _module(model: LoadedModel, at: str, *, last: bool = False) -> nn.Module:
    """A layer's module; the stem has none: its steps, or the last of them, lie in `features`."""
    features = model.network.get_submodule("features")
    if at != "stem":
        return features.get_submodule(at)
    if not last:
        return features
    return features.get_submodule("pool0" if model.spec.stem == "7×7" else "conv0")
