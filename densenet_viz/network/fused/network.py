"""A fast evaluation of a DenseNet in evaluation mode: no modules, no hooks, no autograd.

Attribution needs scores and gradients of one network thousands of times. The general work of
modules (graph, hooks, concatenations, a pass over memory for each norm and ReLU) is left out here:
norms are folded into the convolutions before them, a block is one buffer, and the backward pass is
written by hand. The results equal the network's, up to rounding.

The forward pass uses the network's own data type, float32: rounding there opens and closes ReLUs
and so changes what is explained. The backward pass is linear, and on processors with bfloat16
arithmetic it uses bfloat16, which lowers a map's cosine to the exact map by about 1e-4 or less. If
a map is a sum of many, the blocks' convolutions may also use bfloat16 in the forward pass
(`fuse(..., forward=)`): one gradient of a DenseNet-121 then keeps a cosine of 0.995 or more, the
mean of 25 one of 0.998. A float64 network uses float64 in both passes: slow, but so exact that the
same ReLUs are open as with autograd.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from densenet_viz.network.fused.convolution import backward_dtype
from densenet_viz.network.fused.parts import (
    FinalNorm,
    FusedBlock,
    Head,
    SmallStem,
    Stem,
    Tape,
    Transition,
)
from densenet_viz.network.shares import by_itself, in_shares

BYTES_AT_ONCE: Final = 500e6
"""About how many bytes a gradient pass may keep with the batch of `FusedDenseNet.batch_for`."""

PIXELS_AT_ONCE: Final = 8 * 224**2
"""Pixels of all pictures in a batch: more are no faster, because the maps do not fit the cache."""

LARGEST_BATCH: Final = 64


class Part(Protocol):
    gates: int

    def forward(self, maps: Tensor, tape: Tape | None) -> Tensor: ...
    def backward(self, gradient: Tensor, tape: Tape) -> Tensor: ...


def fuse(
    network: nn.Module,
    *,
    backward: torch.dtype | None = None,
    forward: torch.dtype | None = None,
) -> FusedDenseNet:
    """A fast evaluation of `network` with its present weights; later changes do not affect it.

    Args:
        network: a DenseNet with torchvision's module names, as `build` makes it. It is only read.
        backward: the data type of the backward pass; by default what `backward_dtype` says.
        forward: the data type of the forward pass's convolutions in the blocks; by default the
            network's own.

    Raises:
        ValueError: `network` is no such DenseNet.
    """
    return by_itself(lambda: FusedDenseNet(network, backward, forward))


class FusedDenseNet:
    """See the top of this file. It never changes, so threads may share it without a lock.

    The places of `part` and `onward`, in the order of computation: "block 1" (the concatenated
    output of the first block, before the norm that follows), "transition 1", "block 2", ...,
    and "final" (after norm5 and its ReLU).
    """

    def __init__(
        self,
        network: nn.Module,
        backward: torch.dtype | None = None,
        forward: torch.dtype | None = None,
    ) -> None:
        named = dict(network.named_modules())
        missing = [
            name
            for name in ("features.conv0", "features.denseblock1", "features.norm5", "classifier")
            if name not in named
        ]
        if missing:
            raise ValueError(
                f"A network without {missing[0]} was given; a DenseNet with torchvision's module "
                "names is allowed."
            )
        features = named["features"]
        self._head = Head(named["classifier"])
        self._own = self._head.dtype
        self.backward_dtype = backward or backward_dtype(self._own, self._head.device)
        self._forward = forward or self._own
        stem = Stem if "features.norm0" in named else SmallStem
        with torch.no_grad():
            self.stem = stem(features, self.backward_dtype)
            self._parts = self._after_stem(features)
        self.places = tuple(self._parts)

    @property
    def first(self) -> tuple[FusedBlock, Transition] | None:
        """Block 1 and transition 1; None for one block, or for a stem without a pool."""
        if not isinstance(self.stem, Stem):
            return None
        block, after = (self._parts[name] for name in self.places[:2])
        assert isinstance(block, FusedBlock)
        return (block, after) if isinstance(after, Transition) else None

    def part(self, place: str) -> Part:
        """What computes the maps of a place from those of the place before."""
        return self._parts[place]

    def _after_stem(self, features: nn.Module) -> dict[str, Part]:
        parts: dict[str, Part] = {}
        for name, child in features.named_children():
            if name.startswith("denseblock"):
                key = f"block {name.removeprefix('denseblock')}"
                parts[key] = FusedBlock(child, self.backward_dtype, self._forward)
            elif name.startswith("transition"):
                key = f"transition {name.removeprefix('transition')}"
                parts[key] = Transition(child, self.backward_dtype)
            elif name == "norm5":
                parts["final"] = FinalNorm(child, self.backward_dtype)
        return parts

    def batch_for(self, size: int) -> int:
        """The best number of pictures of `size` x `size` pixels for one call of `gradients`.

        It fits `BYTES_AT_ONCE`, and is large enough that the time of the calls does not matter.
        """
        return max(1, min(self.most_for(size), int(PIXELS_AT_ONCE / size**2)))

    def most_for(self, size: int) -> int:
        """How many such pictures fit `BYTES_AT_ONCE`: for work without previews."""
        wide, side = self.stem.sides(size)
        floats = self.stem.channels * wide**2  # before a max pool
        kept = 0
        for part in self._parts.values():
            kept += part.gates * side**2
            if isinstance(part, FusedBlock):
                # The largest block buffer and layer input.
                floats = max(floats, 2 * part.channels * side**2)
            elif isinstance(part, Transition):
                side //= 2
        wanted = kept * self.backward_dtype.itemsize + floats * 4
        return max(1, min(int(BYTES_AT_ONCE / wanted), LARGEST_BATCH))

    # -- forward --------------------------------------------------------------------------

    def logits(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) normalised pictures to (N, classes) logits, in the network's data type."""
        (logits,) = self._shared(lambda share: (self._logits(share),), x)
        return logits

    def onward(self, maps: Tensor, place: str) -> Tensor:
        """(N, classes) logits from the (N, C, h, w) maps of a place.

        Raises:
            ValueError: there is no such place.
        """
        start = self._following(place)
        rows = maps.permute(0, 2, 3, 1)
        (logits,) = self._shared(lambda share: (self._through(share, start),), rows)
        return logits

    @staticmethod
    def _shared(work: Callable[..., tuple[Tensor, ...]], *batch: Tensor) -> tuple[Tensor, ...]:
        """The result of `work` for the batch, joined from its shares."""

        def share(start: int, stop: int) -> tuple[Tensor, ...]:
            with torch.no_grad():  # each thread has its own switch
                return work(*(tensor[start:stop] for tensor in batch))

        if not batch[0].is_cpu:
            return share(0, len(batch[0]))
        shares = in_shares(share, len(batch[0]))
        return tuple(torch.cat(parts) for parts in zip(*shares, strict=True))

    def _logits(self, x: Tensor) -> Tensor:
        return self._through(self.stem.forward(x, None), 0)

    def _through(self, maps: Tensor, start: int) -> Tensor:
        for name in self.places[start:]:
            maps = self._parts[name].forward(maps, None)
        return self.classify(maps)

    def classify(self, final: Tensor) -> Tensor:
        """(N, classes) logits from the (N, H, W, C) maps of the last place."""
        return self._head.forward(final, None)

    def _following(self, place: str) -> int:
        if place not in self._parts:
            raise ValueError(
                f"place={place[:40]!r} was given; one of {', '.join(self.places)} is allowed."
            )
        return self.places.index(place) + 1

    # -- backward -------------------------------------------------------------------------

    def gradients(self, x: Tensor, target: int | Tensor) -> tuple[Tensor, Tensor]:
        """The score of a class and its gradient for each picture.

        Args:
            x: (N, 3, S, S) normalised pictures, in the network's data type.
            target: the class's index, for all or (N,) one each.

        Returns:
            (N,) logits and their (N, 3, S, S) gradients with respect to `x`, in the same data type.
        """
        scores, gradients = self._shared(self._gradients, x, _each(target, x))
        return scores, gradients

    def _gradients(self, x: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        tape: Tape = []
        logits = self.forward(x, tape)
        scores = logits.gather(1, targets[:, None])[:, 0]
        return scores, self.backward(one_hot(targets, self._head.classes).to(x), tape)

    def forward(self, x: Tensor, tape: Tape) -> Tensor:
        """(N, classes) logits of (N, 3, S, S) pictures, by this thread alone."""
        maps = self.stem.forward(x, tape)
        for place in self.places:
            maps = self._parts[place].forward(maps, tape)
        return self._head.forward(maps, tape)

    def backward(self, gradient: Tensor, tape: Tape) -> Tensor:
        """(N, 3, S, S) gradients of (N, classes) gradients of the logits."""
        features, (count, height, width, channels) = self._head.backward(gradient, tape)
        pooled = (features / (height * width)).to(self.backward_dtype)
        gradient = pooled[:, None, None].expand(count, height, width, channels)
        for place in reversed(self.places):
            gradient = self._parts[place].backward(gradient, tape)
        return self.stem.backward(gradient, tape)


def _each(target: int | Tensor, x: Tensor) -> Tensor:
    """(N,) class indices, one for each picture."""
    return torch.as_tensor(target, device=x.device).expand(len(x))
