"""A `FusedDenseNet` as modules that autograd knows: for Captum, or any other library.

The modules have torchvision's names, so a layer is found by the same name in both networks:
`features.denseblock2`, `features.transition1`, `relu` (norm5 and its ReLU), `classifier`. Hooks may
hang on each. The layers inside a block have no module of their own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from densenet_viz.network.fused.network import FusedDenseNet, Part
from densenet_viz.network.fused.parts import SmallStem, Stem, Tape
from densenet_viz.network.shares import in_shares

Share = TypeVar("Share")


class DifferentiableDenseNet(nn.Module):
    """(N, 3, S, S) normalised pictures to (N, classes) logits, as the fused network computes them.

    It has no parameters: only the input has a gradient. A gradient can be taken once for each
    forward pass. Making one takes no time, because the weights are the fused network's; hooks are
    each object's own.
    """

    def __init__(self, fused: FusedDenseNet, *, only_inside: bool = False) -> None:
        """With `only_inside`, gradients end at layers; parts before a layer keep nothing."""
        super().__init__()
        self._fused, self._only_inside = fused, only_inside
        parts: OrderedDict[str, nn.Module] = OrderedDict(
            stem=_PartModule(_Pictures(fused.stem), fused)
        )
        for place in fused.places[:-1]:
            kind, number = place.split()
            name = f"{'denseblock' if kind == 'block' else kind}{number}"
            parts[name] = _PartModule(fused.part(place), fused)
        self.features = nn.Sequential(parts)
        self.relu = _PartModule(fused.part(fused.places[-1]), fused)
        self.classifier = _Classifier(fused)

    def forward(self, x: Tensor) -> Tensor:
        if self._only_inside:
            x = x.detach()
        # Without hooks on the parts, the processors need not wait for each other after each part.
        inner = list(self.modules())[1:]
        if any(each._forward_hooks or each._forward_pre_hooks for each in inner):
            logits: Tensor = self.classifier(self.relu(self.features(x)))
        else:
            logits = _Whole.apply(x, self._fused)  # type: ignore[no-untyped-call]
        return logits


class _Classifier(nn.Module):
    def __init__(self, fused: FusedDenseNet) -> None:
        super().__init__()
        self._fused = fused

    def forward(self, maps: Tensor) -> Tensor:
        return self._fused.classify(maps.permute(0, 2, 3, 1))


class _Pictures:
    """The stem, between (N, H, W, C) tensors like the other parts."""

    gates = 0  # its masks are not counted

    def __init__(self, stem: Stem | SmallStem) -> None:
        self._stem = stem

    def forward(self, maps: Tensor, tape: Tape | None) -> Tensor:
        return self._stem.forward(maps.permute(0, 3, 1, 2), tape)

    def backward(self, gradient: Tensor, tape: Tape) -> Tensor:
        return self._stem.backward(gradient, tape).permute(0, 2, 3, 1)


class _PartModule(nn.Module):
    def __init__(self, part: Part, fused: FusedDenseNet) -> None:
        super().__init__()
        self._part, self._dtype = part, fused.backward_dtype

    def forward(self, maps: Tensor) -> Tensor:
        made: Tensor = _Part.apply(maps, self._part, self._dtype)  # type: ignore[no-untyped-call]
        return made


class _Whole(torch.autograd.Function):
    """The whole network, the batch divided among the processors."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, fused: FusedDenseNet) -> Tensor:
        if not ctx.needs_input_grad[0]:
            return fused.logits(x)

        def share(start: int, stop: int) -> tuple[Tensor, Tape, slice]:
            tape: Tape = []
            with torch.no_grad():
                return fused.forward(x[start:stop], tape), tape, slice(start, stop)

        logits, tapes, bounds = zip(*_shares(share, x), strict=True)
        ctx.fused, ctx.shares = fused, list(zip(tapes, bounds, strict=True))
        return torch.cat(logits)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        back = _back(ctx, lambda place, tape: ctx.fused.backward(gradient[place], tape))
        return torch.cat(back), None


class _Part(torch.autograd.Function):
    """One part, the batch divided among the processors."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, part: Part, dtype: torch.dtype) -> Tensor:
        keep = ctx.needs_input_grad[0]

        def share(start: int, stop: int) -> tuple[Tensor, Tape, slice]:
            tape: Tape = []
            with torch.no_grad():
                rows = maps[start:stop].permute(0, 2, 3, 1)
                return part.forward(rows, tape if keep else None), tape, slice(start, stop)

        made, tapes, bounds = zip(*_shares(share, maps), strict=True)
        ctx.part, ctx.dtype, ctx.shares = part, dtype, list(zip(tapes, bounds, strict=True))
        return _joined(made)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        rows = gradient.permute(0, 2, 3, 1)

        def part(place: slice, tape: Tape) -> Tensor:
            # A copy, because a part may write its result over the gradient that it gets. Autograd
            # hands it over in the type of the maps, and a part computes in its own.
            back: Tensor = ctx.part.backward(rows[place].to(ctx.dtype, copy=True), tape)
            return back

        return _joined(_back(ctx, part)), None, None


def _shares(work: Callable[[int, int], Share], batch: Tensor) -> list[Share]:
    return in_shares(work, len(batch)) if batch.is_cpu else [work(0, len(batch))]


def _back(ctx: Any, work: Callable[[slice, Tape], Tensor]) -> list[Tensor]:
    """The gradients of a batch's shares, with the same division as forward.

    Raises:
        RuntimeError: the gradient of this forward pass was taken before.
    """
    if not ctx.shares:
        raise RuntimeError("A second gradient of one forward pass was asked for; one is allowed.")
    tapes, ctx.shares = ctx.shares, []

    def share(start: int, stop: int) -> list[Tensor]:
        with torch.no_grad():
            return [work(place, tape) for tape, place in tapes[start:stop]]

    # On another device there is one share.
    return [one for part in in_shares(share, len(tapes)) for one in part]


def _joined(shares: Sequence[Tensor]) -> Tensor:
    """(N, C, H, W) of (n, H, W, C) shares."""
    whole = shares[0] if len(shares) == 1 else torch.cat(list(shares))
    return whole.permute(0, 3, 1, 2)
