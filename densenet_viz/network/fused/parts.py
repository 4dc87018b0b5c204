"""The parts of a fused DenseNet, and their backward passes by hand.

`forward` stores on a tape what `backward` needs. A ReLU passes a gradient or blocks it, and the
rest is linear: so only one mask per ReLU is stored, in the data type of the backward pass, and one
multiplication applies it. Without a tape nothing is kept. All maps are (N, H, W, C).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # the field's name for it

from densenet_viz.facts.arithmetic.inventory import halved
from densenet_viz.network.fused.convolution import (
    Affine,
    Convolution,
    fold_norm,
    open_gates,
    reverse_weight,
    weight_of,
)

Tape = list[Any]
"""The forward pass's data for the backward pass; each part takes its own data from the end."""


class SmallStem:
    """3x3 convolution of stride 1, for small pictures."""

    def __init__(self, features: nn.Module, dtype: torch.dtype) -> None:
        weight = weight_of(features.get_submodule("conv0"))
        self.channels = len(weight)
        self._dtype, self._own = dtype, weight.dtype
        self._convolution = Convolution(weight, padding=1)
        self._back = Convolution(reverse_weight(weight, dtype), padding=1)

    def sides(self, size: int) -> tuple[int, int]:
        """Height and width of its largest maps and of its result, in pixels."""
        return size, size

    def forward(self, x: Tensor, _tape: Tape | None) -> Tensor:
        """(N, 3, S, S) pictures to (N, S, S, k0) maps."""
        return self._convolution(x.permute(0, 2, 3, 1))

    def backward(self, gradient: Tensor, _tape: Tape) -> Tensor:
        """(N, S, S, k0) to (N, 3, S, S), in the network's data type."""
        back = self._back(gradient.to(self._dtype).contiguous()).permute(0, 3, 1, 2)
        return back.to(self._own).contiguous()


