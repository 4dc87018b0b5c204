"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from densenet_viz.machine import processor

PROC = Path("/proc")
PACKAGES = ("torch", "torchvision", "captum", "streamlit", "numpy")


def load_average() -> str:
    """Processes that ran or waited for a processor, averaged over 1, 5 and 15 minutes."""
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())


def instructions() -> str:
    """The class of processor of a measured speed: the instructions that torch and we use."""
    import torch

    from densenet_viz.network.fused.convolution import backward_dtype

    native = backward_dtype(torch.float32, torch.device("cpu")) == torch.bfloat16
    return instructions_in_words(torch.backends.cpu.get_cpu_capability(), bfloat16=native)


def instructions_in_words(capability: str, *, bfloat16: bool) -> str:
    """An instruction set as torch names it, and whether bfloat16 is native.

    >>> instructions_in_words("AVX2", bfloat16=False)
    'AVX2, no native bfloat16'
    """
    return f"{capability}, {'' if bfloat16 else 'no '}native bfloat16"


SIDE = 2048
"""Rows and columns of the matrices of `products_per_second`."""


def products_per_second(times: int = 3) -> float:
    """Multiply-adds a second of torch's own float32 matrix product, with torch's threads."""
    import torch

    one, other = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        torch.mm(one, other)
        seconds.append(time.perf_counter() - began)
    return SIDE**3 / median(seconds)


def describe(chromium: str) -> dict[str, str]:
    """Machine, versions and date; `chromium` is the browser's version."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{processor()}, {os.cpu_count()} cores, no GPU used",
        "instructions": instructions(),
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "browser": f"headless Chromium {chromium}, drawing without a GPU, 1440 × 900 px",
        "load average at the start": load_average(),
    }


# -- the processes that a measurement started ------------------------------------------------


def descendants() -> Iterator[Path]:
    """The folders in `/proc` of this process's children and of their children."""
    waiting = [PROC / str(os.getpid())]
    while waiting:
        for listed in waiting.pop().glob("task/*/children"):
            with suppress(OSError):  # a process that has just ended
                for child in listed.read_text().split():
                    waiting.append(PROC / child)
                    yield PROC / child


def mapped_files(word: str) -> str:
    """The files mapped into our process with `word` in its command line, one per line."""
    for process in descendants():
        if word in (process / "cmdline").read_text():
            return (process / "maps").read_text()
    raise RuntimeError(f"no process with {word} was found")


def processor_seconds(name: str) -> float:
    """Processor time so far of our processes whose command name starts like this."""
    ticks = 0
    for process in descendants():
        with suppress(OSError):
            before, _, after = (process / "stat").read_text().rpartition(")")
            if before.partition("(")[2].startswith(name):
                ticks += sum(map(int, after.split()[11:13]))  # utime and stime
    return ticks / os.sysconf("SC_CLK_TCK")
