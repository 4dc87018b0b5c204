"""What a fused DenseNet computes with: convolutions whose weights are ready, and norms as numbers.

Everything here works on (N, H, W, C) tensors, the memory order that the convolutions like best.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # the field's name for it

_ONEDNN = torch.ops.mkldnn


def backward_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the processor computes in it and oneDNN can use that, else float32."""
    fast = _packs(device) and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )
    return torch.bfloat16 if fast else torch.float32


def _packs(device: torch.device) -> bool:
    """Whether weights can be kept in the order that the processor's convolutions want."""
    return (
        device.type == "cpu"
        and bool(torch.backends.mkldnn.enabled)
        and hasattr(_ONEDNN, "_convolution_pointwise")
        and hasattr(_ONEDNN, "_reorder_convolution_weight")
    )


class Convolution:
    """A convolution of (N, H, W, C) maps with everything about its weights done beforehand.

    oneDNN's own call is used where torch has it: the weights are put in order once, and the ReLU
    is applied while the result is still in the cache.

    Args:
        weight: (out, in, h, w), in the data type of the maps that it will meet.
        bias: (out,) float32, or None.
        padding: zeros around, in pixels.
        stride: step, in pixels.
        relu: whether a ReLU follows.
        usual_size: maps' height and width that the order is chosen for; others work too.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None = None,
        *,
        padding: int = 0,
        stride: int = 1,
        relu: bool = False,
        usual_size: int = 28,
    ) -> None:
        self._padding, self._stride, self._relu = padding, stride, relu
        self._packed = _packs(weight.device)
        self._bias = bias if bias is None or self._packed else bias.to(weight.dtype)
        if self._packed:
            size = [4, weight.shape[1], usual_size, usual_size]
            self._weight = _ONEDNN._reorder_convolution_weight(
                weight.contiguous(), [padding] * 2, [stride] * 2, [1, 1], 1, size
            )
        else:
            self._weight = weight.contiguous(memory_format=torch.channels_last)

    def __call__(self, maps: Tensor) -> Tensor:
        x = maps.permute(0, 3, 1, 2)
        if self._packed:
            padding, stride = [self._padding] * 2, [self._stride] * 2
            after = "relu" if self._relu else "none"
            made = _ONEDNN._convolution_pointwise(
                x, self._weight, self._bias, padding, stride, [1, 1], 1, after, [], ""
            )
        else:
            made = F.conv2d(x, self._weight, self._bias, self._stride, self._padding)
            if self._relu:
                made.relu_()
        written: Tensor = made.permute(0, 2, 3, 1)
        return written


@dataclass(frozen=True)
class Affine:
    """A batch norm in evaluation mode: one scale and one shift a channel, both (C,)."""

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
        return cls(scale.float(), shift.float())

    def relu(self, maps: Tensor, out: Tensor | None = None) -> Tensor:
        """The norm and a ReLU of (..., C) `maps`, written to `out` if given."""
        return torch.addcmul(self.shift, maps, self.scale, out=out).relu_()


def folded(convolution: nn.Module, norm: nn.Module) -> tuple[Tensor, Tensor]:
    """Weight and bias of one convolution that does a convolution and the norm after it."""
    affine = Affine.of(norm)
    weight = weight_of(convolution)
    return weight * affine.scale[:, None, None, None], affine.shift


def weight_of(convolution: nn.Module) -> Tensor:
    """A copy of its (out, in, h, w) weight, float32."""
    assert isinstance(convolution, nn.Conv2d)
    return convolution.weight.detach().float().clone()


def backwards(weight: Tensor, dtype: torch.dtype) -> Tensor:
    """The weight of the convolution that takes a gradient back through one of stride 1."""
    return weight.transpose(0, 1).flip(2, 3).to(dtype).contiguous()


def open_gates(maps: Tensor, dtype: torch.dtype, *, keep: bool = True) -> Tensor:
    """1 where a ReLU's result is above zero, else 0: the ReLU's derivative.

    bfloat16 has float32's range of exponents, so the rounding takes no value above zero to zero.
    Without `keep`, `maps` may be overwritten.
    """
    return maps.to(dtype, copy=keep).gt_(0)
