"""Saves and continues a training run, with safetensors and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

_NETWORK, _MOMENTS, _COUNT = "network.", ("exp_avg", "exp_avg_sq"), "step"


class CheckpointError(ValueError):
    """A checkpoint cannot be used; the message says what to do."""


def save(
    path: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    settings: Mapping[str, Any],
    *,
    done: int,
    seconds: float,
) -> None:
    """Writes weights, AdamW's moments, steps done, the time they took, and the run's settings.

    The file appears complete or not at all.

    Args:
        path: of the file; an existing file is replaced.
        network: after at least one step of the optimiser.
        optimiser: AdamW on all of the network's parameters.
        settings: JSON; only a run with the same settings can continue from here.
        done: steps done.
        seconds: what they took.
    """
    tensors = {_NETWORK + key: value for key, value in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        state = optimiser.state[parameter]
        tensors |= {f"{moment}.{name}": state[moment] for moment in (*_MOMENTS, _COUNT)}
    notes = {"done": str(done), "seconds": repr(seconds), "settings": _stated(settings)}
    unfinished = path.with_suffix(".part")
    save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, unfinished, notes)
    unfinished.replace(path)


def restore(
    path: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    settings: Mapping[str, Any],
) -> tuple[int, float]:
    """Fills the network and the optimiser; returns how many steps are done, and their seconds.

    Raises:
        CheckpointError: the file belongs to a run with other settings, or cannot be read.
    """
    try:
        with safe_open(path, "pt") as file:
            notes = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        done, seconds = int(notes["done"]), float(notes["seconds"])
        if notes["settings"] == _stated(settings):
            _fill(network, optimiser, tensors)
            return done, seconds
    except (OSError, SafetensorError, KeyError, RuntimeError, ValueError):
        raise CheckpointError(f"{path.name} cannot be read. Delete it to start again.") from None
    raise CheckpointError(
        f"{path.name} belongs to a run with other settings. Use those settings, or delete it."
    )


def _stated(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True)


def _fill(
    network: nn.Module, optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]
) -> None:
    network.load_state_dict(
        {k.removeprefix(_NETWORK): v for k, v in tensors.items() if k.startswith(_NETWORK)}
    )
    for name, parameter in network.named_parameters():
        moments: dict[str, Tensor] = {}
        for moment in _MOMENTS:  # in the parameter's own layout, as AdamW made them
            moments[moment] = torch.empty_like(parameter, requires_grad=False)
            moments[moment].copy_(tensors[f"{moment}.{name}"])
        optimiser.state[parameter] = {_COUNT: tensors[f"{_COUNT}.{name}"], **moments}