class Stem:
    """7x7 convolution of stride 2 (norm0 folded in), ReLU, 3x3 max pool of stride 2."""

    def __init__(self, features: nn.Module, dtype: torch.dtype) -> None:
        weight, bias = fold_norm(features.get_submodule("conv0"), features.get_submodule("norm0"))
        self.channels = len(bias)
        self.convolution = Convolution(weight, bias, padding=3, stride=2, relu=True)
        self._dtype, self._own = dtype, weight.dtype
        self._back = Convolution(_phases(weight).to(dtype), padding=2)

    def sides(self, size: int) -> tuple[int, int]:
        """Height and width of its largest maps and of its result, in pixels."""
        return halved(size), halved(halved(size))

    def forward(self, x: Tensor, tape: Tape | None) -> Tensor:
        """(N, 3, S, S) pictures to (N, S/4, S/4, k0) maps."""
        wide = self.convolution(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        if tape is None:
            alone: Tensor = F.max_pool2d(wide, 3, 2, 1).permute(0, 2, 3, 1)
            return alone
        pooled: Tensor
        pooled, places = torch.ops.aten.max_pool2d_with_indices(wide, [3, 3], [2, 2], [1, 1])
        pooled = pooled.permute(0, 2, 3, 1)
        # The ReLU before the pool passes the largest value of a window, or passes none: so the
        # ReLU's mask is needed only at the pool's result, which is a quarter of the size.
        tape.append((open_gates(pooled, self._dtype), places, x.shape, wide.shape))
        return pooled

    def backward(self, gradient: Tensor, tape: Tape) -> Tensor:
        """(N, S/4, S/4, k0) to (N, 3, S, S), in the network's data type."""
        gates, places, picture, shape = tape.pop()
        masked = (gradient * gates).permute(0, 3, 1, 2)
        like = torch.empty(  # only its shape and its order in memory are read
            shape, dtype=gradient.dtype, device=gradient.device, memory_format=torch.channels_last
        )
        wide = torch.ops.aten.max_pool2d_with_indices_backward(
            masked, like, [3, 3], [2, 2], [1, 1], [1, 1], False, places
        )
        back = self._back(wide.permute(0, 2, 3, 1))[:, 1:, 1:].to(self._own)
        whole = F.pixel_shuffle(back.permute(0, 3, 1, 2), 2)
        return whole[..., : picture[2], : picture[3]].contiguous()


def _phases(weight: Tensor) -> Tensor:
    """The (4 in, out, 4, 4) weight that takes a gradient back through the 7x7 of stride 2.

    Pixel y gets the gradient of result i times weight row y - 2i + 3. Even and odd rows y have
    their own weights, at most four each, for i from y // 2 - 1 to y // 2 + 2. This gives four
    pictures of half the size, which `pixel_shuffle` joins. It is a convolution of stride 1, twice
    as fast as a transposed one.
    """
    phases = weight.new_zeros(weight.shape[1], 2, 2, weight.shape[0], 4, 4)
    rows = [(odd, tap, odd + 5 - 2 * tap) for odd in (0, 1) for tap in range(4)]
    there = [(odd, tap, row) for odd, tap, row in rows if 0 <= row < 7]
    for down, y, row in there:
        for right, x, column in there:
            phases[:, down, right, :, y, x] = weight[:, :, row, column].t()
    return phases.flatten(0, 2)


class DenseLayer:
    """norm1 - ReLU - 1x1 (norm2 folded in) - ReLU - 3x3; without bottleneck norm1 - ReLU - 3x3.

    Args:
        layer: the module.
        dtype: the data type of the backward pass.
        forward: the data type of the forward pass's convolutions.
    """

    def __init__(self, layer: nn.Module, dtype: torch.dtype, forward: torch.dtype) -> None:
        self.norm = Affine.of(layer.get_submodule("norm1"))
        self.bottleneck = hasattr(layer, "conv2")
        self._dtype, self._forward = dtype, forward
        if self.bottleneck:
            weight, bias = fold_norm(layer.get_submodule("conv1"), layer.get_submodule("norm2"))
            last = weight_of(layer.get_submodule("conv2"))
            self._first = Convolution(weight.to(forward), bias, relu=True)
            self._first_back = Convolution(reverse_weight(self._scaled(weight), dtype))
        else:
            last = weight_of(layer.get_submodule("conv1"))
        self.reads, self.writes = len(self.norm.scale), len(last)
        self._last = Convolution(last.to(forward), padding=1)
        back = last if self.bottleneck else self._scaled(last)
        self._last_back = Convolution(reverse_weight(back, dtype), padding=1)
        self.gates = self.reads + (len(bias) if self.bottleneck else 0)
        """The number of channels whose masks the tape keeps."""

    def _scaled(self, weight: Tensor) -> Tensor:
        """norm1's scale, which a gradient meets last, done by the convolution before it."""
        return weight * self.norm.scale[:, None, None]

    def forward(self, maps: Tensor, scratch: Tensor, tape: Tape | None) -> Tensor:
        """(N, H, W, reads) to (N, H, W, writes); `scratch` (N, H, W, reads) is overwritten."""
        z = self.norm.relu(maps, out=scratch).to(self._forward)
        middle = self._first(z) if self.bottleneck else z
        made = self._last(middle)
        if tape is not None:
            tape.append(open_gates(z, self._dtype, keep=self._forward == scratch.dtype))
            if self.bottleneck:
                tape.append(open_gates(middle, self._dtype, keep=False))
        return made

    def backward(self, gradient: Tensor, tape: Tape) -> None:
        """Adds this layer's part to the gradient of the maps that it read, in place.

        Args:
            gradient: (N, H, W, C) of the block's maps; complete for those that this layer wrote.
            tape: from `forward`.
        """
        written = gradient[..., self.reads : self.reads + self.writes].contiguous()
        if self.bottleneck:
            back = self._first_back(self._last_back(written).mul_(tape.pop()))
        else:
            back = self._last_back(written)
        gradient[..., : self.reads].addcmul_(back, tape.pop())


class FusedBlock:
    """A dense block in one buffer: a layer reads its first maps and writes the next."""

    def __init__(self, block: nn.Module, dtype: torch.dtype, forward: torch.dtype) -> None:
        self.layers = tuple(DenseLayer(layer, dtype, forward) for layer in block.children())
        last = self.layers[-1]
        self.reads, self.channels = self.layers[0].reads, last.reads + last.writes
        self.gates = sum(layer.gates for layer in self.layers)
        self._widest = last.reads

    def forward(self, entering: Tensor, tape: Tape | None) -> Tensor:
        """(N, H, W, reads) to (N, H, W, channels)."""
        buffer = entering.new_empty(*entering.shape[:3], self.channels)
        buffer[..., : self.reads] = entering
        self.fill(buffer, tape)
        return buffer

    def fill(self, buffer: Tensor, tape: Tape | None, inside: Tensor | None = None) -> None:
        """Lets the layers write their maps.

        Args:
            buffer: (N, H, W, channels) whose first `reads` channels are filled.
            tape: for the backward pass.
            inside: (N, H, W, 1), 1 where a layer's result counts and 0 elsewhere: the result
                times this is added to the buffer's values.
        """
        count, height, width, _ = buffer.shape
        pixels = count * height * width
        scratch = buffer.new_empty(pixels * self._widest)
        for layer in self.layers:
            place = scratch[: pixels * layer.reads].view(count, height, width, layer.reads)
            made = layer.forward(buffer[..., : layer.reads], place, tape)
            written = buffer[..., layer.reads : layer.reads + layer.writes]
            if inside is None:
                written.copy_(made)
            else:
                written.addcmul_(made, inside)

    def backward(self, gradient: Tensor, tape: Tape) -> Tensor:
        """(N, H, W, channels), which is overwritten, to (N, H, W, reads)."""
        for layer in reversed(self.layers):
            layer.backward(gradient, tape)
        return gradient[..., : self.reads]


class Transition:
    """norm - ReLU - 1x1 convolution - 2x2 average, computed with the average first.

    Both are linear; the convolution mixes only channels and the average only neighbouring pixels.
    So their order can be changed, and then the convolution has a quarter of the pixels.
    """

    def __init__(self, transition: nn.Module, dtype: torch.dtype) -> None:
        self._norm = Affine.of(transition.get_submodule("norm"))
        weight = weight_of(transition.get_submodule("conv"))
        self._dtype = dtype
        self.gates = weight.shape[1]
        self._convolution = Convolution(weight)
        # A quarter: each of four pixels has a quarter of the average.
        back = weight * self._norm.scale[:, None, None] / 4
        self._back = Convolution(reverse_weight(back, dtype))

    def forward(self, maps: Tensor, tape: Tape | None) -> Tensor:
        """(N, H, W, C) to (N, H/2, W/2, keeps)."""
        z = self._norm.relu(maps)
        if tape is not None:
            tape.append(open_gates(z, self._dtype))
        averaged = F.avg_pool2d(z.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
        return self._convolution(averaged)

    def backward(self, gradient: Tensor, tape: Tape) -> Tensor:
        """(N, H/2, W/2, keeps) to (N, H, W, C)."""
        gates: Tensor = tape.pop()
        back = self._back(gradient.contiguous())
        height, width = back.shape[1:3]
        # Written over the mask, which is no longer needed. A last odd row or column is not used.
        for row in (0, 1):
            for column in (0, 1):
                gates[:, row : 2 * height : 2, column : 2 * width : 2].mul_(back)
        gates[:, 2 * height :] = 0
        gates[:, :, 2 * width :] = 0
        return gates


class Head:
    """The mean of each map, and the classifier: one linear layer, or several with ReLUs."""

    def __init__(self, classifier: nn.Module) -> None:
        self._weights = [
            (part.weight.detach().clone(), part.bias.detach().clone())
            for part in classifier.modules()
            if isinstance(part, nn.Linear)
        ]
        self.classes = len(self._weights[-1][1])
        self.dtype, self.device = self._weights[0][0].dtype, self._weights[0][0].device

    def forward(self, final: Tensor, tape: Tape | None) -> Tensor:
        """(N, H, W, C) maps to (N, classes) logits."""
        values, gates = final.mean((1, 2)), []
        for weight, bias in self._weights:
            if weight is not self._weights[0][0]:
                values = values.relu()
                gates.append(values > 0)
            values = torch.addmm(bias, values, weight.t())
        if tape is not None:
            tape.append((final.shape, gates))
        return values

    def backward(self, gradient: Tensor, tape: Tape) -> tuple[Tensor, torch.Size]:
        """(N, classes) to the gradient of each map's mean, (N, C), and the maps' shape."""
        shape, gates = tape.pop()
        for place in range(len(self._weights) - 1, -1, -1):
            gradient = gradient @ self._weights[place][0]
            if place:
                gradient = gradient * gates[place - 1]
        return gradient, shape


class FinalNorm:
    """norm5 and the ReLU after it."""

    def __init__(self, norm: nn.Module, dtype: torch.dtype) -> None:
        self._norm = Affine.of(norm)
        self._scale = self._norm.scale.to(dtype)
        self.gates = len(self._scale)
        self._dtype = dtype

    def forward(self, maps: Tensor, tape: Tape | None) -> Tensor:
        """(N, H, W, C) to the same."""
        z = self._norm.relu(maps)
        if tape is not None:
            tape.append(open_gates(z, self._dtype))
        return z

    def backward(self, gradient: Tensor, tape: Tape) -> Tensor:
        """(N, H, W, C) to the same."""
        gates: Tensor = tape.pop()
        return gates.mul_(gradient).mul_(self._scale)
