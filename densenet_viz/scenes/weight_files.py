"""Trained weights as files."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor, nn


def save_weights(network: nn.Module, path: Path) -> None:
    """Writes all weights and running statistics, in half precision."""
    save_file(_halved(network), path)
    path.chmod(0o644)


def _halved(network: nn.Module) -> dict[str, Tensor]:
    return {
        key: (value.half() if value.is_floating_point() else value).cpu().contiguous()
        for key, value in network.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
