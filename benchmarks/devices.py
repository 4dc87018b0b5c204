"""Each method on the processor and the GPU of one machine in turn, and whether the maps agree.

    python -m benchmarks.devices [--rounds N]

Prints a Markdown table; needs a CUDA device.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

import torch

from benchmarks.calls import cosine, scene_case
from benchmarks.tables import Table, markdown
from densenet_viz.attribution import METHODS
from densenet_viz.machine import describe


def compared(rounds: int) -> Table:
    """Seconds on both devices, their ratio, and the cosine between the two maps."""
    case, rows = scene_case(0), []
    for name in METHODS:
        maps = {device: case.ours(name, device=device) for device in ("cpu", "cuda")}
        seconds = {
            device: [case.ours(name, device=device).seconds for _ in range(rounds)]
            for device in ("cpu", "cuda")
        }
        alike = cosine(maps["cpu"].values, maps["cuda"].values)
        times = median(seconds["cpu"]), median(seconds["cuda"])
        rows.append((name, *times, times[0] / times[1], alike))
        print(*rows[-1], file=sys.stderr, flush=True)
    return Table(
        f"Processor and GPU, {rounds} rounds",
        ("method", "processor, s", "GPU, s", "times faster", "cosine of the maps"),
        tuple(rows),
        "The bundled network with a scene enlarged to 224 px, default settings.",
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.devices", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    rounds = parser.parse_args().rounds
    if not torch.cuda.is_available():
        parser.error("There is no CUDA device here.")
    for name, words in describe("cuda").items():
        print(f"- {name}: {words}")
    print(f"\n{markdown(compared(rounds))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
