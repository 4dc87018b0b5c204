"""A transition with another compression, run on the tensor that it really gets."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from densenet_viz.facts.arithmetic import rows
from densenet_viz.facts.spec import DenseNetSpec, LayerRow, SpecError
from densenet_viz.network.build import initialise
from densenet_viz.network.densenet import transition
from densenet_viz.results.traces import Maps, TransitionTrace


def with_compression(
    trained: nn.Module, given: Maps, *, block: int, keeps: int, seed: int
) -> TransitionTrace:
    """Runs `given` through a transition that keeps another number of maps.

    The batch norm is the trained one, copied. The 1x1 convolution cannot be: no network was
    trained with this many maps, so its weights are He's random ones (the rule by which
    torchvision's networks start).

    Args:
        trained: the network's own transition, `features.transition1` and so on. It is only read.
        given: (C, H, W) float32, the output of the block before it.
        block: the block before it, counted from 1.
        keeps: floor(theta * C), the maps to keep; at least 1.
        seed: of the random weights, so that a link shows the same maps.

    Raises:
        ValueError: `given` does not fit the trained norm, or no map is kept.
    """
    norm = trained.get_submodule("norm")
    assert isinstance(norm, nn.BatchNorm2d)
    reads = norm.num_features
    if given.ndim != 3 or given.shape[0] != reads:
        raise ValueError(f"maps of shape {given.shape} were given; ({reads}, H, W) is expected.")
    if keeps < 1:
        raise ValueError(f"keeps={keeps} was given; a transition keeps at least 1 map.")
    step = transition(reads, keeps).eval()
    initialise(step, torch.Generator().manual_seed(seed))
    step.get_submodule("norm").load_state_dict(norm.state_dict())
    activated, mixed, pooled = _run(step, torch.from_numpy(given.copy())[None])
    weight = step.get_submodule("conv").get_parameter("weight").detach()[:, :, 0, 0]
    return TransitionTrace(
        block=block,
        given=given,
        activated=activated,
        mixed=mixed,
        pooled=pooled,
        weight=weight.numpy().copy(),
    )


def _run(step: nn.Module, given: Tensor) -> tuple[Maps, Maps, Maps]:
    """The tensors after the ReLU, after the convolution and after the pool, (C, H, W) each."""
    with torch.inference_mode():
        activated = step.get_submodule("relu")(step.get_submodule("norm")(given))
        mixed = step.get_submodule("conv")(activated)
        pooled = step.get_submodule("pool")(mixed)
    return activated[0].numpy(), mixed[0].numpy(), pooled[0].numpy()


def transition_row(spec: DenseNetSpec, block: int, compression: float) -> LayerRow:
    """The cost of the transition after `block` if only this one had another compression.

    Its input is that of the network's own transition: compressing every one would change it.

    >>> row = transition_row(DenseNetSpec(), 2, 1.0)
    >>> row.in_channels, row.out_channels, row.height
    (512, 512, 14)

    Raises:
        SpecError: no such compression, or it would keep no map.
    """
    reads = spec.block_outputs[block - 1]
    one_block = replace(spec, block_config=spec.block_config[:1], compression=compression)
    keeps = one_block.compressed(reads)
    if keeps < 1:
        raise SpecError(
            f"θ = {compression:g} was given for {reads} maps; a transition keeps at least one."
        )
    return rows.transition_row(spec, block, keeps)
