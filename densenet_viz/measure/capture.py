"""One forward pass through a live network, watched by hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.measure.counting import Counter
from densenet_viz.network.shares import alone
from densenet_viz.results.traces import (
    BlockTrace,
    LayerTrace,
    Maps,
    NetworkTrace,
    Picture,
    Shape,
    SourceSlice,
    TransitionTrace,
)


class _Enough(Exception):
    """Raised by a hook to end a pass whose later layers are not needed."""


def capture(
    network: nn.Module,
    tensor: Tensor,
    *,
    spec: DenseNetSpec,
    trained: bool,
    picture: Picture,
    until_block: int | None = None,
) -> NetworkTrace:
    """Runs one picture through `network` and returns all maps of its layers.

    Args:
        network: from `network.build`, or any module with torchvision's DenseNet names; or only
            the part of it that runs, from `build_start`.
        tensor: (1, 3, H, W) float32, normalised.
        spec: what the network should be; measured shapes are compared with it.
        trained: whether the weights were learned, for the caption.
        picture: (H, W, 3) uint8, what `tensor` was made from.
        until_block: end the pass after this block and its transition (counted from 1).

    Returns:
        Copies of the maps as float32 arrays; nothing in the result shares memory with the network.
        The network's mode and hooks do not change.

    Raises:
        ValueError: the tensor is not one picture, or the block does not exist.
    """
    blocks = len(spec.block_config)
    if tensor.dim() != 4 or tensor.shape[0] != 1:
        raise ValueError(f"a tensor of {tuple(tensor.shape)} was given; (1, 3, H, W) is expected.")
    if until_block is not None and not 1 <= until_block <= blocks:
        raise ValueError(f"until_block={until_block} was given; 1 to {blocks} are allowed.")
    watch = _Watch(spec, until_block)
    was_training = network.training
    logits: Tensor | None = None
    try:
        network.eval()
        with alone(), torch.inference_mode(), _hooks(network, watch), suppress(_Enough):
            logits = network(tensor)
    finally:
        network.train(was_training)
    parameters = sum(weight.numel() for weight in network.parameters())
    whole = hasattr(network, "classifier")
    computed = spec.parameters if whole else spec.parameters_until(until_block or blocks)
    return NetworkTrace(
        spec=spec,
        trained=trained,
        picture=picture,
        blocks=tuple(watch.blocks),
        transitions=tuple(watch.transitions),
        logits=None if logits is None else _maps(logits),
        parameters=parameters,
        mismatches=tuple(_mismatches(spec, watch, parameters, computed)),
    )


def _maps(tensor: Tensor) -> Maps:
    """A copy without the batch dimension: (1, C, H, W) to (C, H, W)."""
    return tensor[0].to(torch.float32, copy=True).contiguous().numpy()


def _shape(tensor: Tensor) -> Shape:
    _, channels, height, width = tensor.shape
    return channels, height, width


class _Watch:
    """Collects what hooks see, in the order of computation."""

    def __init__(self, spec: DenseNetSpec, until_block: int | None) -> None:
        self.spec = spec
        self.until_block = until_block
        self.blocks: list[BlockTrace] = []
        self.transitions: list[TransitionTrace] = []
        self._layers: list[LayerTrace] = []
        self._counter = Counter()
        self._parts: dict[str, Tensor] = {}

    def modules(self, network: nn.Module) -> Iterator[tuple[nn.Module, Callable[..., None]]]:
        """Every module to hook, with its hook."""
        blocks = len(self.spec.block_config)
        for block, count in enumerate(self.spec.block_config[: self.until_block], start=1):
            dense = network.get_submodule(f"features.denseblock{block}")
            for layer in range(1, count + 1):
                module = dense.get_submodule(f"denselayer{layer}")
                yield module, self._layer_hook(block, layer)
                yield from ((leaf, self._counter.leaf) for leaf in module.children())
            yield dense, self._block_hook(block)
            if block < blocks:
                step = network.get_submodule(f"features.transition{block}")
                for name in ("relu", "conv", "pool"):
                    yield step.get_submodule(name), self._part_hook(name)
                yield step, self._transition_hook(block)

    def _layer_hook(self, block: int, layer: int) -> Callable[..., None]:
        def hook(_module: nn.Module, args: Any, output: Tensor) -> None:
            given = [args[0]] if isinstance(args[0], Tensor) else list(args[0])
            sources, start = [], 0
            for source, tensor in enumerate(given):
                sources.append(SourceSlice(source, start, start + tensor.shape[1]))
                start += tensor.shape[1]
            _, height, width = _shape(given[0])
            self._counter.concatenation((start, height, width))
            self._layers.append(
                LayerTrace(
                    block=block,
                    layer=layer,
                    module=f"features.denseblock{block}.denselayer{layer}",
                    input_shape=(start, height, width),
                    written_shape=_shape(output),
                    sources=tuple(sources),
                    maps=_maps(output),
                )
            )

        return hook

    def _block_hook(self, block: int) -> Callable[..., None]:
        def hook(_module: nn.Module, args: Any, output: Tensor) -> None:
            self._counter.concatenation(_shape(output))
            self.blocks.append(
                BlockTrace(
                    block=block,
                    entering=_maps(args[0]),
                    layers=tuple(self._layers),
                    output_shape=_shape(output),
                    cost=self._counter.take(),
                )
            )
            self._layers = []
            last = block == len(self.spec.block_config)
            if last and block == self.until_block:
                raise _Enough

        return hook

    def _part_hook(self, name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _args: Any, output: Tensor) -> None:
            self._parts[name] = output.clone()

        return hook

    def _transition_hook(self, block: int) -> Callable[..., None]:
        def hook(module: nn.Module, args: Any, _output: Tensor) -> None:
            weight = module.get_submodule("conv").weight
            assert isinstance(weight, Tensor)
            self.transitions.append(
                TransitionTrace(
                    block=block,
                    given=_maps(args[0]),
                    activated=_maps(self._parts["relu"]),
                    mixed=_maps(self._parts["conv"]),
                    pooled=_maps(self._parts["pool"]),
                    weight=weight.detach()[:, :, 0, 0].to(torch.float32, copy=True).numpy(),
                )
            )
            self._parts = {}
            if block == self.until_block:
                raise _Enough

        return hook


@contextmanager
def _hooks(network: nn.Module, watch: _Watch) -> Iterator[None]:
    handles = []
    try:
        for module, hook in watch.modules(network):
            handles.append(module.register_forward_hook(hook))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _mismatches(
    spec: DenseNetSpec, watch: _Watch, parameters: int, computed_parameters: int
) -> Iterator[str]:
    """Differences between the measured values and the arithmetic of `spec`, in words."""

    def compare(what: str, measured: object, computed: object) -> Iterator[str]:
        if measured != computed:
            yield f"{what}: measured {measured}, computed {computed}"

    yield from compare("parameters", parameters, computed_parameters)
    for block in watch.blocks:
        for row, trace in zip(spec.dense_rows(block.block), block.layers, strict=True):
            size = (row.height, row.width)
            yield from compare(f"{row.name} input", trace.input_shape, (row.in_channels, *size))
            yield from compare(f"{row.name} new", trace.written_shape, (row.new_channels, *size))
        yield from compare(f"block {block.block} cost", block.cost, spec.block_cost(block.block))
    transitions = [row for row in spec.rows if row.kind == "transition"]
    for row, step in zip(transitions, watch.transitions, strict=False):
        expected = (row.out_channels, row.height, row.width)
        yield from compare(row.name, step.pooled.shape, expected)
