"""The same functions from a shell: `python -m densenet_viz describe|attribute|weights|...`.

Exit codes: 0 done; 1 done, but not for every file; 2 a request that cannot be met, with one line
on stderr; 130 stopped with Ctrl-C. No command loads torch before it needs it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from densenet_viz.cli import (
    attribute,
    benchmark,
    concepts,
    describe,
    efficiency,
    evaluate,
    gradients,
    inside,
    layers,
    lecture,
    predict,
    reuse,
    train,
    weights,
)
from densenet_viz.cli.common import PROGRAM, Complaint

__all__ = ["PROGRAM", "Complaint", "main"]

_COMMANDS = {
    "describe": describe,
    "attribute": attribute,
    "train": train,
    "benchmark": benchmark,
    "evaluate": evaluate,
    "concepts": concepts,
    "inside": inside,
    "reuse": reuse,
    "predict": predict,
    "layers": layers,
    "gradients": gradients,
    "efficiency": efficiency,
    "lecture": lecture,
    "weights": weights,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        code: int | None = options.command(options)
        sys.stdout.flush()
        return code or 0
    except Complaint as complaint:
        print(f"{PROGRAM}: {' '.join(str(complaint).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, for example `head`, closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """All commands with their options; `options.command(options)` runs the command."""
    result = _Parser(prog=PROGRAM, description="Describes and explains a live DenseNet.")
    commands = result.add_subparsers(required=True, metavar="|".join(_COMMANDS))
    for command in _COMMANDS.values():
        command.add_options(commands)
    return result
