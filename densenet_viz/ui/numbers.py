"""Costs as numbers and words that are easy to read."""

from __future__ import annotations

import streamlit as st

from densenet_viz.results.traces import NetworkTrace


def show_block_numbers(trace: NetworkTrace, block: int = 1) -> None:
    """The cost of the block that just ran, and of the same block without concatenation."""
    dense, plain = trace.blocks[block - 1].cost, trace.spec.plain_block_cost(block)
    rows = (
        ("Parameters of the block", f"{dense.parameters:,}", f"{plain.parameters:,}"),
        (
            "Multiply-adds, one picture",
            in_millions(dense.multiply_adds),
            in_millions(plain.multiply_adds),
        ),
        (
            "Activation memory",
            in_megabytes(dense.activation_bytes),
            in_megabytes(plain.activation_bytes),
        ),
    )
    for column, (label, value, other) in zip(st.columns(3), rows, strict=True):
        column.metric(
            label,
            value,
            f"{other} without concatenation",
            delta_color="off",
            delta_arrow="off",
        )


def kept_words(trace: NetworkTrace) -> str:
    """What the transition after the first block keeps, as measured."""
    block = trace.blocks[0]
    if not trace.transitions:
        return "No transition follows: this block is the last."
    return (
        f"The transition after this block keeps {trace.transitions[0].pooled.shape[0]:,} of its "
        f"{block.output_shape[0]:,} maps (θ = {trace.spec.compression:g}, measured)."
    )


def compared(dense: int, plain: int) -> str:
    """How many times less or more than without concatenation.

    >>> compared(100, 400)
    '4.0× less'
    >>> compared(105, 100)
    '1.05× more'
    >>> compared(100, 100)
    'the same'
    """
    if dense == plain:
        return "the same"
    ratio, word = (plain / dense, "less") if dense < plain else (dense / plain, "more")
    digits = 1 if ratio >= 1.95 else 2
    return f"{ratio:.{digits}f}× {word}"


def in_millions(count: int) -> str:
    """A count of multiply-adds.

    >>> in_millions(339_738_624), in_millions(5_247_074_304)
    ('340 M', '5.25 G')
    """
    return f"{count / 1e9:.2f} G" if count >= 1e9 else f"{count / 1e6:.0f} M"


def in_megabytes(count: int) -> str:
    """A number of bytes, in MB of 1,000,000.

    >>> in_megabytes(21_889_024)
    '21.9 MB'
    """
    return f"{count / 1e6:.1f} MB"
