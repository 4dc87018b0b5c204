"""The parts that a fused DenseNet uses: convolutions with prepared weights, and norms as numbers.

Everything here works on (N, H, W, C) tensors, the memory order in which convolutions are fastest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # the field's name for it

from densenet_viz.network.densenet import colour_weight

_ONEDNN = torch.ops.mkldnn

MOST_ORDERS = 3
"""The most sizes of maps for which a convolution keeps its weights: whole maps and patches."""


def backward_dtype(own: torch.dtype, device: torch.device) -> torch.dtype:
    """The data type of the backward pass on a device, for a network whose own type is `own`.

    bfloat16 for float32 where the processor computes in it, else the network's own.
    """
    fast = own is torch.float32 and _packs(own, device) and _has_fast_bfloat16()
    return torch.bfloat16 if fast else own


@cache
def _has_fast_bfloat16() -> bool:
    """Whether bfloat16 convolutions are done by instructions of the processor.

    The processor must have them, and torch and oneDNN must use them: environment variables can
    turn them off (`ATEN_CPU_CAPABILITY`, `ONEDNN_MAX_CPU_ISA`). oneDNN does not report its setting,
    so one small convolution is tried.
    """
    chip = torch.cpu.get_capabilities()
    has = any(chip.get(name, False) for name in ("avx512_bf16", "amx_bf16"))
    if not has or not torch.backends.cpu.get_cpu_capability().startswith("AVX512"):
        return False
    ones = torch.ones(16, 16, 1, 1, dtype=torch.bfloat16)
    try:
        _ONEDNN._convolution_pointwise(ones, ones, None, [0, 0], [1, 1], [1, 1], 1, "none", [], "")
    except (AttributeError, RuntimeError):  # a torch without oneDNN, or a oneDNN without bfloat16
        return False
    return True


def _packs(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether weights can be stored in the order that the processor's convolutions need."""
    return (
        device.type == "cpu"
        and bool(torch.backends.mkldnn.enabled)
        and (dtype is torch.float32 or (dtype is torch.bfloat16 and _has_fast_bfloat16()))
        and hasattr(_ONEDNN, "_convolution_pointwise")
        and hasattr(_ONEDNN, "_reorder_convolution_weight")
    )


class Convolution:
    """A convolution of (N, H, W, C) maps whose weights are prepared for the processor.

    oneDNN's own call is used if torch has it: the weights are reordered once for each size of maps,
    and the ReLU is applied while the result is still in the cache. The best order depends on the
    size. In another order the weights would be reordered at each call, which on processors without
    AVX-512 took 80 times as long as the convolution itself (896 to 128 maps of 4 x 4).

    Args:
        weight: (out, in, h, w), in the data type of the maps that it will get.
        bias: (out,) in the network's data type, or None.
        padding: zeros around, in pixels.
        stride: step, in pixels.
        relu: whether a ReLU follows.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None = None,
        *,
        padding: int = 0,
        stride: int = 1,
        relu: bool = False,
    ) -> None:
        self._padding, self._stride, self._relu = padding, stride, relu
        self._packs = _packs(weight.dtype, weight.device)
        self._bias = bias if bias is None or self._packs else bias.to(weight.dtype)
        memory = torch.contiguous_format if self._packs else torch.channels_last
        self._weight = weight.contiguous(memory_format=memory)
        self._packed: dict[tuple[int, ...], Tensor] = {}

    def __call__(self, maps: Tensor) -> Tensor:
        x = maps.permute(0, 3, 1, 2)
        if self._packs:
            padding, stride = [self._padding] * 2, [self._stride] * 2
            after = "relu" if self._relu else "none"
            weight = self._packed.get(maps.shape[1:3])
            if weight is None:
                weight = self._pack(x)
            made = _ONEDNN._convolution_pointwise(
                x, weight, self._bias, padding, stride, [1, 1], 1, after, [], ""
            )
        else:
            made = F.conv2d(x, self._weight, self._bias, self._stride, self._padding)
            if self._relu:
                made.relu_()
        written: Tensor = made.permute(0, 2, 3, 1)
        return written

    def _pack(self, x: Tensor) -> Tensor:
        """The weights in the best order for maps like `x`, (N, C, H, W)."""
        packed: Tensor = _ONEDNN._reorder_convolution_weight(
            self._weight, [self._padding] * 2, [self._stride] * 2, [1, 1], 1, list(x.shape)
        )
        # Replaced, not changed: other threads may read it now.
        kept = list(self._packed.items())[1 - MOST_ORDERS :]
        self._packed = {**dict(kept), tuple(x.shape[2:]): packed}
        return packed


@dataclass(frozen=True)
class Affine:
    """A batch norm in evaluation mode: one scale and one shift per channel, both (C,)."""

    scale: Tensor
    shift: Tensor

    @classmethod
    def of(cls, norm: nn.Module) -> Affine:
        """Computed in float64: the fusing itself rounds only once."""
        assert isinstance(norm, nn.BatchNorm2d)
        mean, variance = norm.running_mean, norm.running_var
        assert mean is not None
        assert variance is not None
        scale = norm.weight.detach().double() / (variance.double() + norm.eps).sqrt()
        shift = norm.bias.detach().double() - mean.double() * scale
        return cls(scale.to(norm.weight.dtype), shift.to(norm.weight.dtype))

    def relu(self, maps: Tensor, out: Tensor | None = None) -> Tensor:
        """The norm and a ReLU of (..., C) `maps`, written to `out` if given."""
        return torch.addcmul(self.shift, maps, self.scale, out=out).relu_()


def fold_norm(convolution: nn.Module, norm: nn.Module) -> tuple[Tensor, Tensor]:
    """Weight and bias of one convolution that does a convolution and the norm after it."""
    affine = Affine.of(norm)
    weight = weight_of(convolution)
    return weight * affine.scale[:, None, None, None], affine.shift


def weight_of(convolution: nn.Module) -> Tensor:
    """A copy of its (out, in, h, w) weight; in is 3 for a stem that reads grey."""
    assert isinstance(convolution, nn.Conv2d)
    return colour_weight(convolution).detach().clone()


def reverse_weight(weight: Tensor, dtype: torch.dtype) -> Tensor:
    """The weight of the convolution that takes a gradient back through one of stride 1."""
    return weight.transpose(0, 1).flip(2, 3).to(dtype).contiguous()


def open_gates(maps: Tensor, dtype: torch.dtype, *, keep: bool = True) -> Tensor:
    """1 where a ReLU's result is above zero, else 0: the ReLU's derivative.

    bfloat16 has float32's range of exponents, so the rounding takes no value above zero to zero.
    Without `keep`, `maps` may be overwritten.
    """
    return maps.to(dtype, copy=keep).gt_(0)
