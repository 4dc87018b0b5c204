"""Runs lines of Python that convert a file, and puts small stand-ins in the place of libraries."""

from __future__ import annotations

import contextlib
import sys
import types
from pathlib import Path

import pytest
import torch
from torch import nn

from densenet_viz.network.own.loading import read_weight_file
from tests.small_models import saved


def run_lines(lines: str, folder: Path, **known: object) -> None:
    """Runs the lines in a folder, where they find and write their files."""
    with contextlib.chdir(folder):
        exec(compile(lines, "lines", "exec"), known)  # noqa: S102  # the app's own lines


def assert_converts(lines: str, folder: Path, network: nn.Module, **known: object) -> None:
    """The lines write a file that opens, with the same weights."""
    run_lines(lines, folder, **known)
    found = read_weight_file((folder / "weights.pth").read_bytes())
    expected = read_weight_file(saved(network.state_dict())).state
    assert found.state.keys() == expected.keys()
    for key, value in expected.items():
        torch.testing.assert_close(found.state[key], value)


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **names: object) -> None:
    """Puts a module with these names in the place of a library."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        module = types.ModuleType(".".join(parts[:count]))
        module.__dict__.update(names if count == len(parts) else {})
        monkeypatch.setitem(sys.modules, module.__name__, module)
