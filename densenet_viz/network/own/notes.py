"""What a visitor should know of how their file was read, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.own.finding import FoundNetwork
from densenet_viz.network.own.heads import Head
from densenet_viz.network.own.layout import PLAIN
from densenet_viz.network.own.names import printable

_NAMED = 4
"""The most weights that are named."""
_STEM_BIAS = "The first convolution has a bias, which is joined exactly with the norm after it."


def notes_of(
    found: FoundNetwork,
    networks: tuple[FoundNetwork, ...],
    head: Head,
    spec: DenseNetSpec,
    outputs: int,
    *,
    stem_bias: bool = False,
) -> tuple[str, ...]:
    """The sentences about a network of a file.

    Args:
        found: the network that was taken.
        networks: all networks of the file.
        head: its head; `left_out` are weights that were not read.
        spec: its configuration.
        outputs: how many numbers it gives.
        stem_bias: whether the first convolution has a bias.
    """
    return (
        *_about_copies(found, networks),
        *_about_left_out(found, head),
        *([_STEM_BIAS] if stem_bias else []),
        *_about_structure(found, head, spec, outputs),
    )


def _about_copies(found: FoundNetwork, networks: tuple[FoundNetwork, ...]) -> Iterator[str]:
    if len(networks) > 1:
        rest = [each.name or PLAIN for each in networks if each is not found]
        kind = "averaged weights" if found.averaged else "weights"
        yield (
            f"The file has several networks. These are the {kind} {found.name}; the others are "
            f"{', '.join(rest)}."
        )
    elif found.averaged:
        yield "These are averaged weights (EMA or SWA)."


def _about_left_out(found: FoundNetwork, head: Head) -> Iterator[str]:
    if not head.left_out:
        return
    shown = ", ".join(printable(key) for key in head.left_out[:_NAMED])
    more = len(head.left_out) - _NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    yield f"Left out: {shown}{rest}."
    if any(key.endswith("op_threshs") for key in head.left_out):
        yield (
            "torchxrayvision also scales each probability by a threshold (op_threshs); the app "
            "shows the sigmoid of each output."
        )
    has_fc = any(key.startswith(f"{found.prefix}fc.") for key in head.left_out)
    if has_fc and head.name == f"{found.prefix}classifier" and not found.prefix:
        yield (
            "A DenseNet of torchvision computes its classifier and never fc: what was trained as "
            "fc was never part of the network."
        )


def _about_structure(
    found: FoundNetwork, head: Head, spec: DenseNetSpec, outputs: int
) -> Iterator[str]:
    if not found.start.endswith("features."):
        yield "A ReLU after the last norm is assumed, as torchvision has it."
    if spec.input_channels == 1:
        yield "The network reads one grey channel: pictures become grey."
    if spec.hidden:
        widths = ", ".join(f"{width:,}" for width in spec.hidden)
        yield (
            f"The head has hidden layers of {widths} values. A file of weights names no ReLU and "
            "no dropout: a ReLU between two linear layers is assumed."
        )
    if not all(module.bias for module in head.modules if module.kind == "linear"):
        yield "The head has a layer without bias; zeros stand for it."
    if outputs == 1:
        yield (
            "The network gives one score z. It is shown as two classes: the first has −z, the "
            "second z."
        )
