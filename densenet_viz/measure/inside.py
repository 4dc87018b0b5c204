"""Looks into a layer of a live network: its maps at each step, and how one number was computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from densenet_viz.facts.places import NoSuchPlace, places_of
from densenet_viz.network.densenet import GreyConvolution
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.shares import alone
from densenet_viz.results.inside import LayerInside, OneNumber, Step
from densenet_viz.results.traces import Maps, Picture


def look_inside(model: LoadedModel, picture: Picture, at: str) -> LayerInside:
    """The real maps of a picture at each step of a layer.

    Args:
        model: any number of threads may use it at once.
        picture: (H, W, 3) uint8 RGB of any size; it is fitted to the model's input.
        at: one of `places_of`.

    Raises:
        NoSuchPlace: there is no such layer.
    """
    modules = _steps(model, at)
    caught = run_watched(model, picture, modules.values())
    steps = tuple(Step(name, _maps(caught[module][1])) for name, module in modules.items())
    return LayerInside(at, _maps(caught[next(iter(modules.values()))][0]), steps)


def take_apart(
    model: LoadedModel,
    picture: Picture,
    at: str,
    *,
    channel: int,
    y: int,
    x: int,
    step: str | None = None,
) -> OneNumber:
    """How a convolution of a layer made one number from what it read.

    Args:
        model: any number of threads may use it at once.
        picture: (H, W, 3) uint8 RGB of any size.
        at: one of `places_of`.
        channel: of the maps that the convolution writes, from 0.
        y: the row, from 0.
        x: the column, from 0.
        step: the convolution, such as `conv1`; by default the layer's last one.

    Raises:
        NoSuchPlace: there is no such layer, convolution, channel or pixel.
    """
    modules = _steps(model, at)
    convolutions = {key: one for key, one in modules.items() if isinstance(one, nn.Conv2d)}
    name = next(reversed(convolutions)) if step is None else step
    if name not in convolutions:
        allowed = ", ".join(convolutions)
        raise NoSuchPlace(f"step={name[:40]!r} was given; allowed here: {allowed}.")
    convolution = convolutions[name]
    caught = run_watched(model, picture, modules.values())
    given, made = caught[convolution]
    for word, value, most in zip(
        ("channel", "y", "x"), (channel, y, x), made.shape[1:], strict=True
    ):
        if not 0 <= value < most:
            raise NoSuchPlace(f"{word}={value} was given; 0 to {most - 1} are allowed.")
    read = given.mean(1, keepdim=True) if isinstance(convolution, GreyConvolution) else given
    padding, stride = int(convolution.padding[0]), int(convolution.stride[0])
    height, width = convolution.kernel_size
    wide = nn.functional.pad(read[0].double(), [padding] * 4)
    top, left = y * stride, x * stride
    window = wide[:, top : top + height, left : left + width]
    names = list(modules)
    following = names[names.index(name) + 1 :][:2]
    return OneNumber(
        module=_module_name(at, name),
        channel=channel,
        y=y,
        x=x,
        top=top - padding,
        left=left - padding,
        window=window.numpy().copy(),
        kernel=convolution.weight.detach()[channel].double().numpy().copy(),
        activation=float(made[0, channel, y, x]),
        after=tuple(
            (after, float(caught[modules[after]][1][0, channel, y, x]))
            for after in following
            if isinstance(modules[after], (nn.BatchNorm2d, nn.ReLU))
        ),
    )


def _steps(model: LoadedModel, at: str) -> dict[str, nn.Module]:
    """The modules of a layer by name, in the order of computation.

    Raises:
        NoSuchPlace: there is no such layer.
    """
    if at not in places_of(model.spec):
        raise NoSuchPlace(
            f"at={at[:60]!r} was given; stem, transition1 and denseblock2.denselayer5 are such "
            f"names, in a network of {len(model.spec.block_config)} blocks of "
            f"{', '.join(map(str, model.spec.block_config))} layers."
        )
    features = model.network.get_submodule("features")
    if at == "stem":
        names = ("conv0", "norm0", "relu0", "pool0")
        children = dict(features.named_children())
        return {name: children[name] for name in names if name in children}
    return dict(features.get_submodule(at).named_children())


def last_convolution(model: LoadedModel, at: str) -> str:
    """The name, below `features`, of the convolution that writes a layer's maps.

    Raises:
        NoSuchPlace: there is no such layer.
    """
    steps = _steps(model, at).items()
    return _module_name(at, [name for name, one in steps if isinstance(one, nn.Conv2d)][-1])


def _module_name(at: str, name: str) -> str:
    return name if at == "stem" else f"{at}.{name}"


def run_watched(
    model: LoadedModel, picture: Picture, modules: Iterable[nn.Module]
) -> dict[nn.Module, tuple[Tensor, Tensor]]:
    """One pass; what each module was given, and what it made."""
    caught: dict[nn.Module, tuple[Tensor, Tensor]] = {}
    with model.lock, alone(), torch.inference_mode(), _watched(modules, caught):
        model.network(model.tensor(picture))
    return caught


@contextmanager
def _watched(
    modules: Iterable[nn.Module], caught: dict[nn.Module, tuple[Tensor, Tensor]]
) -> Iterator[None]:
    def hook(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
        caught[module] = (args[0].clone(), output.clone())

    handles = [module.register_forward_hook(hook) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _maps(tensor: Tensor) -> Maps:
    """(1, C, H, W) to (C, H, W)."""
    return np.ascontiguousarray(tensor[0].float().numpy())
