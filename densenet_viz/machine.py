"""The machine that the numbers were measured on, and how much free memory it has.

torch is loaded only by the functions that need it: a page can check the memory before.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

_PROC = Path("/proc")
_GROUP = Path("/sys/fs/cgroup")


BACK = 5
"""The niceness of threads that compute, higher than that of threads that answer requests."""


def step_back() -> None:
    """Lets other threads use the processor first, so that pages answer while maps are computed.

    It works only on Linux, where each thread has its own niceness; elsewhere it does nothing.
    """
    if sys.platform == "linux":
        own = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, own, max(BACK, os.getpriority(os.PRIO_PROCESS, own)))


def cores() -> int:
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # only on Linux
    return len(allowed(0)) if allowed else os.cpu_count() or 1


_OWN = threading.local()
_Step = Callable[[], None]


@contextmanager
def lending(give: _Step, take: _Step) -> Iterator[None]:
    """Inside, this thread holds what others may wait for; it is lent to them while it pauses.

    Args:
        give: gives it back, before the pause.
        take: takes it again, after the pause.
    """
    outer = getattr(_OWN, "held", ())
    _OWN.held = (*outer, (give, take))
    try:
        yield
    finally:
        _OWN.held = outer


@contextmanager
def pausing() -> Iterator[None]:
    """Inside, this thread pauses, and holds nothing that is `lending`; an exception ends that."""
    held: tuple[tuple[_Step, _Step], ...] = getattr(_OWN, "held", ())
    _OWN.held = ()
    for give, _ in reversed(held):
        give()
    yield
    for _, take in held:
        take()
    _OWN.held = held


def cpu_model(cpuinfo: str) -> str:
    r"""The processor's name in the text of `/proc/cpuinfo`.

    >>> cpu_model("processor\t: 0\nmodel name\t: Acme 9\n")
    'Acme 9'
    """
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def processor() -> str:
    """This machine's processor, by name."""
    info = _PROC / "cpuinfo"
    return cpu_model(info.read_text(encoding="utf-8")) if info.exists() else platform.machine()


def devices() -> tuple[str, ...]:
    """The devices that networks can run on here: `cpu`, and `cuda` if there is one."""
    import torch

    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)


def describe(device: str) -> dict[str, str]:
    """Date, processor, cores, threads and versions; for `cuda` the GPU's name too."""
    import torch

    about = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "device": device,
        "processor": processor(),
        "cores": f"{os.cpu_count()}",
        "threads": f"{torch.get_num_threads()}",
        "torch": torch.__version__,
        "system": f"{platform.system()}, Python {platform.python_version()}",
    }
    if device == "cuda":
        about["gpu"] = torch.cuda.get_device_name()
    return about


def spare_bytes(device: str) -> int | None:
    """Free memory on `device`, in bytes; None if that is unknown.

    On a CPU it is what Linux calls available, or what a container's limit leaves if that is less.
    On a GPU, memory that torch has reserved but does not use is free, too.
    """
    if device == "cuda":
        import torch

        cached = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return int(torch.cuda.mem_get_info()[0] + cached)
    known = [one for one in (_available(), _left_to_container()) if one is not None]
    return min(known) if known else None


def _available() -> int | None:
    info = _PROC / "meminfo"
    return available_in(info.read_text(encoding="utf-8")) if info.exists() else None


def available_in(meminfo: str) -> int | None:
    r"""The available bytes in the text of `/proc/meminfo`.

    >>> available_in("MemTotal: 9 kB\nMemAvailable:   2 kB\n")
    2048
    """
    for line in meminfo.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _left_to_container() -> int | None:
    try:
        limit, used = (
            (_GROUP / name).read_text(encoding="utf-8").strip()
            for name in ("memory.max", "memory.current")
        )
        cached = cached_in((_GROUP / "memory.stat").read_text(encoding="utf-8"))
    except OSError:
        return None
    return max(0, int(limit) - int(used) + cached) if limit.isdecimal() else None


def cached_in(stat: str) -> int:
    r"""The bytes in a container's `memory.stat` that Linux frees as soon as they are needed.

    `memory.current` also counts the cache of files that were read once.

    >>> cached_in("anon 700\nactive_file 20\ninactive_file 300\n")
    300
    """
    for line in stat.splitlines():
        name, _, count = line.partition(" ")
        if name == "inactive_file":
            return int(count)
    return 0
